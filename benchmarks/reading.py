"""What a worker of the fuzz campaign does: read a damaged file with everything that looks at metadata, and tell.

It stands apart from the campaign so that its process holds the readers and not what computes the figures.
"""

from __future__ import annotations

import random
import resource
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.mutations import mutate
from verifier.casefile import Brief, Evidence, Item, Kind, Page
from verifier.decode.messages import read_message
from verifier.inspectors.metadata import Metadata
from verifier.inspectors.properties import Properties
from verifier.inspectors.provenance import Provenance
from verifier.instruments import document_info, exif, maker_notes, office_info, xmp
from verifier.instruments.readings import Readings

CPU = 2.0  # seconds of one mutation
_KINDS = {
    "pdf": Kind.DOCUMENT, "xlsx": Kind.TABLE, "pptx": Kind.SLIDES, "eml": Kind.MESSAGE, "dictionaries": Kind.DOCUMENT,
    "openings": Kind.DOCUMENT, "members": Kind.TABLE,
}  # fmt: skip
_PIXELS = (np.arange(48 * 64 * 3) % 251).astype(np.uint8).reshape(48, 64, 3)  # for the preview to be held against


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one mutation did: `escaped` is "" where every reader answered."""

    number: int
    sample: str
    escaped: str
    states: tuple[str, ...]
    cpu: float


def read_all(name: str, data: bytes) -> tuple[str, ...]:
    """Every reader of metadata over one file, whatever it is; the states that five of them tell."""
    kind = _KINDS.get(name, Kind.IMAGE)
    headers = read_message(data).headers if kind is Kind.MESSAGE else {}
    page = (Page(index=0, label="photo", pixels=_PIXELS),) if kind is Kind.IMAGE else ()
    evidence = Evidence(kind=kind, media_type="", raw=data, pages=page, trailing_bytes=len(data) // 3, headers=headers)
    item = Item(id="c/r1/1", name="file", kind=kind, media_type="", digest="", size=len(data))
    readings, brief = Readings(evidence), Brief(activity="in_store_display")
    for inspector in (Metadata(), Properties(), Provenance()):
        if inspector.applies(item, brief):
            tuple(inspector.inspect(item, brief, readings))
    told: tuple[Callable[[Evidence], Any], ...] = (
        exif.read, xmp.read, maker_notes.read, document_info.read, office_info.read,
    )  # fmt: skip
    return tuple(str(readings.take(instrument, evidence).state) for instrument in told)


def run(files: Mapping[str, bytes], seed: int, numbers: Iterable[int]) -> tuple[list[Outcome], int]:
    """The mutations of these numbers, and the process's peak memory in kB so far."""
    outcomes = []
    for number in numbers:
        name, data = mutate(files, random.Random(f"{seed}/{number}"))
        started = time.process_time()
        try:
            states, escaped = read_all(name, data), ""
        except MemoryError:
            raise  # the task is repeated one by one, and the one that asked for it is named
        except Exception as error:  # noqa: BLE001 - counting them is the point
            states, escaped = (), f"{type(error).__name__}: {error}"[:200]
        cpu = time.process_time() - started
        escaped = escaped or (f"{cpu:.1f} s of CPU" if cpu > CPU else "")
        outcomes.append(Outcome(number=number, sample=name, escaped=escaped, states=states, cpu=cpu))
    return outcomes, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def detonate(files: Mapping[str, bytes], name: str, data: bytes) -> tuple[Outcome, int]:  # noqa: ARG001 - the context
    """A bomb, and the process's peak memory in kB so far."""
    started = time.process_time()
    states = read_all(name, data)
    cpu = time.process_time() - started
    escaped = f"{cpu:.1f} s of CPU" if cpu > CPU else ""
    outcome = Outcome(number=-1, sample=f"bomb: {name}", escaped=escaped, states=states, cpu=cpu)
    return outcome, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def warm(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """A warm worker: what is imported on first use is imported, so that no mutation pays for it."""
    for name, data in files.items():
        read_all(name, data)
    return files
