"""How well EXIF is read: agreement with exiftool on its labels, beside exifread alone and Pillow, and crashes.

    python -m benchmarks.metadata --data DIR

DIR holds `labels.jsonl` (file, bad_suite, exiftool: field -> value) and the files; `DIR/malformed`, if it is there,
holds damaged files, and `DIR/c2pa` signed ones. A reading agrees when it is equal as a number (coordinates to 1e-4
degrees), or as a text without surrounding blanks; where exiftool lists several values, the first counts. Both silent is
agreement, too. Files of `bad_suite` are left out.
"""

from __future__ import annotations

import io
import json
import time
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import exifread
from PIL import ExifTags, Image

from benchmarks.record import parser, progress, share, tell
from verifier.casefile import Evidence, Kind
from verifier.instruments import container, credentials, exif, generators, trailer, xmp

FIELDS = {  # the label's name -> ours, exifread's, and Pillow's directory and tag
    "Make": ("make", "Image Make", (0, 0x010F)),
    "Model": ("model", "Image Model", (0, 0x0110)),
    "Software": ("software", "Image Software", (0, 0x0131)),
    "Orientation": ("orientation", "Image Orientation", (0, 0x0112)),
    "DateTime": ("modified", "Image DateTime", (0, 0x0132)),
    "DateTimeOriginal": ("original", "EXIF DateTimeOriginal", (0x8769, 0x9003)),
    "DateTimeDigitized": ("digitized", "EXIF DateTimeDigitized", (0x8769, 0x9004)),
    "SubSecTimeOriginal": ("subsec_original", "EXIF SubSecTimeOriginal", (0x8769, 0x9291)),
    "OffsetTimeOriginal": ("offset_original", "EXIF OffsetTimeOriginal", (0x8769, 0x9011)),
    "ExifImageWidth": ("width", "EXIF ExifImageWidth", (0x8769, 0xA002)),
    "ExifImageHeight": ("height", "EXIF ExifImageLength", (0x8769, 0xA003)),
    "LensModel": ("lens", "EXIF LensModel", (0x8769, 0xA434)),
    "BodySerialNumber": ("body_serial", "EXIF BodySerialNumber", (0x8769, 0xA431)),
    "ImageUniqueID": ("image_unique_id", "EXIF ImageUniqueID", (0x8769, 0xA420)),
    "GPSDateStamp": ("gps_date", "GPS GPSDate", (0x8825, 0x001D)),
    "GPSLat": ("latitude", "GPS GPSLatitude", (0x8825, 0x0002)),
    "GPSLon": ("longitude", "GPS GPSLongitude", (0x8825, 0x0004)),
    "ThumbLen": ("thumbnail_length", "Thumbnail JPEGInterchangeFormatLength", (1, 0x0202)),
}
ALWAYS = tuple(name for name in FIELDS if name != "ImageUniqueID")  # 17; the eighteenth only where labels have it
Reader = Callable[[bytes], Mapping[str, Any]]


def ours(data: bytes) -> Mapping[str, Any]:
    """What the instrument reads."""
    fields = exif.read_bytes(data)
    return {name: getattr(fields, attribute) for name, (attribute, _, _) in FIELDS.items()}


def exifread_alone(data: bytes) -> Mapping[str, Any]:
    """What exifread finds in the file by itself."""
    tags = exifread.process_file(io.BytesIO(data), details=False, extract_thumbnail=False)
    found = {name: tags[tag].values for name, (_, tag, _) in FIELDS.items() if tag in tags}
    coordinates = exifread.utils.get_gps_coords(dict(tags)) or (None, None)
    return found | {"GPSLat": coordinates[0], "GPSLon": coordinates[1]}


def pillow(data: bytes) -> Mapping[str, Any]:
    """What Pillow finds."""
    with Image.open(io.BytesIO(data)) as picture:
        block = picture.getexif()
        directories = {0: dict(block), **{place: block.get_ifd(code) for place, code in _DIRECTORIES}}
    found = {name: directories[place].get(tag) for name, (_, _, (place, tag)) in FIELDS.items()}
    for name, axis, negative in (("GPSLat", 1, "S"), ("GPSLon", 3, "W")):
        parts = found[name]
        if parts:
            value = sum(float(part) / 60**power for power, part in enumerate(parts))
            found[name] = -value if directories[0x8825].get(axis) == negative else value
    return found


_DIRECTORIES = ((0x8769, ExifTags.IFD.Exif), (0x8825, ExifTags.IFD.GPSInfo), (1, ExifTags.IFD.IFD1))
READERS: Mapping[str, Reader] = {"verifier": ours, "exifread alone": exifread_alone, "Pillow": pillow}


def agree(stated: object, read: object) -> bool:
    """Whether a label and a reading say the same."""
    texts = [_plain(value) for value in (stated, read)]
    if texts[0] == texts[1]:
        return True
    try:
        numbers = [float(text.split()[0]) for text in texts]
    except (ValueError, IndexError):
        return False
    return abs(numbers[0] - numbers[1]) < 1e-4


def _plain(value: object) -> str:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if isinstance(value, list | tuple):
        value = value[0] if value else ""
    return "" if value is None else str(value).strip(" \0")


def _cases(folder: Path) -> Iterator[tuple[str, bytes, Mapping[str, Any]]]:
    for line in (folder / "labels.jsonl").read_text(encoding="utf-8").splitlines():
        label = json.loads(line)
        if not label.get("bad_suite"):
            path = folder / label["file"]
            yield path.suffix.lower().lstrip("."), path.read_bytes(), label["exiftool"]


def agreement(folder: Path) -> dict[str, Any]:
    """Share of field readings that agree, by reader, and for ours by format and by field."""
    cases = list(_cases(folder))
    names = [name for name in FIELDS if name in ALWAYS or any(name in label for _, _, label in cases)]
    hits: Counter[str] = Counter()
    raised: Counter[str] = Counter()
    seconds: defaultdict[str, float] = defaultdict(float)
    by_format: defaultdict[str, Counter[bool]] = defaultdict(Counter)
    by_field: Counter[str] = Counter()
    for suffix, data, label in progress(cases, "files"):
        for reader, read in READERS.items():
            started = time.perf_counter()
            found = _read(read, data, raised, reader)
            seconds[reader] += time.perf_counter() - started
            same = {name: agree(label.get(name), found.get(name)) for name in names}
            hits[reader] += sum(same.values())
            if reader == "verifier":
                by_format[suffix].update(same.values())
                by_field.update(name for name, equal in same.items() if not equal)
    total = len(cases) * len(names)
    return {
        "files": len(cases),
        "fields": len(names),
        "agreement": {reader: share(hits[reader], total) for reader in READERS},
        "agreement by format": {name: share(both[True], both.total()) for name, both in sorted(by_format.items())},
        "disagreements by field": dict(sorted(by_field.items())),
        "files on which a reader raised": {reader: raised[reader] for reader in READERS},
        "milliseconds per file": {reader: round(1000 * seconds[reader] / len(cases), 3) for reader in READERS},
    }


def _read(read: Reader, data: bytes, raised: Counter[str], reader: str) -> Mapping[str, Any]:
    try:
        with warnings.catch_warnings(action="ignore"):
            return read(data)
    except Exception:  # noqa: BLE001 - counting them is the point
        raised[reader] += 1
        return {}


def crashes(folder: Path) -> dict[str, Any]:
    """Every instrument over every damaged file: how many raised, the slowest file, and what EXIF said."""
    states: Counter[str] = Counter()
    raised: list[str] = []
    slowest = 0.0
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    for path in progress(files, "malformed"):
        data = path.read_bytes()
        evidence = Evidence(kind=Kind.IMAGE, media_type="image/jpeg", raw=data, trailing_bytes=len(data) // 2)
        started = time.perf_counter()
        try:
            states[exif.read(evidence).state] += 1
            for instrument in (container.read, xmp.read, credentials.read, generators.read, trailer.unexplained):
                instrument(evidence)
        except Exception as error:  # noqa: BLE001 - counting them is the point
            raised.append(f"{path.name}: {type(error).__name__}")
        slowest = max(slowest, time.perf_counter() - started)
    return {
        "malformed files": len(files),
        "malformed files that raised": raised,
        "malformed states": dict(sorted(states.items())),
        "slowest malformed file, ms": round(1000 * slowest, 1),
    }


def grades(folder: Path) -> dict[str, int]:
    """How the signed samples are graded."""
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    evidences = (Evidence(kind=Kind.IMAGE, media_type="image/jpeg", raw=path.read_bytes()) for path in files)
    return dict(sorted(Counter(credentials.read(evidence).grade.value for evidence in evidences).items()))


def main() -> None:
    """Measure, print, and record where asked to."""
    options = parser(__doc__ or "").parse_args()
    folder: Path = options.data
    figures = {
        **agreement(folder),
        **crashes(folder / "malformed"),
        "credentials by grade": grades(folder / "c2pa"),
    }
    tell("metadata", figures, data=folder.name, write=options.record)


if __name__ == "__main__":
    main()
