"""Brands on a page: where the pictures and the names of a brand kit are seen, each with what speaks for it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from verifier.casefile import Box, BrandKit, Outline, Page, Picture
from verifier.errors import InputError
from verifier.instruments import names, shrinking, text
from verifier.instruments.instances import Keypoints, inverted, keypoints, occurrences

WORKING_SIDE = 1280  # pixels, longest side of a page; SIFT's time and memory grow with its square (1600: 450 MB)
_SIDEWAYS_SIDE = 1000  # pixels; at 12 MP a third of the time of a reading at full size
_REFERENCE_SIDE = 480  # pixels; a logo on a photo is hardly ever larger than that
_PAGE_POINTS = 6000  # the strongest; a shelf has more, and small logos are among the weaker: as dense as 9,400 at 1600
_REFERENCE_POINTS = 1200
_ENLARGED = 2.0  # at most, a pack of the catalogue: fine print that 200 pixels blur is sharp on the photo
_PACK_POINTS, _TURNED_POINTS = 600, 300  # the strongest; twice as many found no more of 48 cartons
_TURNED = 0.7  # as wide: a pack turned by 45 degrees, where SIFT bears some 30
_MARGIN = 16  # pixels of plain surroundings, so that a flat logo's outermost corners become keypoints
_MOST_INSTANCES = 24  # of one reference: facings beyond a shelf's width are not counted
_PLAIN = 18.0  # grey levels; the ground of a catalogue picture varies less, JPEG noise included
_MOSTLY = 0.6  # of the border; the packs of a real catalogue touch one edge of four
_MOST_KNOWN = 128  # references kept described in one process, about 1 MB each
_SEARCHED = frozenset({"logo", "sample", "pack", "retired", "forbidden"})

CLEAR = {"logo": 8, "sample": 8, "pack": 8, "retired": 8, "forbidden": 8, "logo_look": 7, "sample_look": 7}
"""Agreeing points, or deviations of a look, from which an instance counts by itself (benchmarks/display.py)."""

_KNOWN: dict[tuple[str, str], tuple[Keypoints, ...]] = {}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class View:
    """A page at working size: its keypoints, and page pixels per pixel of it."""

    keypoints: Keypoints
    scale: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One place where a kit is seen. `role` is that of the picture, or "name"; `outline` is in page pixels.

    `strength` is the number of agreeing points, the similarity (0..1) of a name, or the likeness of a look.
    `frame` is where the whole of a matched picture would be, from its upper left corner on, clockwise.
    """

    role: str
    source: str
    outline: Outline
    strength: float
    frame: Outline = ()

    @property
    def because(self) -> str:
        """What speaks for it, in words."""
        if self.role == "name":
            return f"name read: {self.source}"
        if self.role.endswith("_look"):
            return f"looks like the {self.source}, {self.strength:.1f} deviations above other logos"
        return f"{self.role}, {self.strength:.0f} points agree"


def view(page: Page) -> View:
    """The page's keypoints at no more than `WORKING_SIDE`."""
    grey, scale = _bounded(cv2.cvtColor(page.pixels, cv2.COLOR_RGB2GRAY), WORKING_SIDE)
    return View(keypoints=keypoints(grey, _PAGE_POINTS), scale=scale)


def pictures_seen(seen: View, kit: BrandKit) -> tuple[Sighting, ...]:
    """Where the kit's pictures occur, the best-attested first. Raises InputError when one cannot be decoded."""
    found = [
        Sighting(
            role=picture.role,
            source=picture.name,
            outline=tuple((x * seen.scale, y * seen.scale) for x, y in occurrence.outline),
            strength=float(occurrence.agreeing),
            frame=tuple((x * seen.scale, y * seen.scale) for x, y in occurrence.frame),
        )
        for picture in kit.pictures
        if picture.role in _SEARCHED
        for reference in _references(picture)
        for occurrence in occurrences(reference, seen.keypoints, _MOST_INSTANCES)
    ]
    return tuple(sorted(found, key=lambda sighting: (-sighting.strength, sighting.source, sighting.outline)))


def points_on(picture: Picture) -> int:
    """How many keypoints the picture gives to look for. Raises InputError when it cannot be decoded."""
    return len(_references(picture)[0])


def sideways(page: Page) -> tuple[text.Line, ...]:
    """Lines that run up the page, in page pixels: what the reader sees when the page is turned clockwise.

    A second reading for 4 names more in 274 (read upright: 130), so it is for a brand that nothing else shows, and on
    no more than `_SIDEWAYS_SIDE`.
    """
    small = shrinking.within(page.pixels, _SIDEWAYS_SIDE)
    turned = Page(index=page.index, label=page.label, pixels=np.ascontiguousarray(np.rot90(small, 3)))
    back = partial(_turned_back, height=small.shape[0], scale=page.width / small.shape[1])
    return tuple(
        replace(line, box=back(line.box), words=tuple(replace(word, box=back(word.box)) for word in line.words))
        for line in text.read(turned)
    )


def _turned_back(box: Box, height: int, scale: float) -> Box:
    return Box(
        left=box.top * scale,
        top=(height - box.right) * scale,
        right=box.bottom * scale,
        bottom=(height - box.left) * scale,
    )


def names_seen(lines: Sequence[text.Line], kit: BrandKit) -> tuple[Sighting, ...]:
    """Where the kit's names are read, the most alike first."""
    return tuple(
        Sighting(
            role="name",
            source=read.text,
            outline=(
                (read.box.left, read.box.top),
                (read.box.right, read.box.top),
                (read.box.right, read.box.bottom),
                (read.box.left, read.box.bottom),
            ),
            strength=read.similarity,
        )
        for read in names.find(kit.names, kit.forbidden, lines)
    )


def _references(picture: Picture) -> tuple[Keypoints, ...]:
    """The picture's keypoints, described once a process; a flat logo's negative too, since brands print both, and a
    pack as it looks when turned."""
    key = (hashlib.sha256(picture.data).hexdigest(), picture.role)
    if key not in _KNOWN:
        if len(_KNOWN) >= _MOST_KNOWN:
            _KNOWN.clear()
        grey = np.asarray(cv2.cvtColor(pixels_of(picture), cv2.COLOR_RGB2GRAY), np.uint8)
        _KNOWN[key] = _pack(grey) if picture.role == "pack" else (_describe(grey, _REFERENCE_POINTS),)
        if picture.role == "logo":
            _KNOWN[key] += (inverted(_KNOWN[key][0]),)
    return _KNOWN[key]


def _pack(grey: NDArray[np.uint8]) -> tuple[Keypoints, ...]:
    """Of a catalogue picture, enlarged where it is small: seen from the front, and turned."""
    enlarged = max(1.0, min(_ENLARGED, _REFERENCE_SIDE / max(trimmed(grey).shape)))
    front = cv2.resize(grey, None, fx=enlarged, fy=enlarged, interpolation=cv2.INTER_CUBIC)
    turned = cv2.resize(front, None, fx=_TURNED, fy=1.0, interpolation=cv2.INTER_AREA)
    return (
        _describe(np.asarray(front, np.uint8), _PACK_POINTS),
        _describe(np.asarray(turned, np.uint8), _TURNED_POINTS),
    )


def _describe(grey: NDArray[np.uint8], most: int) -> Keypoints:
    """Keypoints of a reference, in pixels of its content: plain surroundings are no part of a logo or a pack."""
    content = _bounded(trimmed(grey), _REFERENCE_SIDE)[0]
    if content.shape == _bounded(grey, _REFERENCE_SIDE)[0].shape:
        return keypoints(content, most)
    framed = cv2.copyMakeBorder(
        content, _MARGIN, _MARGIN, _MARGIN, _MARGIN, cv2.BORDER_CONSTANT, value=int(np.median(_border(grey)))
    )
    found = keypoints(np.asarray(framed, np.uint8), most)
    height, width = content.shape
    return replace(found, points=found.points - _MARGIN, width=width, height=height)


def trimmed(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A grey or RGB picture without its surroundings, where most of these are of one tone; a pack may stand on the
    picture's edge."""
    grey = pixels if pixels.ndim == 2 else np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    border = _border(grey)
    ground = float(np.median(border))
    if (np.abs(border - ground) <= _PLAIN).mean() < _MOSTLY:
        return pixels
    rows, columns = np.nonzero(np.abs(grey - ground) > _PLAIN)
    if len(rows) == 0:
        return pixels
    return pixels[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]


def _border(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])


def pixels_of(picture: Picture) -> NDArray[np.uint8]:
    """(height, width, 3) RGB; what is transparent becomes white, or black under a light logo. Raises InputError."""
    pixels = cv2.imdecode(np.frombuffer(picture.data, np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None:
        raise InputError(f"brand kit picture {picture.name}: cannot be decoded", "save it as PNG or JPEG")
    if pixels.dtype != np.uint8:
        pixels = cv2.convertScaleAbs(pixels, alpha=255 / 65535)
    if pixels.ndim == 2:
        return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_GRAY2RGB), np.uint8)
    colours = cv2.cvtColor(np.ascontiguousarray(pixels[..., :3]), cv2.COLOR_BGR2RGB)
    if pixels.shape[2] == 4 and (pixels[..., 3] > 0).any():
        opaque = pixels[..., 3:] / 255.0
        light = cv2.cvtColor(colours, cv2.COLOR_RGB2GRAY)[pixels[..., 3] > 127].mean() > 127
        colours = np.rint(colours * opaque + (0 if light else 255) * (1 - opaque))  # a white logo needs a black ground
    return np.asarray(colours, np.uint8)


def _bounded(grey: NDArray[Any], longest: int) -> tuple[NDArray[np.uint8], float]:
    """The picture at no more than `longest`, and original pixels per pixel of it."""
    height, width = grey.shape[:2]
    shrink = min(1.0, longest / max(height, width))
    if shrink == 1.0:
        return np.asarray(grey, np.uint8), 1.0
    size = (max(1, round(width * shrink)), max(1, round(height * shrink)))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8), 1.0 / shrink
