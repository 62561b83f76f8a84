"""How a benchmark tells its figures: progress on stderr, one JSON line last, a result of record if asked for.

Every benchmark takes `--record`; without it, nothing in the repository changes.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sized
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from scipy.stats import beta

T = TypeVar("T")
RESULTS = Path(__file__).parent / "results"


def parser(about: str, *, data_required: bool = True) -> argparse.ArgumentParser:
    """The options that all benchmarks share: `--data DIR`, `--limit N`, `--seed N` and `--record`."""
    options = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, required=data_required, help="a folder as the data's README describes")
    options.add_argument("--limit", type=int, default=None, help="use a sample of this size")
    options.add_argument("--seed", type=int, default=0, help="draws the sample")
    options.add_argument("--record", action="store_true", help="write benchmarks/results/NAME.json")
    return options


def interval(hits: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """The two-sided Clopper-Pearson bounds of a share; (0, 1) when nothing was tried."""
    tail = (1 - confidence) / 2
    low = 0.0 if hits == 0 else float(beta.ppf(tail, hits, trials - hits + 1))
    high = 1.0 if hits == trials else float(beta.ppf(1 - tail, hits + 1, trials - hits))
    return low, high


def share(hits: int, trials: int) -> dict[str, Any]:
    """k of n as a figure: the share (None of nothing) and its 95% bounds."""
    low, high = interval(hits, trials)
    value = round(hits / trials, 6) if trials else None
    return {"k": hits, "n": trials, "share": value, "low": float(f"{low:.3g}"), "high": float(f"{high:.3g}")}


def tell(name: str, figures: Mapping[str, Any], *, data: str, write: bool = False) -> None:
    """Print the figures as the last line of stdout and, if asked to `write`, keep them as the result of record."""
    if write:
        record(name, figures, data)
    print(json.dumps(figures, sort_keys=True))


def record(name: str, figures: Mapping[str, Any], data: str) -> Path:
    """Write the result of record: figures, machine, commit, date and the name of the data set (never its path)."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / f"{name}.json"
    whole = {
        "benchmark": name,
        "data": data,
        "date": datetime.now(UTC).date().isoformat(),
        "commit": commit(),
        "machine": machine(),
        "figures": figures,
    }
    path.write_text(json.dumps(whole, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return path


def machine() -> dict[str, Any]:
    """The processor's model, the cores that may be used, and the versions that figures depend on."""
    return {"cpu": _cpu(), "cores": len(os.sched_getaffinity(0)), "python": platform.python_version()}


def commit() -> str:
    """The commit of the checkout, with "+" when tracked files differ from it; "unknown" outside a checkout."""
    try:
        head = _git("rev-parse", "--short=12", "HEAD")
        return head + ("+" if _git("status", "--porcelain", "--untracked-files=no") else "")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def progress(things: Iterable[T], label: str) -> Iterator[T]:
    """The things, counted on stderr in tenths."""
    total = len(things) if isinstance(things, Sized) else None
    for number, thing in enumerate(things, 1):
        yield thing
        step = max(1, total // 10) if total else 100
        if number % step == 0 or number == total:
            print(f"{label}: {number}{f' of {total}' if total else ''}", file=sys.stderr, flush=True)


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _git(*arguments: str) -> str:
    answer = subprocess.run(["git", *arguments], cwd=RESULTS.parent, check=True, capture_output=True, text=True)
    return answer.stdout.strip()
