"""What looks like a brand's logo: framed places of a photo against the kit's logos and samples, by a learnt embedding.

The embedding is a slot that `card.yaml` describes (file, side, mean, deviation): any ONNX image tower fits. A likeness
is told against a cohort of other logos on both sides (symmetric normalisation as in speaker verification: Matejka et
al., Interspeech 2017), so that a plain shape which resembles many marks must resemble this one more.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from verifier.casefile import Box, BrandKit, Page, Picture
from verifier.errors import ModelError
from verifier.instruments import logo_map, network, shrinking
from verifier.instruments.brands import Sighting, pixels_of, trimmed
from verifier.instruments.cards import read_card
from verifier.instruments.network import Network
from verifier.instruments.tower import Tower, read_tower

_COPY_SIDE = 1600  # pixels, longest side of the copy from which large places are cut
MARGIN, WIDEST = 0.08, 2.0  # of a frame: as in training (models/logo_embedding/composites.py)
LOOKS = {"logo": "logo_look", "sample": "sample_look"}  # roles of pictures that are compared, and of what they give
LEAST = 2.0  # standard deviations above other logos; below, it says nothing
_NEAREST = 40  # of the cohort: those that look most alike set the standard
CARD, COHORT, LOGO_NESS = "card.yaml", "cohort.npy", "logo_ness.onnx"
FUSION = "fusion"  # beside the card of another embedding: its cohort, and the weights of brand presence with it
_POSES = ((8.0, 0.0, 1.0), (-8.0, 0.0, 1.0), (0.0, 0.2, 0.85), (0.0, -0.2, 0.85))  # degrees, slant, width
_MOST_KNOWN = 256
Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Seen:
    """Framed places of a photo: boxes (n, 4) in page pixels, unit vectors (n, d), and how they look to the cohort."""

    boxes: logo_map.Boxes
    vectors: Vectors
    usual: NDArray[np.float64]


class Looks:
    """The two networks of `models/logo_embedding`, or another tower beside its logo-ness map. One thread each."""

    def __init__(self, tower: Tower, map_: Network, cohort: Vectors) -> None:
        self._tower, self._map, self._cohort = tower, map_, cohort
        self._known: dict[str, tuple[Vectors, NDArray[np.float64]]] = {}

    def photo(self, page: Page, lines: Sequence[Box]) -> Seen:
        """The places of a page that may carry a logo, embedded. `lines` are where text stands."""
        boxes = logo_map.proposals(self._map, page, lines)
        vectors = self.embed(_crops(page.pixels, boxes, self._tower.side))
        return Seen(boxes=boxes, vectors=vectors, usual=self._usual(vectors))

    def seen(self, photo: Seen, kit: BrandKit) -> tuple[Sighting, ...]:
        """Where the photo looks like the kit's logos and samples, at most one place for each kind, and how alike."""
        found = []
        for role, look in LOOKS.items():
            references = [self._reference(picture) for picture in kit.pictures if picture.role == role]
            if not references or not len(photo.boxes):
                continue
            likeness = np.stack([self._likeness(photo, *reference) for reference in references]).max(axis=0)
            best = int(likeness.argmax())
            if likeness[best] >= LEAST:
                left, top, right, bottom = (float(edge) for edge in photo.boxes[best])
                outline = ((left, top), (right, top), (right, bottom), (left, bottom))
                found.append(
                    Sighting(role=look, source=role, outline=outline, strength=round(float(likeness[best]), 3))
                )
        return tuple(found)

    def embed(self, pictures: Sequence[NDArray[np.uint8]]) -> Vectors:
        """Unit vectors of pictures (height, width, 3) RGB, each squeezed square."""
        if not pictures:
            return np.zeros((0, self._cohort.shape[1]), np.float32)
        return unit(self._tower.vectors(pictures))

    def _likeness(self, photo: Seen, vectors: Vectors, usual: NDArray[np.float64]) -> NDArray[np.float64]:
        """(places,): cosine in deviations of what is usual for the place and for the reference, the mean of both."""
        alike = photo.vectors.astype(np.float64) @ vectors.T.astype(np.float64)
        from_places = (alike - photo.usual[:, :1]) / photo.usual[:, 1:]
        from_reference = (alike - usual[None, :, 0]) / usual[None, :, 1]
        best: NDArray[np.float64] = ((from_places + from_reference) / 2).max(axis=1)
        return best

    def _usual(self, vectors: Vectors) -> NDArray[np.float64]:
        """(n, 2): mean and deviation of the cosines with the nearest of the cohort."""
        alike = np.sort(vectors.astype(np.float64) @ self._cohort.T.astype(np.float64), axis=1)[:, -_NEAREST:]
        return np.stack([alike.mean(axis=1), alike.std(axis=1) + 0.02], 1)

    def _reference(self, picture: Picture) -> tuple[Vectors, NDArray[np.float64]]:
        """The vectors of the picture's views, described once a process."""
        key = hashlib.sha256(picture.data).hexdigest()
        if key not in self._known:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            vectors = self.embed(_views(pixels_of(picture), flat=picture.role == "logo"))
            self._known[key] = (vectors, self._usual(vectors))
        return self._known[key]


def _crops(pixels: NDArray[np.uint8], boxes: logo_map.Boxes, side: int) -> list[NDArray[np.uint8]]:
    """The boxes framed; large ones are cut from a smaller copy, so that a photo of 12 MP is not gone over ten times."""
    small = shrinking.within(pixels, _COPY_SIDE)
    scale = small.shape[1] / pixels.shape[1]
    large = (boxes[:, 2:] - boxes[:, :2]).min(axis=1) * scale >= 2 * side
    return [framed(small, box * scale) if big else framed(pixels, box) for box, big in zip(boxes, large, strict=True)]


def framed(pixels: NDArray[np.uint8], box: NDArray[np.float64]) -> NDArray[np.uint8]:
    """The box with a margin, no more oblong than `WIDEST`; beyond the page its edge goes on."""
    low, high = box[:2], box[2:]
    centre, size = (low + high) / 2, np.maximum(high - low, 1.0) * (1 + 2 * MARGIN)
    size = np.maximum(size, size[::-1] / WIDEST)
    (left, top), (right, bottom) = np.floor(centre - size / 2).astype(int), np.ceil(centre + size / 2).astype(int)
    height, width = pixels.shape[:2]
    inner = pixels[max(top, 0) : max(bottom, 1), max(left, 0) : max(right, 1)]
    beyond = (max(-top, 0), max(bottom - height, 0), max(-left, 0), max(right - width, 0))
    return np.asarray(cv2.copyMakeBorder(inner, *beyond, cv2.BORDER_REPLICATE), np.uint8) if any(beyond) else inner


def unit(vectors: Vectors) -> Vectors:
    """(n, d) of length 1."""
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9), np.float32)


def load_looks(folder: Path, ours: Path | None = None) -> Looks:
    """The embedding of `models/<name>/`, or of another folder, whose map is then that of `ours`.

    Another's cohort lies in its sub-folder `FUSION`. Raises ModelError when a file is missing or not the one of its
    card.
    """
    tower, beside = read_tower(folder / CARD), folder / FUSION if ours else folder
    for place in sorted({folder, beside, ours or folder}):
        read_card(place / CARD).check()
    try:
        cohort = np.load(beside / COHORT, allow_pickle=False).astype(np.float32)
    except (OSError, ValueError) as error:
        raise ModelError(f"{beside / COHORT}: not a cohort: {error}", "fit the fusion again") from None
    return Looks(tower, network.load((ours or folder) / LOGO_NESS), cohort)


def _views(pixels: NDArray[np.uint8], *, flat: bool) -> list[NDArray[np.uint8]]:
    """The reference framed; for a flat logo its negative; then both slightly turned and slanted."""
    content = trimmed(pixels)
    height, width = content.shape[:2]
    around = max(height, width)
    if content.shape == pixels.shape:
        wide = cv2.copyMakeBorder(content, around, around, around, around, cv2.BORDER_REPLICATE)
    else:
        ground = np.median(np.concatenate([pixels[0], pixels[-1]]), axis=0).tolist()
        wide = cv2.copyMakeBorder(content, around, around, around, around, cv2.BORDER_CONSTANT, value=ground)
    grounds = [np.asarray(wide, np.uint8), np.asarray(255 - wide, np.uint8)] if flat else [np.asarray(wide, np.uint8)]
    middle = np.array([wide.shape[1], wide.shape[0]]) / 2
    views = [_posed(ground, middle, (width, height), 0.0, 0.0, 1.0) for ground in grounds]
    return views + [_posed(ground, middle, (width, height), *pose) for ground in grounds for pose in _POSES]


def _posed(
    wide: NDArray[np.uint8],
    middle: NDArray[np.float64],
    size: tuple[int, int],
    turn: float,
    slant: float,
    shrink: float,
) -> NDArray[np.uint8]:
    """The content (`size`, in the middle of `wide`) turned by degrees, slanted and shrunk across, framed again."""
    angle = np.deg2rad(turn)
    pose = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) @ [[shrink, slant], [0, 1.0]]
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * np.array(size) / 2 @ pose.T + middle
    moved = cv2.warpAffine(
        wide, np.column_stack([pose, middle - pose @ middle]), (wide.shape[1], wide.shape[0]), flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    return framed(np.asarray(moved, np.uint8), np.concatenate([corners.min(axis=0), corners.max(axis=0)]))
