"""Pictures: any format that is read becomes one upright RGB page. The size is read, and judged, before any pixel."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import cast

import cv2
import numpy as np
import pi_heif
from numpy.typing import NDArray
from PIL import ExifTags, Image

from verifier.decode import raw
from verifier.decode.endings import jpeg_end
from verifier.errors import DamagedItem, TooLarge, UnsupportedType

RESEND = "send the original file again; if it looks the same, save it anew as JPEG or PNG"
_FORMATS: Mapping[str, tuple[str, ...]] = {  # what Pillow may take it for, so that no other of its readers is reached
    "image/jpeg": ("JPEG",),
    "image/png": ("PNG",),
    "image/webp": ("WEBP",),
    "image/avif": ("AVIF",),
    "image/tiff": ("TIFF",),
    "image/gif": ("GIF",),
    "image/bmp": ("BMP",),
}
_COUNTED = {"GIF", "TIFF", "WEBP", "PNG", "AVIF"}  # MPO's further pictures hang behind the first: trailing bytes
_STRIP = 256  # rows
_TURNS: Mapping[int, tuple[int, bool]] = {  # EXIF orientation -> quarter turns to the left, then mirrored
    2: (0, True),
    3: (2, False),
    4: (2, True),
    5: (3, True),
    6: (3, False),
    7: (1, True),
    8: (1, False),
}


def read_picture(name: str, media_type: str, data: bytes, *, max_pixels: int) -> tuple[NDArray[np.uint8], int]:
    """The upright picture, (height, width, 3) uint8 RGB, and how many frames the file has (the first is read).

    Raises TooLarge from the header alone, and DamagedItem. Colours are taken as sRGB; embedded profiles are not
    applied. 16-bit pictures are scaled down, transparency is laid over white.
    """
    if media_type in ("image/heic", "image/heif"):
        return _read_heif(name, data, max_pixels), 1
    if media_type == "image/tiff" and raw.is_raw(data):
        return _read_raw(name, data, max_pixels), 1
    pixels, frames, orientation = _read(name, media_type, data, max_pixels)
    return _upright(pixels, orientation), frames


def _read_raw(name: str, data: bytes, max_pixels: int) -> NDArray[np.uint8]:
    """The picture that the camera made of the exposure, turned as the raw file says, else as the picture does."""
    preview = raw.preview(data)
    if not preview:
        raise UnsupportedType(
            f"{name} is a raw camera file without a picture", "send the JPEG that the camera makes of it"
        )
    pixels, _, orientation = _read(name, "image/jpeg", preview, max_pixels)
    stated = raw.orientation(data)
    return _upright(pixels, orientation if stated == 1 else stated)


def _read(name: str, media_type: str, data: bytes, max_pixels: int) -> tuple[NDArray[np.uint8], int, int]:
    """Pixels as stored, the number of frames, and the orientation. Pillow's own copy is given back on the way out."""
    with _held_to(name, max_pixels), Image.open(io.BytesIO(data), formats=_FORMATS[media_type]) as image:
        frames = _frames(image)
        pixels = _jpeg_pixels(name, image, data) if media_type == "image/jpeg" else _rgb(image)
        orientation = _orientation(image)  # last: for a PNG Pillow reads to the end, and would swallow what breaks off
    return pixels, frames, orientation


@contextmanager
def _held_to(name: str, max_pixels: int) -> Iterator[None]:
    """Pillow's own check of header and frames, held to our limit: it would warn from there, and refuse from twice it.

    It has to be Pillow's: its GIF reader makes the first frame's canvas while it opens the file.
    """
    kept, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, max_pixels
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            yield
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise _too_large(name, max_pixels) from None
    finally:
        Image.MAX_IMAGE_PIXELS = kept


def _too_large(name: str, max_pixels: int) -> TooLarge:
    return TooLarge(f"{name} has more than {max_pixels / 1e6:g} megapixels", "send it at a smaller size")


def _read_heif(name: str, data: bytes, max_pixels: int) -> NDArray[np.uint8]:
    """libheif turns the picture by its own boxes (irot, imir), which prevail over EXIF (ISO/IEC 23008-12, annex A)."""
    image = pi_heif.open_heif(io.BytesIO(data), decode_threads=1)
    if image.size[0] * image.size[1] > max_pixels:
        raise _too_large(name, max_pixels)
    return np.array(image) if image.mode == "RGB" else _rgb(image.to_pillow())


def _jpeg_pixels(name: str, image: Image.Image, data: bytes) -> NDArray[np.uint8]:
    """By OpenCV: bit-identical to Pillow (both carry libjpeg-turbo) at half its CPU time (28 against 73 ms at 8 MP).

    A picture without its end marker is left to Pillow, which refuses what breaks off: rows that are missing could be
    the ones that matter. Of 1,971 real JPEGs 8 lack it, all of them made to be broken; one lacks 74 of 2,347 rows.
    So is one whose last row is of one colour: OpenCV hands out what it had when the coded data became unreadable.
    """
    if image.mode in ("RGB", "L") and image.info.get("adobe_transform") != 0 and jpeg_end(data):
        flags = cv2.IMREAD_COLOR_RGB | cv2.IMREAD_IGNORE_ORIENTATION
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
        if pixels is not None and np.any(pixels[-1] != pixels[-1, 0]):
            return np.asarray(pixels, np.uint8)
        del pixels
    try:
        return _rgb(image)
    except OSError as error:
        raise DamagedItem(f"{name} breaks off before its last row", RESEND) from error


def _rgb(image: Image.Image) -> NDArray[np.uint8]:
    """Any of Pillow's modes as RGB, 8 bits, converted strip by strip: whole copies would not fit a worker at 80 MP."""
    image.load()
    extrema = cast(tuple[float, float], image.getextrema()) if image.mode in ("I", "F") else None
    pixels = np.empty((image.height, image.width, 3), np.uint8)
    for top in range(0, image.height, _STRIP):
        strip = image.crop((0, top, image.width, min(image.height, top + _STRIP)))
        pixels[top : top + _STRIP] = _stretched(strip, extrema) if extrema else _strip(strip)
    return pixels


def _strip(image: Image.Image) -> NDArray[np.uint8]:
    """16 bits are scaled; transparency is laid over white."""
    if image.mode.startswith("I;16"):
        return (np.asarray(image) >> 8).astype(np.uint8)[:, :, None]
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        image = Image.new("RGB", layer.size, "white")
        image.paste(layer, mask=layer.getchannel("A"))
    return np.asarray(image.convert("RGB"))


def _stretched(image: Image.Image, extrema: tuple[float, float]) -> NDArray[np.uint8]:
    """Floats and wide integers have no white of their own: the picture's extremes become black and white."""
    low, high = extrema
    scale = 255.0 / (high - low) if high > low else 0.0
    return np.nan_to_num((np.asarray(image, np.float64) - low) * scale).clip(0, 255).astype(np.uint8)[:, :, None]


def _frames(image: Image.Image) -> int:
    if image.format not in _COUNTED:
        return 1
    try:
        return int(getattr(image, "n_frames", 1))
    except Exception:  # noqa: BLE001 - only the first is read, and the others may be broken
        return 1


def _orientation(image: Image.Image) -> int:
    """The EXIF (or XMP) orientation, 1..8; 1 where the block cannot be read. For AVIF Pillow tells irot and imir so."""
    try:
        value = image.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:  # noqa: BLE001 - a broken EXIF block is a finding of the metadata inspector, not a broken picture
        return 1
    return value if isinstance(value, int) and value in range(1, 9) else 1


def _upright(pixels: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    turns, mirrored = _TURNS.get(orientation, (0, False))
    turned = np.rot90(pixels, turns)
    return np.ascontiguousarray(turned[:, ::-1] if mirrored else turned)
