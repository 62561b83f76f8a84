"""The fuzz campaign of the metadata readers: seeded damage to small files of every container, in guarded workers.

    python -m benchmarks.fuzz_metadata [--limit N] [--seed N] [--record]      # make fuzz-metadata N=20000

Each mutation is read by every instrument and inspector that looks at metadata, and so is each of a score of bombs. A
worker has 256 MB, and a mutation or bomb 2 seconds of CPU: what raises, takes more or ends the process is counted as
escaped, and named by seed and number, which give the same bytes again (but for the signed file, whose signature is of
the run).
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Any

from benchmarks import bombs
from benchmarks.carriers import samples
from benchmarks.reading import CPU, Outcome, detonate, run, warm
from benchmarks.record import parser, progress, tell
from verifier.errors import WorkerError
from verifier.workers import Limits, Pool

MEMORY = 256_000_000  # bytes of a worker's data segments, Python and the libraries included
BOMB = 8_000_000  # bytes of a bomb that grows; on its way into a worker it is there four times
CHUNK = 100  # mutations to a task; a task that fails is repeated one by one


def campaign(count: int, seed: int, workers: int = 2) -> dict[str, Any]:
    """`count` mutations in guarded workers."""
    files = samples()
    outcomes: list[Outcome] = []
    peak = 0
    limits = Limits(memory=MEMORY, wall=60.0, cpu=CHUNK * CPU / 10)
    chunks = [range(start, min(start + CHUNK, count)) for start in range(0, count, CHUNK)]
    with Pool(partial(warm, files), workers=workers, limits=limits) as pool:
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
