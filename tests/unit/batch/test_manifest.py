"""Manifests: what is in them comes out claim by claim; what is wrong in them is named by line."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from verifier.batch import Line, Manifest, Reject
from verifier.errors import InputError

HEADER = (
    "claim,file,link,slot,activity,partner,window.start,window.end,submitted_at,claimed_amount,stated.sent,competitors"
)
FACTS = 'email_campaign,Holsten,2026-06-15,2026-06-28,2026-07-03T09:40:00+02:00,840.00,"3,940",pardalo; zemira'
ROW = f"C-1,a.csv,,send_report,{FACTS}"
CLAIM = {
    "id": "C-1",
    "activity": "email_campaign",
    "partner": "Holsten",
    "window": None,
    "submitted_at": "2026-07-03T09:40:00+02:00",
    "items": [{"file": "a.csv"}],
}


def lines_of(folder: Path, *rows: str | bytes, name: str = "manifest.csv") -> list[Line | Reject]:
    path = folder / name
    path.write_bytes(b"\n".join(row if isinstance(row, bytes) else row.encode() for row in rows) + b"\n")
    with Manifest(path) as manifest:
        found = list(manifest.lines())
        assert manifest.claims == len(found)
    return found


def rejected(folder: Path, *rows: str | bytes, name: str = "manifest.csv") -> list[tuple[int, str, str]]:
    found = [line for line in lines_of(folder, *rows, name=name) if isinstance(line, Reject)]
    assert all(reject.remedy for reject in found)
    return [(reject.line, reject.claim, reject.reason) for reject in found]


def test_the_rows_of_a_claim_are_its_items_and_its_facts_stand_in_the_first(tmp_path: Path) -> None:
    first, second = lines_of(
        tmp_path, HEADER, ROW, "C-1,,https://example.com/r,final_email,,,,,,,,", f"C-2,b.csv,,,{FACTS}"
    )
    assert isinstance(first, Line)
    assert isinstance(second, Line)
    claim = first.claim
    assert (claim.id, claim.partner, claim.claimed_amount) == ("C-1", "Holsten", Decimal("840.00"))
    assert claim.window is not None
    assert claim.window.start == date(2026, 6, 15)
    assert claim.stated == {"sent": "3,940"}
    assert claim.competitors == ("pardalo", "zemira")
    assert [(entry.file, entry.link, entry.slot) for entry in first.entries] == [
        ("a.csv", None, "send_report"),
        (None, "https://example.com/r", "final_email"),
    ]
    assert first.places == (2, 3)
    assert (second.number, second.claim.id) == (4, "C-2")


def test_semicolons_and_a_byte_order_mark_are_what_spreadsheets_write(tmp_path: Path) -> None:
    (line,) = lines_of(
        tmp_path,
        "\ufeffclaim;file;activity;partner;window.start;window.end;submitted_at",
        "C-1;a.csv;webinar;Holsten;;;",
    )
    assert isinstance(line, Line)
    assert (line.claim.window, line.claim.submitted_at) == (None, None)


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("claim,file,activity,window.start,window.end,submitted_at", "no column partner"),
        (HEADER.replace("file,link,", ""), "no column file or link"),
        (HEADER.replace("slot", "slots"), "'slots' is not known (did you mean slot?)"),
        (HEADER + ",slot", "'slot' stands twice"),
        ("claim_file,slot", "claim_file stands beside others"),
        ("", "no column claim"),
        ('"claim', "is no table"),
    ],
)
def test_a_header_that_does_not_say_what_it_must_refuses_the_manifest(tmp_path: Path, header: str, told: str) -> None:
    with pytest.raises(InputError) as refused:
        lines_of(tmp_path, header, ROW)
    assert refused.value.message.startswith("manifest.csv:1: ")
    assert told in refused.value.message
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("row", "line", "claim", "told"),
    [
        (ROW.replace("C-1", ""), 2, "", "names no claim"),
        (ROW + ",", 2, "C-1", "13 cells, the header 12"),
        (ROW.replace("a.csv", ""), 2, "C-1", "either a file or a link"),
        (ROW.replace("2026-06-28", "2026-06-01"), 2, "C-1", "it should end after it starts"),
        (ROW.replace("2026-06-28", "soon"), 2, "C-1", "window.end is 'soon'"),
        (ROW.replace("840.00", "much"), 2, "C-1", "claimed_amount is 'much'"),
        (ROW.replace("Holsten", ""), 2, "C-1", "partner is missing"),
        (ROW.encode().replace(b"Holsten", b"H\xf6lsten"), 2, "C-1", "not text in UTF-8"),
        (ROW.replace("a.csv", "a\0.csv"), 2, "C-1", "not text in UTF-8"),
        (ROW + "\n" + ROW, 3, "C-1", "the item of line 2 once more"),
        (ROW + "\n" + ROW.replace("a.csv", "b.csv").replace("Holsten", "Other"), 3, "C-1", "partner is 'Other'"),
        (ROW.replace("C-1,", '"C-1,'), 2, "", "breaks off"),
    ],
)
def test_a_row_that_is_wrong_costs_its_claim_and_no_other(
    tmp_path: Path, row: str | bytes, line: int, claim: str, told: str
) -> None:
    before = ROW.replace("C-1", "C-0")
    text = row if isinstance(row, bytes) else row.encode()
    found = lines_of(tmp_path, HEADER, text, before) if claim or "names" in told else lines_of(tmp_path, HEADER, text)
    (bad,) = [each for each in found if isinstance(each, Reject)]
    assert (bad.line, bad.claim) == (line, claim)
    assert told in bad.reason
    assert bad.remedy
    if len(found) > 1:
        assert isinstance(found[1], Line)
        assert found[1].claim.id == "C-0"


def test_a_claim_whose_rows_stand_apart_is_not_verified_by_halves(tmp_path: Path) -> None:
    other = ROW.replace("C-1", "C-2")
    found = rejected(tmp_path, HEADER, ROW, other, ROW.replace("a.csv", "b.csv"))
    assert [(line, claim) for line, claim, _ in found] == [(2, "C-1"), (4, "C-1")]
    assert "more than one place" in found[0][2]


def test_two_revisions_of_a_claim_are_two_claims_and_a_row_without_one_belongs_to_the_row_above(tmp_path: Path) -> None:
    header, blanks = HEADER + ",revision", ",,,,,,,,"
    first, second = lines_of(tmp_path, header, ROW + ",2", f"C-1,b.csv,,{blanks},", ROW + ",3", f"C-1,b.csv,,{blanks},")
    assert isinstance(first, Line)
    assert isinstance(second, Line)
    assert [(line.claim.revision, len(line.entries)) for line in (first, second)] == [(2, 2), (3, 2)]


def test_a_claim_of_endless_rows_is_refused_and_not_held(tmp_path: Path) -> None:
    rows = [ROW.replace("a.csv", f"{number}.csv") for number in range(1003)]
    ((line, claim, reason),) = rejected(tmp_path, HEADER, *rows)
    assert (line, claim) == (1002, "C-1")
    assert "more than 1000 rows" in reason


def test_json_lines_hold_a_claim_each(tmp_path: Path) -> None:
    more = CLAIM | {"id": "C-2", "stated": {"sent": "12,400"}}
    first, second = lines_of(tmp_path, json.dumps(CLAIM), "", json.dumps(more), name="m.jsonl")
    assert isinstance(first, Line)
    assert isinstance(second, Line)
    assert (first.claim.id, first.number, first.entries[0].file) == ("C-1", 1, "a.csv")
    assert (second.claim.stated, second.number) == ({"sent": "12,400"}, 3)


@pytest.mark.parametrize(
    ("text", "claim", "told"),
    [
        ("{", "", "not JSON"),
        ("[]", "", "not a claim"),
        ('{"id": "C-1", "id": "C-2"}', "", "'id' stands twice"),
        (b"\xff{}", "", "not JSON in UTF-8"),
        ("[" * 20_000, "", "not JSON"),
        (json.dumps(CLAIM | {"partnr": "x"}), "C-1", "partnr is not a field of a claim (did you mean partner?)"),
        (json.dumps(CLAIM | {"partner": "x" * 1_100_000}), "", "more than 1,000,000 bytes"),
    ],
)
def test_a_json_line_that_is_wrong_costs_itself(tmp_path: Path, text: str | bytes, claim: str, told: str) -> None:
    found = lines_of(tmp_path, text, json.dumps(CLAIM | {"id": "C-9"}), name="m.jsonl")
    bad, good = found
    assert isinstance(bad, Reject)
    assert (bad.line, bad.claim) == (1, claim)
    assert told in bad.reason
    assert isinstance(good, Line)
    assert good.number == 2


def test_a_claim_that_stands_there_again_is_refused_and_another_revision_is_not(tmp_path: Path) -> None:
    claim = json.dumps(CLAIM)
    found = rejected(tmp_path, claim, json.dumps(CLAIM | {"revision": 2}), claim, name="m.jsonl")
    assert found == [(3, "C-1", "claim C-1 r1 stands further up already")]


def test_claim_files_are_named_one_a_row(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "claim.yaml").write_text(json.dumps(CLAIM))
    (tmp_path / "one" / "bad.yaml").write_text("id: [")
    found = lines_of(tmp_path, "claim_file", "one/claim.yaml", "one/bad.yaml", "../claim.yaml", "one/none.yaml")
    assert isinstance(found[0], Line)
    assert (found[0].claim.id, found[0].folder) == ("C-1", tmp_path / "one")
    told = [(line.line, line.reason) for line in found[1:] if isinstance(line, Reject)]
    assert [line for line, _ in told] == [3, 4, 5]
    assert "bad.yaml" in told[0][1]
    assert "outside the manifest's folder" in told[1][1]
    assert "is not there" in told[2][1]


def test_two_runs_cannot_walk_through_one_manifest_at_the_same_time(tmp_path: Path) -> None:
    path = tmp_path / "m.jsonl"
    path.write_text(json.dumps(CLAIM))
    with Manifest(path), pytest.raises(InputError, match="another run"):
        Manifest(path)
    Manifest(path).close()


@pytest.mark.parametrize("name", ["none.csv", "m.xlsx", "folder.csv"])
def test_what_is_no_manifest_is_refused_with_a_remedy(tmp_path: Path, name: str) -> None:
    (tmp_path / "m.xlsx").write_bytes(b"PK")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(InputError) as refused:
        Manifest(tmp_path / name)
    assert refused.value.remedy


def test_the_digest_changes_with_the_content_and_not_with_the_place(tmp_path: Path) -> None:
    for name, text in (("a.jsonl", "{}"), ("b.jsonl", "{}"), ("c.jsonl", "{ }")):
        (tmp_path / name).write_text(text)
    with Manifest(tmp_path / "a.jsonl") as a, Manifest(tmp_path / "b.jsonl") as b, Manifest(tmp_path / "c.jsonl") as c:
        assert a.digest == b.digest != c.digest
