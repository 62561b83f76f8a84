"""What a rule makes of its findings: filters, bearings, titles."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from verifier.casefile import Axis, Bearing, Finding, Hit, Inspection, Item, Kind, Status, Truth
from verifier.errors import ClaimError
from verifier.rulebook import examples_of, load_rulebook

Write = Callable[..., Path]
PHOTO = Item(id="C/r1/1", name="a.jpg", kind=Kind.IMAGE, media_type="image/jpeg", digest="0", size=1, slot="photo")


def rule(**fields: str) -> str:
    """A rule `eye.tested` with these fields, as YAML texts."""
    plain = {
        "id": "eye.tested",
        "title": "it holds",
        "requirement": "fresh",
        "bearing": "contradicts",
        "weight": "5",
        "when": "{finding: eye.a, above: 3}",
        "why": "a test's",
    }
    return "\n".join(f"{key}: {value}" for key, value in {**plain, **fields}.items())


def judge(write: Write, text: str, *findings: Finding, item: Item = PHOTO, claim: bool = False) -> Hit | None:
    book = load_rulebook(write({"eye/tested.yaml": text}))
    inspections = [Inspection(inspector="eye", version="1", findings=findings)]
    activity = book.activity("walk")
    hits = book.judge_claim(activity, inspections) if claim else book.judge_item(activity, item, inspections)
    return next((hit for hit in hits if hit.rule == "eye.tested"), None)


FOUND = Finding(code="eye.a", value=7.25, note="seen at dusk")


def test_the_bearing_gives_the_sign(write: Write) -> None:
    assert judge(write, rule(), FOUND).weight == -5
    assert judge(write, rule(bearing="supports"), FOUND).weight == 5
    assert judge(write, rule(bearing="informs", weight="0"), FOUND).weight == 0


def test_a_hit_carries_all_that_the_rule_says(write: Write) -> None:
    hit = judge(write, rule(group="twins", gate="true", ask="Send another."), FOUND)
    assert hit == Hit(
        rule="eye.tested",
        requirement="fresh",
        axis=Axis.AUTHENTICITY,
        bearing=Bearing.CONTRADICTS,
        truth=Truth.HOLDS,
        title="it holds",
        because=("eye.a#0",),
        weight=-5,
        group="twins",
        gate=True,
        ask="Send another.",
    )


def test_support_that_holds_asks_for_nothing_but_support_that_is_open_does(write: Write) -> None:
    text = rule(bearing="supports", ask="Send another.")
    assert judge(write, text, FOUND).ask == ""
    assert judge(write, text, Finding(code="eye.a", status=Status.ABSENT)).ask == "Send another."


@pytest.mark.parametrize(
    ("title", "value", "shown"),
    [
        ("{eye.a}", 7.25, "7.25"),
        ("{eye.a:.1f} of {{10}}", 7.25, "7.2 of {10}"),
        ("{eye.a:.1f}", "seven", "seven"),
        ("{eye.a:,}", 12400, "12,400"),
        ("{eye.a}", True, "yes"),
        ("{eye.a}", ("red", "blue"), "red, blue"),
        ("{eye.a:note}", 1, "seen at dusk"),
        ("{eye.a}", "{eye.a.__class__}", "{eye.a.__class__}"),
    ],
)
def test_a_title_shows_the_value_it_rests_on(write: Write, title: str, value: object, shown: str) -> None:
    text = rule(title=f'"{title}"', when="{finding: eye.a, is_not: none}")
    assert judge(write, text, replace(FOUND, value=value)).title == shown


@pytest.mark.parametrize(
    ("texts", "shown"),
    [(("a list", "a photo"), "a list, a photo"), (("Send a list.", "Send a photo."), "Send a list. Send a photo.")],
)
def test_texts_are_listed_and_sentences_follow_each_other(write: Write, texts: tuple[str, ...], shown: str) -> None:
    text = rule(title='"{eye.a}"', when="{finding: eye.a, status: measured}")
    hit = judge(write, text, Finding(code="eye.a", value=texts))
    assert hit is not None
    assert hit.title == shown


def test_a_title_shows_the_finding_that_satisfied_and_not_the_first(write: Write) -> None:
    text = rule(title='"{eye.a}"')
    assert judge(write, text, replace(FOUND, value=1), replace(FOUND, value=8)).title == "8"


def test_a_value_that_is_not_there_shows_as_a_question_mark(write: Write) -> None:
    when = "{any: [{finding: eye.a, above: 3}, {finding: eye.b, above: 3}]}"
    assert judge(write, rule(title='"{eye.a} and {eye.b}"', when=when), FOUND).title == "7.25 and ?"


def test_what_cannot_be_told_says_so_with_its_cause(write: Write) -> None:
    dark = Finding(code="eye.a", status=Status.UNDETERMINED, note="too dark")
    assert judge(write, rule(unknown="No idea"), dark, dark).title == "No idea (too dark)"


def test_a_rule_passes_over_other_kinds_and_slots(write: Write) -> None:
    assert judge(write, rule(kinds="[document]"), FOUND) is None
    assert judge(write, rule(kinds="[image, document]"), FOUND) is not None
    assert judge(write, rule(slots="[photo]"), FOUND) is not None
    assert judge(write, rule(slots="[photo]"), FOUND, item=replace(PHOTO, slot=None)) is None


def test_a_rule_speaks_at_its_own_scope_only(write: Write) -> None:
    assert judge(write, rule(scope="claim"), FOUND) is None
    assert judge(write, rule(scope="claim"), FOUND, claim=True) is not None
    assert judge(write, rule(), FOUND, claim=True) is None


def test_a_rule_is_silent_where_the_activity_does_not_require_it(write: Write) -> None:
    folder = write({"eye/tested.yaml": rule()})
    activity = folder / "activities" / "walk.yaml"
    activity.write_text(activity.read_text().replace("requirements: [clear, fresh]", "requirements: [clear]"))
    book = load_rulebook(folder)
    found = Inspection(inspector="eye", version="1", findings=(FOUND,))
    assert book.judge_item(book.activity("walk"), PHOTO, [found]) == ()


def test_an_unknown_activity_is_answered_with_those_that_there_are(write: Write) -> None:
    book = load_rulebook(write({}))
    with pytest.raises(ClaimError, match=r"'swim'.*use one of: walk"):
        book.activity("swim")


def test_examples_are_listed_with_their_case_and_item(write: Write) -> None:
    text = rule(examples="{speaks: [park/dog#2], silent: [park/cat#1]}")
    examples = list(examples_of(load_rulebook(write({"eye/tested.yaml": text}))))
    assert [(one.rule.id, one.speaks, one.case, one.item) for one in examples] == [
        ("eye.tested", True, "park/dog", 2),
        ("eye.tested", False, "park/cat", 1),
    ]
