"""Figures of record."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import record


def test_no_error_in_299_trials_bounds_the_rate_below_one_percent_one_sided() -> None:
    assert record.interval(0, 299, confidence=0.90)[1] == pytest.approx(0.00997, abs=1e-4)


def test_bounds_hold_the_share_and_nothing_tried_says_nothing() -> None:
    low, high = record.interval(7, 10)
    assert (round(low, 3), round(high, 3)) == (0.348, 0.933)
    assert record.interval(0, 0) == (0.0, 1.0)
    assert record.share(0, 0)["share"] is None


def test_figures_are_the_last_line_and_nothing_is_written_unasked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(record, "RESULTS", tmp_path / "results")
    assert list(record.progress([1, 2], "looked at")) == [1, 2]
    record.tell("demo", {"recall": record.share(3, 4)}, data="made here")
    out = capsys.readouterr()
    assert json.loads(out.out.splitlines()[-1])["recall"]["k"] == 3
    assert "looked at: 2 of 2" in out.err
    assert not (tmp_path / "results").exists()
    record.tell("demo", {"recall": 1}, data="made here", write=True)
    kept = json.loads((tmp_path / "results" / "demo.json").read_text())
    assert {"figures", "machine", "commit", "date", "data"} <= set(kept)
    assert kept["machine"]["cores"] >= 1
