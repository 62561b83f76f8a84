"""How readings of screenshots are scored, without an engine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from benchmarks import screenshot_readers, screenshots
from benchmarks.nearest_label import Text, figures
from benchmarks.screenshot_scores import Reading, Score, Told, row_hits, same, stands


def _label(**other: object) -> dict[str, object]:
    return {"file": "a.png", "kind": "positive", "metrics": {"sent": "1,200", "open_rate": "20 %"}, **other}


def _score(label: dict[str, object], reading: Reading, sure: float = 0.6) -> Score:
    score = Score()
    score.add(label, reading, sure)
    return score


def test_a_figure_is_right_only_under_its_key_and_as_printed() -> None:
    told = (Told(key="sent", text="1,200"), Told(key="opens", text="20 %"))
    score = _score(_label(), Reading(lines=(), headline=told))
    assert (score.headline.right, score.headline.told, score.headline.labelled) == (1, 2, 2)
    assert score.headline.f1 == pytest.approx(0.5)


def test_blanks_brackets_and_currencies_make_no_difference_but_digits_do() -> None:
    assert same("20 %") == same("20%") == same("(20%)")
    assert same("€1.234,50") == same("1.234,50 €")
    assert same("1,200") != same("1.200")


def test_a_value_does_not_stand_within_a_longer_number() -> None:
    assert stands("1,200", [same("Sent 1,200 of 3,000")])
    assert not stands("1,200", [same("11,200")])
    assert not stands("120", [same("1200")])
    assert not stands("20", [same("20%")])
    assert not stands("3", [same("3.5")])


def test_two_values_that_share_a_line_are_both_read() -> None:
    score = _score(_label(metrics={"sent": "210", "open_rate": "54.0%"}), Reading(lines=("210 54.0%",), headline=()))
    assert score.values_read == 2


def test_values_of_rows_count_among_the_values_that_were_read() -> None:
    label = _label(rows=[{"name": "A", "sent": "700"}, {"name": "B", "sent": "500", "opens": None}])
    score = _score(label, Reading(lines=("1,200", "20%", "700"), headline=()))
    assert (score.values_read, score.values) == (3, 4)
    assert (score.headline_values_read, score.headline_values) == (2, 2)


def test_a_row_is_not_right_with_the_figures_of_another_row() -> None:
    labelled = [{"sent": "5", "opens": "3"}, {"sent": "7", "opens": "4"}]
    assert row_hits(labelled, labelled[::-1]) == (4, 4, 4)
    assert row_hits(labelled, [{"sent": "5", "opens": "4"}, {"sent": "7", "opens": "3"}]) == (2, 4, 4)
    assert row_hits([], labelled) == (0, 4, 0)
    assert row_hits(labelled, []) == (0, 0, 4)


def test_any_figure_told_makes_a_negative_false() -> None:
    negative = {"file": "n.png", "kind": "negative"}
    assert _score(negative, Reading(lines=("5",), headline=())).negatives_false == 0
    assert _score(negative, Reading(lines=(), headline=(Told(key="sent", text="5"),))).negatives_false == 1
    assert _score(negative, Reading(lines=(), headline=(), rows=({"sent": "5"},))).figures_on_negatives == 1


def test_only_what_is_told_with_confidence_counts_as_automatic() -> None:
    told = (Told(key="sent", text="1,200", confidence=0.9), Told(key="open_rate", text="2 %", confidence=0.5))
    score = _score(_label(), Reading(lines=(), headline=told))
    assert (score.auto.right, score.auto.told, score.headline.told) == (1, 1, 2)


def test_no_channel_is_not_a_wrong_one() -> None:
    label = _label(channel="push")
    assert _score(label, Reading(lines=(), headline=(), channel=None)).channels_wrong == 0
    assert _score(label, Reading(lines=(), headline=(), channel="email")).channels_wrong == 1


def test_checks_that_fail_count_where_that_is_labelled_and_as_accusations_elsewhere() -> None:
    reading = Reading(lines=(), headline=(), checks={"contradictions": 1, "tensions": 0})
    told = _score(_label(contradiction=["sent", "delivered"]), reading)
    assert (told.contradicting_told, told.contradicting, told.checked.total()) == (1, 1, 0)
    honest = _score(_label(), reading)
    assert honest.checked == {"contradictions": 1, "tensions": 1}
    assert honest.accused["contradictions"] == 1
    assert honest.accused["tensions"] == 0


def test_labels_without_optional_keys_and_with_keys_not_known_are_measured() -> None:
    labels = [
        {"file": "a.png", "kind": "positive", "metrics": {"carrier_pigeons": 7}},
        {"file": "b.png", "kind": "negative"},
    ]
    empty = Reading(lines=("7",), headline=())
    whole = screenshots.figures(labels, [empty, None])
    assert whole["keys_not_known"] == {"carrier_pigeons": 1}
    assert whole["value_recall"]["k"] == 1
    assert whole["unreadable"] == 1
    short = screenshots.brief(whole | {"rss_mb": 1, "peers": {"pictures": 0}})
    assert short["per_platform"] == {"None": 0.0}
    assert json.dumps(short)


def test_files_that_are_no_pictures_and_readers_that_raise_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing more")
    Image.new("RGB", (8, 8)).save(tmp_path / "small.png")

    def raising(pixels: object) -> Reading:
        raise KeyError("sent")

    monkeypatch.setitem(screenshot_readers.READERS, "ours", raising)
    readings = [screenshot_readers.read("ours", tmp_path / name)[0] for name in ("broken.png", "gone.png", "small.png")]
    assert readings[:2] == [None, None]
    whole = screenshots.figures([_label(file=str(number)) for number in range(3)], readings)
    assert whole["unreadable"] == 2
    assert whole["failures"] == {"2": "KeyError: 'sent'"}
    assert whole["headline"]["recall"]["n"] == 2


def test_lines_that_are_no_labels_are_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "labels.jsonl"
    file.write_text('{"file": "a.png", "kind": "negative"}\n\n{"note": "no file"}\n', encoding="utf-8")
    assert [label["file"] for label in screenshots.read_labels(file)] == ["a.png"]


def test_the_plain_heuristic_pairs_the_nearest_number_once() -> None:
    def text(words: str, left: float, top: float) -> Text:
        return Text(text=words, left=left, top=top, right=left + 10 * len(words), bottom=top + 20)

    cards = [
        text("Sent", 0, 0),
        text("1,200", 0, 30),
        text("Opens", 200, 0),
        text("35%", 200, 30),
        text("clicks: 7", 0, 300),
    ]
    assert figures(cards) == {"sent": "1,200", "open_rate": "35%", "clicks": "7"}
