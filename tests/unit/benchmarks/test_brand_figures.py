import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmarks.brand_evidence import Row, gather, photos
from benchmarks.display import by_evidence, presence, unbranded
from models.brand_presence.fit import fit, held_out, probability, threshold


def row(file: str, kit: str, there: bool, **evidence: float) -> Row:
    strengths = {"logo": 0.0, "sample": 0.0, "pack": 0.0, "name": 0.0, "sideways": 0.0} | evidence
    return Row(file=file, source="s", kit=kit, there=there, self_cut=False, **strengths)


ROWS = [
    row("1", "a", True, logo=9), row("1", "b", False),
    row("2", "a", False, logo=4), row("2", "b", True, name=1.0),
    row("3", "a", False), row("3", "b", False, name=0.9),
]  # fmt: skip


def test_figures_count_pairs_photos_and_photos_without_a_brand() -> None:
    figures = presence(ROWS, np.array([0.9, 0.1, 0.2, 0.8, 0.1, 0.7]), 0.75)
    assert (figures["precision"]["k"], figures["precision"]["n"]) == (2, 2)
    assert (figures["recall"]["k"], figures["recall"]["n"]) == (2, 2)
    assert (figures["top_1"]["k"], figures["top_1"]["n"]) == (2, 2)
    assert figures["average_precision"] == 1.0
    none = unbranded(ROWS, np.array([0.9, 0.1, 0.2, 0.8, 0.1, 0.7]), 0.65)
    assert (none["photos_with_a_claim"]["k"], none["photos_with_a_claim"]["n"]) == (1, 1)


def test_each_kind_of_evidence_is_counted_alone() -> None:
    figures = by_evidence(ROWS)
    assert (figures["logo"]["precision"]["k"], figures["logo"]["precision"]["n"]) == (1, 1)
    assert (figures["name"]["precision"]["k"], figures["name"]["precision"]["n"]) == (1, 2)


def test_a_fitted_scorecard_believes_evidence_and_the_held_out_one_has_not_seen_the_brand() -> None:
    many = [
        row(f"{kit}{n}", other, there=kit == other, logo=12.0 if kit == other else 4.0)
        for kit in "abc"
        for n in range(8)
        for other in "abc"
    ]
    card = fit(many)
    assert probability(card, row("x", "a", True, logo=12)) > 0.5 > probability(card, row("x", "a", True))
    unseen = held_out(many)
    there = np.array([one.there for one in many])
    assert unseen[there].min() > unseen[~there].max()
    assert threshold(unseen, there, 1.0) >= unseen[~there].max()


def test_unlabelled_photos_are_left_out_and_rows_can_be_kept(tmp_path: Path) -> None:
    lines = [{"file": "a.png", "source": "s", "brands": []}, {"file": "b.png", "source": "s", "brands": None}]
    (tmp_path / "labels.jsonl").write_text("\n".join(json.dumps(line) for line in lines))
    Image.new("RGB", (40, 30)).save(tmp_path / "a.png")
    assert [label["file"] for label in photos(tmp_path, None, 0)] == ["a.png"]
    kept = tmp_path / "rows.json"
    kept.write_text(json.dumps([asdict(one) for one in ROWS]))
    assert gather(tmp_path, None, 0, kept) == ROWS


@pytest.mark.parametrize("limit", [1, 5])
def test_a_sample_is_drawn_by_the_seed(tmp_path: Path, limit: int) -> None:
    lines = [{"file": f"{n}.png", "source": "s", "brands": []} for n in range(3)]
    (tmp_path / "labels.jsonl").write_text("\n".join(json.dumps(line) for line in lines))
    assert photos(tmp_path, limit, 7) == photos(tmp_path, limit, 7)
    assert len(photos(tmp_path, limit, 7)) == min(limit, 3)
