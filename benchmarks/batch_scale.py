"""What a batch costs over the bare corridor, with one worker and with two, and what memory it holds on a long run.

The claims are light ones, a small table each, so that the batch's own share is as large as it can be: a photo takes a
hundred times as long and the same manifest line. The bare corridor is `Verifier.verify` on claims and bytes that are in
memory already, in as many threads as the batch has; the batch reads a manifest and files, asks the archive what is
done, concludes in order and records the run. Both run by turns, `--rounds` times, each into an archive of its own with
its own workers, which have looked at a claim before the clock starts. CPU is that of all processes together.
`overhead` is the median batch over the median bare corridor, less one; on a busy machine that of CPU is the one to
trust.

Memory is the resident set of the parent while `--items` claims pass: the index of comparison grows by what it holds of
each item, which is told beside it.
"""

from __future__ import annotations

import csv
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import record, usage
from benchmarks.usage import Cost, Meter
from verifier.archive.opening import database_of
from verifier.archive.queue import Queue
from verifier.assembly import assemble
from verifier.batch import Batch, Line, Manifest, Reject
from verifier.casefile import Claim, Submission
from verifier.intake import fetch
from verifier.settings import Settings
from verifier.verify import Verifier

_AIM = 0.05  # overhead
_START = datetime(2026, 7, 1, 8, tzinfo=UTC)


def main() -> None:
    """Measure, and print the figures."""
    options = record.parser(__doc__ or "", data_required=False)
    options.add_argument("--items", type=int, default=10_000, help="claims of the run whose memory is watched")
    options.add_argument("--timed", type=int, default=400, help="claims of each timed run")
    options.add_argument("--rounds", type=int, default=5)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        timed = write_manifest(Path(folder) / "timed", given.timed)
        scaled = {str(workers): _race(timed, workers, given.rounds) for workers in (1, 2)}
        held = _memory(write_manifest(Path(folder) / "long", given.items), given.items)
    figures = {
        "timed_items": given.timed,
        "rounds": given.rounds,
        "workers": scaled,
        "speed_up_of_two_workers": round(scaled["2"]["batch"]["per_second"] / scaled["1"]["batch"]["per_second"], 2),
        "memory": held,
        "within_aim": all(each["cpu_overhead"] <= _AIM for each in scaled.values()),
    }
    record.tell("batch_scale", figures, data="tables made by the benchmark", write=given.record)


def write_manifest(folder: Path, claims: int) -> Path:
    """A manifest of light claims, each with a table of its own, handed in a minute apart."""
    folder.mkdir()
    path = folder / "manifest.csv"
    with path.open("w", newline="") as file:
        out = csv.writer(file)
        facts = ("activity", "partner", "window.start", "window.end", "submitted_at", "stated.sent")
        out.writerow(["claim", "file", "slot", *facts])
        for number in range(claims):
            sent, name = 1000 + 7 * number, f"{number}.csv"
            (folder / name).write_text(
                f"Campaign,Sent,Delivered,Unique opens\nC{number},{sent},{sent - 9},{sent // 3}\n"
            )
            at = (_START + timedelta(minutes=number)).isoformat()
            stated = ["email_campaign", f"Partner {number % 50}", date(2026, 5, 1), date(2026, 6, 28), at, sent]
            out.writerow([f"L-{number}", name, "send_report", *stated])
    return path


def _race(manifest: Path, workers: int, rounds: int) -> dict[str, Any]:
    costs: dict[str, list[Cost]] = {"bare": [], "batch": []}
    claims = _loaded(manifest)
    for number in record.progress(range(rounds), f"{workers} workers"):
        for name in ("bare", "batch") if number % 2 == 0 else ("batch", "bare"):
            with _ready(workers) as (verifier, ledger):
                walk = _batch if name == "batch" else _bare
                with Meter({os.getpid(), *usage.children()}) as meter:
                    walk(verifier, ledger, manifest, claims, workers)
            costs[name].append(meter.cost)
    bare, batch = (_side(costs[name], len(claims)) for name in ("bare", "batch"))
    return {
        "bare": bare,
        "batch": batch,
        "wall_overhead": round(batch["wall_s"] / bare["wall_s"] - 1, 3),
        "cpu_overhead": round(batch["cpu_s"] / bare["cpu_s"] - 1, 3),
    }


def _bare(
    verifier: Verifier, _ledger: Queue, _manifest: Path, claims: Sequence[tuple[Claim, list[Submission]]], workers: int
) -> None:
    with ThreadPoolExecutor(workers + 1) as hands:
        for _ in hands.map(lambda each: verifier.verify(*each), claims):
            pass


def _batch(
    verifier: Verifier, ledger: Queue, manifest: Path, claims: Sequence[tuple[Claim, list[Submission]]], workers: int
) -> None:
    with Manifest(manifest) as opened:
        outcomes = Batch(verifier=verifier, ledger=ledger, workers=workers).outcomes(opened)
        done = sum(not isinstance(outcome, Reject) for outcome in outcomes)
    assert done == len(claims)


def _memory(manifest: Path, items: int) -> dict[str, Any]:
    """Megabytes of the parent at each tenth of a long run with two workers."""
    at_tenths: list[float] = []
    started = time.perf_counter()
    with _ready(2) as (verifier, ledger), Manifest(manifest) as opened:
        outcomes = Batch(verifier=verifier, ledger=ledger, workers=2).outcomes(opened)
        for number, _ in zip(record.progress(range(1, items + 1), "memory"), outcomes, strict=True):
            if number % max(1, items // 10) == 0:
                at_tenths.append(round(_resident() / 1e6, 1))
        seconds = time.perf_counter() - started
    grown = (at_tenths[-1] - at_tenths[1]) / (items * 0.8) * 1000
    return {"items": items, "seconds": round(seconds), "mb_at_tenths": at_tenths, "kb_per_item": round(grown, 2)}


@contextmanager
def _ready(workers: int) -> Iterator[tuple[Verifier, Queue]]:
    """A corridor with a fresh archive, whose workers have all started."""
    with tempfile.TemporaryDirectory() as folder:
        settings = replace(Settings(), archive=f"sqlite:///{folder}/archive.db", workers=workers)
        with assemble(settings) as verifier, closing(Queue(database_of(settings.archive))) as ledger:
            warm = _warming(Path(folder), 4 * workers)
            with ThreadPoolExecutor(2 * workers) as hands:
                list(hands.map(lambda each: verifier.verify(*each), warm))
            yield verifier, ledger


def _warming(folder: Path, claims: int) -> list[tuple[Claim, list[Submission]]]:
    loaded = _loaded(write_manifest(folder / "warm", claims))
    return [(replace(claim, id=f"W-{claim.id}"), submissions) for claim, submissions in loaded]


def _loaded(manifest: Path) -> list[tuple[Claim, list[Submission]]]:
    with Manifest(manifest) as opened:
        lines = [line for line in opened.lines() if isinstance(line, Line)]
    return [(line.claim, [fetch(line.folder, entry) for entry in line.entries]) for line in lines]


def _side(costs: Sequence[Cost], claims: int) -> dict[str, float]:
    wall, cpu = median(cost.wall for cost in costs), median(cost.cpu for cost in costs)
    return {
        "wall_s": round(wall, 2),
        "cpu_s": round(cpu, 2),
        "per_second": round(claims / wall, 1),
        "cpu_ms_per_item": round(cpu / claims * 1000, 2),
    }


def _resident() -> int:
    """Bytes of this process that are in memory now."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    main()
