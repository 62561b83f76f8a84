"""A kit's pictures: read with bounds, drawn where they are SVG, refused where nothing is to be seen on them."""

from __future__ import annotations

import io

import cv2
import numpy as np
from PIL import Image

from verifier.casefile import Picture
from verifier.errors import KitError
from verifier.programs import drawings

MAX_PICTURE_BYTES = 16 * 1024 * 1024  # kits travel inside the brief to every worker; a reference needs far less
_MAX_PIXELS = 40_000_000
_FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "TIFF", "GIF")
_ONE_COLOUR = 8  # of 255: what compression does to a plain ground
_LOGOS = {"logo", "retired", "forbidden"}


def picture_of(name: str, role: str, variant: str, data: bytes) -> Picture:
    """The picture, its data in a form that `cv2.imdecode` reads. Raises KitError with the reason."""
    if not 0 < len(data) <= MAX_PICTURE_BYTES:
        raise KitError("is empty or too large", f"keep it under {MAX_PICTURE_BYTES >> 20} MB")
    if drawings.is_drawing(data):
        data = drawings.draw(data)
    else:
        _refuse_bombs(data)
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None:
        raise KitError("is no picture that can be read", "save it as PNG or JPEG")
    if role in _LOGOS:
        _refuse_emptiness(pixels)
    return Picture(name=name, role=role, data=data, variant=variant)


def _refuse_bombs(data: bytes) -> None:
    """By the header alone, before any pixel is decoded."""
    try:
        width, height = Image.open(io.BytesIO(data), formats=_FORMATS).size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise KitError("is no picture that can be read", "save it as PNG or JPEG, or a logo as SVG") from None
    if width * height > _MAX_PIXELS:
        raise KitError(f"has {width} x {height} pixels", f"keep it under {_MAX_PIXELS // 1_000_000} megapixels")


def _refuse_emptiness(pixels: np.ndarray) -> None:
    """A logo without a shape: wholly transparent, or of one colour all over. Black on nothing has a shape."""
    seen = pixels if pixels.dtype == np.uint8 else cv2.convertScaleAbs(pixels, alpha=255 / 65535)
    if seen.ndim == 3 and seen.shape[2] == 4:
        opacity = seen[..., 3]
        if int(opacity.max()) <= _ONE_COLOUR:
            raise KitError("is empty: nothing on it is opaque", "export the logo itself")
        if int(opacity.max()) - int(opacity.min()) > _ONE_COLOUR:
            return
        seen = seen[..., :3]
    lows, highs = seen.reshape(-1, seen.shape[2] if seen.ndim == 3 else 1).min(axis=0), seen.max(axis=(0, 1))
    if int((highs.astype(int) - lows.astype(int)).max()) <= _ONE_COLOUR:
        raise KitError("is of one colour all over", "export the logo on a ground that it stands out from")
