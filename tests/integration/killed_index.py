"""Files claims and indexes them in two processes at once, kills both again and again, and tells what was lost.

    python killed_index.py FOLDER ROUNDS

Prints JSON: how many claims were acknowledged, which of them are lost, and what is wrong with the index.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import random
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchmarks.stored_pages import claim_of
from verifier.archive.sqlite import SqliteArchive
from verifier.casefile import Trace
from verifier.comparison.catalogue import Catalogue

TENANT = "default"
PAGES = 3  # of a claim


def trace_of(name: str) -> Trace:
    """A page whose hashes tell which it is."""
    digest = hashlib.sha256(name.encode()).hexdigest()
    return Trace(
        page=0,
        width=640,
        height=480,
        pixel_digest=digest,
        pdq=hashlib.sha256(f"pdq {name}".encode()).hexdigest(),
        pdq_quality=100,
        phash=digest[:16],
        dhash=digest[:16],
        words=(f"invoice {int(digest[:6], 16)}", "7345"),
    )


def work(path: Path, name: str, acknowledge: int) -> None:
    """File and index until killed; what was filed is acknowledged at once."""
    archive = SqliteArchive(path)
    catalogue = Catalogue(archive=archive)
    for number in range(1_000_000):
        report, items = claim_of(f"{name}-{number}", PAGES, datetime.now(UTC))
        archive.file(report, {item.id: [trace_of(item.id)] for item in items})
        os.write(acknowledge, f"{name}-{number}\n".encode())
        catalogue.index(TENANT, archive.watermark(TENANT))


def killed(path: Path, name: str, after: int, seconds: float) -> list[str]:
    """What two workers acknowledged before they were killed: some time `after` so many claims."""
    read, write = os.pipe()
    workers = []
    for letter in "ab":
        pid = os.fork()
        if pid == 0:
            os.close(read)
            work(path, f"{name}{letter}", write)
        workers.append(pid)
    os.close(write)
    told = b""
    while told.count(b"\n") < after:
        told += os.read(read, 4096)
    time.sleep(seconds)
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    for pid in workers:
        os.waitpid(pid, 0)
    with os.fdopen(read, "rb") as pipe:
        return (told + pipe.read()).decode().split()


def lost(path: Path, acknowledged: list[str]) -> list[str]:
    """Acknowledged claims that a fresh look-up does not find, by hash and by pixels."""
    archive = SqliteArchive(path)
    catalogue = Catalogue(archive=archive)
    watermark = archive.watermark(TENANT)
    index = catalogue.index(TENANT, watermark)
    everything = np.ones(watermark, bool)
    missing = []
    for claim in acknowledged:
        trace = trace_of(f"{claim}/r1/{PAGES - 1}")
        by_hash = catalogue.sightings(TENANT, index.near(trace, everything))
        by_pixels = catalogue.sightings(TENANT, index.holding("pixels", trace.pixel_digest, everything))
        if [claim] != [seen.claim for seen in by_hash] or [claim] != [seen.claim for seen in by_pixels]:
            missing.append(claim)
    archive.close()
    return missing


def main() -> None:
    """Run all rounds on one archive."""
    folder, rounds = Path(sys.argv[1]), int(sys.argv[2])
    complaints: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: complaints.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger("verifier").addHandler(handler)
    path, chance = folder / "archive.db", random.Random(1)  # noqa: S311 - not for secrets
    SqliteArchive(path).close()
    acknowledged: list[str] = []
    torn: list[str] = []
    for number in range(rounds):
        acknowledged += killed(path, f"r{number}", chance.randint(1, 12), chance.uniform(0, 0.03))
        archive = SqliteArchive(path)
        torn += Catalogue(archive=archive).check(TENANT)[1]
        archive.close()
    missing = lost(path, acknowledged)
    told = {"acknowledged": len(acknowledged), "lost": missing, "torn": torn, "complaints": complaints}
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
