"""The fuzz campaign of the metadata readers: seeded damage to small files of every container, in guarded workers.

    python -m benchmarks.fuzz_metadata [--limit N] [--seed N] [--record]      # make fuzz-metadata N=20000

Each mutation is read by every instrument and inspector that looks at metadata, and so is each of a score of bombs. A
worker has 256 MB, and a mutation or bomb 2 seconds of CPU: what raises, takes more or ends the process is counted as
escaped, and named by seed and number, which give the same bytes again (but for the signed file, whose signature is of
the run).
"""

from __future__ import annotations

import random
import resource
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from benchmarks import bombs
from benchmarks.carriers import samples
from benchmarks.mutations import mutate
from benchmarks.record import parser, progress, tell
from verifier.casefile import Brief, Evidence, Item, Kind, Page
from verifier.decode.messages import read_message
from verifier.errors import WorkerError
from verifier.inspectors.metadata import Metadata
from verifier.inspectors.properties import Properties
from verifier.inspectors.provenance import Provenance
from verifier.instruments import document_info, exif, maker_notes, office_info, xmp
from verifier.instruments.readings import Readings
from verifier.workers import Limits, Pool

MEMORY = 256_000_000  # bytes of a worker's data segments, Python and the libraries included
CPU = 2.0  # seconds of one mutation
BOMB = 8_000_000  # bytes of a bomb that grows; on its way into a worker it is there four times
CHUNK = 40  # mutations to a task; a task that fails is repeated one by one
_KINDS = {"pdf": Kind.DOCUMENT, "xlsx": Kind.TABLE, "pptx": Kind.SLIDES, "eml": Kind.MESSAGE}
_BOMB_KINDS = {"dictionaries": "pdf", "openings": "pdf", "members": "xlsx"}
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
    states = read_all(_BOMB_KINDS.get(name, "jpeg"), data)
    cpu = time.process_time() - started
    escaped = f"{cpu:.1f} s of CPU" if cpu > CPU else ""
    outcome = Outcome(number=-1, sample=f"bomb: {name}", escaped=escaped, states=states, cpu=cpu)
    return outcome, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def campaign(count: int, seed: int, workers: int = 2) -> dict[str, Any]:
    """`count` mutations in guarded workers."""
    files = samples()
    outcomes: list[Outcome] = []
    peak = 0
    limits = Limits(memory=MEMORY, wall=60.0, cpu=CHUNK * CPU / 4)
    chunks = [range(start, min(start + CHUNK, count)) for start in range(0, count, CHUNK)]
    with Pool(partial(_ready, files), workers=workers, limits=limits) as pool:
        waiting = [(chunk, pool.submit(run, seed, chunk)) for chunk in chunks]
        for chunk, future in progress(waiting, "chunks"):
            try:
                told, memory = future.result()
            except WorkerError:
                told, memory = one_by_one(pool, seed, chunk), 0
            outcomes.extend(told)
            peak = max(peak, memory)
        for name in bombs.NAMES:
            outcome, memory = _survived(name, pool.submit(detonate, name, bombs.make(name, BOMB)))
            outcomes.append(outcome)
            peak = max(peak, memory)
    return figures(outcomes, peak, seed, sorted(files))


def _survived(name: str, exploding: Future[tuple[Outcome, int]]) -> tuple[Outcome, int]:
    try:
        return exploding.result()
    except Exception as error:  # noqa: BLE001 - counting them is the point
        escaped = f"{type(error).__name__}: {error}"[:200]
        return Outcome(number=-1, sample=f"bomb: {name}", escaped=escaped, states=(), cpu=CPU), 0


def _ready(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """A warm worker: what is imported on first use is imported, so that no mutation pays for it."""
    for name, data in files.items():
        read_all(name, data)
    return files


def one_by_one(pool: Pool[Mapping[str, bytes]], seed: int, numbers: Sequence[int]) -> list[Outcome]:
    """A chunk that ended its worker again, each mutation a task of its own, so that the guilty one is named."""
    outcomes: list[Outcome] = []
    for number in numbers:
        try:
            outcomes.extend(pool.run(run, seed, (number,))[0])
        except WorkerError as error:
            escaped = f"{type(error).__name__}: {error}"[:200]
            outcomes.append(Outcome(number=number, sample="", escaped=escaped, states=(), cpu=CPU))
    return outcomes


def figures(outcomes: Sequence[Outcome], peak: int, seed: int, names: Sequence[str]) -> dict[str, Any]:
    """The campaign's result."""
    times = sorted(outcome.cpu for outcome in outcomes)
    guilty = [outcome for outcome in outcomes if outcome.escaped]
    states = {
        reader: dict(sorted(Counter(outcome.states[place] for outcome in outcomes if outcome.states).items()))
        for place, reader in enumerate(("exif", "xmp", "maker note", "pdf", "office"))
    }
    return {
        "mutations": sum(outcome.number >= 0 for outcome in outcomes),
        "bombs": sum(outcome.sample.startswith("bomb: ") for outcome in outcomes),
        "seed": seed,
        "samples": list(names),
        "maker note bombs": sum(outcome.sample.endswith("maker note bomb") for outcome in outcomes),
        "escaped": len(guilty),
        "escapes": [f"{outcome.number} ({outcome.sample}): {outcome.escaped}" for outcome in guilty[:20]],
        "states": states,
        "cpu_ms_mean": round(1000 * statistics.fmean(times), 3),
        "cpu_ms_p99": round(1000 * times[int(0.99 * len(times))], 3),
        "cpu_s_max": round(times[-1], 4),
        "cpu_s_limit": CPU,
        "peak_mb": round(peak / 1000, 1),
        "memory_limit_mb": MEMORY // 1_000_000,
    }


def main() -> None:
    """Run, print, and record where asked to."""
    options = parser(__doc__ or "", data_required=False).parse_args()
    told = campaign(options.limit or 20_000, options.seed)
    tell("fuzz_metadata", told, data="made by benchmarks.carriers", write=options.record)


if __name__ == "__main__":
    main()
