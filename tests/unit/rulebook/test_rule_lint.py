"""Faults of a rulebook, each with file, line, key and remedy."""

from collections.abc import Callable
from pathlib import Path

import pytest

from verifier.errors import RuleError
from verifier.rulebook import lint, load_rulebook
from verifier.rulebook.__main__ import main

Write = Callable[..., Path]
CODES = {"eye": frozenset({"eye.sharpness"})}
SHARP = """id: eye.sharp
title: "Sharp ({eye.sharpness:.1f})"
requirement: clear
bearing: supports
weight: 4
when: {finding: eye.sharpness, above: 2}
why: a test's
"""


def faults(write: Write, files: dict[str, str], codes: dict[str, frozenset[str]] | None = None) -> list[str]:
    return [str(fault) for fault in lint(write(files), codes)]


def changed(old: str, new: str) -> dict[str, str]:
    assert old in SHARP
    return {"eye/sharp.yaml": SHARP.replace(old, new)}


def test_a_sound_rulebook_has_no_faults(write: Write) -> None:
    assert faults(write, {}, CODES) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("weight: 4", "weight: -4", 5, "weight: -4 is less than the minimum of 0"),
        ("weight: 4", "weight: 0", 5, "weight: is 0, but the rule supports"),
        ("bearing: supports", "bearing: informs", 5, "weight: is 4, but a rule that informs weighs nothing"),
        ("bearing: supports", "bearing: approves", 4, "bearing: 'approves' is not one of"),
        ("weight: 4", "weight: 4\ngate: true", 6, "gate: only a rule that contradicts can be a gate"),
        ("weight: 4", "weight: 4\ngroup: cousins", 6, "group: 'cousins' is none of twins"),
        ("weight: 4", "weight: 4\nslots: [film]", 6, "slots: no activity has a slot called film"),
        ("weight: 4", "weight: 4\nkinds: [photo]", 6, "kinds.0: 'photo' is not one of"),
        ("weight: 4", "weight: 4\nweight: 5", 6, "weight: is said twice, on lines 5 and 6"),
        ("weight: 4", "weight: 4\nwait: 4", 6, "wait: is not a known key; known here: ask, bearing"),
        ("requirement: clear", "requirement: clean", 3, "requirement: 'clean' is none of clear, fresh"),
        ("id: eye.sharp", "id: eye.shard", 1, "id: is 'eye.shard', its file says 'eye.sharp'"),
        ("above: 2", "above: two", 6, "when.above: 'two' is not of type 'number'"),
        ("above: 2", "above: 2, below: 3", 6, "when: a leaf needs exactly one operator; this one names above, below"),
        ("above: 2", "confidence_at_least: 0.5", 6, "when: a leaf needs exactly one operator; this one names none"),
        ("above: 2", "status: absent, confidence_at_least: 0.5", 6, "when: a status has no confidence"),
        ("{finding: eye.sharpness, above: 2}", "{all: []}", 6, "when.all: [] should be non-empty"),
        ("eye.sharpness", "eye.keenness", 6, "when.finding: no inspector gives 'eye.keenness'"),
        ("{eye.sharpness:.1f}", "{eye.dust}", 2, "title: {eye.dust} is not a code used in `when`"),
        ("{eye.sharpness:.1f}", "{eye.sharpness.real}", 2, "title: {eye.sharpness.real} is not a code used"),
        ("{eye.sharpness:.1f}", "{eye.sharpness!r}", 2, "title: {eye.sharpness}: !r is not understood"),
        ("{eye.sharpness:.1f}", "{eye.sharpness:quite}", 2, "'quite' formats neither a number nor a text"),
        ("{eye.sharpness:.1f}", "{eye.sharpness", 2, "title: its braces cannot be read"),
        ("why: a test's", "why: x\nexamples: {speaks: [a/b]}", 8, "'a/b' should be <topic>/<case>#<item number>"),
        ("why: a test's", "why: x\nexamples: {speaks: [a b]}", 8, "examples.speaks.0: 'a b' does not match"),
        ("why: a test's\n", "", 1, "'why' is a required property"),
        ("why: a test's", "why: [", 8, "not YAML"),
        ("why: a test's", "why: &me [*me]", 7, "refers to itself"),
        ("why: a test's", "[why]: x", 1, "line 7 has a key that is not a word"),
    ],
)
def test_a_fault_names_file_line_and_key(write: Write, old: str, new: str, line: int, says: str) -> None:
    found = faults(write, changed(old, new), CODES)
    assert len(found) == 1, found
    assert found[0].startswith(f"rules/eye/sharp.yaml:{line}: ")
    assert says in found[0]


def test_a_fault_deep_in_a_condition_names_its_own_line(write: Write) -> None:
    nested = "when:\n  all:\n    - {finding: eye.sharpness, above: 2}\n    - not:\n        {finding: eye.a, beyond: 2}"
    found = faults(write, changed("when: {finding: eye.sharpness, above: 2}", nested))
    assert len(found) == 1
    assert found[0].startswith("rules/eye/sharp.yaml:10: when.all.1.not.beyond: is not a known key; known here: above")


def test_a_gate_on_a_requirement_whose_best_item_counts_would_be_hidden(write: Write) -> None:
    found = faults(write, changed("bearing: supports", "bearing: contradicts\ngate: true"))
    assert any("rules/eye/sharp.yaml:5: gate: of 'clear' the best item counts" in fault for fault in found)


def test_an_example_of_a_claims_rule_names_no_item(write: Write) -> None:
    found = faults(write, changed("why: a test's", "why: x\nscope: claim\nexamples: {silent: [a/b#1]}"))
    assert "should be <topic>/<case>" in found[0]


def test_all_faults_are_collected_in_the_order_of_files_and_lines(write: Write) -> None:
    text = SHARP.replace("weight: 4", "weight: 0").replace("id: eye.sharp", "id: eye.blunt")
    found = faults(write, {"eye/sharp.yaml": text, "eye/dull.yaml": "- 1", "loose.yaml": "a: 1", "ear/x.yaml": ""})
    assert [fault.split(": ")[0] for fault in found] == [
        "rules/ear/x.yaml:1",
        "rules/eye/dull.yaml:1",
        "rules/eye/sharp.yaml:1",
        "rules/eye/sharp.yaml:5",
        "rules/loose.yaml:1",
    ]


def test_a_rule_in_the_folder_of_no_inspector_is_a_fault(write: Write) -> None:
    found = faults(write, {"nose/sharp.yaml": SHARP.replace("id: eye.", "id: nose.")}, CODES)
    assert found == ["rules/nose/sharp.yaml:1: is in the folder of no inspector; use one of: eye"]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("required: [clear]\nwhy", "required: [fresh, bold]\nwhy", "required: bold: not among its requirements"),
        ("requirements: [clear, fresh]", "requirements: [clear, bold]", "requirements: bold: not in requirements.yaml"),
        ("required: [clear]}", "required: [loud]}", "slots.0.required: loud: not among the activity's requirements"),
        ("slots:", "slots:\n  - {id: photo, title: B, kinds: [image], ask: b}", "2 slots are called 'photo'"),
        ("deadline_days: 30", "deadline_days: soon", "deadline_days: 'soon' is not of type 'integer'"),
    ],
)
def test_an_activity_is_linted_too(write: Write, old: str, new: str, says: str) -> None:
    folder = write({})
    path = folder / "activities" / "walk.yaml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    found = [str(fault) for fault in lint(folder)]
    assert any(says in fault and "rules/activities/walk.yaml:" in fault for fault in found), found


def test_a_policy_whose_glance_is_stricter_than_its_pass_is_a_fault(write: Write) -> None:
    folder = write({})
    path = folder / "policy.yaml"
    path.write_text(path.read_text().replace("value: 0.5", "value: 0.95"))
    assert "quick_look: is 0.95, above fast_track" in str(lint(folder)[0])


@pytest.mark.parametrize("name", ["requirements.yaml", "policy.yaml"])
def test_a_missing_file_is_a_fault(write: Write, name: str) -> None:
    folder = write({})
    (folder / name).unlink()
    assert f"rules/{name}:1: is missing; write it" in [str(fault) for fault in lint(folder)]


def test_a_file_that_is_not_text_is_a_fault(write: Write) -> None:
    folder = write({})
    (folder / "eye" / "sharp.yaml").write_bytes(b"\xff\xfe\x00")
    assert "cannot be read" in str(lint(folder)[0])


def test_a_requirement_that_no_rule_could_support_is_a_fault_though_the_rulebook_loads(write: Write) -> None:
    folder = write(changed("bearing: supports", "bearing: contradicts"))
    assert [str(fault) for fault in lint(folder)] == [
        "rules/activities/walk.yaml:7: required: no rule supports 'clear': every claim would be sent back; "
        "write one, or do not require it"
    ]
    assert load_rulebook(folder).activities["walk"].required == {"clear"}


def test_loading_stops_at_faults_with_the_first_of_them(write: Write) -> None:
    folder = write({"eye/sharp.yaml": SHARP.replace("weight: 4", "weight: -1"), "loose.yaml": "a: 1"})
    with pytest.raises(RuleError, match=r"rules/eye/sharp.yaml:5: weight: .* \(and 1 more\).*`verifier rules lint`"):
        load_rulebook(folder)


def test_the_digest_is_of_what_is_said_and_not_of_how(write: Write) -> None:
    digest = load_rulebook(write({})).digest
    rearranged = "# a comment\r\n" + "\r\n".join(reversed(SHARP.strip().splitlines())) + "\r\n"
    assert load_rulebook(write({"eye/sharp.yaml": rearranged})).digest == digest
    assert load_rulebook(write(changed("weight: 4", "weight: 5"))).digest != digest


def test_the_policys_groups_without_a_cap_get_the_default(write: Write) -> None:
    folder = write({})
    path = folder / "policy.yaml"
    path.write_text(path.read_text() + '  lonely: {why: "it has no cap of its own"}\n')
    policy = load_rulebook(folder).policy
    assert policy.group_caps == {"twins": 8.0, "lonely": 10.0}


def test_the_door_prints_faults_and_exits_with_3(
    write: Write, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write({})
    monkeypatch.setattr("sys.argv", ["rulebook", str(folder)])
    assert main() == 0
    write({"loose.yaml": "a: 1"})
    assert main() == 3
    assert capsys.readouterr().out.startswith("rules/loose.yaml:1: is not in its place")
