"""Lists of hashes as tenants exchange them, in the style of ThreatExchange: what is seen elsewhere, and nothing else.

A plain list is CSV with the columns `hash` (PDQ, 64 hexadecimal digits) and `quality`, or one hash a line. It tells a
rough likeness of every picture to whoever holds it. A salted one has `hmac_sha256` instead, keyed by a salt that both
sides know: it tells nothing without the salt, and it finds only pictures whose hash is the same to the last bit, since
salting a hash destroys distances. A picture that was merely recompressed is mostly missed by it.
"""

from __future__ import annotations

import csv
import hmac
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verifier.archive.index import hamming, segment
from verifier.archive.index.segment import Segment, SegmentError
from verifier.archive.protocol import Archive
from verifier.archive.references import SharedList
from verifier.comparison.index import PDQ_REACH
from verifier.errors import InputError
from verifier.instruments import fingerprint

PLAIN, SALTED, QUALITY = "hash", "hmac_sha256", "quality"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HashList:
    """The hashes of a list, searchable; `salt` is "" where they are plain."""

    salt: str
    arrays: Mapping[str, NDArray[Any]]

    def nearest(self, pdq: str) -> int | None:
        """The distance in bits of the nearest hash within reach, turned or mirrored as may be; 0 for a salted one."""
        hashes = self.arrays["hash"]
        if self.salt:
            query = fingerprint.bits(salted(pdq, self.salt))
            first, last = (int(np.searchsorted(hashes[:, 0], query[0], side)) for side in ("left", "right"))
            return 0 if (hashes[first:last] == query).all(axis=1).any() else None
        turns = np.array([fingerprint.bits(turn) for turn in fingerprint.turned(pdq)])
        _, near = hamming.search(hashes, self.arrays, turns, PDQ_REACH)
        return int(near.min()) if len(near) else None


def salted(pdq: str, salt: str) -> str:
    """What stands for a hash in a salted list (64 hexadecimal digits)."""
    return hmac.new(salt.encode(), bytes.fromhex(pdq), "sha256").hexdigest()


def write(hashes: Mapping[str, int], salt: str = "") -> Iterator[str]:
    """The lines of a list, in the order of hashes, so that it does not tell the order of claims; PDQ -> quality."""
    kept = {salted(pdq, salt) if salt else pdq: quality for pdq, quality in hashes.items()}
    yield f"{SALTED if salt else PLAIN},{QUALITY}\n"
    yield from (f"{pdq},{kept[pdq]}\n" for pdq in sorted(kept))


def read(data: bytes, salt: str) -> NDArray[np.uint64]:
    """The hashes (n, 4) of a list, ascending. Raises InputError on anything else, naming the line."""
    try:
        lines = data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise InputError("the list is no text", "export it as CSV") from error
    found = {text for number, row in enumerate(csv.reader(lines), 1) for text in _hash_of(row, number)}
    column = _columns(lines)[0]
    if column == SALTED and not salt:
        raise InputError("the hashes of this list are salted", "say the salt that its owner gave you (--salt)")
    if column == PLAIN and salt and _has_header(lines):
        raise InputError("the hashes of this list are plain", "leave the salt out")
    if not found:
        raise InputError("the list holds no hash", "one PDQ hash a line, 64 hexadecimal digits")
    return _packed(sorted(found))


def opened(archive: Archive, shared: SharedList) -> HashList:
    """The list, mapped from a segment beside the index; made (again) from the archive where that is not to be had."""
    if archive.index_root is None:
        return HashList(salt=shared.salt, arrays=_arrays(read(archive.blob(shared.blob), shared.salt)))
    path = archive.index_root / "lists" / f"{shared.blob}.segment"
    try:
        found = Segment(path)
        if not found.whole():
            raise SegmentError(f"{path.name} is damaged")
    except SegmentError:
        path.parent.mkdir(parents=True, exist_ok=True)
        segment.write(path, {"blob": shared.blob}, _arrays(read(archive.blob(shared.blob), shared.salt)))
        found = Segment(path)
    return HashList(salt=shared.salt, arrays=found.arrays)


def _hash_of(row: list[str], number: int) -> Iterable[str]:
    """The hash of a line, if it may be used for matching."""
    text = row[0].strip().lower() if row else ""
    if not text or (number == 1 and text in (PLAIN, SALTED)):
        return ()
    if len(text) != 64 or not set(text) <= set("0123456789abcdef"):
        raise InputError(f"line {number} of the list has no hash: {text[:80]!r}", "64 hexadecimal digits come first")
    quality = row[1].strip() if len(row) > 1 else ""
    return () if quality.isdecimal() and int(quality) < fingerprint.PDQ_TRUSTED else (text,)


def _columns(lines: list[str]) -> list[str]:
    return lines[0].strip().lower().split(",") if _has_header(lines) else [PLAIN]


def _has_header(lines: list[str]) -> bool:
    return bool(lines) and lines[0].split(",")[0].strip().lower() in (PLAIN, SALTED)


def _packed(texts: list[str]) -> NDArray[np.uint64]:
    return np.frombuffer(bytes.fromhex("".join(texts)), ">u8").astype(np.uint64).reshape(-1, 4)


def _arrays(hashes: NDArray[np.uint64]) -> dict[str, NDArray[Any]]:
    return {"hash": hashes} | hamming.build(hashes, np.arange(len(hashes), dtype=np.uint32))
