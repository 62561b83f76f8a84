"""How long one item takes through the whole corridor, beside the plain stack a user would write today.

Both run in one guarded process each, one at a time, by turns: first the one, then the other, on the same file. Engines
run with one thread; the corridor's reader gives the lines of a page to two of them and begins the second reader beside
them, so `cpu_ratio` is what a machine without an idle core would see. The corridor's time is all of `verify`: intake,
decoding, inspection, comparison with the archive, judging and filing, in a fresh SQLite archive that holds as many
other pages as the plain stack holds hashes. Times and CPU are medians, ratios are those of the medians; below 1, the
corridor is the faster one. Memory is the largest resident set (of the plain stack: its process and Tesseract's
together).

`worker_stages` is a second walk over the same files inside one worker: what each inspector used (an instrument that
several ask is charged to the first), and at the end the traces that are kept. There, `broke_worker_limits` counts the
files that a worker with the usual limits could not finish.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import plain_stack, record, samples, stages, stored_pages, usage
from benchmarks.plain_stack import PlainStack
from benchmarks.stages import MeteredInspectorate, Stopwatch
from benchmarks.usage import Cost, Meter
from verifier.assembly import assemble
from verifier.casefile import Claim, Submission, Window
from verifier.errors import WorkerError
from verifier.programs import assign_slots, brief_of
from verifier.settings import Settings
from verifier.verify import Verifier
from verifier.workers import Limits, Pool

_BRANDS = Path(__file__).parents[1] / "fixtures/brands"
_ROOMY = Limits(memory=8_000_000_000, wall=600.0, cpu=600.0)  # for both sides: what is stopped cannot be measured
_AIM_MB = 1200  # of a worker
_ACTIVITY = {"photo": "in_store_display"}


@dataclass(slots=True, kw_only=True)
class Times:
    """What the rounds of one kind cost, the same files in the same order on both sides."""

    corridor: list[Cost] = field(default_factory=list)
    plain: list[Cost] = field(default_factory=list)
    stages: list[Mapping[str, float]] = field(default_factory=list)  # seconds by the clock, as the parent sees them


@dataclass(slots=True, kw_only=True)
class Walks:
    """Stage by stage, file by file; and how many of the files broke a worker's usual limits."""

    costs: list[Mapping[str, Cost]] = field(default_factory=list)
    broken: int = 0


def main() -> None:
    """Measure, and print the figures."""
    options = record.parser(__doc__ or "", data_required=False)
    options.add_argument("--rounds", type=int, default=5, help="files of each kind; as many as there are, at most")
    options.add_argument("--stored", type=int, default=1000, help="pages already in the archive")
    given = options.parse_args()
    files = samples.samples(given.data, given.limit or given.rounds, given.seed)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            archive=f"sqlite:///{folder}/archive.db",
            brands=_BRANDS,
            workers=1,
            worker_memory=_ROOMY.memory,
            worker_wall=_ROOMY.wall,
            worker_cpu=_ROOMY.cpu,
            inspection_budget=_ROOMY.wall,
        )
        stack = partial(plain_stack.build, given.stored, given.seed)
        with Pool(stack, workers=1, limits=_ROOMY) as plain, assemble(settings) as verifier:
            stored_pages.fill(verifier.archive, given.stored, given.seed)
            times = {kind: _race(kind, each, verifier, plain) for kind, each in files.items()}
            walks = {kind: _walk(kind, each, verifier) for kind, each in files.items()}
    figures = {"kinds": {kind: _figures(times[kind], walks[kind]) for kind in files}, "stored_pages": given.stored}
    peak = max(kind["corridor"]["peak_mb"] for kind in figures["kinds"].values())
    figures["worker_peak_mb"], figures["worker_within_aim"] = peak, peak < _AIM_MB
    record.tell("throughput", figures, data=given.data.name if given.data else "fixtures", write=given.record)


def _race(kind: str, files: Sequence[Submission], verifier: Verifier, plain: Pool[PlainStack]) -> Times:
    """Both sides on each file by turns; the first file warms them up and is not counted."""
    plain_pid = plain.run(stages.own_pid)
    times = Times()
    for number, submission in enumerate(record.progress(files, kind)):
        with Meter([plain_pid]) as plainly:
            seen = plain.run(plain_stack.look, submission.data)
        watched = Stopwatch()
        ours = {os.getpid(), *usage.children()} - {plain_pid}
        with Meter(ours) as walked:
            report = watched.over(verifier).verify(_claim(kind, number), [submission])
        if left := stages.not_run(report.items[0].inspections):
            raise SystemExit(f"{submission.name}: what did not run cannot be timed: {left[0].code}: {left[0].note}")
        if number > 0:
            times.plain.append(replace(plainly.cost, peak=plainly.cost.peak + seen.engine_peak))
            times.corridor.append(walked.cost)
            times.stages.append({**watched.seconds, "inspection": walked.cost.wall - sum(watched.seconds.values())})
    return times


def _walk(kind: str, files: Sequence[Submission], verifier: Verifier) -> Walks:
    """What each stage inside the worker uses, file by file; the first file warms it up and is not counted.

    Each is tried within the limits that a worker has unless told otherwise; what breaks there is walked with more.
    """
    usual = Settings(brands=_BRANDS)
    limits = Limits(memory=usual.worker_memory, wall=usual.worker_wall, cpu=usual.worker_cpu)
    walks = Walks()
    with _walkers(usual, limits) as bounded, _walkers(usual, _ROOMY) as free:
        for number, submission in enumerate(files):
            claim = _claim(kind, number)
            activity = verifier.rulebook.activity(claim.activity)
            (item,) = assign_slots(activity, verifier.intake.receive(claim, [submission]))
            brief = brief_of(claim, activity, item, verifier.kits)
            try:
                costs = bounded.run(stages.walk, item, submission.data, brief)
            except (WorkerError, stages.NotRun) as error:
                print(f"{kind}: {submission.name}: {error}", file=sys.stderr)
                walks.broken += number > 0
                free.run(stages.walk, item, submission.data, brief)  # warms it up
                costs = free.run(stages.walk, item, submission.data, brief)
            if number > 0:
                walks.costs.append(costs)
    return walks


def _walkers(settings: Settings, limits: Limits) -> Pool[MeteredInspectorate]:
    return Pool(partial(stages.metered, settings), workers=1, limits=limits)


def _claim(kind: str, number: int) -> Claim:
    return Claim(
        id=f"{kind}-{number}",
        activity=_ACTIVITY.get(kind, "email_campaign"),
        partner="Throughput",
        window=Window(start=date(2026, 5, 1), end=date(2026, 6, 30)),
        submitted_at=datetime(2026, 7, 1, 12, tzinfo=UTC) + timedelta(minutes=number),
        brand="nordlicht",
        competitors=("pardalo",),
    )


def _figures(times: Times, walks: Walks) -> dict[str, Any]:
    """Medians of both sides, their ratios, and the medians of the stages."""
    corridor, plain = _side(times.corridor), _side(times.plain)
    within = {name: _side([walk[name] for walk in walks.costs]) for name in walks.costs[0]}
    corridor["peak_mb"] = max(stage["peak_mb"] for stage in within.values())
    pairs = zip(times.corridor, times.plain, strict=True)
    return {
        "n": len(times.corridor),
        "broke_worker_limits": walks.broken,
        "corridor": corridor,
        "plain": plain,
        "wall_ratio": round(corridor["wall_s"] / plain["wall_s"], 2),
        "cpu_ratio": round(corridor["cpu_s"] / plain["cpu_s"], 2),
        "wall_ratios": sorted(round(ours.wall / theirs.wall, 2) for ours, theirs in pairs),
        "stages_wall_s": {name: round(median(each[name] for each in times.stages), 4) for name in times.stages[0]},
        "worker_stages": within,
    }


def _side(costs: Sequence[Cost]) -> dict[str, float]:
    return {
        "wall_s": round(median(cost.wall for cost in costs), 3),
        "cpu_s": round(median(cost.cpu for cost in costs), 3),
        "peak_mb": round(max(cost.peak for cost in costs) / 1e6),
    }


if __name__ == "__main__":
    main()
