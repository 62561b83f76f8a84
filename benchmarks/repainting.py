"""Repainting: a figure on a screenshot changed in its own style, as whoever edits a report would do it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

import cv2
import numpy as np
from numpy.typing import NDArray

from verifier.casefile import Box
from verifier.instruments.text import Line

Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One figure before and after, and where it stands."""

    old: str
    new: str
    box: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A printed figure with its box."""

    text: str
    box: Box


def figures(lines: Sequence[Line], digits: int) -> list[Figure]:
    """The words of at least that many digits and nothing but digits and their signs."""
    return [
        Figure(text=word.text, box=word.box)
        for line in lines
        for word in line.words
        if sum(sign.isdigit() for sign in word.text) >= digits and not word.text.strip("0123456789.,%")
    ]


def repaint(pixels: Pixels, figure: Figure, glyphs: Sequence[Figure], random: Random) -> tuple[Pixels, Edit] | None:
    """One digit of the figure painted over with another that stands on the page in the same style.

    None where the digits of the figure cannot be told apart, or no other digit of its size is there.
    """
    own = cut_up(pixels, figure)
    if own is None:
        return None
    height = np.median([box.bottom - box.top for _, box in own])
    style = ink(pixels, figure.box)
    store = [
        (sign, box)
        for other in glyphs
        if np.abs(ink(pixels, other.box) - style).max() < 40
        for sign, box in cut_up(pixels, other) or ()
        if abs(box.bottom - box.top - height) <= max(1.0, 0.08 * height)
    ]
    places = list(range(len(own)))
    random.shuffle(places)
    for place in places:
        sign, target = own[place]
        wanted = [(new, box) for new, box in store if new != sign and not (place == 0 and new == "0")]
        if wanted:
            new, source = random.choice(wanted)
            positions = [n for n, each in enumerate(figure.text) if each.isdigit()]
            text = figure.text[: positions[place]] + new + figure.text[positions[place] + 1 :]
            return _painted(pixels, target, source), Edit(old=figure.text, new=text, box=figure.box)
    return None


def _painted(pixels: Pixels, target: Box, source: Box) -> Pixels:
    """The glyph of one box in the middle of the other, on the ground that was there."""
    copy = pixels.copy()
    glyph = _of(pixels, source).copy()
    top, left = int(target.top), int(target.left)
    ground = np.median(_of(pixels, target).reshape(-1, 3), axis=0)
    _of(copy, target)[:] = ground
    middle = (target.left + target.right) / 2
    left = max(0, min(round(middle - glyph.shape[1] / 2), pixels.shape[1] - glyph.shape[1]))
    top = max(0, min(round(target.bottom - glyph.shape[0]), pixels.shape[0] - glyph.shape[0]))
    copy[top : top + glyph.shape[0], left : left + glyph.shape[1]] = glyph
    return copy


def cut_up(pixels: Pixels, figure: Figure) -> list[tuple[str, Box]] | None:
    """The digits of a figure with their boxes; None where its print does not fall into as many pieces as it has signs.

    Commas and points are told by their height.
    """
    margin = 2
    left, top = max(0, int(figure.box.left) - margin), max(0, int(figure.box.top))
    patch = pixels[top : int(figure.box.bottom) + 1, left : int(figure.box.right) + 1 + margin]
    if min(patch.shape[:2]) < 6:
        return None
    ground = np.median(patch.reshape(-1, 3), axis=0)
    ink = np.abs(patch.astype(np.int16) - ground).max(axis=2) > 60
    columns = np.flatnonzero(np.diff(np.concatenate(([0], ink.any(axis=0).astype(np.int8), [0]))))
    pieces = [(int(a), int(b)) for a, b in columns.reshape(-1, 2)]
    boxes = []
    for first, last in pieces:
        rows = np.flatnonzero(ink[:, first:last].any(axis=1))
        boxes.append(Box(left=left + first, top=top + int(rows[0]), right=left + last, bottom=top + int(rows[-1]) + 1))
    tallest = max((box.bottom - box.top for box in boxes), default=0)
    tall = [box for box in boxes if box.bottom - box.top >= 0.7 * tallest]
    digits = [sign for sign in figure.text if sign.isdigit()]
    if figure.text.endswith("%") and len(tall) > len(digits):
        tall = tall[: len(digits)]
    widths = [box.right - box.left for box in tall]
    if tallest < 6 or len(tall) != len(digits) or max(widths) > 0.9 * tallest:  # wider: two signs that touch
        return None
    return list(zip(digits, tall, strict=True))


def ink(pixels: Pixels, box: Box) -> NDArray[np.float64]:
    """The ground's colour and the print's, one after the other."""
    patch = _of(pixels, box).reshape(-1, 3).astype(np.float64)
    if not len(patch):
        return np.full(6, -1000.0)
    ground = np.median(patch, axis=0)
    far = np.abs(patch - ground).sum(axis=1)
    return np.concatenate((ground, patch[far >= np.quantile(far, 0.9)].mean(axis=0)))


def _of(pixels: Pixels, box: Box) -> Pixels:
    return pixels[int(box.top) : int(box.bottom), int(box.left) : int(box.right)]


def recompressed(pixels: Pixels, quality: int) -> Pixels:
    """Through JPEG and back."""
    _, data = cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.ascontiguousarray(np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)[..., ::-1])
