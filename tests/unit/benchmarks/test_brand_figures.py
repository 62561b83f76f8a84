import json
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmarks.brand_evidence import Row, at_level, gather, photos
from benchmarks.display import (
    box_hits,
    by_evidence,
    calibration_by_chance,
    calibration_error,
    packs,
    presence,
    recall_at,
)
from models.brand_presence.fit import at_base_rate, fit, held_out, probability, seen_of, threshold
from verifier.instruments.scorecard import Scorecard


def row(file: str, kit: str, there: bool, **evidence: float) -> Row:
    strengths = {"logo": 0.0, "sample": 0.0, "pack": 0.0, "name": 0.0, "sideways": 0.0} | evidence
    return Row(file=file, source="s", kit=kit, there=there, self_cut=False, roles=("logo", "sample"), **strengths)


ROWS = [
    row("1", "a", True, logo=9), row("1", "b", False),
    row("2", "a", False, logo=4), row("2", "b", True, name=1.0),
    row("3", "a", False), row("3", "b", False, name=0.9),
]  # fmt: skip


def test_figures_count_pairs_and_photos() -> None:
    figures = presence(ROWS, np.array([0.9, 0.1, 0.2, 0.8, 0.1, 0.7]), 0.75)
    assert (figures["precision"]["k"], figures["precision"]["n"]) == (2, 2)
    assert (figures["recall"]["k"], figures["recall"]["n"]) == (2, 2)
    assert (figures["top_1"]["k"], figures["top_1"]["n"]) == (2, 2)
    assert figures["average_precision"] == 1.0


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


def test_a_poorer_kit_gives_less_evidence() -> None:
    whole = row("1", "a", True, logo=9, sample=9, pack=9, name=0.9, logo_look=5, sample_look=6)
    assert seen_of(at_level(whole, "name")) == {"name"}
    assert seen_of(at_level(whole, "logo")) == {"name", "logo", "logo_look"}
    assert [at_level(whole, level).kind for level in ("name", "logo", "full")] == ["name", "logo", "sample"]
    assert at_level(whole, "full") == whole


def test_fewer_samples_give_what_those_that_were_drawn_give() -> None:
    samples = ((4.0, 2.5), (9.0, 0.0), (0.0, 6.0))
    whole = replace(
        row("1", "a", True, sample=9, sample_look=6), samples=samples, roles=("logo", "sample", "sample", "sample"),
        overlaps={"sample": 0.9, "sample_look": 0.8, "logo": 0.7},
    )  # fmt: skip
    assert at_level(whole, "three_samples") == whole
    one, two = (at_level(whole, level) for level in ("one_sample", "two_samples"))
    assert [one.kind, two.kind, whole.kind] == ["sample", "sample", "samples"]
    assert one.samples[0] in samples
    assert (one.sample, one.sample_look) == one.samples[0]
    assert (two.sample, two.sample_look) == tuple(max(pair) for pair in zip(*two.samples, strict=True))
    assert set(one.overlaps) == {"logo"} | {
        kind for kind in ("sample", "sample_look") if getattr(one, kind) == getattr(whole, kind)
    }
    drawn = {at_level(replace(whole, file=str(n)), "one_sample").samples for n in range(40)}
    assert len(drawn) == len(samples)


def test_chance_alone_makes_a_calibration_error() -> None:
    rows = [row(f"{n}", "a", n < 300) for n in range(1000)]
    honest = np.where(np.arange(1000) < 600, 0.7, 0.01)
    many = calibration_by_chance(rows, honest)
    few = calibration_by_chance(rows[::10], honest[::10])
    assert 0.005 < many < few < 0.1
    assert calibration_by_chance(rows, np.full(1000, 0.01)) is None


def test_what_speaks_against_a_brand_gets_no_weight() -> None:
    many = [
        row(f"{n}", "a", n % 2 == 0, logo=12 if n % 2 == 0 else 4, sample_look=2 if n % 2 == 0 else 8)
        for n in range(40)
    ]
    weights = fit(many).kinds["sample"].weights
    assert weights["sample_look"] == (0, 0, 0)
    assert max(weights["logo"]) > 0


def test_evidence_that_kits_of_a_kind_never_held_is_weighed_as_by_kits_that_live_by_it() -> None:
    packs_ = [
        replace(row(f"{n}", kit, there=n % 2 == 0, pack=12.0 * (n % 2 == 0)), roles=("pack",))
        for n in range(20)
        for kit in "ab"
    ]
    many = [*packs_, *(row(f"{n}", "c", n % 2 == 0, sample=12.0 * (n % 2 == 0)) for n in range(20))]
    kinds = fit(many).kinds
    assert kinds["samples"].weights == kinds["sample"].weights
    assert kinds["sample"].weights["pack"] == kinds["pack"].weights["pack"] != (0.0, 0.0, 0.0)
    assert kinds["pack"].weights["sample"] == kinds["sample"].weights["sample"] != (0.0, 0.0, 0.0)


def test_recall_is_taken_at_the_best_threshold_of_that_precision() -> None:
    rows = [row(f"{n}", "a", there) for n, there in enumerate([True, True, False, True, False])]
    values = np.array([0.9, 0.8, 0.7, 0.6, 0.5])
    assert recall_at(rows, values, 0.95) == pytest.approx(2 / 3, abs=1e-4)
    assert recall_at(rows, values, 0.75) == 1.0
    assert recall_at(rows, -values, 0.95) == 0.0


def test_calibration_is_told_at_the_base_rate_above_a_fifth_only() -> None:
    rows = [row(f"{n}", "a", n < 30) for n in range(100)]
    honest = np.where(np.arange(100) < 60, 0.7, 0.01)  # 30 of 60 are there; at even odds .7 is .5 at a base rate of .3
    assert at_base_rate(np.array([0.7]), 0.3)[0] == pytest.approx(0.5)
    assert calibration_error(rows, honest) == pytest.approx(0.0, abs=1e-4)
    assert calibration_error(rows, np.full(100, 0.01)) is None


def test_a_box_is_hit_by_the_sighting_that_shows_best_where_the_mark_is() -> None:
    card = Scorecard(kinds={}, present=0.5, possible=0.4)
    rows = [
        replace(row("1", "a", True, name=1, sample_look=8), overlaps={"name": 0.1, "sample_look": 0.6}),
        replace(row("2", "a", True, name=1, sample_look=3), overlaps={"name": 0.1, "sample_look": 0.6}),
        replace(row("3", "a", True, sample_look=8), overlaps={}),
    ]
    hits = box_hits(rows, np.array([0.9, 0.9, 0.9]), card)
    assert (hits["k"], hits["n"]) == (1, 2)


def test_packs_are_counted_among_kits_that_hold_some() -> None:
    rows = [row("1", "a", True, pack=20), row("2", "a", True), row("3", "b", False, name=1.0)]
    told = packs(rows, np.array([0.9, 0.1, 0.9]), 0.5)
    assert (told["p"]["k"], told["p"]["n"], told["r"]["k"], told["r"]["n"]) == (1, 1, 1, 2)


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
