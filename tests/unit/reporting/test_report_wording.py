from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from verifier.casefile import Finding, Status, Window
from verifier.reporting import facts, wording
from verifier.reporting.inert import inert
from verifier.reporting.reasons import reasons_of


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (date(2026, 5, 12), date(2026, 5, 26), "12–26 May 2026"),
        (date(2026, 5, 12), date(2026, 6, 2), "12 May – 2 Jun 2026"),
        (date(2025, 12, 30), date(2026, 1, 5), "30 Dec 2025 – 5 Jan 2026"),
        (date(2026, 5, 12), date(2026, 5, 12), "12 May 2026"),
    ],
)
def test_a_window_says_nothing_twice(start, end, words):
    assert wording.days(Window(start=start, end=end)) == words


def test_a_moment_keeps_its_offset_and_a_naive_one_gets_none():
    east = timezone(timedelta(hours=5, minutes=45))
    assert wording.moment(datetime(2026, 5, 28, 9, 12, tzinfo=east)) == "28 May 2026, 09:12 +05:45"
    assert wording.moment(datetime(2026, 5, 28, 9, 12, tzinfo=UTC)) == "28 May 2026, 09:12 +00:00"
    assert wording.moment(datetime(2026, 5, 28, 9, 12)) == "28 May 2026, 09:12"  # noqa: DTZ001


@pytest.mark.parametrize(
    ("claimed", "approved", "words"),
    [
        ("3200", "4000", "EUR 3,200 of 4,000 approved"),
        ("3200.50", None, "EUR 3,200.50"),
        (None, "4000", "EUR 4,000 approved"),
        (None, None, ""),
    ],
)
def test_amounts_say_what_was_stated_and_no_more(report, claimed, approved, words):
    given = {"claimed_amount": claimed, "approved_amount": approved}
    claim = replace(report.claim, **{name: Decimal(text) if text else None for name, text in given.items()})
    assert wording.amounts(claim) == words


@pytest.mark.parametrize(
    ("probability", "words"),
    [(0.0, "<0.1%"), (0.004, "0.4%"), (0.34, "34%"), (0.99, "99%"), (0.996, "99.6%"), (1.0, ">99.9%")],
)
def test_a_probability_is_never_rounded_to_certainty(probability, words):
    assert wording.percent(probability) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "–"),
        (True, "yes"),
        (False, "no"),
        (12400, "12,400"),
        (0.06, "0.06"),
        (3.14159, "3.142"),
        (("a", "b"), "a, b"),
    ],
)
def test_values_are_worded(value, words):
    assert wording.value(value) == words


def test_points_carry_their_sign_and_nothing_is_nought():
    assert [wording.decibans(tenths) for tenths in (61, -142, 0)] == ["+6.1", "−14.2", "0"]


def test_what_cannot_be_told_has_a_cause_even_without_a_note():
    finding = Finding(code="metadata.captured_at", status=Status.ABSENT)
    assert wording.cause(finding) == "captured at: absent"
    assert wording.cause(replace(finding, note="no EXIF block")) == "no EXIF block"


def test_the_basis_names_how_many_decisions_it_was_calibrated_on():
    assert wording.basis("calibrated(412)") == "calibrated on 412 decisions"
    assert "not yet calibrated" in wording.basis("expert")


def test_acting_characters_are_spelt_out_and_joiners_of_scripts_are_kept():
    assert inert("a\u202eb\x00c\u2028d") == "a⟨U+202E⟩b⟨U+0000⟩c⟨U+2028⟩d"
    assert inert("می\u200cخواهم 👩\u200d👧 Lübeck\n") == "می\u200cخواهم 👩\u200d👧 Lübeck\n"
    assert inert("\udcff\U000e0041") == "⟨U+DCFF⟩⟨U+E0041⟩"


def test_a_bare_claim_has_a_header_of_what_is_known(report):
    bare = replace(
        report.claim, partner="", window=None, submitted_at=None, claimed_amount=None, approved_amount=None,
        brand=None, venue=None,
    )  # fmt: skip
    assert facts.header(bare) == ("in store display",)


def test_asks_are_said_once_with_all_their_items_and_reasons(report):
    same = replace(report.hits[3], ask=report.hits[0].ask)
    changed = replace(report, hits=(report.hits[0], same))
    told = facts.asks(changed, reasons_of(changed))
    assert [ask.text for ask in told] == ["Send the file again", "Send a photo that was taken for this claim."]
    assert told[1].items == (1, 2)
    assert len(told[1].reasons) == 2
