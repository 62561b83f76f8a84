"""The image tower that a model card describes (the embedding is a slot): what it takes and gives; checked by a run.

tower:
  file: tower.onnx      # float32 pictures (n, 3, side, side), RGB, in; vectors (n, dimensions) out
  input: pixels         # the name of the input
  output: vector        # the name of the output, or its place, from 0
  side: 224             # pixels; places are squeezed square
  dimensions: 512
  mean: [123.7, 116.3, 103.5]      # in grey levels of 0..255, one number or one a channel
  deviation: [58.4, 57.1, 57.4]
  batch: 8              # pictures at once; 1 where the file takes no more
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import yaml
from numpy.typing import NDArray

from verifier.errors import ModelError
from verifier.instruments import network
from verifier.instruments.cards import Card, read_card
from verifier.instruments.network import Network

_REQUIRED = ("file", "input", "output", "side", "mean", "deviation")
_SIDES, _MOST_DIMENSIONS, _MOST_AT_ONCE = range(16, 1025), 8192, 64
_CHANNELS = 3
_BATCH = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Tower:
    """An image tower as its card describes it. `mean` and `deviation` (3,) are grey levels; None: not stated."""

    card: Card
    file: Path
    input: str
    output: str | int
    side: int
    mean: NDArray[np.float32]
    deviation: NDArray[np.float32]
    batch: int
    dimensions: int | None

    def vectors(self, pictures: Sequence[NDArray[np.uint8]]) -> NDArray[np.float32]:
        """(n, dimensions) of pictures (height, width, 3) RGB, each squeezed square; as the network gives them."""
        loaded = network.load(self.file)
        output = loaded.outputs[self.output] if isinstance(self.output, int) else self.output
        parts = []
        for at in range(0, len(pictures), self.batch):
            batch = np.stack([_squeezed(picture, self.side) for picture in pictures[at : at + self.batch]])
            given = ((batch.astype(np.float32) - self.mean) / self.deviation).transpose(0, 3, 1, 2)
            parts += loaded.run((output,), **{self.input: np.ascontiguousarray(given)})
        return np.concatenate(parts)


def read_tower(path: Path) -> Tower:
    """The tower of a card.yaml. Raises ModelError, in one line, where it does not say what it must."""
    card = read_card(path)
    facts: Any = yaml.safe_load(path.read_text(encoding="utf-8")).get("tower")
    missing = [key for key in _REQUIRED if not isinstance(facts, dict) or facts.get(key) is None]
    if missing:
        raise _wrong(path, f"`tower` does not state {', '.join(missing)}")
    file = path.parent / str(facts["file"])
    if file not in card.files:
        raise _wrong(path, f"`files` has no checksum of the tower's {facts['file']}")
    return Tower(
        card=card,
        file=file,
        input=str(facts["input"]),
        output=facts["output"] if isinstance(facts["output"], int) else str(facts["output"]),
        side=_whole(path, facts, "side", _SIDES),
        mean=_levels(path, facts, "mean"),
        deviation=_levels(path, facts, "deviation"),
        batch=_whole(path, facts, "batch", range(1, _MOST_AT_ONCE + 1)) if "batch" in facts else _BATCH,
        dimensions=_whole(path, facts, "dimensions", range(2, _MOST_DIMENSIONS)) if "dimensions" in facts else None,
    )


def check(path: Path) -> Tower:
    """The tower of a card, once its files are there, unchanged, and it gave sound vectors for two pictures.

    Raises ModelError, in one line, otherwise.
    """
    tower = read_tower(path)
    tower.card.check()
    if tower.dimensions is None:
        raise _wrong(path, "`tower` does not state dimensions")
    try:
        _fits(path, tower, network.load(tower.file))
        noise = np.random.default_rng(0).integers(0, 256, (tower.side, tower.side, 3), np.uint8)
        found = tower.vectors((np.full_like(noise, 255), noise))
    except ModelError:
        raise
    except Exception as error:  # noqa: BLE001 - ONNX Runtime raises many kinds, none of which it declares
        said = next(iter(str(error).splitlines()), type(error).__name__)
        raise _wrong(path, f"{tower.file.name} does not run on pictures of {tower.side} pixels ({said})") from None
    if found.shape != (2, tower.dimensions):
        raise _wrong(path, f"two pictures give an output of the shape {found.shape} and not (2, {tower.dimensions})")
    if not np.isfinite(found).all() or not np.abs(found).sum(axis=1).all():
        raise _wrong(path, "a blank picture or one of noise gives a vector that is not finite, or nought")
    if np.allclose(found[0], found[1]):
        raise _wrong(path, "a blank picture and one of noise give the same vector")
    return tower


def _fits(path: Path, tower: Tower, loaded: Network) -> None:
    if tower.input not in loaded.inputs:
        raise _wrong(path, f"{tower.file.name} has no input {tower.input!r}, but {', '.join(loaded.inputs)}")
    known = range(len(loaded.outputs)) if isinstance(tower.output, int) else loaded.outputs
    if tower.output not in known:
        raise _wrong(path, f"{tower.file.name} has no output {tower.output!r}, but {', '.join(loaded.outputs)}")


def _whole(path: Path, facts: Mapping[str, Any], key: str, allowed: range) -> int:
    value = facts[key]
    if not isinstance(value, int) or value not in allowed:
        raise _wrong(path, f"tower.{key} is {value!r}, not a whole number of {allowed[0]} to {allowed[-1]}")
    return value


def _levels(path: Path, facts: Mapping[str, Any], key: str) -> NDArray[np.float32]:
    try:
        values = np.array(facts[key], np.float32)
    except (TypeError, ValueError):
        values = np.array([np.nan])
    if values.shape not in ((), (_CHANNELS,)) or not np.isfinite(values).all():
        raise _wrong(path, f"tower.{key} is {facts[key]!r}, not one number or three")
    if key == "deviation" and (values < 1).any():
        raise _wrong(path, "tower.deviation is below 1: mean and deviation are grey levels of 0..255 (times 255)")
    return np.broadcast_to(values, (_CHANNELS,)).copy()


def _squeezed(pixels: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    shrinks = min(pixels.shape[:2]) > side
    smooth = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(pixels, (side, side), interpolation=smooth), np.uint8)


def _wrong(path: Path, what: str) -> ModelError:
    return ModelError(f"{path}: {what}", "correct the card, or see models/logo_embedding/card.yaml")
