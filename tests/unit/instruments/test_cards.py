"""A model is the file that its card describes, or it is not used."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from verifier.errors import ModelError
from verifier.instruments.cards import read_cards
from verifier.settings import Settings

CARD = """\
name: scales
purpose: weighs
training_data: none
metrics: none
limits: many
licence: Apache-2.0
files: {model.json: CHECKSUM}
"""


def model(folder: Path, text: str = CARD, data: bytes = b"{}") -> Path:
    (folder / "scales").mkdir()
    (folder / "scales" / "model.json").write_bytes(data)
    (folder / "scales" / "card.yaml").write_text(text.replace("CHECKSUM", hashlib.sha256(b"{}").hexdigest()))
    return folder


def test_a_model_as_described_passes(tmp_path: Path) -> None:
    (card,) = read_cards(model(tmp_path))
    card.check()
    assert card.name == "scales"


def test_a_changed_model_is_refused(tmp_path: Path) -> None:
    (card,) = read_cards(model(tmp_path, data=b"{ }"))
    with pytest.raises(ModelError, match=r"model\.json is not the file"):
        card.check()


def test_a_missing_model_is_refused(tmp_path: Path) -> None:
    (card,) = read_cards(model(tmp_path))
    (tmp_path / "scales" / "model.json").unlink()
    with pytest.raises(ModelError, match="is missing"):
        card.check()


@pytest.mark.parametrize("field", ["purpose", "limits", "licence", "files"])
def test_a_card_that_says_too_little_is_refused_by_name(tmp_path: Path, field: str) -> None:
    text = "".join(line for line in CARD.splitlines(keepends=True) if not line.startswith(field))
    with pytest.raises(ModelError, match=field):
        read_cards(model(tmp_path, text))


@pytest.mark.parametrize(
    "text", ["a: [", "- a\n- b", "a: {b\nc: }\n", CARD.replace("{model.json: CHECKSUM}", "[model.json]")]
)
def test_a_card_that_cannot_be_read_is_refused_in_one_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(ModelError, match=r"card\.yaml: ") as refused:
        read_cards(model(tmp_path, text))
    assert "\n" not in str(refused.value)


def test_a_card_that_is_no_text_is_refused(tmp_path: Path) -> None:
    folder = model(tmp_path)
    (folder / "scales" / "card.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ModelError, match="not a readable card"):
        read_cards(folder)


def test_a_folder_without_cards_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model cards"):
        read_cards(tmp_path)


def test_the_shipped_models_are_those_of_their_cards() -> None:
    for card in read_cards(Settings().models):
        card.check()
