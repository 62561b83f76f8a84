import hashlib
import json
from pathlib import Path

import pytest

from verifier.errors import ModelError
from verifier.instruments.brands import Sighting
from verifier.instruments.scorecard import (
    EVIDENCE,
    KITS,
    STEPS,
    Scorecard,
    Weights,
    foremost,
    kit_kind,
    load_scorecard,
    strengths,
)
from verifier.settings import Settings

WEIGHTS = {kind: [2.0] * (len(steps) - 1) for kind, steps in STEPS.items()}
GOOD = {"kinds": {kit: {"bias": -1.0, "weights": WEIGHTS} for kit in KITS}, "present": 0.8, "possible": 0.4}


def saw(role: str, strength: float) -> Sighting:
    return Sighting(role=role, source="x", outline=(), strength=strength)


def changed(**weights: list[float]) -> dict[str, object]:
    """GOOD, but for some weights of kits with a logo."""
    kinds = {kit: {"bias": -1.0, "weights": WEIGHTS | (weights if kit == "logo" else {})} for kit in KITS}
    return GOOD | {"kinds": kinds}


def folder(tmp_path: Path, data: object, checksum: str | None = None) -> Path:
    text = data if isinstance(data, str) else json.dumps(data)
    (tmp_path / "scorecard.json").write_text(text)
    checksum = checksum or hashlib.sha256(text.encode()).hexdigest()
    (tmp_path / "card.yaml").write_text(
        "{name: n, purpose: p, training_data: t, metrics: m, limits: l, licence: Apache-2.0, "
        f"files: {{scorecard.json: '{checksum}'}}}}"
    )
    return tmp_path


@pytest.fixture
def card(tmp_path: Path) -> Scorecard:
    return load_scorecard(folder(tmp_path, GOOD))


@pytest.mark.parametrize("kit", KITS)
@pytest.mark.parametrize("role", EVIDENCE)
def test_more_evidence_never_makes_a_brand_less_likely(role: str, kit: str) -> None:
    card = load_scorecard(Settings().models / "brand_presence")
    rising = [0.0, 0.75, 0.8, 0.9, 1.0] if role == "name" else [0.0, 3.0, 4.0, 8.0, 20.0, 90.0]
    probabilities = [card.probability([saw(role, strength)], kit) for strength in rising]
    assert probabilities == sorted(probabilities)
    assert probabilities[-1] > probabilities[0]


def test_the_best_of_each_kind_counts_and_kinds_add_up(card: Scorecard) -> None:
    one = card.probability([saw("logo", 8)], "logo")
    assert card.probability([saw("logo", 8), saw("logo", 4)], "logo") == one
    assert card.probability([saw("logo", 8), saw("name", 0.9)], "logo") > one


def test_a_likely_look_shows_where_the_mark_is_better_than_a_name() -> None:
    name, look, faint = saw("name", 1.0), saw("sample_look", 4.5), saw("sample_look", 2.5)
    assert foremost([name, look, saw("retired", 90)]) == look
    assert foremost([name, faint]) == name
    assert foremost([faint]) == faint
    assert foremost([saw("sample", 9), saw("logo", 7), name]) == saw("sample", 9)
    assert foremost([saw("retired", 90)]) is None


def test_a_kit_is_known_by_the_best_that_it_holds() -> None:
    assert [kit_kind(roles) for roles in (["logo", "sample"], ["pack", "logo"], ["logo", "retired"], ["retired"])] == [
        "sample", "pack", "logo", "name",
    ]  # fmt: skip
    assert [kit_kind(["sample"] * held) for held in (1, 2, 3, 9)] == ["sample", "sample", "samples", "samples"]


def test_a_name_that_tells_a_brand_with_a_flat_logo_tells_it_with_two_samples_too() -> None:
    card = load_scorecard(Settings().models / "brand_presence")
    assert card.is_there([saw("name", 1.0)], "logo")
    assert card.is_there([saw("name", 1.0)], "sample")
    assert not card.is_there([saw("name", 1.0)], "samples")


def test_what_is_not_seen_says_more_the_more_a_kit_holds() -> None:
    card = load_scorecard(Settings().models / "brand_presence")
    assert card.probability([], "samples") < card.probability([], "name") < 0.5


def test_evidence_counts_from_one_step_to_the_next() -> None:
    felt = strengths([saw("logo", 6), saw("sample_look", 5), saw("name", 0.9)])
    assert felt["logo"] == (1.0, 0.0, 0.0)
    assert felt["sample_look"] == pytest.approx((1.0, 0.5, 0.0))
    assert felt["name"] == pytest.approx((1.0, 0.5))
    assert strengths([saw("logo", 90)])["logo"] == (1.0, 1.0, 1.0)


def test_retired_and_forbidden_pictures_do_not_speak_for_the_brand() -> None:
    assert {x for steps in strengths([saw("retired", 50), saw("forbidden", 50)]).values() for x in steps} == {0.0}


def test_no_evidence_is_less_than_even_odds(card: Scorecard) -> None:
    assert card.probability([], "name") < 0.5


def test_the_shipped_scorecard_is_the_one_of_its_card() -> None:
    card = load_scorecard(Settings().models / "brand_presence")
    assert all(card.probability([], kit) < card.possible for kit in KITS)
    assert all(card.probability([saw("pack", 14), saw("name", 1)], kit) >= card.present for kit in KITS)


def test_a_scorecard_that_was_touched_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"scorecard\.json"):
        load_scorecard(folder(tmp_path, GOOD, checksum="0" * 64))


@pytest.mark.parametrize(
    "data",
    [
        "not json",
        changed(logo=[4.0]),
        changed(logo=[4.0, 4.0, -1.0]),
        GOOD | {"kinds": {"logo": {"bias": -1.0, "weights": WEIGHTS}}},
        GOOD | {"present": 0.3},
        {},
    ],
)
def test_a_scorecard_that_says_nothing_sound_is_refused(tmp_path: Path, data: object) -> None:
    with pytest.raises(ModelError):
        load_scorecard(folder(tmp_path, data))


def test_a_folder_without_a_card_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError):
        load_scorecard(tmp_path)


@pytest.mark.parametrize(
    ("seen", "told"),
    [
        ({"logo_look": 6.9}, False),
        ({"logo_look": 7.0}, True),
        ({"logo_look": 6.9, "name": 1.0}, True),
        ({"logo_look": 6.9, "sample": 4.0}, True),
        ({"logo_look": 6.9, "sample_look": 6.9}, False),
        ({"logo": 7.0}, False),
        ({"logo": 8.0}, True),
    ],
)
def test_what_nothing_bears_out_is_told_only_where_it_is_clear(seen: dict[str, float], told: bool) -> None:
    weights = {kind: (9.0,) * (len(steps) - 1) for kind, steps in STEPS.items()}
    card = Scorecard(kinds={"logo": Weights(bias=0.0, weights=weights)}, present=0.9, possible=0.3)
    sightings = [saw(role, strength) for role, strength in seen.items()]
    assert card.probability(sightings, "logo") >= card.present
    assert card.is_there(sightings, "logo") is told
    assert told or card.probability(sightings, "logo") < 0.98
