"""What the service sustains: items per second and latencies at 0.5x, 1x and 2x of what the bare corridor does.

Every claim holds one item of its own: a picture (random boxes, 800 x 600 pixels) or a table (20 random figures), the
heaviest and the lightest that a portal sends. The bare corridor verifies such claims from as many threads as the
service has, in this process. Then `verifier serve` is started over a fresh archive, and claims
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
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from PIL import Image

from benchmarks import record
from verifier.archive.keys import Keys, Scope
from verifier.archive.queue import Queue
from verifier.assembly import assemble
from verifier.casefile import Submission
from verifier.intake import parse_claim
from verifier.settings import Settings

LOADS = (0.5, 1.0, 2.0)
_LIVEZ_AIM_MS, _THROUGHPUT_AIM = 250.0, 0.9
_Form = list[tuple[str, Any]]
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
    options.add_argument("--kinds", nargs="+", choices=sorted(KINDS), default=sorted(KINDS))
    given = options.parse_args()
    figures = {kind: _figures(kind, given) for kind in given.kinds}
    figures |= {"workers": given.workers, "seconds": given.seconds}
    record.tell("service_load", figures, data="made in the benchmark", write=given.record)


def _figures(kind: str, given: Any) -> dict[str, Any]:
    capacity = _corridor(kind, given)
    loads = {f"{load}x": _load(kind, load * capacity, given) for load in record.progress(LOADS, kind)}
    busiest = loads[f"{LOADS[-1]}x"]
    ratio = round(busiest["items_per_s"] / capacity, 3)
    return {
        "corridor_items_per_s": round(capacity, 2),
        "loads": loads,
        "throughput_ratio_at_2x": ratio,
        "throughput_within_aim": ratio >= _THROUGHPUT_AIM,
        "livez_within_aim": busiest["livez_ms"]["p99"] < _LIVEZ_AIM_MS,
    }


def _corridor(kind: str, given: Any) -> float:
    """Items per second of the bare corridor, after one claim for each worker that is not counted."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(archive=f"sqlite:///{folder}/archive.db", workers=given.workers)
        with assemble(settings) as verifier, ThreadPoolExecutor(given.workers + 1) as threads:

            def verify(number: int, until: float = float("inf")) -> bool:
                if time.monotonic() >= until:
                    return False
                claim, entries = parse_claim(_facts(kind, number))
                item = Submission(
                    name=entries[0].file or "", data=_item(kind, number, given.seed), slot=entries[0].slot
                )
                verifier.verify(claim, [item])
                return time.monotonic() < until

            list(threads.map(verify, range(given.workers)))
            until = time.monotonic() + given.seconds
            numbers = range(given.workers, given.workers + int(given.seconds * 1000))
            done = sum(threads.map(partial(verify, until=until), numbers))
    return done / float(given.seconds)


def _load(kind: str, rate: float, given: Any) -> dict[str, Any]:
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
                load = asyncio.run(_send(f"http://127.0.0.1:{port}", token, kind, rate, given, archive))
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


async def _send(address: str, token: str, kind: str, rate: float, given: Any, archive: Path) -> Load:
    load = Load()
    headers = {"Authorization": f"Bearer {token}"}
    limits = httpx.Limits(max_connections=200)
    async with httpx.AsyncClient(base_url=address, headers=headers, timeout=120, limits=limits) as http:
        await _warm(http, kind, given)
        forms = [_form(kind, number, given.seed) for number in range(100, 100 + int(rate * given.seconds) + 1)]
        started_at, started = datetime.now(UTC), time.monotonic()
        probe = asyncio.create_task(asyncio.to_thread(_probe, address, load, started + given.seconds))
        async with asyncio.TaskGroup() as group:
            for number, form in enumerate(forms):
                due = started + number / rate
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                group.create_task(_submit(http, form, due, load))
            await asyncio.sleep(max(0.0, started + given.seconds - time.monotonic()))
            _count_ended(archive, started_at, time.monotonic() - started, load)
        await probe
    return load


async def _warm(http: httpx.AsyncClient, kind: str, given: Any) -> None:
    """Wait until the service is up, and have each worker built: one claim each, verified."""
    for _ in range(1200):
        try:
            if (await http.get("/readyz")).status_code == 200:
                break
        except httpx.TransportError:
            await asyncio.sleep(0.1)
    for number in range(given.workers):
        form = _form(kind, number, given.seed)
        answer = await http.post("/v1/verifications", files=form, headers={"Prefer": "wait=60"})
        if answer.status_code != 200:
            raise SystemExit(f"the service did not verify a first claim: {answer.text}")


async def _submit(http: httpx.AsyncClient, form: _Form, due: float, load: Load) -> None:
    answer = await http.post("/v1/verifications", files=form)
    load.statuses[answer.status_code] += 1
    if answer.status_code == 202:
        load.acknowledged.append(time.monotonic() - due)


def _probe(address: str, load: Load, until: float) -> None:
    """In a thread and over a connection of its own: what is measured is the service, not the sender."""
    with httpx.Client(base_url=address, timeout=60) as http:
        while (due := time.monotonic()) < until:
            http.get("/livez")
            load.live.append(time.monotonic() - due)
            time.sleep(_PROBE)


def _count_ended(archive: Path, since: datetime, seconds: float, load: Load) -> None:
    with closing(Queue(archive)) as queue:
        jobs = [job for job in queue.of_run("") if job.created_at >= since]
    ended = [job for job in jobs if job.state in ("completed", "needs_input")]
    load.rate = len(ended) / seconds
    load.through = [(job.updated_at - job.created_at).total_seconds() for job in ended]


def _facts(kind: str, number: int) -> dict[str, Any]:
    activity, slot, name, _ = KINDS[kind]
    return {
        "id": f"load-{number}",
        "activity": activity,
        "partner": "Load",
        "window": {"start": "2026-05-01", "end": "2026-06-30"},
        "submitted_at": "2026-07-01T12:00:00+00:00",
        "items": [{"file": name, "slot": slot}],
    }


def _form(kind: str, number: int, seed: int) -> _Form:
    facts = json.dumps(_facts(kind, number)).encode()
    name = KINDS[kind][2]
    return [("claim", (None, facts, "application/json")), ("files", (name, _item(kind, number, seed), "application/x"))]


def _item(kind: str, number: int, seed: int) -> bytes:
    return KINDS[kind][3](number, seed)


def _table(number: int, seed: int) -> bytes:
    """A campaign's export that no other number has."""
    draw = np.random.default_rng((seed, number))
    rows = (f"Campaign {number}-{row},{draw.integers(1000, 99999)},{draw.integers(10, 999)}" for row in range(10))
    return "\r\n".join(("Campaign,Recipients,Clicks", *rows, "")).encode()


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


KINDS: dict[str, tuple[str, str, str, Callable[[int, int], bytes]]] = {  # activity, slot, file, maker
    "picture": ("in_store_display", "context_photo", "photo.jpg", _picture),
    "table": ("email_campaign", "send_report", "export.csv", _table),
}


def _percentiles(seconds: Sequence[float]) -> dict[str, float | int | None]:
    """Milliseconds."""
    if not seconds:
        return {"n": 0, "p50": None, "p99": None}
    p50, p99 = np.percentile(seconds, (50, 99))
    return {"n": len(seconds), "p50": round(1000 * float(p50), 1), "p99": round(1000 * float(p99), 1)}


if __name__ == "__main__":
    main()
