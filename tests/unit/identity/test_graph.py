"""The graph goes from item to item by what they share, so many steps, and says where it stopped."""

from __future__ import annotations

from dataclasses import replace

import pytest
from making import BODY, claim, keep, origin

from verifier.archive.memory import MemoryArchive
from verifier.casefile import Identity
from verifier.identity import around, graph

DOCUMENT = Identity(kind="document", value="xmp.did:192571c8ced511e1b1c1da012e36d12b")
ROLL = Identity(kind="roll", value="Fenwald Kestra 7 IMG_", number=1234)


@pytest.fixture
def archive() -> MemoryArchive:
    kept = MemoryArchive()
    keep(kept, claim("C-1"), origin(BODY), origin())
    keep(kept, claim("C-2"), origin(BODY, DOCUMENT))
    keep(kept, claim("C-3"), origin(DOCUMENT))
    return kept


def test_items_are_reached_step_by_step(archive: MemoryArchive) -> None:
    for steps, reached in ((0, ["C-1"]), (1, ["C-1", "C-2"]), (2, ["C-1", "C-2", "C-3"])):
        found = around(archive, "default", "C-1/r1/1", steps)
        assert found is not None
        assert [node.claim for node in found.nodes] == reached
        assert [node.steps for node in found.nodes] == list(range(steps + 1))


def test_ties_name_what_is_shared_and_who_shares_it(archive: MemoryArchive) -> None:
    found = around(archive, "default", "C-1/r1/1")
    assert found is not None
    assert {tie.kind: tie.items for tie in found.ties} == {
        "device": ("C-1/r1/1", "C-2/r1/1"),
        "document": ("C-2/r1/1", "C-3/r1/1"),
    }


def test_numbers_of_a_roll_stand_beside_their_items(archive: MemoryArchive) -> None:
    keep(archive, claim("C-4"), origin(ROLL))
    keep(archive, claim("C-5"), origin(replace(ROLL, number=1237)))
    found = around(archive, "default", "C-5/r1/1")
    assert found is not None
    (tie,) = found.ties
    assert dict(zip(tie.items, tie.numbers, strict=True)) == {"C-5/r1/1": 1237, "C-4/r1/1": 1234}


def test_an_item_that_says_nothing_stands_alone_and_one_that_is_not_there_is_none(archive: MemoryArchive) -> None:
    alone = around(archive, "default", "C-1/r1/2")
    assert alone is not None
    assert (len(alone.nodes), alone.ties) == (1, ())
    assert around(archive, "default", "C-1/r1/7") is None
    assert around(archive, "other", "C-1/r1/1") is None


def test_a_camera_of_hundreds_is_cut_and_says_so(archive: MemoryArchive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph, "MOST_ITEMS", 5)
    for number in range(10, 20):
        keep(archive, claim(f"C-{number}"), origin(BODY))
    found = around(archive, "default", "C-1/r1/1")
    assert found is not None
    assert len(found.nodes) == 5
    assert not found.complete
