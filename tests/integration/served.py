"""`verifier serve` as an operator starts it: a program of its own, on a port of its own."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import httpx


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


class Served:
    """The service over an archive, or as the arguments say; its log is beside the archive."""

    def __init__(self, archive: Path, *arguments: str, **environment: str) -> None:
        self.address = f"http://127.0.0.1:{free_port()}"
        self._log = archive.with_suffix(".log")
        command = [sys.executable, "-m", "verifier", "serve"]
        command += arguments or ("--archive", f"sqlite:///{archive}")
        with self._log.open("ab") as log:
            self._start = log.tell()
            self.process = subprocess.Popen(
                [*command, "--port", self.address.rpartition(":")[2]],
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, "VERIFIER_WORKERS": "1", **environment},
            )
        self._wait()

    @property
    def log(self) -> str:
        return self._log.read_bytes()[self._start :].decode()

    @property
    def first_key(self) -> str | None:
        found = re.search(r"vk_\S+", self.log)
        return found[0] if found else None

    def stop(self, seconds: float = 60.0) -> int:
        """SIGTERM; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)

    def __enter__(self) -> Served:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def _wait(self) -> None:
        until = time.monotonic() + 120
        while time.monotonic() < until:
            assert self.process.poll() is None, self.log
            with suppress(httpx.TransportError):
                if httpx.get(f"{self.address}/readyz").status_code == 200:
                    return
            time.sleep(0.1)
        raise AssertionError(f"the service did not come up: {self.log}")
