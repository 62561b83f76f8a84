"""Attacks on photos, and the benchmark that uses them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from random import Random

import numpy as np
import pytest
from PIL import Image

from benchmarks import duplicates
from benchmarks.attacks import suite
from benchmarks.mountings import Picture
from benchmarks.submitting import average_precision


def photo(seed: int) -> Picture:
    random = np.random.default_rng(seed)
    coarse = Image.fromarray(random.integers(0, 256, (30, 40, 3), dtype=np.uint8))
    large = np.asarray(coarse.resize((320, 240), Image.Resampling.BICUBIC))
    return Image.fromarray(np.clip(large + random.normal(0, 5, large.shape), 0, 255).astype(np.uint8))


SUITE = suite([photo(8), photo(9)])


def test_the_suite_has_at_least_the_attacks_of_the_first_study() -> None:
    assert len(SUITE) >= 47


@pytest.mark.parametrize("name", SUITE)
def test_an_attack_changes_the_picture_and_does_the_same_each_time(name: str) -> None:
    first, again = (SUITE[name](photo(1), Random(7)) for _ in range(2))  # noqa: S311 - repeatable
    assert first.mode == "RGB"
    assert first.size != photo(1).size or first.tobytes() != photo(1).tobytes()
    assert first.tobytes() == again.tobytes()


def test_the_benchmark_finds_copies_and_no_false_pair_and_ends_with_its_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    labels = []
    for n in range(6):
        photo(n).save(tmp_path / f"{n}.png")
        labels.append(json.dumps({"file": f"{n}.png", "scene": "artwork" if n == 5 else "shelf"}))
    (tmp_path / "labels.jsonl").write_text("\n".join([*labels, json.dumps({"file": "lost.png"})]))
    suite_file = tmp_path / "suite.py"
    suite_file.write_text(
        "from PIL import ImageOps\n"
        "def attacks():\n"
        "    return {'mirror': lambda p, r: ImageOps.mirror(p), 'cut': lambda p, r: p.crop((60, 40, 320, 240))}\n"
    )
    given = ["--data", str(tmp_path), "--attacks", str(suite_file), "--sources", "2", "--without", "scene=artwork"]
    monkeypatch.setattr(sys, "argv", ["duplicates", *given])
    duplicates.main()
    figures = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (figures["archive"], figures["pairs"]) == (5, 10)
    assert figures["recall"] == figures["recall_at_zero_fp"] == figures["micro_ap"] == 1.0
    assert figures["per_attack"] == {"mirror": 1.0, "cut": 1.0}
    assert figures["false_pairs"] == 0
    assert figures["cpu_ms_per_item"] > 0
    assert figures["peers"]["imagehash_phash"]["recall"] == 0.0
    assert figures["peers"]["imagehash_phash"]["false_pairs"] == 0


def test_average_precision_is_one_when_all_true_pairs_come_first() -> None:
    assert average_precision([(0.9, True), (0.8, True), (0.1, False)], 2) == 1.0
    assert average_precision([(0.9, False), (0.8, True)], 2) == 0.25
