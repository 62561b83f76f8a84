import hashlib
import json
from pathlib import Path

import pytest

from verifier.errors import ModelError
from verifier.instruments.brands import Sighting
from verifier.instruments.scorecard import EVIDENCE, Scorecard, load_scorecard, strengths
from verifier.settings import Settings

WEIGHTS = {"logo": 4, "sample": 6, "pack": 5, "name": 4, "logo_look": 3, "sample_look": 5}
GOOD = {"bias": -1.0, "weights": WEIGHTS, "present": 0.8, "possible": 0.4}


def saw(role: str, strength: float) -> Sighting:
    return Sighting(role=role, source="x", outline=(), strength=strength)


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


@pytest.mark.parametrize("role", EVIDENCE)
def test_more_evidence_never_makes_a_brand_less_likely(card: Scorecard, role: str) -> None:
    rising = [0.0, 0.75, 0.8, 0.9, 1.0] if role == "name" else [0.0, 3.0, 4.0, 8.0, 20.0, 90.0]
    probabilities = [card.probability([saw(role, strength)]) for strength in rising]
    assert probabilities == sorted(probabilities)
    assert probabilities[-1] > probabilities[0]


def test_the_best_of_each_kind_counts_and_kinds_add_up(card: Scorecard) -> None:
    one = card.probability([saw("logo", 8)])
    assert card.probability([saw("logo", 8), saw("logo", 4)]) == one
    assert card.probability([saw("logo", 8), saw("name", 0.9)]) > one


def test_the_sighting_that_counts_most_is_foremost_whatever_its_unit(card: Scorecard) -> None:
    clear, faint = saw("logo", 24), saw("sample_look", 2.5)
    assert card.foremost([faint, clear, saw("retired", 90)]) == clear
    assert card.foremost([faint]) == faint
    assert card.foremost([saw("logo", 4), saw("retired", 90)]) is None


def test_a_likely_look_shows_where_the_mark_is_better_than_a_name_that_counts_more(card: Scorecard) -> None:
    name, look = saw("name", 1.0), saw("sample_look", 4.5)
    assert card.foremost([name, look]) == look
    assert card.foremost([name, saw("sample_look", 2.5)]) == name
    assert card.foremost([saw("sample", 9), saw("logo", 7), name]) == saw("sample", 9)


def test_a_scorecard_made_for_no_embedding_gives_looks_no_weight(tmp_path: Path) -> None:
    weights = {kind: weight for kind, weight in WEIGHTS.items() if not kind.endswith("_look")}
    card = load_scorecard(folder(tmp_path, GOOD | {"weights": weights}))
    assert card.probability([saw("logo_look", 9)]) == card.probability([])


def test_retired_and_forbidden_pictures_do_not_speak_for_the_brand() -> None:
    assert set(strengths([saw("retired", 50), saw("forbidden", 50)]).values()) == {0.0}


def test_no_evidence_is_less_than_even_odds(card: Scorecard) -> None:
    assert card.probability([]) < 0.5


def test_the_shipped_scorecard_is_the_one_of_its_card() -> None:
    card = load_scorecard(Settings().models / "brand_presence")
    assert card.probability([]) < card.possible
    assert card.probability([saw("pack", 12)]) >= card.present


def test_a_scorecard_that_was_touched_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"scorecard\.json"):
        load_scorecard(folder(tmp_path, GOOD, checksum="0" * 64))


@pytest.mark.parametrize(
    "data",
    [
        "not json",
        GOOD | {"weights": {"logo": 4}},
        GOOD | {"weights": GOOD["weights"] | {"logo": -1}},  # type: ignore[operator]
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


@pytest.mark.parametrize(("look", "name", "told"), [(6.9, 0.0, False), (7.0, 0.0, True), (6.9, 1.0, True)])
def test_a_look_alone_is_told_only_where_it_is_strong(look: float, name: float, told: bool) -> None:
    card = Scorecard(bias=0.0, weights={"logo_look": 30.0, "name": 1.0}, present=0.9, possible=0.3)
    seen = [
        Sighting(role=role, source="", outline=(), strength=strength)
        for role, strength in (("logo_look", look), ("name", name))
        if strength
    ]
    assert card.probability(seen) >= card.present
    assert card.is_there(seen) is told
