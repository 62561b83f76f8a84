"""How well metadata is read: agreement with exiftool beside exifread alone, Pillow and pillow-heif; crashes; time.

    python -m benchmarks.metadata --data DIR

DIR holds `labels.jsonl` (file, bad_suite, exiftool: field -> value) and the files; `DIR/malformed`, if it is there,
holds damaged files, and `DIR/c2pa` signed ones. A reading agrees when it is equal as a number (coordinates to 1e-4
degrees), or as a text without surrounding blanks; where exiftool lists several values, the first counts. Both silent is
agreement, too. Files of `bad_suite` have no part in agreement; like every other file they must not raise, and must not
be silently empty: that is a file for which the labels have fields and of which the reader says neither a field nor that
it is unreadable. `cpu_ms_median` is the CPU time of all three inspectors that look at metadata, in a warm process.
Where exiftool is installed, `wider` tells how often fields beyond the labels are those that it reads.
"""

from __future__ import annotations

import io
import json
import statistics
import time
import warnings
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import exifread
import pi_heif
from PIL import ExifTags, Image

from benchmarks import wider
from benchmarks.record import parser, progress, share, tell
from verifier.casefile import Brief, Evidence, Item, Kind
from verifier.inspectors.metadata import Metadata
from verifier.inspectors.properties import Properties
from verifier.inspectors.provenance import Provenance
from verifier.instruments import credentials, exif, iptc, maker_notes, xmp
from verifier.instruments.container import State
from verifier.instruments.readings import Readings

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
REPEATS = 3  # of a file: one alone is often below the tick of the CPU's clock
SUPPORTED = frozenset({"jpg", "jpeg", "png", "webp", "heic", "heif", "avif", "tif", "tiff"})
Reader = Callable[[bytes], Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A labelled file; `counted` where it has a part in agreement."""

    path: Path
    suffix: str
    data: bytes
    stated: Mapping[str, Any]
    counted: bool


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
        return _of_pillow(picture.getexif())


def pillow_heif(data: bytes) -> Mapping[str, Any]:
    """What Pillow finds with the reader of pillow-heif (pi_heif is its build without encoders)."""
    if data[4:8] != b"ftyp":
        return pillow(data)
    block = Image.Exif()
    block.load(pi_heif.open_heif(io.BytesIO(data)).info.get("exif") or b"")
    return _of_pillow(block)


def _of_pillow(block: Image.Exif) -> Mapping[str, Any]:
    directories = {0: dict(block), **{place: block.get_ifd(code) for place, code in _DIRECTORIES}}
    found = {name: directories[place].get(tag) for name, (_, _, (place, tag)) in FIELDS.items()}
    for name, axis, negative in (("GPSLat", 1, "S"), ("GPSLon", 3, "W")):
        parts = found[name]
        if parts:
            value = sum(float(part) / 60**power for power, part in enumerate(parts))
            found[name] = -value if directories[0x8825].get(axis) == negative else value
    return found


_DIRECTORIES = ((0x8769, ExifTags.IFD.Exif), (0x8825, ExifTags.IFD.GPSInfo), (1, ExifTags.IFD.IFD1))
PEERS: Mapping[str, Reader] = {"exifread": exifread_alone, "Pillow": pillow, "Pillow and pillow-heif": pillow_heif}


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


def read_cases(folder: Path) -> list[Case]:
    """Every labelled file."""
    lines = (folder / "labels.jsonl").read_text(encoding="utf-8").splitlines()
    return [_case(folder, json.loads(line)) for line in lines]


def _case(folder: Path, label: Mapping[str, Any]) -> Case:
    path = folder / label["file"]
    return Case(
        path=path,
        suffix=path.suffix.lower().lstrip("."),
        data=path.read_bytes(),
        stated=label["exiftool"],
        counted=not label.get("bad_suite"),
    )


def agreement(cases: Sequence[Case]) -> dict[str, Any]:
    """Field readings that agree: over the supported formats and all, by field and by format; the peers beside them."""
    names = [name for name in FIELDS if name in ALWAYS or any(name in case.stated for case in cases)]
    counted = [case for case in cases if case.counted]
    supported: Counter[bool] = Counter()
    every: Counter[bool] = Counter()
    by_field: defaultdict[str, Counter[bool]] = defaultdict(Counter)
    by_format: defaultdict[str, Counter[bool]] = defaultdict(Counter)
    for case in progress(counted, "files"):
        same = _same(ours(case.data), case, names)
        every.update(same.values())
        supported.update(same.values() if case.suffix in SUPPORTED else ())
        by_format[case.suffix].update(same.values())
        for name, equal in same.items():
            by_field[name][equal] += 1
    return {
        "files": len(counted),
        "agreement": {"supported": _share(supported), "all": _share(every)},
        "per_field": {name: f"{both[True]}/{both.total()}" for name, both in sorted(by_field.items())},
        "per_format": {name: f"{both[True]}/{both.total()}" for name, both in sorted(by_format.items())},
        "peers": {name: _peer(read, counted, names) for name, read in PEERS.items()},
    }


def _same(found: Mapping[str, Any], case: Case, names: Iterable[str]) -> dict[str, bool]:
    return {name: agree(case.stated.get(name), found.get(name)) for name in names}


def _share(both: Counter[bool]) -> dict[str, Any]:
    return share(both[True], both.total())


def _peer(read: Reader, cases: Sequence[Case], names: Sequence[str]) -> dict[str, Any]:
    supported: Counter[bool] = Counter()
    every: Counter[bool] = Counter()
    raised = 0
    started = time.process_time()
    for case in cases:
        try:
            with warnings.catch_warnings(action="ignore"):
                found = read(case.data)
        except Exception:  # noqa: BLE001 - counting them is the point
            found, raised = {}, raised + 1
        same = _same(found, case, names)
        every.update(same.values())
        supported.update(same.values() if case.suffix in SUPPORTED else ())
    spent = 1000 * (time.process_time() - started) / max(1, len(cases))
    return {
        "agreement": {"supported": _share(supported), "all": _share(every)},
        "raised": raised,
        "cpu_ms": round(spent, 3),
    }


def survival(cases: Sequence[Case], folders: Iterable[Path]) -> dict[str, Any]:
    """Every inspector over every file: who raised, who said nothing of what is there, states, and the time it took."""
    files = [(case.path, case.data) for case in cases]
    files += [(path, path.read_bytes()) for folder in folders if folder.is_dir() for path in sorted(folder.iterdir())]
    states: defaultdict[str, Counter[str]] = defaultdict(Counter)
    escaped: list[str] = []
    times: list[float] = []
    for path, data in progress(files, "read by every inspector"):
        try:
            read_all(data)  # what is imported and built on first use
            started = time.process_time()
            for _ in range(REPEATS):
                found = read_all(data)
            times.append((time.process_time() - started) / REPEATS)
            states[path.parent.name].update({f"{name} {state}": 1 for name, state in found.items()})
        except Exception as error:  # noqa: BLE001 - counting them is the point
            escaped.append(f"{path.name}: {type(error).__name__}: {error}"[:200])
    silent = [case.path.name for case in cases if _silent(case)]
    return {
        "escaped": len(escaped),
        "escapes": escaped,
        "silent_empty": len(silent),
        "silently empty files": silent,
        "states": {folder: dict(sorted(counts.items())) for folder, counts in sorted(states.items())},
        "cpu_ms_median": round(1000 * statistics.median(times), 3),
        "cpu_ms_p99": round(1000 * sorted(times)[int(0.99 * len(times))], 3),
        "cpu_ms_max": round(1000 * max(times), 3),
    }


def read_all(data: bytes) -> Mapping[str, str]:
    """What every inspector of metadata does with a picture; the states of what it carries."""
    evidence = Evidence(kind=Kind.IMAGE, media_type="", raw=data, trailing_bytes=len(data) // 2)
    item = Item(id="c/r1/1", name="file", kind=Kind.IMAGE, media_type="", digest="", size=len(data))
    readings = Readings(evidence)
    for inspector in (Metadata(), Properties(), Provenance()):
        tuple(inspector.inspect(item, Brief(activity="in_store_display"), readings))
    told: tuple[Callable[[Evidence], Any], ...] = (exif.read, xmp.read, iptc.read, maker_notes.read)
    return {read.__module__.rpartition(".")[2]: str(readings.take(read, evidence).state) for read in told}


def _silent(case: Case) -> bool:
    """Whether the labels have fields and the reader has none, nor says that it cannot read them."""
    names = [name for name in FIELDS if case.stated.get(name)]
    if not names or exif.read_bytes(case.data).state is State.UNREADABLE:
        return False
    found = ours(case.data)
    return not any(_plain(found.get(name)) for name in names)


def grades(folder: Path) -> dict[str, int]:
    """How the signed samples are graded."""
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    evidences = (Evidence(kind=Kind.IMAGE, media_type="image/jpeg", raw=path.read_bytes()) for path in files)
    return dict(sorted(Counter(credentials.read(evidence).grade.value for evidence in evidences).items()))


def main() -> None:
    """Measure, print, and record where asked to."""
    options = parser(__doc__ or "").parse_args()
    folder: Path = options.data
    cases = read_cases(folder)[: options.limit]
    figures = {
        **agreement(cases),
        **survival(cases, (folder / "malformed", folder / "c2pa")),
        "wider": wider.against_exiftool([case.path for case in cases]),
        "credentials": grades(folder / "c2pa"),
    }
    tell("metadata", figures, data=folder.name, write=options.record)


if __name__ == "__main__":
    main()
