"""Claim files: facts are checked field by field, and items that are not there cost the others nothing."""

from __future__ import annotations

import json
import os
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from verifier.casefile import Claim, Submission, Venue, Window
from verifier.errors import ClaimError
from verifier.intake import ItemEntry, bare_claim, parse_claim, read_claim, read_submission

FACTS: dict[str, Any] = {
    "id": "C-1042",
    "activity": "in_store_display",
    "partner": "Nordlicht Retail",
    "window": {"start": "2026-05-12", "end": "2026-05-26"},
    "submitted_at": "2026-05-28T09:30:00+02:00",
}


def complaint(**changes: object) -> str:
    with pytest.raises(ClaimError) as caught:
        parse_claim(FACTS | changes)
    assert "\n" not in str(caught.value)
    return caught.value.message


def written(folder: Path, text: str) -> Path:
    path = folder / "claim.yaml"
    path.write_text(text, encoding="utf-8")
    return path


# --- facts ---


def test_all_facts_arrive_in_the_claim() -> None:
    claim, items = parse_claim(
        FACTS
        | {
            "revision": 3,
            "brand": "nordlicht",
            "competitors": ["pardalo"],
            "approved_at": date(2026, 5, 1),
            "approved_amount": 4000,
            "claimed_amount": "3200.50",
            "currency": "EUR",
            "venue": {"name": "Lübeck", "latitude": 53.87, "longitude": 10.69, "timezone": "Europe/Berlin"},
            "stated": {"sent": "12,400", "open_rate": 31.5, "bounces": 12},
            "items": [{"file": "a.jpg", "slot": "context_photo"}, {"link": "https://example.com/v"}],
        }
    )
    assert claim == Claim(
        id="C-1042",
        activity="in_store_display",
        partner="Nordlicht Retail",
        window=Window(start=date(2026, 5, 12), end=date(2026, 5, 26)),
        submitted_at=datetime(2026, 5, 28, 9, 30, tzinfo=timezone(timedelta(hours=2))),
        revision=3,
        brand="nordlicht",
        competitors=("pardalo",),
        approved_at=date(2026, 5, 1),
        approved_amount=Decimal(4000),
        claimed_amount=Decimal("3200.50"),
        currency="EUR",
        venue=Venue(name="Lübeck", latitude=53.87, longitude=10.69, timezone="Europe/Berlin"),
        stated={"sent": "12,400", "open_rate": "31.5", "bounces": "12"},
    )
    assert items == (
        ItemEntry(file="a.jpg", slot="context_photo"),
        ItemEntry(link="https://example.com/v"),
    )


def test_what_is_unknown_must_be_said_and_stays_unknown() -> None:
    claim, _ = parse_claim(FACTS | {"window": None, "submitted_at": None})
    assert claim.window is None
    assert claim.submitted_at is None
    with pytest.raises(ClaimError, match="window is missing; submitted_at is missing"):
        parse_claim({"id": "x", "activity": "webinar", "partner": "p"})


def test_a_misspelt_field_is_named_with_the_one_that_was_meant() -> None:
    assert "aproved_amount is not a field of a claim (did you mean approved_amount?)" in complaint(aproved_amount=1)
    assert "window.begin" in complaint(window={"begin": "2026-05-12", "end": "2026-05-26"})


def test_all_faults_are_listed_in_one_line() -> None:
    text = complaint(id="no spaces please", revision=0, currency="euro")
    assert text.count("; ") >= 2
    assert "id is 'no spaces please'" in text
    assert "letters, digits" in text
    assert "revision is 0" in text
    assert "currency is 'euro'" in text


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("id", "../etc", "letters, digits"),
        ("id", "", "letters, digits"),
        ("id", "x" * 65, "letters, digits"),
        ("id", "C-1\n", "letters, digits"),
        ("partner", "", "at least 1"),
        ("partner", ["a"], "string"),
        ("window", {"start": "soon", "end": "2026-05-26"}, "date"),
        ("window", {"start": "2026-05-27", "end": "2026-05-26"}, "end after it starts"),
        ("window", "May", "window is 'May'"),
        ("submitted_at", "2026-05-28T09:30:00", "timezone"),
        ("submitted_at", "yesterday", "submitted_at is 'yesterday'"),
        ("claimed_amount", -5, "greater than or equal to 0"),
        ("claimed_amount", "NaN", "finite"),
        ("approved_amount", "4,000", "decimal"),
        ("venue", {"name": "x", "latitude": 91, "longitude": 0}, "90"),
        ("venue", {"name": "x", "latitude": 10}, "both latitude and longitude"),
        ("venue", {"name": "x", "timezone": "Mars/Olympus"}, "IANA"),
        ("venue", {"name": "x", "timezone": "../../etc/passwd"}, "IANA"),
        ("stated", {"sent": [1, 2]}, "stated.sent"),
        ("items", [{"slot": "context_photo"}], "items.0: it should have either a file or a link"),
        ("items", [{"file": "a", "link": "b"}], "either"),
        ("items", [{"file": "a", "slot": "../x"}], "items.0.slot"),
        ("items", "photo.jpg", "items is 'photo.jpg'"),
    ],
)
def test_a_misfit_names_field_and_expectation(field: str, value: object, expected: str) -> None:
    text = complaint(**{field: value})
    assert field in text
    assert expected in text


@pytest.mark.parametrize("data", [None, [], "claim", 5])
def test_what_is_no_mapping_is_no_claim(data: object) -> None:
    with pytest.raises(ClaimError, match="not a claim"):
        parse_claim(data)


# --- files ---


def test_a_yaml_file_with_dates_of_yaml_and_items_beside_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.jpg").write_bytes(b"bytes of a")
    path = written(
        tmp_path,
        "id: C-1\nactivity: webinar\npartner: Zemira & Co\nwindow: {start: 2026-05-12, end: 2026-05-26}\n"
        "submitted_at: 2026-05-28T09:30:00+02:00\n"
        "items:\n  - {file: photos/a.jpg, slot: invitation}\n  - {link: 'https://example.com/v', slot: recording}\n",
    )
    claim, submissions = read_claim(path)
    assert claim.window == Window(start=date(2026, 5, 12), end=date(2026, 5, 26))
    assert claim.submitted_at is not None
    assert claim.submitted_at.astimezone(UTC) == datetime(2026, 5, 28, 7, 30, tzinfo=UTC)
    assert submissions == (
        Submission(name="a.jpg", data=b"bytes of a", slot="invitation"),
        Submission(name="https://example.com/v", link="https://example.com/v", slot="recording"),
    )


def test_a_json_file_is_read_by_the_same_door(tmp_path: Path) -> None:
    path = tmp_path / "claim.json"
    path.write_text(json.dumps(FACTS, indent=2), encoding="utf-8")
    assert read_claim(path)[0].id == "C-1042"


def test_items_that_cannot_be_opened_have_a_problem_and_the_others_do_not(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "good.jpg").write_bytes(b"good")
    os.mkfifo(tmp_path / "pipe")
    facts = FACTS | {"items": [{"file": name} for name in ("missing.jpg", "folder", "pipe", "good.jpg", "a\0b")]}
    _, submissions = read_claim(written(tmp_path, yaml.safe_dump(facts)))
    problems = [submission.problem and submission.problem.code for submission in submissions]
    assert problems == ["MissingItem", "UnsupportedType", "UnsupportedType", None, "MissingItem"]
    assert submissions[0].problem is not None
    assert submissions[0].problem.message == "missing.jpg is not there"
    assert submissions[3].data == b"good"


def test_items_may_not_leave_the_folder_of_the_claim(tmp_path: Path) -> None:
    folder = tmp_path / "claim"
    folder.mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    (folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    outside = ["../secret.txt", str(tmp_path / "secret.txt"), "link.txt"]
    path = written(folder, yaml.safe_dump(FACTS | {"items": [{"file": name} for name in outside]}))
    _, submissions = read_claim(path)
    for submission in submissions:
        assert submission.data == b""
        assert submission.problem is not None
        assert "outside the claim's folder" in submission.problem.message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("id: C-1\nwindow: {start: 2026-05-12\nitems: [", r"claim\.yaml:3"),
        ("id: C-1\n\tpartner: x\n", r"claim\.yaml:2"),
        ("id: C-1\nid: C-2\n", r"claim\.yaml:2: 'id' stands twice"),
        ("!!python/object/apply:os.system [ls]", r"claim\.yaml:1"),
        ("id: *nobody\n", r"claim\.yaml:1"),
        ("", "not a claim"),
        ("- a\n- b\n", "not a claim"),
        ("id: C-1\nsubmitted_at: 2026-13-45\n", r"claim\.yaml"),
        ("[" * 5000, r"claim\.yaml"),
        ("id: \x07", r"claim\.yaml"),
    ],
)
def test_a_broken_claim_file_is_one_line_that_names_file_and_place(tmp_path: Path, text: str, expected: str) -> None:
    with pytest.raises(ClaimError, match=expected) as caught:
        read_claim(written(tmp_path, text))
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2


def test_a_claim_file_of_nested_aliases_is_refused_without_unfolding_them(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]
    with pytest.raises(ClaimError, match="a9 is not a field") as caught:
        read_claim(written(tmp_path, "\n".join(lines)))
    assert len(str(caught.value)) < 5000


def test_a_claim_file_that_is_not_there_or_not_text_is_an_error_of_the_claim(tmp_path: Path) -> None:
    with pytest.raises(ClaimError, match=r"claim\.yaml is not there"):
        read_claim(tmp_path / "claim.yaml")
    with pytest.raises(ClaimError, match="is a folder"):
        read_claim(tmp_path)
    (tmp_path / "claim.yaml").write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(ClaimError, match=r"claim\.yaml"):
        read_claim(tmp_path / "claim.yaml")


def test_a_faulty_fact_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(ClaimError, match=r"claim\.yaml: .*revision is 0"):
        read_claim(written(tmp_path, yaml.safe_dump(FACTS | {"revision": 0})))


# --- without a claim file ---


def test_a_bare_claim_knows_its_activity_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"one")
    first = read_submission(tmp_path / "a.jpg")
    claim = bare_claim("in_store_display", [first])
    assert (claim.activity, claim.partner, claim.window, claim.submitted_at) == ("in_store_display", "", None, None)


def test_bare_claims_of_equal_files_are_one_claim_and_of_other_files_another() -> None:
    one, two = Submission(name="a", data=b"one"), Submission(name="a", data=b"two")
    assert bare_claim("webinar", [one]).id == bare_claim("webinar", [one]).id
    assert bare_claim("webinar", [one]).id != bare_claim("webinar", [two]).id
