"""Raw camera files built like TIFF (DNG, CR2, NEF, ARW, PEF): the picture that the camera made of the exposure.

The sensor's own values are not developed. Every such file carries JPEG previews, the largest of them mostly as large as
the photo; that one is looked at, and the report's measurements are taken on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from verifier.decode import directories
from verifier.decode.directories import Entry

_MOST_DIRECTORIES = 32  # of one file; DNGs have up to 8
_COLOUR_FILTERS, _LINEAR = 32803, 34892  # photometric interpretations of sensor values (TIFF/EP, DNG)
_PHOTOMETRIC, _STARTS, _SIZES, _PARTS, _DNG = 0x0106, 0x0111, 0x0117, 0x014A, 0xC612
_LOSSLESS = b"\xff\xc3"  # the start-of-frame marker of sensor values that are packed as JPEG
_JPEG = ((0x0201, 0x0202), (_STARTS, _SIZES))  # where a directory keeps a whole JPEG


def is_raw(data: bytes) -> bool:
    """Whether a file with a TIFF header holds sensor values."""
    if data[8:10] == b"CR":
        return True
    found = list(_directories(data))
    sensor = {_number(entries, _PHOTOMETRIC) for entries in found} & {_COLOUR_FILTERS, _LINEAR}
    return bool(sensor) or any(_DNG in entries for entries in found[:1])


def preview(data: bytes) -> bytes:
    """The largest JPEG inside that is a picture, b"" where there is none."""
    held = [jpeg for entries in _directories(data) for jpeg in _jpegs(data, entries)]
    return max(held, key=len, default=b"")


def orientation(data: bytes) -> int:
    """How the main directory says that the exposure is to be turned, 1..8."""
    number = next((_number(entries, 0x0112) for entries in _directories(data)), None)
    return number if number and number < 9 else 1


def _directories(data: bytes) -> Iterator[Mapping[int, Entry]]:
    """The chain of directories, and those inside of them; damaged ones are passed over."""
    try:
        order = directories.order_of(data)
        entries, following = directories.first(data)
    except ValueError:
        return
    waiting, seen = [following], {0}
    yield entries
    while len(seen) < _MOST_DIRECTORIES:
        if _PARTS in entries:
            waiting.extend(entries[_PARTS].numbers()[:_MOST_DIRECTORIES])
        at = next((place for place in waiting if place not in seen), 0)
        if not at:
            return
        seen.add(at)
        try:
            entries, following = directories.directory(data, at, order)
        except ValueError:
            entries = {}
            continue
        waiting.append(following)
        yield entries


def _jpegs(data: bytes, entries: Mapping[int, Entry]) -> Iterator[bytes]:
    for start_tag, size_tag in _JPEG:
        start, size = _number(entries, start_tag), _number(entries, size_tag)
        if start and size and data[start : start + 2] == b"\xff\xd8":
            jpeg = data[start : start + size]
            if len(jpeg) == size and _LOSSLESS not in jpeg[:1024]:
                yield jpeg


def _number(entries: Mapping[int, Entry], tag: int) -> int | None:
    return entries[tag].number() if tag in entries else None
