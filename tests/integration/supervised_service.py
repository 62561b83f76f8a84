"""Run as a program: a light service that is started again whenever it dies, as a supervisor would. Prints each pid.

Usage: supervised_service.py ARCHIVE PORT. The parent has imported everything, so that a start takes no time.
"""

from __future__ import annotations

import os
import sys
import time
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import uvicorn

sys.path.insert(0, str(Path(__file__).parents[1]))

from light_corridor import LIMITS, light_service, rulebook

from verifier.api import create_app
from verifier.casefile import Brief, Item
from verifier.inspection import Inspected


def slowly(_item: Item, _data: bytes, _brief: Brief) -> Future[Inspected]:
    """Long enough to be killed in."""
    time.sleep(0.05)
    done: Future[Inspected] = Future()
    done.set_result(Inspected(inspections=()))
    return done


def serve(path: Path, port: int) -> None:
    with light_service(path, slowly, replace(LIMITS, waiting=500)) as service:
        uvicorn.run(create_app(service), port=port, log_level="critical")


def main(path: Path, port: int) -> None:
    rulebook()
    while True:
        child = os.fork()
        if child == 0:
            serve(path, port)
            os._exit(0)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        os.waitpid(child, 0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
