"""Traces: what is kept of a page so that later claims can be compared with it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """The fingerprints of one page. Hashes are hex texts; `features` is the digest of a blob, "" where there is none.

    `pdq` is 256 bits (64 hex digits); `pdq_quality` 0..100, below 50 the hash must not be used for matching.
    `words` are the normalised words and figures read on the page (templates are compared by what they say).
    """

    page: int
    width: int
    height: int
    pixel_digest: str
    pdq: str
    pdq_quality: int
    phash: str
    dhash: str
    preview: str = ""
    features: str = ""
    words: tuple[str, ...] = ()
    device: str = ""  # an identity that the camera wrote (serial number, ImageUniqueID ...), "" where there is none
