"""What the service sustains: items per second and latencies at 0.5x, 1x and 2x of what the bare corridor does.

Every claim holds one picture of its own (random boxes, 800 x 600 pixels). The bare corridor verifies such claims from
as many threads as the service has, in this process. Then `verifier serve` is started over a fresh archive, and claims
are sent over loopback at a fixed rate, whether or not it keeps up, while `/livez` is asked every 50 ms. Times are by
the clock, from the moment at which a request was due: a late sender counts against the service. The sender runs on the
same machine, so give it a core: `--workers` should be one less than there are cores.

`acknowledged` is the answer 202; `through` is from the acknowledgement to the end of the claim, of those that ended
while claims were sent; `refused` counts 503, which is what a full queue is meant to say.
"""

from __future__ import annotations

import asyncio
import io
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from PIL import Image

from benchmarks import record
from verifier.archive.keys import Keys, Scope
from verifier.archive.queue import Queue
from verifier.assembly import assemble
from verifier.casefile import Claim, Submission, Window
from verifier.settings import Settings

LOADS = (0.5, 1.0, 2.0)
_LIVEZ_AIM_MS, _THROUGHPUT_AIM = 250.0, 0.9
_PROBE = 0.05  # seconds between two looks at /livez


@dataclass(slots=True, kw_only=True)
class Load:
    """What one run at a fixed rate gave. Seconds."""

    acknowledged: list[float] = field(default_factory=list)
    live: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    through: list[float] = field(default_factory=list)
    rate: float = 0.0  # claims that ended, per second


def main() -> None:
    """Measure, and print the figures."""
    options = record.parser(__doc__ or "", data_required=False)
    options.add_argument("--seconds", type=float, default=20.0, help="of each load")
    options.add_argument("--workers", type=int, default=max(1, len(os.sched_getaffinity(0)) - 1))
    given = options.parse_args()
    capacity = _corridor(given.workers, given.seconds, given.seed)
    loads = {f"{load}x": _load(load * capacity, given) for load in record.progress(LOADS, "loads")}
    busiest = loads[f"{LOADS[-1]}x"]
    ratio = round(busiest["items_per_s"] / capacity, 3)
    figures = {
        "corridor_items_per_s": round(capacity, 2),
        "loads": loads,
        "workers": given.workers,
        "seconds": given.seconds,
        "throughput_ratio_at_2x": ratio,
        "throughput_within_aim": ratio >= _THROUGHPUT_AIM,
        "livez_within_aim": busiest["livez_ms"]["p99"] < _LIVEZ_AIM_MS,
    }
    record.tell("service_load", figures, data="made in the benchmark", write=given.record)


def _corridor(workers: int, seconds: float, seed: int) -> float:
    """Items per second of the bare corridor, after one claim for each worker that is not counted."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(archive=f"sqlite:///{folder}/archive.db", workers=workers)
        with assemble(settings) as verifier, ThreadPoolExecutor(workers + 1) as threads:

            def verify(number: int) -> bool:
                if time.monotonic() >= until:
                    return False
                facts = _facts(number)
                claim = Claim(
                    id=facts["id"],
                    activity=facts["activity"],
                    partner=facts["partner"],
                    window=Window(start=date(2026, 5, 1), end=date(2026, 6, 30)),
                    submitted_at=datetime(2026, 7, 1, 12, tzinfo=UTC),
                )
                verifier.verify(
                    claim, [Submission(name="photo.jpg", data=_picture(number, seed), slot="context_photo")]
                )
                return time.monotonic() < until

            until = time.monotonic() + 600
            list(threads.map(verify, range(workers)))
            started = time.monotonic()
            until = started + seconds
            done = sum(threads.map(verify, range(workers, workers + int(seconds * 100))))
    return done / seconds


def _load(rate: float, given: Any) -> dict[str, Any]:
    """A fresh service under claims at `rate` per second."""
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "archive.db"
        with closing(Keys(archive)) as keys:
            _, token = keys.create("default", "load", Scope, datetime.now(UTC))
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            port = int(taken.getsockname()[1])
        command = [sys.executable, "-m", "verifier", "serve", "--archive", f"sqlite:///{archive}", "--port", str(port)]
        environment = {**os.environ, "VERIFIER_WORKERS": str(given.workers)}
        with subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as service:
            try:
                load = asyncio.run(_send(f"http://127.0.0.1:{port}", token, rate, given, archive))
            finally:
                service.kill()
    return {
        "offered_per_s": round(rate, 2),
        "items_per_s": round(load.rate, 2),
        "acknowledged_ms": _percentiles(load.acknowledged),
        "through_ms": _percentiles(load.through),
        "livez_ms": _percentiles(load.live),
        "statuses": {str(status): count for status, count in sorted(load.statuses.items())},
        "refused": load.statuses[503],
    }


async def _send(address: str, token: str, rate: float, given: Any, archive: Path) -> Load:
    load = Load()
    headers = {"Authorization": f"Bearer {token}"}
    limits = httpx.Limits(max_connections=200)
    async with httpx.AsyncClient(base_url=address, headers=headers, timeout=120, limits=limits) as http:
        await _warm(http, given)
        pictures = [_picture(number, given.seed) for number in range(100, 100 + int(rate * given.seconds) + 1)]
        started_at, started = datetime.now(UTC), time.monotonic()
        probe = asyncio.create_task(_probe(http, load, started + given.seconds))
        async with asyncio.TaskGroup() as group:
            for number, picture in enumerate(pictures):
                due = started + number / rate
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                group.create_task(_submit(http, number + 100, picture, due, load))
            await asyncio.sleep(max(0.0, started + given.seconds - time.monotonic()))
            _count_ended(archive, started_at, time.monotonic() - started, load)
        await probe
    return load


async def _warm(http: httpx.AsyncClient, given: Any) -> None:
    """Wait until the service is up, and have each worker built: one claim each, verified."""
    for _ in range(1200):
        try:
            if (await http.get("/readyz")).status_code == 200:
                break
        except httpx.TransportError:
            await asyncio.sleep(0.1)
    for number in range(given.workers):
        answer = await http.post(
            "/v1/verifications", files=_form(number, _picture(number, given.seed)), headers={"Prefer": "wait=60"}
        )
        if answer.status_code != 200:
            raise SystemExit(f"the service did not verify a first claim: {answer.text}")


async def _submit(http: httpx.AsyncClient, number: int, picture: bytes, due: float, load: Load) -> None:
    answer = await http.post("/v1/verifications", files=_form(number, picture))
    load.statuses[answer.status_code] += 1
    if answer.status_code == 202:
        load.acknowledged.append(time.monotonic() - due)


async def _probe(http: httpx.AsyncClient, load: Load, until: float) -> None:
    while (due := time.monotonic()) < until:
        await http.get("/livez")
        load.live.append(time.monotonic() - due)
        await asyncio.sleep(_PROBE)


def _count_ended(archive: Path, since: datetime, seconds: float, load: Load) -> None:
    with closing(Queue(archive)) as queue:
        jobs = [job for job in queue.of_run("") if job.created_at >= since]
    ended = [job for job in jobs if job.state in ("completed", "needs_input")]
    load.rate = len(ended) / seconds
    load.through = [(job.updated_at - job.created_at).total_seconds() for job in ended]


def _facts(number: int) -> dict[str, Any]:
    return {
        "id": f"load-{number}",
        "activity": "in_store_display",
        "partner": "Load",
        "window": {"start": "2026-05-01", "end": "2026-06-30"},
        "submitted_at": "2026-07-01T12:00:00+00:00",
        "items": [{"file": "photo.jpg", "slot": "context_photo"}],
    }


def _form(number: int, picture: bytes) -> list[tuple[str, Any]]:
    claim = (None, json.dumps(_facts(number)).encode(), "application/json")
    return [("claim", claim), ("files", ("photo.jpg", picture, "image/jpeg"))]


def _picture(number: int, seed: int) -> bytes:
    """Boxes that no other number has."""
    draw = np.random.default_rng((seed, number))
    pixels = np.full((600, 800, 3), 225, np.uint8)
    for _ in range(120):
        left, top = draw.integers(0, 780), draw.integers(0, 580)
        pixels[top : top + draw.integers(8, 120), left : left + draw.integers(8, 120)] = draw.integers(0, 255, 3)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=88)
    return file.getvalue()


def _percentiles(seconds: Sequence[float]) -> dict[str, float | int | None]:
    """Milliseconds."""
    if not seconds:
        return {"n": 0, "p50": None, "p99": None}
    p50, p99 = np.percentile(seconds, (50, 99))
    return {"n": len(seconds), "p50": round(1000 * float(p50), 1), "p99": round(1000 * float(p99), 1)}


if __name__ == "__main__":
    main()
