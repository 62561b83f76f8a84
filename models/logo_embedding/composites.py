"""Synthetic composites: a mark recoloured, bent, tilted, lit, blurred and compressed on a photo, as training pictures.

Two kinds: `view`, one framed mark as the embedding sees it, and `scene`, a photo with several marks and their boxes
for the logo-ness map. All randomness comes from the generator that is passed in.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from models.logo_embedding.marks import Mark

Picture = NDArray[np.uint8]
Random = np.random.Generator
MARGIN, WIDEST = (
    0.08,
    2.0,
)  # of a frame around a mark; a frame is never more oblong than that before it is squeezed square
_PALETTE = np.array([
    (0, 0, 0), (255, 255, 255), (20, 20, 24), (245, 245, 240), (200, 16, 46), (0, 70, 160), (0, 120, 60), (255, 200, 0),
    (240, 110, 0), (90, 40, 130), (0, 160, 220), (120, 120, 124),
], np.float32)  # fmt: skip


def framed(low: NDArray[np.float64], high: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The frame of a box: a margin around it, and no more oblong than `WIDEST`."""
    centre, size = (low + high) / 2, np.maximum(high - low, 1.0) * (1 + 2 * MARGIN)
    size = np.maximum(size, size[::-1] / WIDEST)
    return centre - size / 2, centre + size / 2


def view(mark: Mark, ground: Picture, side: int, random: Random, strength: float = 1.0) -> Picture:
    """(side, side, 3): the mark as a photo may show it, framed with a little error. `strength` 0 is nearly flat."""
    painted, plate = _painted(mark, random, solid=strength < 0.5)
    quad = _tilted(mark.pixels.shape[1], mark.pixels.shape[0], random, strength)
    low, high = quad.min(axis=0), quad.max(axis=0)
    slip = (high - low) * random.uniform(-0.06, 0.14, (2, 2)) * (0.3 + 0.7 * strength)
    low, high = framed(low - slip[0], high + slip[1])
    onto = ((quad - low) / (high - low) * side).astype(np.float32)
    pose = cv2.getPerspectiveTransform(_corners(mark.pixels.shape[1], mark.pixels.shape[0]), onto)
    canvas = _crop(ground, side, random).astype(np.float32)
    if random.random() < 0.25:
        painted = _bent(painted, random)
    _paste(canvas, painted, plate, pose, random)
    return _seen(canvas, random, strength)


def flat(
    mark: Mark, side: int, ink: tuple[int, int, int] = (0, 0, 0), ground: tuple[int, int, int] = (255, 255, 255)
) -> Picture:
    """(side, side, 3): the mark as a kit's flat file shows it."""
    height, width = mark.pixels.shape[:2]
    low, high = framed(np.zeros(2), np.array([width, height], np.float64))
    onto = ((_corners(width, height) - low) / (high - low) * side).astype(np.float32)
    pose = cv2.getPerspectiveTransform(_corners(width, height), onto)
    rgba = _premultiplied(mark, np.array(ink, np.float32) if mark.plain else None)
    seen = cv2.warpPerspective(rgba, pose, (side, side), flags=cv2.INTER_AREA)
    canvas = np.full((side, side, 3), ground, np.float32)
    return np.clip(canvas * (1 - seen[..., 3:]) + seen[..., :3], 0, 255).astype(np.uint8)


def scene(marks: Sequence[Mark], ground: Picture, side: int, random: Random) -> tuple[Picture, NDArray[np.float32]]:
    """(side, side, 3) and the boxes (n, 4) of up to six marks on it; bare plates and lone patches are no marks."""
    canvas = _crop(ground, side, random, least=0.5).astype(np.float32)
    boxes: list[NDArray[np.float32]] = []
    for _ in range(int(random.integers(0, 3))):
        _decoy(canvas, ground, random)
    for _ in range(int(random.integers(0, 7))):
        mark = marks[int(random.integers(len(marks)))]
        height, width = mark.pixels.shape[:2]
        longest = float(np.exp(random.uniform(np.log(18), np.log(side * 0.8))))
        quad = _tilted(width, height, random, 1.0) * (longest / max(width, height))
        quad += random.uniform(0, side, 2) * 0.9 + side * 0.05
        low, high = quad.min(axis=0), quad.max(axis=0)
        if (low < -4).any() or (high > side + 4).any() or _covers(boxes, low, high):
            continue
        painted, plate = _painted(mark, random, solid=False)
        if random.random() < 0.25:
            painted = _bent(painted, random)
        pose = cv2.getPerspectiveTransform(_corners(width, height), quad.astype(np.float32))
        _paste(canvas, painted, plate, pose, random, filling=not boxes)
        boxes.append(np.concatenate([low, high]).astype(np.float32))
    return _seen(canvas, random, 0.6), np.array(boxes, np.float32).reshape(-1, 4)


def _painted(mark: Mark, random: Random, *, solid: bool) -> tuple[NDArray[np.float32], NDArray[np.float32] | None]:
    """The mark as premultiplied RGBA in a colour, and the colour of a plate behind it (None: on the photo itself)."""
    ink, ground = _colour(random), _colour(random)
    while abs(float((ink - ground).mean())) + 0.4 * float(np.abs(ink - ground).max()) < 70:
        ink, ground = _colour(random), _colour(random)
    if not mark.plain:
        ground = np.array([255, 255, 255], np.float32) if random.random() < 0.5 else _colour(random)
    bare = not solid and random.random() < 0.3
    return _premultiplied(mark, ink if mark.plain else None), None if bare else ground


def _premultiplied(mark: Mark, ink: NDArray[np.float32] | None) -> NDArray[np.float32]:
    rgba = mark.pixels.astype(np.float32)
    rgba[..., 3] /= 255.0
    if ink is not None:
        rgba[..., :3] = ink
    rgba[..., :3] *= rgba[..., 3:]
    return rgba


def _colour(random: Random) -> NDArray[np.float32]:
    if random.random() < 0.75:
        return np.asarray(
            np.clip(_PALETTE[random.integers(len(_PALETTE))] + random.normal(0, 14, 3), 0, 255), np.float32
        )
    return random.uniform(0, 255, 3).astype(np.float32)


def _corners(width: float, height: float) -> NDArray[np.float32]:
    return np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)


def _tilted(width: int, height: int, random: Random, strength: float) -> NDArray[np.float64]:
    """The mark's corners after turning, slanting and a little perspective, about the origin."""
    corners = _corners(width, height).astype(np.float64) - (width / 2, height / 2)
    angle = np.deg2rad(random.normal(0, 9) if random.random() < 0.85 else random.uniform(-40, 40)) * strength
    squeeze, slant = np.exp(random.normal(0, 0.16, 2) * strength), random.normal(0, 0.12) * strength
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    moved = corners @ (turn @ np.array([[squeeze[0], slant], [0, squeeze[1]]])).T
    return np.asarray(moved + random.normal(0, 0.035, (4, 2)) * strength * np.array([width, height]), np.float64)


def _bent(painted: NDArray[np.float32], random: Random) -> NDArray[np.float32]:
    """As on a can or a bottle: compressed towards the sides, and bowed."""
    height, width = painted.shape[:2]
    x, y = np.meshgrid(np.linspace(-1, 1, width), np.arange(height), indexing="xy")
    half = random.uniform(0.5, 1.25)
    across = np.arcsin(np.clip(x * np.sin(half), -1, 1)) / half
    bow = random.uniform(-0.12, 0.12) * height * (x**2 - 0.5)
    return np.asarray(
        cv2.remap(
            painted, ((across + 1) / 2 * (width - 1)).astype(np.float32), (y + bow).astype(np.float32), cv2.INTER_LINEAR
        )
    )


def _paste(
    canvas: NDArray[np.float32],
    painted: NDArray[np.float32],
    plate: NDArray[np.float32] | None,
    pose: NDArray[np.float64],
    random: Random,
    *,
    filling: bool = True,
) -> None:
    """The plate and the mark onto the canvas, in place, under a light that falls off to one side."""
    size = (canvas.shape[1], canvas.shape[0])
    height, width = painted.shape[:2]
    light = _light(size, random)
    if plate is not None:
        mask = np.zeros(canvas.shape[:2], np.float32)
        cv2.fillConvexPoly(mask, _plate(width, height, pose, random, filling), 1.0, cv2.LINE_AA)
        mask = np.minimum(mask, 1.0)[..., None]
        canvas += (plate * light - canvas) * mask
    seen = cv2.warpPerspective(painted, pose, size, flags=cv2.INTER_AREA)
    canvas *= 1 - seen[..., 3:]
    canvas += seen[..., :3] * light


def _plate(width: int, height: int, pose: NDArray[np.float64], random: Random, filling: bool) -> NDArray[np.int32]:
    """A rectangle or an ellipse around the mark, or a ground that fills the picture, as a polygon on the canvas."""
    fills = random.random() < 0.3 and filling
    pad = np.full(2, 9.0 * max(width, height)) if fills else random.uniform(0.06, 0.5, 2) * np.sqrt(width * height)
    half = np.array([width / 2, height / 2]) + pad
    turn = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    round_ = random.random() < 0.25
    outline = (
        np.stack([np.cos(turn), np.sin(turn)], 1) * 1.42 if round_ else np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)])
    )
    points = np.column_stack([outline * half + (width / 2, height / 2), np.ones(len(outline))]) @ pose.T
    depth = np.maximum(points[:, 2:], 0.05)
    return np.rint(np.clip(points[:, :2] / depth, -9999, 9999)).astype(np.int32)


def _light(size: tuple[int, int], random: Random) -> NDArray[np.float32]:
    x, y = np.meshgrid(np.linspace(-1, 1, size[0]), np.linspace(-1, 1, size[1]))
    fall = random.normal(0, 0.16, 2)
    return (np.clip(random.uniform(0.65, 1.1) + fall[0] * x + fall[1] * y, 0.25, 1.3)[..., None]).astype(np.float32)


def _decoy(canvas: NDArray[np.float32], ground: Picture, random: Random) -> None:
    """A bare plate, or a patch of photo: edges and colours that are no logo."""
    side = canvas.shape[0]
    quad = _tilted(int(random.integers(20, 160)), int(random.integers(20, 160)), random, 1.0) + random.uniform(
        0, side, 2
    )
    mask = np.zeros((side, side), np.float32)
    cv2.fillConvexPoly(mask, np.rint(quad).astype(np.int32), 1.0, cv2.LINE_AA)
    patch = _crop(ground, side, random) if random.random() < 0.5 else _colour(random) * _light((side, side), random)
    canvas += (patch - canvas) * np.minimum(mask, 1.0)[..., None]


def _covers(boxes: Sequence[NDArray[np.float32]], low: NDArray[np.float64], high: NDArray[np.float64]) -> bool:
    """Would a plate around the new mark lie over an older one?"""
    low, high = low - 0.4 * (high - low), high + 0.4 * (high - low)
    return any((np.minimum(high, box[2:]) > np.maximum(low, box[:2])).all() for box in boxes)


def _crop(ground: Picture, side: int, random: Random, least: float = 0.15) -> Picture:
    height, width = ground.shape[:2]
    share = random.uniform(least, 1.0)
    across, down = max(8, int(width * share)), max(8, int(height * share))
    left, top = int(random.integers(0, width - across + 1)), int(random.integers(0, height - down + 1))
    return np.asarray(
        cv2.resize(ground[top : top + down, left : left + across], (side, side), interpolation=cv2.INTER_AREA), np.uint8
    )


def _seen(canvas: NDArray[np.float32], random: Random, strength: float) -> Picture:
    """What a camera makes of it: glare, something in front, few pixels, blur, noise, JPEG."""
    side = canvas.shape[0]
    if random.random() < 0.15 * strength:
        at, reach = random.uniform(0, side, 2), random.uniform(0.1, 0.3) * side
        x, y = np.meshgrid(np.arange(side), np.arange(side))
        canvas = canvas + (180 * np.exp(-((x - at[0]) ** 2 + (y - at[1]) ** 2) / reach**2))[..., None]
    if random.random() < 0.15 * strength:
        across, down = (random.uniform(0.08, 0.35, 2) * side).astype(int)
        left, top = random.integers(-across // 2, side - across // 2), random.integers(-down // 2, side - down // 2)
        canvas[max(top, 0) : top + down, max(left, 0) : left + across] = _colour(random)
    picture = np.clip(canvas, 0, 255).astype(np.uint8)
    if random.random() < 0.7 * strength:
        small = max(20, int(side * np.exp(random.uniform(np.log(0.22), 0))))
        picture = cv2.resize(
            cv2.resize(picture, (small, small), interpolation=cv2.INTER_AREA),
            (side, side),
            interpolation=cv2.INTER_LINEAR,
        )
    if random.random() < 0.25 * strength:
        reach = int(random.integers(2, 6))
        kernel = np.zeros((reach, reach), np.float32)
        kernel[reach // 2] = 1 / reach
        picture = cv2.filter2D(picture, -1, kernel if random.random() < 0.5 else kernel.T)
    gain = np.exp(random.normal(0, 0.08, 3) * (0.3 + strength))
    noise = random.normal(0, random.uniform(0, 7), (side // 2, side // 2, 1))
    lit = picture * gain + cv2.resize(noise, (side, side))[..., None]
    picture = np.clip((lit - 128) * random.uniform(0.7, 1.15) + 128 + random.normal(0, 12), 0, 255).astype(np.uint8)
    if random.random() < 0.7:
        packed = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(30, 92))])[1]
        picture = cv2.imdecode(packed, cv2.IMREAD_COLOR)
    return np.asarray(picture, np.uint8)
