from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace

import pytest

from verifier import codec
from verifier.casefile import ClaimReport, Finding, Inspection, Quote, Status
from verifier.errors import ArchiveError
from verifier.reporting.html import render

HOSTILE = "\"><script>alert(1)</script><img src=x onerror='alert(2)'>{{ 7*7 }}\u202egpj.exe\x1b[31m\ud800"


def test_the_page_is_well_formed_and_every_id_is_there_once(report, pictures, elements):
    found = elements(render(report, pictures.__getitem__))
    ids = [element.attributes["id"] for element in found if "id" in element.attributes]
    assert len(ids) == len(set(ids))
    assert {"m1", "item-1", "item-4", "claim"} <= set(ids)


def test_each_reason_names_marks_that_exist_and_that_name_it_back(report, pictures, elements):
    found = elements(render(report, pictures.__getitem__))
    by_id = {element.attributes["id"]: element for element in found if "id" in element.attributes}
    rows = [element for element in found if "data-marks" in element.attributes]
    assert len(rows) == 9
    for row in rows:
        for mark in row.attributes["data-marks"].split():
            assert row.attributes["data-reasons"] in by_id[mark].attributes["data-reasons"].split()


def test_marks_that_a_reason_does_not_name_are_not_lit_by_it(report, pictures, elements):
    found = elements(render(report, pictures.__getitem__))
    named = {
        (row.attributes["data-reasons"], mark) for row in found for mark in row.attributes.get("data-marks", "").split()
    }
    lit = {
        (number, element.attributes["id"].removesuffix("-on-page"))
        for element in found
        if re.fullmatch(r"m\d+(-on-page)?", element.attributes.get("id", ""))
        for number in element.attributes.get("data-reasons", "").split()
    }
    assert lit == named
    assert len(named) == 9  # the brand reason and the figures reason rest on two marks each, two reasons on none


def test_every_reason_has_exactly_one_place_to_lead_to(report, pictures, elements):
    found = elements(render(report, pictures.__getitem__))
    anchors = [e.attributes["id"] for e in found if re.fullmatch(r"r\d+", e.attributes.get("id", ""))]
    assert sorted(anchors) == sorted(f"r{n}" for n in range(1, 10))
    assert all("data-anchor" in e.attributes for e in found if e.attributes.get("id") in anchors)


def test_foreign_text_is_shown_and_never_acts(report, pictures, elements):
    entry = report.items[0]
    quote = Quote(
        page=0, box=entry.inspections[0].findings[0].marks[0].box, text=HOSTILE, label=HOSTILE, expected=HOSTILE
    )
    read = Inspection(inspector="x", version="1", findings=(Finding(code="x.y", value=HOSTILE, marks=(quote,)),))
    hostile = replace(
        report,
        claim=replace(report.claim, partner=HOSTILE, stated={HOSTILE: HOSTILE}),
        items=(
            replace(
                entry,
                item=replace(entry.item, name=HOSTILE, slot=HOSTILE, link="javascript:alert(3)"),
                pages=(replace(entry.pages[0], label=HOSTILE),),
                inspections=(*entry.inspections, read),
            ),
            *report.items[1:],
        ),
        hits=tuple(replace(hit, title=HOSTILE, ask=HOSTILE) for hit in report.hits),
    )
    page = render(hostile, pictures.__getitem__)
    found = elements(page)
    assert [e.name for e in found].count("script") == 1
    assert "img" not in {e.name for e in found}
    assert not [name for e in found for name in e.attributes if name.startswith("on")]
    assert "javascript:" not in {e.attributes.get("href", "")[:11] for e in found}
    assert "49" not in next(e for e in found if e.name == "h2").text
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", page)
    assert "⟨U+202E⟩gpj.exe" in page
    page.encode("utf-8")


def test_the_page_asks_nothing_of_a_network(report, pictures, elements):
    page = render(report, pictures.__getitem__)
    found = elements(page)
    addresses = [v for e in found for name, v in e.attributes.items() if name in {"href", "src", "srcset", "action"}]
    assert addresses
    assert all(address.startswith(("#", "data:image/")) for address in addresses)
    assert "url(" not in page
    assert "@import" not in page


def test_the_content_security_policy_allows_exactly_what_is_inside(report, pictures, elements):
    found = elements(render(report, pictures.__getitem__))
    policy = next(e.attributes["content"] for e in found if "http-equiv" in e.attributes)
    allowed = set(re.findall(r"'(sha256-[^']+)'", policy))
    inside = {
        "sha256-" + base64.b64encode(hashlib.sha256(e.text.encode()).digest()).decode()
        for e in found
        if e.name in {"style", "script"}
    }
    assert allowed == inside
    assert policy.startswith("default-src 'none'; img-src data:;")
    assert "unsafe" not in policy
    assert not [e for e in found if "style" in e.attributes]


@pytest.mark.parametrize("error", [KeyError("gone"), ArchiveError("the blob is gone")])
def test_a_picture_that_is_gone_is_a_grey_frame(report, error, elements):
    def nothing(digest: str) -> bytes:
        raise error

    page = render(report, nothing)
    found = elements(page)
    assert "image" not in {e.name for e in found}
    assert [e.text for e in found if e.attributes.get("class") == "hole-words"].count("not shown") == 4
    assert "m1-on-page" in {e.attributes.get("id") for e in found}, "marks are drawn on the frame"


def test_bytes_that_are_no_picture_are_not_embedded(report):
    assert "<svg onload" not in render(report, lambda _: b"<svg onload=alert(1)>")


def test_a_picture_is_embedded_once_however_often_it_is_cut_out(report, pictures):
    pictures = {digest: data + digest.encode() for digest, data in pictures.items()}
    page = render(report, pictures.__getitem__)
    for data in pictures.values():
        assert page.count(base64.b64encode(data).decode()) == 1


def test_the_shown_points_add_up_to_the_shown_sum(report, pictures, elements):
    found = elements(render(report, pictures.__getitem__))
    rows = [e for e in found if e.attributes.get("class") == "points" and e.text]
    numbers = [re.match(r"[+−]?[\d.]+", e.text).group().replace("−", "-") for e in rows[:8]]
    shown = [round(10 * float(number)) for number in numbers]
    assert sum(shown[:-1]) == shown[-1] == -137
    assert [e.text for e in rows if "of" in e.text] == ["−3.3of −5.0"], "a capped rule says what it was capped from"


def test_what_cannot_be_told_is_grey_with_its_cause_and_what_would_settle_it(report, pictures, elements):
    found = elements(render(report, pictures.__getitem__))
    (row,) = (e for e in found if "reason unknown" in e.attributes.get("class", ""))
    assert "the file carries no content credentials" in row.text
    assert "would settle it: Send the original file" in row.text


def test_red_is_kept_for_hard_requirements(report, pictures, elements):
    found = elements(render(report, pictures.__getitem__))
    (row,) = (e for e in found if "reason gate" in e.attributes.get("class", ""))
    assert "hard requirement" in row.text
    assert "Taken 3 days before the activity window" in row.text
    assert row.attributes["data-reasons"] == "1", "before weightier reasons"


def test_a_refused_item_says_why_and_what_to_send_instead(report, pictures, elements):
    found = elements(render(report, pictures.__getitem__))
    (problem,) = (e for e in found if e.attributes.get("class") == "problem")
    assert "the JPEG breaks off after 40 kB" in problem.text
    assert "send the file again" in problem.text


def test_claim_and_finding_stand_side_by_side(report, pictures, elements):
    found = elements(render(report, pictures.__getitem__))
    rows = {}
    for row in found:
        if row.name == "tr" and row.text.startswith(("sent", "conversions")):
            rows.setdefault(row.text.split("1", 1)[0].split("8", 1)[0].strip(), row.text)
    assert "12,400" in rows["sent"]
    assert "12,140" in rows["sent"]
    assert "not read on any item" in rows["conversions"]


def test_missing_slots_stand_among_the_items(report, pictures, elements):
    found = elements(render(report, pictures.__getitem__))
    assert [e.text for e in found if e.attributes.get("class") == "chip missing"] == ["missing: floor plan"]


def test_a_kind_that_is_kept_and_not_read_says_so(report, pictures):
    assert "stored, hashed, not read" in render(report, pictures.__getitem__)


def test_the_page_says_what_it_rests_on(report, pictures):
    page = render(report, pictures.__getitem__)
    for text in (report.digest, report.rulebook, report.pipeline, report.models["scene"], "812", "expert weights"):
        assert text in page


def test_a_report_without_reasons_or_items_still_makes_a_page(report, pictures, elements):
    bare = replace(report, items=(), hits=(), inspections=(), assessment=replace(report.assessment, points=()))
    found = elements(render(bare, pictures.__getitem__))
    assert "nothing spoke to it" in next(e for e in found if e.name == "body").text


def test_a_report_read_back_from_json_makes_the_same_page(report, pictures):
    again = codec.from_json(ClaimReport, codec.to_json(report))
    assert render(again, pictures.__getitem__) == render(report, pictures.__getitem__)


def test_measurements_that_did_not_come_about_say_their_status(report, pictures, elements):
    entry = report.items[0]
    late = Finding(code="display.count", status=Status.NOT_RUN, note="out of time")
    more = replace(entry, inspections=(*entry.inspections, Inspection(inspector="d", version="1", findings=(late,))))
    found = elements(render(replace(report, items=(more, *report.items[1:])), pictures.__getitem__))
    (row,) = (e for e in found if e.name == "tr" and e.text.startswith("display.count"))
    assert "not run" in row.text
    assert "out of time" in row.text


def test_a_mark_that_two_findings_show_is_drawn_once_and_lit_by_both_their_reasons(report, pictures, elements):
    entry = report.items[1]
    first = entry.inspections[0].findings[0]
    sum_ = Finding(code="campaign_metrics.adds_up", value=False, marks=first.marks)
    again = replace(entry, inspections=(*entry.inspections, Inspection(inspector="c", version="1", findings=(sum_,))))
    hit = replace(report.hits[3], rule="campaign_metrics.sums", because=("campaign_metrics.adds_up#0",), weight=-1.0)
    changed = replace(report, items=(report.items[0], again, *report.items[2:]), hits=(*report.hits, hit))
    found = elements(render(changed, pictures.__getitem__))
    cards = [e for e in found if e.attributes.get("class") == "card quote" and "12,140" in e.text]
    assert len(cards) == 1
    assert len(cards[0].attributes["data-reasons"].split()) == 2


def test_the_same_words_are_one_mark_even_where_only_one_finding_holds_them_against_the_claim(
    report, pictures, elements
):
    entry = report.items[1]
    quote = replace(entry.inspections[0].findings[0].marks[0], expected=None)
    count = Finding(code="campaign_metrics.count", value=1, marks=(quote,))
    first = replace(entry.inspections[0], findings=(count, *entry.inspections[0].findings))
    again = replace(entry, inspections=(first, *entry.inspections[1:]))
    changed = replace(report, items=(report.items[0], again, *report.items[2:]))
    found = elements(render(changed, pictures.__getitem__))
    (card,) = (e for e in found if e.attributes.get("class") == "card quote" and "12,140" in e.text)
    assert "12,400" in card.text
