"""Violations put into honest camera files: each says which rule must find it."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from PIL import Image, ImageStat
from PIL.ExifTags import IFD, Base

from benchmarks.splicing import HEADS, edited, segment, spliced, write_place
from verifier.casefile import Brief, Window
from verifier.instruments import position

EDITORS = (
    "Adobe Photoshop 25.4 (Macintosh)", "Adobe Photoshop CS6 (Windows)", "GIMP 2.10.36", "Snapseed 2.21.0",
    "PicsArt Photo Editor", "Pixelmator Pro 3.5.6", "Affinity Photo 2 2.4.2", "paint.net 5.0.13", "Canva", "Photopea",
    "Meitu 10.2.8", "VSCO", "Corel PaintShop Pro 2023", "Luminar Neo 1.18", "Krita 5.2",
)  # fmt: skip
GENERATORS = (
    "Stable Diffusion XL 1.0", "ComfyUI 0.3", "Midjourney v6", "DALL-E 3", "Adobe Firefly 3", "InvokeAI 5.0",
    "Fooocus v2.5", "NovelAI", "ChatGPT", "Ideogram 2.0",
)  # fmt: skip
CAMERAS = (  # a model and the first year in which nobody can doubt that it exists
    ("Apple", "iPhone 15 Pro"), ("Apple", "iPhone 13"), ("Google", "Pixel 8"), ("samsung", "SM-S918B"),
    ("Canon", "Canon EOS R8"), ("NIKON CORPORATION", "NIKON Z 8"), ("SONY", "ILCE-7M4"),
)  # fmt: skip
FLAT = 10.0  # standard deviation in grey levels
_XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" Iptc4xmpExt:DigitalSourceType='
    '"http://cv.iptc.org/newscodes/digitalsourcetype/%s"/></rdf:RDF></x:xmpmeta>'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Honest:
    """An untouched JPEG with its truthful brief; `taken` is the venue's clock, None where the file says no time."""

    name: str
    raw: bytes
    brief: Brief
    taken: datetime | None
    thumbnail: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A file and brief in which `rule` must speak."""

    rule: str
    raw: bytes
    brief: Brief
    name: str


def violations(honest: Honest, other: bytes, chance: random.Random) -> Iterator[Violation]:
    """Every violation that the file can carry. `other` is another photo's JPEG."""
    for rule, make in _MAKERS.items():
        try:
            made = make(honest, other, chance)
        except (ValueError, OSError, struct.error, TypeError, KeyError, SyntaxError):
            made = None  # a block that Pillow cannot write anew
        if made is not None:
            yield replace(made, rule=rule)


def _with(honest: Honest, raw: bytes | None = None, name: str | None = None, **brief: Any) -> Violation:
    return Violation(rule="", raw=raw or honest.raw, brief=replace(honest.brief, **brief), name=name or honest.name)


def _shifted(honest: Honest, days: float) -> Violation | None:
    """The window so placed that the capture lies `days` after its end (or before its start, if negative)."""
    if honest.taken is None:
        return None
    length = timedelta(days=13)
    if days > 0:
        end = (honest.taken - timedelta(days=days)).date() - timedelta(days=1)
        return _with(honest, window=Window(start=end - length, end=end))
    start = (honest.taken - timedelta(days=days)).date() + timedelta(days=1)
    return _with(honest, window=Window(start=start, end=start + length))


def _outside(honest: Honest, _: bytes, chance: random.Random) -> Violation | None:
    return _shifted(honest, chance.choice((-1, 1)) * chance.uniform(1.7, 400))


def _near(honest: Honest, _: bytes, chance: random.Random) -> Violation | None:
    """The capture on the day after the window's last."""
    if honest.taken is None or honest.taken.time() == datetime.min.time():
        return None
    end = honest.taken.date() - timedelta(days=1)
    return _with(honest, window=Window(start=end - timedelta(days=chance.randint(0, 30)), end=end))


def _before_taken(honest: Honest, _: bytes, chance: random.Random) -> Violation | None:
    submitted = honest.brief.submitted_at
    if honest.taken is None or submitted is None:
        return None
    early = honest.taken.replace(tzinfo=submitted.tzinfo) - timedelta(hours=chance.uniform(30, 900))
    return _with(honest, submitted_at=early)


def _old(honest: Honest, _: bytes, chance: random.Random) -> Violation | None:
    """The name of a camera that was shown after 2020, on a photo from before."""
    if honest.taken is None or honest.taken.date() > date(2020, 12, 31):
        return None
    make, model = chance.choice(CAMERAS)
    return _with(honest, raw=edited(honest.raw, lambda block: block.update({Base.Make: make, Base.Model: model})))


def _far(honest: Honest, _: bytes, chance: random.Random) -> Violation | None:
    return _placed(honest, chance.uniform(6_500, 400_000))


def _rather_far(honest: Honest, _: bytes, chance: random.Random) -> Violation | None:
    return _placed(honest, chance.uniform(700, 5_000))


def _placed(honest: Honest, away: float) -> Violation | None:
    """A position so many metres to the north or south of the venue, written into the file."""
    venue = honest.brief.venue
    if venue is None or venue.latitude is None or venue.longitude is None:
        return None
    degrees = away / 111_195 * (-1 if venue.latitude > 0 else 1)
    here = (venue.latitude + degrees, venue.longitude)
    radius = 500.0
    assert abs(position.metres(*here, venue.latitude, venue.longitude) - away) < 0.01 * away
    raw = edited(honest.raw, lambda block: write_place(block, here, None))
    return _with(honest, raw=raw, venue=replace(venue, radius=radius))


def _two_clocks(honest: Honest, _: bytes, chance: random.Random) -> Violation | None:
    venue = honest.brief.venue
    if honest.taken is None or venue is None or venue.latitude is None or venue.longitude is None:
        return None
    fix = honest.taken + chance.choice((-1, 1)) * timedelta(days=chance.uniform(2.5, 300))
    here = (venue.latitude, venue.longitude)
    return _with(honest, raw=edited(honest.raw, lambda block: write_place(block, here, fix)))


def _cropped(honest: Honest, _: bytes, chance: random.Random) -> Violation | None:
    """Cut to a part of the height, the stated size left as it was."""
    with Image.open(io.BytesIO(honest.raw)) as picture:
        wide, high = picture.size
        block = picture.getexif()
        main = block.get_ifd(IFD.Exif)
        main[Base.ExifImageWidth], main[Base.ExifImageHeight] = wide, high
        kept = picture.convert("RGB").crop((0, 0, wide, max(8, round(high * chance.uniform(0.4, 0.85)))))
    return _with(honest, raw=_saved(kept, exif=block.tobytes()))


def _transplanted(honest: Honest, other: bytes, _: random.Random) -> Violation | None:
    """This file's metadata, preview and all, on another photo; not where one is a flat tone, which nobody can tell."""
    with Image.open(io.BytesIO(other)) as picture, Image.open(io.BytesIO(honest.raw)) as own:
        flat = min(ImageStat.Stat(each.convert("L")).stddev[0] for each in (picture, own)) < FLAT
    if not honest.thumbnail or flat:
        return None
    return _with(honest, raw=spliced(other, "exif", segment(honest.raw, "exif")))


def _editor(honest: Honest, _: bytes, chance: random.Random) -> Violation | None:
    name = chance.choice(EDITORS)
    return _with(honest, raw=edited(honest.raw, lambda block: block.update({Base.Software: name})))


def _generated(honest: Honest, _: bytes, chance: random.Random) -> Violation | None:
    name = chance.choice((*GENERATORS, ""))
    if name:
        return _with(honest, raw=edited(honest.raw, lambda block: block.update({Base.Software: name})))
    return _with(honest, raw=_marked(honest.raw, "trainedAlgorithmicMedia"))


def _partly_generated(honest: Honest, _: bytes, __: random.Random) -> Violation | None:
    return _with(honest, raw=_marked(honest.raw, "compositeWithTrainedAlgorithmicMedia"))


def _appended(honest: Honest, _: bytes, chance: random.Random) -> Violation | None:
    count = chance.randint(100, 5000)
    count += (len(honest.raw) + count) % 4096 == 0  # the length of a disk's blocks is let pass
    return _with(honest, raw=honest.raw + b"Z" + chance.randbytes(count - 1))


def _polyglot(honest: Honest, _: bytes, chance: random.Random) -> Violation | None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "hidden")
    return _with(honest, raw=honest.raw + chance.choice((out.getvalue(), b"%PDF-1.4\n", b"<html><script>0</script>")))


def _screenshot(honest: Honest, _: bytes, chance: random.Random) -> Violation | None:
    """The photo on a phone's screen, saved as phones save their screen."""
    width, height = chance.choice(((1080, 2400), (1170, 2532), (1080, 2340), (1440, 3120)))
    screen = Image.new("RGB", (width // 4, height // 4), "black")
    with Image.open(io.BytesIO(honest.raw)) as picture:
        shown = picture.convert("RGB").resize((width // 4, width // 5))
    screen.paste(shown, (0, height // 10))
    out = io.BytesIO()
    screen.resize((width, height), Image.Resampling.NEAREST).save(out, "PNG", compress_level=1)
    return _with(honest, raw=out.getvalue(), name="image.png")


_MAKERS: dict[str, Callable[[Honest, bytes, random.Random], Violation | None]] = {
    "metadata.captured-outside-window": _outside,
    "metadata.captured-near-window": _near,
    "metadata.captured-after-submission": _before_taken,
    "metadata.older-than-camera": _old,
    "metadata.far-from-venue": _far,
    "metadata.near-venue": _rather_far,
    "metadata.gps-clock-differs": _two_clocks,
    "metadata.cropped": _cropped,
    "metadata.preview-disagrees": _transplanted,
    "provenance.pixel-editor": _editor,
    "provenance.generated": _generated,
    "provenance.edited-by-generator": _partly_generated,
    "provenance.appended-bytes": _appended,
    "provenance.polyglot": _polyglot,
    "provenance.screenshot-as-photo": _screenshot,
}


def makings(
    honest: Honest, other: bytes, chance: random.Random
) -> Iterator[tuple[str, tuple[str, bytes], tuple[str, bytes]]]:
    """Pairs of files that say that they are of one making: the rule, and name and bytes of either."""
    serial, exposure = f"{chance.randrange(10**8, 10**9)}", f"{chance.getrandbits(128):032X}"
    number, fraction = chance.randint(1000, 9000), f"{chance.randint(10, 99)}"

    def said(block: Image.Exif, **fields: str) -> None:
        block.update({Base.Make: "Fenwald", Base.Model: "Kestra 7"})
        main = block.get_ifd(IFD.Exif)
        main[Base.DateTimeOriginal] = "2026:05:13 10:42:17"
        main.update({Base[name]: text for name, text in fields.items()})

    def pair(rule: str, change: Callable[..., None], later: int = 0) -> Iterator[Any]:
        try:
            files = [edited(raw, partial(change, is_later=n > 0)) for n, raw in enumerate((honest.raw, other))]
        except (ValueError, OSError, struct.error, TypeError, KeyError, SyntaxError):
            return
        yield rule, (f"IMG_{number}.jpg", files[0]), (f"IMG_{number + later}.jpg", files[1])

    def travels(block: Image.Exif, is_later: bool) -> None:
        said(block, BodySerialNumber=serial)
        write_place(block, (48.1372, 11.5755) if is_later else (53.8669, 10.6848), None)

    yield from pair("identity.same-image", lambda block, **_: said(block, ImageUniqueID=exposure))
    yield from pair(
        "identity.same-exposure", lambda block, **_: said(block, BodySerialNumber=serial, SubsecTimeOriginal=fraction)
    )
    yield from pair("identity.impossible-travel", travels)
    yield from pair("identity.neighbouring-numbers", lambda block, **_: said(block), later=chance.randint(1, 8))


def _marked(raw: bytes, source: str) -> bytes:
    return spliced(raw, "xmp", HEADS["xmp"] + (_XMP % source).encode())


def _saved(picture: Image.Image, **extra: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90, **extra)
    return out.getvalue()
