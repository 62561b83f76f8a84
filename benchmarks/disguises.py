"""Further attacks, as a forger or another author of tests would think of them: warped, degraded, covered, set into.

They were written before any of their results was seen; what failed then was worked on, so none of them is unseen now.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from random import Random

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageOps

from benchmarks import mountings
from benchmarks.mountings import Picture

Attack = Callable[[Picture, Random], Picture]

_WHITE, _BLACK = (255, 255, 255), (0, 0, 0)


def suite(others: Sequence[Picture]) -> dict[str, Attack]:
    """By their names; `others` are the pictures that share a frame with the copy."""
    return {**_warped(), **_degraded(), **_covered(), **_set_into(others)}


def _warped() -> dict[str, Attack]:
    return {
        "perspective_strong": lambda p, r: mountings.seen_from_the_side(p, 0.12, r),
        "turned_anyhow": lambda p, r: p.rotate(r.uniform(15, 345), Image.Resampling.BICUBIC, expand=True),
        "sheared": _sheared,
        "stretched": lambda p, _: p.resize((round(p.width * 1.5), round(p.height * 0.7))),
        "mirror_turned_crop": _mirrored_and_levelled,
        "barrel": lambda p, _: _through_a_lens(p, 0.15),
        "fisheye": lambda p, _: _through_a_lens(p, 0.35),
        "pincushion": lambda p, _: _through_a_lens(p, -0.15),
    }


def _degraded() -> dict[str, Attack]:
    return {
        "crop_20": lambda p, r: _cut(p, 0.2, r),
        "thumbnail": lambda p, _: ImageOps.contain(p, (120, 120)),
        "large_pixels": lambda p, _: p.resize((p.width // 12, p.height // 12), Image.Resampling.BOX).resize(p.size, 0),
        "motion_blur": _moved,
        "salt_and_pepper": _peppered,
        "lines": _lined,
        "posterised": lambda p, _: ImageOps.posterize(p, 2),
        "equalised": lambda p, _: ImageOps.equalize(p),
        "vignette": _vignetted,
        "glare": _glaring,
    }


def _covered() -> dict[str, Attack]:
    return {
        "stickers": _stickered,
        "letters_large": lambda p, _: _lettered(p.transpose(Image.Transpose.ROTATE_90)),
        "watermark_tiled": _tiled,
    }


def _set_into(others: Sequence[Picture]) -> dict[str, Attack]:
    return {
        "half_and_half": lambda p, r: _spliced(p, r.choice(others)),
        "inset_8th": lambda p, r: mountings.on_background(p, r.choice(others), 0.125, r),
        "polaroids": lambda p, r: _polaroids(p, others, r),
        "meme": lambda p, _: ImageOps.expand(p, (0, p.height // 5), _BLACK),
        "story": _story,
    }


def _sheared(picture: Picture, random: Random) -> Picture:
    slant = random.uniform(0.15, 0.3)
    wide = picture.width + round(slant * picture.height)
    form = (1, slant, -slant * picture.height, 0, 1, 0)
    return picture.transform((wide, picture.height), Image.Transform.AFFINE, form, Image.Resampling.BICUBIC)


def _mirrored_and_levelled(picture: Picture, random: Random) -> Picture:
    return _cut(ImageOps.mirror(picture).rotate(random.uniform(-12, 12), Image.Resampling.BICUBIC), 0.5, random)


def _through_a_lens(picture: Picture, share: float) -> Picture:
    """Points move out by that share of the square of their distance from the middle (of half the longer side)."""
    radius = max(picture.size) / 2
    down, across = np.mgrid[0 : picture.height, 0 : picture.width].astype(np.float32)
    right, low = (across - picture.width / 2) / radius, (down - picture.height / 2) / radius
    factor = radius * (1 + share * (right**2 + low**2))
    places = right * factor + picture.width / 2, low * factor + picture.height / 2
    bent = cv2.remap(np.asarray(picture), *places, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return Image.fromarray(np.asarray(bent, np.uint8))


def _cut(picture: Picture, share: float, random: Random) -> Picture:
    wide, tall = round(picture.width * share**0.5), round(picture.height * share**0.5)
    left, top = random.randint(0, picture.width - wide), random.randint(0, picture.height - tall)
    return picture.crop((left, top, left + wide, top + tall))


def _moved(picture: Picture, random: Random) -> Picture:
    length = max(5, max(picture.size) // 70)
    line = np.zeros((length, length), np.float32)
    line[length // 2] = 1
    turning = cv2.getRotationMatrix2D((length / 2 - 0.5, length / 2 - 0.5), random.uniform(0, 180), 1)
    streak = cv2.warpAffine(line, turning, (length, length))
    return Image.fromarray(np.asarray(cv2.filter2D(np.asarray(picture), -1, streak / streak.sum()), np.uint8))


def _peppered(picture: Picture, random: Random) -> Picture:
    pixels = np.array(picture)
    chance = np.random.default_rng(random.getrandbits(32)).random(pixels.shape[:2])
    pixels[chance < 0.04], pixels[chance > 0.96] = 0, 255
    return Image.fromarray(pixels)


def _lined(picture: Picture, _: Random) -> Picture:
    pixels = np.array(picture)
    pixels[::12] = pixels[1::12] = 0
    return Image.fromarray(pixels)


def _vignetted(picture: Picture, _: Random) -> Picture:
    down, across = np.mgrid[-1 : 1 : picture.height * 1j, -1 : 1 : picture.width * 1j]
    light = np.clip(1 - 0.45 * (down**2 + across**2), 0.05, 1)[..., None]
    return Image.fromarray((np.asarray(picture) * light).astype(np.uint8))


def _glaring(picture: Picture, random: Random) -> Picture:
    down, across = np.mgrid[0 : 1 : picture.height * 1j, 0 : 1 : picture.width * 1j]
    streak = across * math.cos(0.6) + down * math.sin(0.6) - random.uniform(0.4, 0.9)
    shining = np.asarray(picture) + 190 * np.exp(-((streak / 0.12) ** 2))[..., None]
    return Image.fromarray(np.clip(shining, 0, 255).astype(np.uint8))


def _stickered(picture: Picture, random: Random) -> Picture:
    copy = picture.copy()
    draw = ImageDraw.Draw(copy)
    side = min(copy.size) // 4
    for _ in range(round(0.45 * copy.width * copy.height / side**2)):
        x, y = random.randrange(-side // 2, copy.width), random.randrange(-side // 2, copy.height)
        colour = tuple(random.randrange(256) for _ in range(3))
        draw.ellipse((x, y, x + side, y + side), fill=colour, outline=_WHITE, width=4)
    return copy


def _lettered(picture: Picture) -> Picture:
    copy = picture.copy()
    draw = ImageDraw.Draw(copy)
    for share, line in ((0.02, "TOP TEXT HERE"), (0.84, "BOTTOM TEXT")):
        place, size = (copy.width * 0.03, copy.height * share), max(10, copy.height // 8)
        draw.text(place, line, fill=_WHITE, font_size=size, stroke_width=4, stroke_fill=_BLACK)
    return copy


def _tiled(picture: Picture, _: Random) -> Picture:
    layer = Image.new("RGBA", (2 * picture.width, 2 * picture.height), (0, 0, 0, 0))
    draw = ImageDraw.Draw(layer)
    size = max(12, picture.height // 16)
    for y in range(0, layer.height, round(size * 2.2)):
        for x in range(0, layer.width, size * 7):
            draw.text((x, y), "SAMPLE", fill=(255, 255, 255, 130), font_size=size, stroke_width=1)
    left, top = picture.width // 2, picture.height // 2
    cut = layer.rotate(30).crop((left, top, left + picture.width, top + picture.height))
    return Image.alpha_composite(picture.convert("RGBA"), cut).convert("RGB")


def _spliced(picture: Picture, other: Picture) -> Picture:
    copy = picture.copy()
    left = copy.width // 2
    copy.paste(ImageOps.fit(other, copy.size).crop((left, 0, copy.width, copy.height)), (left, 0))
    return copy


def _polaroids(picture: Picture, others: Sequence[Picture], random: Random) -> Picture:
    table = mountings.gradient(random).resize((1400, 1000))
    for place, shown in enumerate((random.choice(others), picture, random.choice(others))):
        framed = ImageOps.expand(ImageOps.contain(shown, (500, 500)), 12, _WHITE).convert("RGBA")
        laid = framed.rotate(random.uniform(-15, 15), Image.Resampling.BICUBIC, expand=True)
        table.paste(laid, (20 + place * 440, random.randrange(50, 350)), laid)
    return table


def _story(picture: Picture, _: Random) -> Picture:
    ground = ImageOps.fit(picture, (1080, 1920)).filter(ImageFilter.GaussianBlur(40))
    shown = ImageOps.contain(picture, ground.size)
    ground.paste(shown, ((ground.width - shown.width) // 2, (ground.height - shown.height) // 2))
    return ground
