"""What a process uses: CPU seconds and peak memory, as Linux keeps them under /proc."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_TICK = os.sysconf("SC_CLK_TCK")  # CPU time comes in these: 10 ms nearly everywhere


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Seconds by the clock, CPU seconds, and the peak of resident memory in bytes (0 where nobody looked)."""

    wall: float = 0.0
    cpu: float = 0.0
    peak: int = 0


def children(of: int | None = None) -> set[int]:
    """The direct children of a process (this one's, unless said otherwise)."""
    parent = of or os.getpid()
    found = set()
    for place in Path("/proc").iterdir():
        if place.name.isdigit():
            with suppress(OSError, IndexError):
                if int(_stat(int(place.name))[1]) == parent:
                    found.add(int(place.name))
    return found


def cpu(pid: int) -> float:
    """CPU seconds of the process and of the children that it has waited for; 0 when it is gone."""
    with suppress(OSError):
        return sum(int(ticks) for ticks in _stat(pid)[11:15]) / _TICK
    return 0.0


def of_tree(pid: int) -> float:
    """CPU seconds of a process and of all that descend from it, those that were waited for among them."""
    return cpu(pid) + sum(map(of_tree, children(pid)))


def peak(pid: int) -> int:
    """The most resident memory since the last `forget_peak`, in bytes; 0 when the process is gone."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def forget_peak(pid: int) -> None:
    """Start the peak anew at what is resident now. A kernel that does not allow it leaves the peak of a lifetime."""
    with suppress(OSError):
        Path(f"/proc/{pid}/clear_refs").write_text("5")


class Meter:
    """Between `with` and its end: `cost` is what these processes used, added up; the peak is of the largest one."""

    def __init__(self, pids: Iterable[int]) -> None:
        self._pids = tuple(pids)
        self.cost = Cost()

    def __enter__(self) -> Self:
        for pid in self._pids:
            forget_peak(pid)
        self._cpu = sum(map(cpu, self._pids))
        self._wall = time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        wall = time.perf_counter() - self._wall
        used = sum(map(cpu, self._pids)) - self._cpu
        self.cost = Cost(wall=wall, cpu=used, peak=max(map(peak, self._pids), default=0))


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the state on: the name before them may hold blanks and brackets."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
