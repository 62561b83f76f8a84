"""A part of the fuzz campaign runs with the tests: nothing that happens to a file makes a reader of metadata raise."""

from __future__ import annotations

import random

import pytest

from benchmarks import bombs, fuzz_metadata, reading
from benchmarks.carriers import samples
from benchmarks.mutations import mutate
from verifier.errors import WorkerOutOfMemory

FILES = {name: data for name, data in samples().items() if name != "signed jpeg"}  # which is another one in each run


@pytest.mark.parametrize("part", range(4))
def test_no_mutation_escapes(part: int) -> None:
    outcomes, _ = reading.run(FILES, 7, range(part * 150, part * 150 + 150))
    assert [outcome for outcome in outcomes if outcome.escaped] == []


@pytest.mark.parametrize("name", bombs.NAMES)
def test_no_bomb_takes_two_seconds(name: str) -> None:
    outcome, _ = reading.detonate(FILES, name, bombs.make(name, 2_000_000))
    assert outcome.escaped == ""


def test_seed_and_number_give_the_same_bytes_again() -> None:
    one, other = ([mutate(FILES, random.Random(f"3/{n}")) for n in range(50)] for _ in range(2))  # noqa: S311
    assert one == other
    assert len({data for _, data in one}) > 45


def test_what_raises_is_counted_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(name: str, data: bytes) -> tuple[str, ...]:
        raise KeyError("a reader's mistake")

    monkeypatch.setattr(reading, "read_all", fail)
    outcomes, peak = reading.run(FILES, 0, range(3))
    told = fuzz_metadata.figures(outcomes, peak, 0, sorted(FILES))
    assert (told["mutations"], told["escaped"]) == (3, 3)
    assert "KeyError" in told["escapes"][0]


def test_a_mutation_that_ends_its_worker_is_named_among_its_chunk() -> None:
    class Fragile:
        def run(self, fn: object, seed: int, numbers: tuple[int, ...]) -> tuple[list[reading.Outcome], int]:
            if numbers == (5,):
                raise WorkerOutOfMemory("it asked for more memory than its limit")
            return reading.run(FILES, seed, numbers)

    outcomes = fuzz_metadata.one_by_one(Fragile(), 0, (4, 5, 6))  # type: ignore[arg-type]
    assert [outcome.number for outcome in outcomes if outcome.escaped] == [5]
    assert "WorkerOutOfMemory" in outcomes[1].escaped
