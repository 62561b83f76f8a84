"""What the service sustains: items per second and latencies at 0.5x, 1x and 2x of what the bare corridor does.

Every claim holds one item of its own: a picture (random boxes, 800 x 600 pixels) or a table (20 random figures), the
heaviest and the lightest that a portal sends. The bare corridor verifies such claims, whose bytes are in memory, from
as many threads as the service has, in this process and into an archive of the same kind: what it filed is on the disk
(`synchronous=FULL`). The service has more to keep: the claim before it answers, and where each job stands. It is
`verifier serve` over a fresh archive, which answers in one process and walks the corridor in another, and claims are
sent over loopback at a fixed rate, whether or not it keeps up, while `/livez` is asked every 50 ms. Times are by the
clock, from the moment at which a request was due: a late sender counts against the service.

The sender runs on the same machine, so give it a core: `--workers` should be one less than there are cores. Where
corridor and sender need the same core, the ratio of throughputs says little about the service. `cpu_ms_per_item` is
what the service and its workers used until the last of these claims had ended, beside the bare corridor's: that ratio
is free of the sender and, nearly, of whatever else runs. `cpu_over_corridor` is that of 1x; at 2x there are also the
answers to those that were turned away.

`acknowledged` is the answer 202; `through` is from the acknowledgement to the end of the claim, of those that ended
while claims were sent; `refused` counts 503, which is what a full queue is meant to say; `unanswered` counts requests
that got no whole answer, and must be 0.
"""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from benchmarks import portal_claims, record, sender, usage
from benchmarks.portal_claims import KINDS
from verifier.archive.keys import Keys, Scope
from verifier.archive.queue import Queue
from verifier.assembly import assemble
from verifier.casefile import Claim, JobState, Submission
from verifier.settings import Settings

LOADS = (0.5, 1.0, 2.0)
_LIVEZ_AIM_MS, _SHARE_AIM = 250.0, 0.9
_PROBE = 0.05  # seconds between two looks at /livez


@dataclass(slots=True, kw_only=True)
class Load:
    """What one run at a fixed rate gave. Seconds."""

    acknowledged: list[float] = field(default_factory=list)
    live: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    through: list[float] = field(default_factory=list)
    unanswered: int = 0
    ended: int = 0  # those that waited when the last was sent among them
    wall: float = 0.0
    service_cpu: float = 0.0
    sender_cpu: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bare:
    """The bare corridor: items per second, and CPU seconds of an item."""

    rate: float
    cpu: float


def main() -> None:
    """Measure, and print the figures."""
    options = record.parser(__doc__ or "", data_required=False)
    options.add_argument("--seconds", type=float, default=20.0, help="of each load")
    options.add_argument("--workers", type=int, default=max(1, len(os.sched_getaffinity(0)) - 1))
    options.add_argument("--kinds", nargs="+", choices=sorted(KINDS), default=sorted(KINDS))
    given = options.parse_args()
    figures = {kind: _figures(kind, given) for kind in given.kinds}
    figures |= {"workers": given.workers, "seconds": given.seconds}
    record.tell("service_load", figures, data="made in the benchmark", write=given.record)


def _figures(kind: str, given: Any) -> dict[str, Any]:
    bare = _corridor(kind, given)
    loads = {f"{load}x": _told(_load(kind, load * bare.rate, given), bare) for load in record.progress(LOADS, kind)}
    busiest = loads[f"{LOADS[-1]}x"]
    ratio = round(busiest["items_per_s"] / bare.rate, 3)
    return {
        "corridor": {"items_per_s": round(bare.rate, 2), "cpu_ms_per_item": round(1000 * bare.cpu, 2)},
        "loads": loads,
        "cpu_over_corridor": loads["1.0x"]["cpu_over_corridor"],
        "throughput_ratio_at_2x": ratio,
        "throughput_within_aim": ratio >= _SHARE_AIM,
        "livez_within_aim": busiest["livez_ms"]["p99"] < _LIVEZ_AIM_MS,
    }


def _corridor(kind: str, given: Any) -> Bare:
    """After one claim for each worker that is not counted."""
    most = int(given.seconds * KINDS[kind].most_per_second)
    claims = [portal_claims.claim(kind, number, given.seed) for number in range(given.workers + most)]
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(archive=f"sqlite:///{folder}/archive.db", workers=given.workers)
        with assemble(settings) as verifier, ThreadPoolExecutor(given.workers + 1) as threads:
            list(threads.map(lambda each: verifier.verify(*each), claims[: given.workers]))
            started, used = time.monotonic(), usage.of_tree(os.getpid())
            until = started + given.seconds

            def verify(each: tuple[Claim, list[Submission]]) -> bool:
                if time.monotonic() >= until:
                    return False
                verifier.verify(*each)
                return True

            done = sum(threads.map(verify, claims[given.workers :]))
            seconds, cpu = time.monotonic() - started, usage.of_tree(os.getpid()) - used
    return Bare(rate=done / seconds, cpu=cpu / done)


def _load(kind: str, rate: float, given: Any) -> Load:
    """A fresh service under claims at `rate` per second."""
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "archive.db"
        with closing(Keys(archive)) as keys:
            _, token = keys.create("default", "load", Scope, datetime.now(UTC))
        headers = {"Authorization": f"Bearer {token}"}
        with _serving(archive, given.workers) as (pid, port):
            _warm(f"http://127.0.0.1:{port}", headers, kind, given)
            return asyncio.run(_send(pid, port, headers, kind, rate, given, archive))


@contextmanager
def _serving(archive: Path, workers: int) -> Iterator[tuple[int, int]]:
    """The process and the port of a service that is starting."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = int(taken.getsockname()[1])
    command = [sys.executable, "-m", "verifier", "serve", "--archive", f"sqlite:///{archive}", "--port", str(port)]
    environment = {**os.environ, "VERIFIER_WORKERS": str(workers)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as service:
        try:
            yield service.pid, port
        finally:
            service.terminate()  # and wait: what works claims off has a process of its own


def _warm(address: str, headers: dict[str, str], kind: str, given: Any) -> None:
    """Wait until the service is up, and have each worker built: one claim each, verified."""
    with httpx.Client(base_url=address, headers=headers | {"Content-Type": sender.TYPE}, timeout=120) as http:
        for _ in range(600):
            with suppress(httpx.TransportError):
                if http.get("/readyz").status_code == 200:
                    break
            time.sleep(0.1)
        for number in range(given.workers):
            form = portal_claims.form(kind, number, given.seed)
            answer = http.post("/v1/verifications", content=form, headers={"Prefer": "wait=60"})
            if answer.status_code != 200:
                raise SystemExit(f"the service did not verify a first claim: {answer.text}")


async def _send(
    pid: int, port: int, headers: dict[str, str], kind: str, rate: float, given: Any, archive: Path
) -> Load:
    load = Load()
    forms = [portal_claims.form(kind, number, given.seed) for number in range(100, 100 + int(rate * given.seconds) + 1)]
    portal = sender.Sender(port, headers | {"Content-Type": sender.TYPE})
    started_at, started = datetime.now(UTC), time.monotonic()
    used, spent = usage.of_tree(pid), time.process_time()
    probe = threading.Thread(target=_probe, args=[port, load, started + given.seconds])
    probe.start()
    async with asyncio.TaskGroup() as group:
        for number, form in enumerate(forms):
            due = started + number / rate
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            group.create_task(_submit(portal, form, due, load))
        await asyncio.sleep(max(0.0, started + given.seconds - time.monotonic()))
        load.wall = time.monotonic() - started
        load.sender_cpu = time.process_time() - spent
        load.through = await asyncio.to_thread(_ended, archive, started_at)
    probe.join()
    portal.close()
    await asyncio.to_thread(_work_off, archive, until=started + 3 * given.seconds)
    load.service_cpu, load.ended = usage.of_tree(pid) - used, len(_ended(archive, started_at))
    return load


async def _submit(portal: sender.Sender, form: bytes, due: float, load: Load) -> None:
    try:
        status = await portal.post("/v1/verifications", form)
    except (OSError, EOFError):
        load.unanswered += 1
        return
    load.statuses[status] += 1
    if status == 202:
        load.acknowledged.append(time.monotonic() - due)


def _probe(port: int, load: Load, until: float) -> None:
    """In a thread and over a connection of its own: what is measured is the service, not the sender."""
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as http:
        while (due := time.monotonic()) < until:
            http.get("/livez")
            load.live.append(time.monotonic() - due)
            time.sleep(_PROBE)


def _ended(archive: Path, since: datetime) -> list[float]:
    """How long each claim took from its acknowledgement to its end, of those that were sent since and have ended."""
    with closing(Queue(archive)) as queue:
        jobs = [job for job in queue.of_run("") if job.created_at >= since]
    ended = [job for job in jobs if job.state in (JobState.COMPLETED, JobState.NEEDS_INPUT)]
    return [(job.updated_at - job.created_at).total_seconds() for job in ended]


def _work_off(archive: Path, until: float) -> None:
    """Wait until nothing waits and nothing is under way."""
    with closing(Queue(archive)) as queue:
        while time.monotonic() < until and any(
            queue.counts()[state] for state in (JobState.QUEUED, JobState.PROCESSING)
        ):
            time.sleep(0.2)


def _told(load: Load, bare: Bare) -> dict[str, Any]:
    """One load as figures."""
    cpu = load.service_cpu / load.ended if load.ended else float("nan")
    return {
        "offered_per_s": round((load.statuses.total() + load.unanswered) / load.wall, 2),
        "items_per_s": round(len(load.through) / load.wall, 2),
        "cpu_ms_per_item": round(1000 * cpu, 2),
        "cpu_over_corridor": round(cpu / bare.cpu - 1, 3),
        "sender_cpu_share": round(load.sender_cpu / load.wall, 3),
        "acknowledged_ms": _percentiles(load.acknowledged),
        "through_ms": _percentiles(load.through),
        "livez_ms": _percentiles(load.live),
        "statuses": {str(status): count for status, count in sorted(load.statuses.items())},
        "refused": load.statuses[503],
        "unanswered": load.unanswered,
    }


def _percentiles(seconds: Sequence[float]) -> dict[str, float | int | None]:
    """Milliseconds."""
    if not seconds:
        return {"n": 0, "p50": None, "p99": None}
    p50, p99 = np.percentile(seconds, (50, 99))
    return {"n": len(seconds), "p50": round(1000 * float(p50), 1), "p99": round(1000 * float(p99), 1)}


if __name__ == "__main__":
    main()
