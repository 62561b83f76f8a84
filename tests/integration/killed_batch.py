"""A batch over the light corridor, made to be killed: `killed_batch.py MANIFEST ARCHIVE LOG`.

Each inspection takes a moment, and is told to LOG (one line "pid item") before it begins.
"""

from __future__ import annotations

import os
import sys
import time
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from light_corridor import light_verifier

from verifier.archive.queue import Queue
from verifier.archive.sqlite import SqliteArchive
from verifier.batch import Batch, Manifest
from verifier.casefile import Brief, Item
from verifier.inspection import Inspected

manifest_path, archive_path, log_path = map(Path, sys.argv[1:])
log = os.open(log_path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)


def inspect(item: Item, _data: bytes, _brief: Brief) -> Future[Inspected]:
    os.write(log, f"{os.getpid()} {item.id}\n".encode())
    time.sleep(0.01)
    done: Future[Inspected] = Future()
    done.set_result(Inspected(inspections=()))
    return done


with closing(SqliteArchive(archive_path)) as archive, closing(Queue(archive_path)) as ledger:
    batch = Batch(verifier=light_verifier(archive, inspect), ledger=ledger, workers=2)
    with Manifest(manifest_path) as manifest:
        for _ in batch.outcomes(manifest):
            pass
