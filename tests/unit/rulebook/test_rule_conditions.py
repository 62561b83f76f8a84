"""Three-valued conditions, through `Rulebook.judge_item`."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from verifier.casefile import Finding, Hit, Inspection, Item, Kind, Status, Truth
from verifier.rulebook import load_rulebook

Write = Callable[..., Path]
PHOTO = Item(id="C/r1/1", name="a.jpg", kind=Kind.IMAGE, media_type="image/jpeg", digest="0", size=1, slot="photo")
RULE = """
id: eye.tested
title: it holds
requirement: fresh
bearing: contradicts
weight: 5
when: {when}
why: a test's
"""


@pytest.fixture
def judge(write: Write) -> Callable[[str, Sequence[Finding]], Hit | None]:
    def judged(when: str, findings: Sequence[Finding]) -> Hit | None:
        book = load_rulebook(write({"eye/tested.yaml": RULE.replace("{when}", when)}))
        inspections = [Inspection(inspector="eye", version="1", findings=tuple(findings))]
        hits = book.judge_item(book.activity("walk"), PHOTO, inspections)
        return next((hit for hit in hits if hit.rule == "eye.tested"), None)

    return judged


def measured(value: object, code: str = "eye.a", **more: object) -> Finding:
    return Finding(code=code, value=value, **more)  # type: ignore[arg-type]


def unsettled(status: Status = Status.UNDETERMINED, code: str = "eye.a", note: str = "too dark") -> Finding:
    return Finding(code=code, status=status, note=note)


@pytest.mark.parametrize(
    ("test", "value", "holds"),
    [
        ("above: 3", 4, True),
        ("above: 3", 3, False),
        ("at_least: 3", 3, True),
        ("at_least: 3", 2.9, False),
        ("below: 3", 2, True),
        ("below: 3", 3, False),
        ("at_most: 3", 3, True),
        ("at_most: 3", 3.1, False),
        ("is: yes", True, True),
        ("is: true", 1, False),
        ("is: 1", True, False),
        ("is: red", "red", True),
        ("is_not: red", "blue", True),
        ("is_not: red", "red", False),
        ("in: [red, green]", "green", True),
        ("in: [red, green]", "blue", False),
        ("in: [1, 2]", True, False),
        ("contains: ed", "red", True),
        ("contains: red", ("blue", "red"), True),
        ("contains: red", ("blue", "reddish"), False),
    ],
)
def test_an_operator_holds_or_fails_on_a_measured_value(judge, test: str, value: object, holds: bool) -> None:
    hit = judge(f"{{finding: eye.a, {test}}}", [measured(value)])
    assert (hit is not None and hit.truth is Truth.HOLDS) is holds


@pytest.mark.parametrize(("test", "value"), [("above: 3", "four"), ("above: 3", True), ("contains: x", 3)])
def test_a_value_of_the_wrong_kind_cannot_be_told(judge, test: str, value: object) -> None:
    hit = judge(f"{{finding: eye.a, {test}}}", [measured(value)])
    assert hit is not None
    assert hit.truth is Truth.CANNOT_TELL
    assert "cannot be compared" in hit.title


def test_not_a_number_is_neither_above_nor_below(judge) -> None:
    hit = judge("{finding: eye.a, above: 3}", [measured(float("nan"))])
    assert hit.truth is Truth.CANNOT_TELL


def test_one_satisfied_finding_is_enough_and_is_the_cause(judge) -> None:
    findings = [measured(1), unsettled(), measured(9), measured(8)]
    hit = judge("{finding: eye.a, above: 3}", findings)
    assert hit.truth is Truth.HOLDS
    assert hit.because == ("eye.a#2", "eye.a#3")


@pytest.mark.parametrize("status", [Status.UNDETERMINED, Status.ABSENT, Status.NOT_RUN])
def test_what_is_open_cannot_be_told_though_another_finding_fails(judge, status: Status) -> None:
    hit = judge("{finding: eye.a, above: 3}", [measured(1), unsettled(status)])
    assert hit.truth is Truth.CANNOT_TELL
    assert hit.because == ("eye.a#1",)
    assert hit.weight == -5
    assert hit.title == "Cannot tell: The photo is new (too dark)"


def test_an_open_finding_without_a_note_names_its_status(judge) -> None:
    hit = judge("{finding: eye.a, above: 3}", [unsettled(Status.NOT_RUN, note="")])
    assert "(not run)" in hit.title


@pytest.mark.parametrize("findings", [[], [Finding(code="eye.a", status=Status.NOT_APPLICABLE)]])
def test_a_rule_that_nobody_asked_about_is_not_shown(judge, findings: list[Finding]) -> None:
    assert judge("{finding: eye.a, above: 3}", findings) is None
    assert judge("{not: {finding: eye.a, above: 3}}", findings) is None


def test_what_does_not_apply_does_not_keep_a_measured_finding_from_failing(judge) -> None:
    assert (
        judge("{finding: eye.a, above: 3}", [measured(1), Finding(code="eye.a", status=Status.NOT_APPLICABLE)]) is None
    )


def test_a_reading_less_sure_than_asked_settles_nothing(judge) -> None:
    when = "{finding: eye.a, above: 3, confidence_at_least: 0.8}"
    hit = judge(when, [measured(9, confidence=0.5)])
    assert hit.truth is Truth.CANNOT_TELL
    assert "confidence 0.50, below 0.80" in hit.title
    assert judge(when, [measured(9, confidence=0.8)]).truth is Truth.HOLDS
    assert judge(when, [measured(9)]).truth is Truth.HOLDS


def test_a_status_is_always_known_where_anybody_looked(judge) -> None:
    assert judge("{finding: eye.a, status: absent}", [unsettled(Status.ABSENT)]).truth is Truth.HOLDS
    assert judge("{finding: eye.a, status: absent}", [unsettled(Status.UNDETERMINED)]) is None
    assert judge("{not: {finding: eye.a, status: absent}}", [unsettled(Status.UNDETERMINED)]).truth is Truth.HOLDS
    assert judge("{not: {finding: eye.a, status: absent}}", []) is None


T, F, U = 9, 1, None  # a measured value that satisfies `above: 3`, one that does not, and an open finding
HOLDS, FAILS, CANNOT_TELL = Truth.HOLDS, None, Truth.CANNOT_TELL


@pytest.mark.parametrize(
    ("a", "b", "both", "either"),
    [
        (T, T, HOLDS, HOLDS),
        (T, F, FAILS, HOLDS),
        (F, F, FAILS, FAILS),
        (T, U, CANNOT_TELL, HOLDS),
        (F, U, FAILS, CANNOT_TELL),
        (U, U, CANNOT_TELL, CANNOT_TELL),
    ],
)
def test_all_and_any_follow_kleenes_tables(judge, a, b, both, either) -> None:
    leaves = "[{finding: eye.a, above: 3}, {finding: eye.b, above: 3}]"
    for first, second in ((a, b), (b, a)):
        findings = [
            unsettled(code=code) if value is None else measured(value, code)
            for code, value in (("eye.a", first), ("eye.b", second))
        ]
        for name, truth in (("all", both), ("any", either)):
            hit = judge(f"{{{name}: {leaves}}}", findings)
            assert (hit.truth if hit else None) is truth, (name, first, second)


def test_not_turns_what_is_known_and_keeps_what_is_not(judge) -> None:
    assert judge("{not: {finding: eye.a, above: 3}}", [measured(1)]).because == ("eye.a#0",)
    assert judge("{not: {finding: eye.a, above: 3}}", [measured(9)]) is None
    assert judge("{not: {finding: eye.a, above: 3}}", [unsettled()]).truth is Truth.CANNOT_TELL


def test_an_open_condition_stays_silent_while_a_part_of_it_was_never_asked(judge) -> None:
    leaves = "[{finding: eye.a, above: 3}, {finding: ear.b, above: 3}]"
    assert judge(f"{{all: {leaves}}}", [unsettled()]) is None
    assert judge(f"{{any: {leaves}}}", [measured(9)]).truth is Truth.HOLDS


def test_findings_are_numbered_over_all_inspections_in_order(write: Write) -> None:
    rule = RULE.replace("{when}", "{finding: eye.a, above: 3}")
    book = load_rulebook(write({"eye/tested.yaml": rule}))
    inspections = [
        Inspection(inspector="eye", version="1", findings=(measured(1), measured(2, "eye.b"))),
        Inspection(inspector="glass", version="1", findings=(measured(9),)),
    ]
    hits = book.judge_item(book.activity("walk"), PHOTO, inspections)
    assert hits[0].because == ("eye.a#1",)
