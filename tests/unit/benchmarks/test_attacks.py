"""Attacks on photos, and the benchmark that uses them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from random import Random

import cv2
import numpy as np
import pytest

from benchmarks import duplicates
from benchmarks.attacks import ATTACKS, Pixels


def photo(seed: int) -> Pixels:
    random = np.random.default_rng(seed)
    coarse = random.integers(0, 256, (30, 40, 3), dtype=np.uint8)
    large = cv2.resize(coarse, (320, 240), interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.clip(large + random.normal(0, 5, large.shape), 0, 255), np.uint8)


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_changes_the_picture_and_does_the_same_each_time(name: str) -> None:
    first, again = (ATTACKS[name](photo(1), Random(7)) for _ in range(2))  # noqa: S311 - repeatable
    assert first.dtype == np.uint8
    assert first.ndim == 3
    assert first.shape[2] == 3
    assert first.shape != photo(1).shape or (first != photo(1)).any()
    np.testing.assert_array_equal(first, again)


def test_the_benchmark_finds_copies_and_no_false_pair_and_ends_with_its_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    labels = []
    for n in range(4):
        cv2.imwrite(str(tmp_path / f"{n}.png"), photo(n))
        labels.append(json.dumps({"file": f"{n}.png"}))
    (tmp_path / "labels.jsonl").write_text("\n".join([*labels, json.dumps({"file": "lost.png"})]))
    suite = tmp_path / "suite.py"
    suite.write_text("ATTACKS = {'mirror': lambda p, r: p[:, ::-1], 'cut': lambda p, r: p[40:, 60:]}\n")
    monkeypatch.setattr(sys, "argv", ["duplicates", "--data", str(tmp_path), "--attacks", str(suite), "--sources", "2"])
    duplicates.main()
    figures = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert figures["archive"] == 4
    assert (figures["recall"]["verifier"]["k"], figures["recall"]["verifier"]["n"]) == (4, 4)
    assert figures["recall"]["phash_8"]["k"] == 0
    assert figures["false_pairs"]["verifier"] == {"k": 0, "n": 6, "share": 0.0, "low": 0.0, "high": 0.459}
