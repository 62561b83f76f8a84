"""The marks that the logo models are trained on: icon-set logos and wordmarks in free fonts, no kept-out brand's.

A mark is a picture with an alpha channel; marks of one colour are recoloured when they are pasted. Everything comes
from folders given to `train.py`: unpacked npm packages (simple-icons, @iconify-json/logos: both CC0; @fontsource
families: OFL-1.1 or Apache-2.0).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import resvg_py
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

SIDE = 192  # pixels, the longest side of a mark
_OF_KEPT_OUT_OWNERS = (
    "macos",
    "ios",
    "osx",
    "hewlett",
    "peacock",
)  # marks that show a kept-out brand under another name
_ONSETS = [
    "b",
    "c",
    "d",
    "f",
    "g",
    "h",
    "j",
    "k",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "t",
    "v",
    "w",
    "z",
    "br",
    "cl",
    "cr",
    "dr",
    "fl",
    "gr",
    "kl",
    "pl",
    "pr",
    "qu",
    "sh",
    "sk",
    "sl",
    "sp",
    "st",
    "th",
    "tr",
    "tw",
    "x",
    "y",
]
_NUCLEI = ["a", "e", "i", "o", "u", "a", "e", "i", "o", "ai", "ea", "ee", "ia", "io", "oo", "ou", "y"]
_CODAS = [
    "",
    "",
    "",
    *["l", "m", "n", "r", "s", "t", "x", "k", "d", "ck", "ll", "nd", "ng", "nt", "rd", "rt", "ss", "st", "th"],
]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Mark:
    """`pixels` (height, width, 4) uint8 RGBA, cut to its ink; `plain`: of one colour, so that any colour will do."""

    name: str
    pixels: NDArray[np.uint8]
    plain: bool


def kept_out(file: Path) -> tuple[str, ...]:
    """The brand names of a list (one a line), in small letters and digits."""
    return tuple(filter(None, (squeezed(line) for line in file.read_text(encoding="utf-8").splitlines())))


def squeezed(text: str) -> str:
    """Small letters and digits only."""
    return re.sub(r"[^a-z0-9]", "", text.casefold())


def simple_icons(package: Path, never: Sequence[str], every: int = 1) -> Iterator[Mark]:
    """Icons of one colour from simple-icons, but none whose slug, title or alias contains a kept-out name."""
    for icon in json.loads((package / "data" / "simple-icons.json").read_text(encoding="utf-8"))[::every]:
        svg = package / "icons" / f"{icon.get('slug') or _slug(icon['title'])}.svg"
        known_as = [svg.stem, icon["title"], *_texts(icon.get("aliases", {}))]
        if svg.is_file() and not _names_one(known_as, never):
            yield from _rendered(f"icon/{svg.stem}", svg.read_text(encoding="utf-8"), plain=True)


def coloured_icons(package: Path, never: Sequence[str], every: int = 1) -> Iterator[Mark]:
    """Logos in their colours from @iconify-json/logos, less those whose name contains a kept-out name."""
    data = json.loads((package / "icons.json").read_text(encoding="utf-8"))
    for name, icon in sorted(data["icons"].items())[::every]:
        if _names_one([name], never):
            continue
        width, height = icon.get("width", data.get("width", 256)), icon.get("height", data.get("height", 256))
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">{icon["body"]}</svg>'
        is_icon = name.endswith("-icon")  # the same mark as simple-icons' of that name
        yield from _rendered(f"icon/{squeezed(name[:-5])}" if is_icon else f"logo/{name}", svg, plain=False)


def wordmarks(fonts: Path, count: int, never: Sequence[str], random: np.random.Generator) -> Iterator[Mark]:
    """Invented names, each in one of the fonts (@fontsource packages below `fonts`)."""
    files = sorted(fonts.glob("**/files/*-latin-[0-9]*-*.woff"))
    if not files:
        raise SystemExit(f"{fonts}: holds no @fontsource packages")
    made = 0
    while made < count:
        text = _invented(random)
        if _names_one([text], [name for name in never if len(name) > 3 or squeezed(text) == name]):
            continue
        font = ImageFont.truetype(str(files[int(random.integers(len(files)))]), int(random.integers(60, 100)))
        ink = _cut(_set(text, font, int(random.choice([-3, 0, 0, 0, 4, 10]))))
        if ink is not None:
            made += 1
            yield Mark(name=f"word/{text}", pixels=ink, plain=True)


def _names_one(texts: Sequence[str], never: Sequence[str]) -> bool:
    plain = [squeezed(text) for text in texts]
    return any(name in text for text in plain for name in never) or any(
        text.startswith(_OF_KEPT_OUT_OWNERS) for text in plain
    )


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _slug(title: str) -> str:
    """The file name that simple-icons gives to a title."""
    for letter, spelt in {"+": "plus", ".": "dot", "&": "and", "đ": "d", "ħ": "h", "ı": "i", "ß": "ss"}.items():
        title = title.casefold().replace(letter, spelt)
    return squeezed(title)


def _rendered(name: str, svg: str, *, plain: bool) -> Iterator[Mark]:
    try:
        png = resvg_py.svg_to_bytes(svg_string=svg, width=SIDE * 4 // 3, skip_system_fonts=True)
    except ValueError:
        return
    raw = cv2.imdecode(np.frombuffer(bytes(png), np.uint8), cv2.IMREAD_UNCHANGED)
    ink = None if raw is None or raw.shape[2] != 4 else _cut(cv2.cvtColor(raw, cv2.COLOR_BGRA2RGBA))
    if ink is not None:
        yield Mark(name=name, pixels=ink, plain=plain)


def _set(text: str, font: ImageFont.FreeTypeFont, tracking: int) -> NDArray[np.uint8]:
    """Black letters on nothing."""
    widths = [font.getlength(letter) + tracking for letter in text]
    size = (int(sum(widths)) + 240, int(font.size * 2) + 80)
    canvas = Image.new("L", size)
    draw, left = ImageDraw.Draw(canvas), 100.0
    for letter, width in zip(text, widths, strict=True):
        draw.text((left, 40), letter, fill=255, font=font)
        left += width
    return np.dstack([np.zeros((*canvas.size[::-1], 3), np.uint8), np.asarray(canvas)])


def _cut(pixels: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """Cut to the ink, longest side `SIDE`; None where there is hardly any."""
    rows, columns = np.nonzero(pixels[..., 3] > 40)
    if len(rows) < 60:
        return None
    ink = pixels[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    scale = SIDE / max(ink.shape[:2])
    size = (max(8, round(ink.shape[1] * scale)), max(8, round(ink.shape[0] * scale)))
    return np.asarray(cv2.resize(ink, size, interpolation=cv2.INTER_AREA), np.uint8)


def _invented(random: np.random.Generator) -> str:
    def word() -> str:
        parts = (
            random.choice(_ONSETS) + random.choice(_NUCLEI) + random.choice(_CODAS)
            for _ in range(random.integers(1, 4))
        )
        return "".join(parts)

    text = word() if random.random() < 0.8 else f"{word()} {word()}"
    return str(random.choice([text.upper(), text.title(), text.title(), text, text.capitalize()]))[:14]
