"""Tasks and contexts for a pool: importable, as it asks for them."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from verifier.errors import ModelError
from verifier.workers import Limits

MEMORY = 200_000_000


@dataclass(frozen=True)
class Context:
    """What a worker builds once: a word, and the process that it was built in."""

    word: str
    built_in: int


def a_context(word: str = "hello") -> Context:
    return Context(word, os.getpid())


def limits(**other: float) -> Limits:
    return Limits(**({"memory": MEMORY, "wall": 20.0, "cpu": 10.0} | other))  # type: ignore[arg-type]


def word_of(context: Context) -> str:
    return context.word


def birthplace(context: Context) -> tuple[int, int]:
    return context.built_in, os.getpid()


def process_of(context: Context) -> int:
    return os.getpid()


def double(context: Context, number: int) -> int:
    return 2 * number


def double_or_die(context: Context, number: int, deadly: bool) -> int:
    if deadly:
        os.kill(os.getpid(), signal.SIGKILL)
    return 2 * number


def sleep(context: Context, seconds: float) -> str:
    time.sleep(seconds)
    return "woke"


def burn(context: Context) -> None:
    while True:
        pass


def hoard(context: Context, megabytes: int) -> int:
    return len(bytearray(megabytes * 1_000_000))


def die_of(context: Context, number: int) -> None:
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


def leave(context: Context, status: int) -> None:
    os._exit(status)


def throw(context: Context, error: BaseException) -> None:
    raise error


class StubbornError(Exception):
    """Cannot be rebuilt from its arguments, as many libraries' errors cannot."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code


def throw_stubborn(context: Context) -> None:
    raise StubbornError(7, "seven")


def return_an_open_file(context: Context) -> Any:
    return Path("/proc/self/status").open()


def open_socket(context: Context, family: int) -> str:
    with socket.socket(family):
        return "open"


def environment(context: Context) -> dict[str, str]:
    return dict(os.environ)


def start_sleeper(context: Context) -> int:
    return subprocess.Popen(["sleep", "60"]).pid


def hang_with_child(context: Context, note: str) -> None:
    Path(note).write_text(str(subprocess.Popen(["sleep", "60"]).pid))
    time.sleep(60)


def condition(context: Context) -> tuple[int, int, str]:
    with Path("/dev/stdin").open() as stdin:
        return os.nice(0), int(Path("/proc/self/oom_score_adj").read_text()), stdin.read()


def touch_and_report(context: Context, note: str) -> None:
    Path(note).write_text("began")


def dying_context() -> Context:
    os.kill(os.getpid(), signal.SIGSEGV)
    return a_context()


def hanging_context() -> Context:
    time.sleep(60)
    return a_context()


def slow_context() -> Context:
    time.sleep(2.5)
    return a_context()


def context_of_first(note: str) -> Context:
    """Built once; whoever comes later finds the note, and fails."""
    if Path(note).exists():
        failing_context()
    Path(note).touch()
    return a_context()


def failing_context() -> Context:
    raise ModelError("the model is missing", "install it")


def is_alive(process: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False


def wait_until(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


def burn_for(context: Context, seconds: float) -> None:
    began = time.process_time()
    while time.process_time() - began < seconds:
        pass


_kept: list[bytearray] = []


def keep(context: Context, megabytes: int) -> None:
    _kept.append(bytearray(megabytes * 1_000_000))
