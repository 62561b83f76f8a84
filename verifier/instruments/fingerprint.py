"""Fingerprints of a page: the digest of its pixels, PDQ, pHash and dHash; and how far two PDQ hashes are apart.

PDQ is Meta's perceptual hash (Dalins et al., arXiv 1912.07745): 16x16 cosine coefficients, each against their median.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import imagehash
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from verifier.casefile import Page
from verifier.instruments import pdq, shrinking

PDQ_SIDE = 512  # the reference implementation scales both sides to at most this before it hashes
PDQ_TRUSTED = 50  # below this quality the picture is too flat for its hash to mean anything (PDQ's own advice)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """Hashes as hex texts. `pixel_digest` is SHA-256 over the size and the upright RGB pixels."""

    pixel_digest: str
    pdq: str
    pdq_quality: int
    phash: str
    dhash: str


def hashed_size(page: Page) -> tuple[int, int]:
    """Width and height at which a page is hashed."""
    return min(page.width, PDQ_SIDE), min(page.height, PDQ_SIDE)


def take(page: Page, begun: NDArray[np.uint8] | None = None) -> Fingerprint:
    """The page's fingerprints; `begun` are its pixels as far as they were shrunk for something else, too."""
    small = shrinking.to_size(page.pixels if begun is None else begun, hashed_size(page))
    pdq_bits, quality = pdq.compute(small)
    picture = Image.fromarray(small)
    return Fingerprint(
        pixel_digest=_pixel_digest(page.pixels),
        pdq=pdq_bits,
        pdq_quality=quality,
        phash=str(imagehash.phash(picture)),
        dhash=str(imagehash.dhash(picture)),
    )


def bits(pdq: str) -> NDArray[np.uint64]:
    """The 256 bits of a hash as four words, ready for `distances`."""
    return np.frombuffer(bytes.fromhex(pdq), ">u8").astype(np.uint64)


def distances(one: NDArray[np.uint64], many: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Hamming distances (n,) of one hash (4,) to many (n, 4)."""
    return np.asarray(np.bitwise_count(many ^ one).sum(axis=-1), np.int64)


def turned(pdq: str) -> tuple[str, ...]:
    """The hash of the page upright, turned and mirrored: 8 of them, the page's own first.

    Turning a picture transposes its cosine coefficients and flips the sign of every other row or column, so the
    bits can be turned without the picture. The median is not exactly zero: on 40 photos the outcome was 7 bits off
    on average, 22 at most.
    """
    own = np.unpackbits(np.frombuffer(bytes.fromhex(pdq), np.uint8)).reshape(16, 16)
    odd = np.arange(16) % 2
    columns, rows = np.tile(odd, (16, 1)), np.tile(odd[:, None], (1, 16))
    flips = (np.zeros_like(rows), columns, rows, rows ^ columns)
    turns = [plane ^ flip for plane in (own, own.T) for flip in flips]
    return tuple(np.packbits(turn.astype(np.uint8)).tobytes().hex() for turn in turns)


def looks(pdq: str) -> tuple[str, ...]:
    """The hash of the page turned and mirrored as may be, and of its negative, upright and mirrored: 10 of them.

    In a negative every coefficient has the other sign.
    """
    turns = turned(pdq)
    return turns + tuple(f"{int(turn, 16) ^ ((1 << 256) - 1):064x}" for turn in turns[:2])


def _pixel_digest(pixels: NDArray[np.uint8]) -> str:
    height, width = pixels.shape[:2]
    digest = hashlib.sha256(f"{width}x{height}:".encode())
    digest.update(np.ascontiguousarray(pixels).data)
    return digest.hexdigest()
