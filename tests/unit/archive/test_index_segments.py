"""Segments: whole or named, and never misread."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from verifier.archive.index import chunk as chunks
from verifier.archive.index import folder as folders
from verifier.archive.index import segment
from verifier.archive.index.chunk import Chunk, Entry
from verifier.archive.index.folder import SegmentFolder
from verifier.archive.index.segment import Segment, SegmentError


def entry(number: int, seed: int = 0) -> Entry:
    rng = np.random.default_rng([seed, number])
    return Entry(
        item=f"C-{number // 3}/r1/{'x' * (number % 5)}{number}",
        claim=f"C-{number // 3}",
        partner=f"P-{number % 4}",
        program="spring",
        moment=float("nan") if number % 7 == 0 else 1e9 + number,
        digest=f"{number:064x}",
        leading=number % 2 == 0,
        pixels=f"{number:x}",
        hash=rng.integers(0, 2**64, 4, dtype=np.uint64) if number % 3 else None,
        words=np.unique(rng.integers(0, 200, 30)).astype(np.uint32),
        figures=tuple({str(number % 5), str(number)}),
    )


def run(first: int, last: int, seed: int = 0) -> Chunk:
    return chunks.of(first, [entry(number, seed) for number in range(first, last)])


def anchors(sequences: Sequence[int]) -> list[str]:
    return [f"sighting {sequence}" if sequence <= 100 else "" for sequence in sequences]


def folder(root: Path, tenant: str = "acme", vocabulary: str = "words-1") -> SegmentFolder:
    return SegmentFolder(root, tenant, vocabulary, anchors)


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    """One segment of forty sightings, and one of ten behind it."""
    held = folder(tmp_path)
    with held.lease() as mine:
        assert mine
        held.seal(run(0, 40))
        held.seal(run(40, 50))
    return held.path


def first_of(path: Path) -> Path:
    return path / "0000000001-0000000040.segment"


def test_what_was_sealed_is_read_as_it_was(sealed: Path, tmp_path: Path) -> None:
    one, two = folder(tmp_path).chunks()
    assert (one.first, one.end, two.first, two.end) == (0, 40, 40, 50)
    assert one.equals(run(0, 40))
    assert two.equals(run(40, 50))


def test_merged_chunks_are_what_one_would_have_been() -> None:
    parts = [run(0, 7), run(7, 8), run(8, 8), run(8, 60)]
    assert chunks.merge(parts).equals(run(0, 60))


def test_small_segments_are_merged_as_they_come(tmp_path: Path) -> None:
    held = folder(tmp_path)
    with held.lease():
        for number in range(0, 96, 8):
            held.seal(run(number, number + 8))
    found = held.chunks()
    assert [chunk.count for chunk in found] == [64, 32]
    assert found[0].equals(run(0, 64))
    assert len(list(held.path.glob("*.segment"))) == 2


def test_what_is_read_stays_readable_when_it_is_merged_away(sealed: Path, tmp_path: Path) -> None:
    before = folder(tmp_path).chunks()
    held = folder(tmp_path)
    with held.lease():
        held.seal(run(50, 90))
    assert not first_of(sealed).exists()
    assert before[0].equals(run(0, 40))
    assert held.chunks()[0].equals(run(0, 90))


def flip(path: Path, place: int) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)


def harm_body(path: Path) -> None:
    flip(path, -100)


def harm_header(path: Path) -> None:
    flip(path, 120)


def harm_magic(path: Path) -> None:
    flip(path, 0)


def harm_version(path: Path) -> None:
    flip(path, 8)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-64])


def lengthen(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\0")


def empty(path: Path) -> None:
    path.write_bytes(b"")


def replace_by_text(path: Path) -> None:
    path.write_text("not a segment at all " * 100)


def move_elsewhere(path: Path) -> None:
    """Another run's segment under this name."""
    shutil.copy(path.with_name("0000000041-0000000050.segment"), path)


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (harm_body, "is damaged"),
        (harm_header, "is damaged"),
        (harm_magic, "is no segment"),
        (harm_version, "is of version"),
        (cut, "bytes of"),
        (lengthen, "bytes of"),
        (empty, "is no segment"),
        (replace_by_text, "is no segment"),
        (move_elsewhere, "does not hold what its name says"),
    ],
)
@pytest.mark.parametrize("large", [False, True])
def test_a_bad_segment_is_named_and_set_aside_and_the_others_are_kept(
    sealed: Path, tmp_path: Path, harm, told: str, large: bool, caplog: pytest.LogCaptureFixture, monkeypatch
) -> None:
    if large:
        monkeypatch.setattr(folders, "_ALWAYS_READ", 0)  # as if it were so large that it is read once
        assert len(folder(tmp_path).chunks()) == 2
    harm(first_of(sealed))
    with caplog.at_level(logging.WARNING):
        (left,) = folder(tmp_path).chunks()
    assert left.first == 40
    assert told in caplog.text
    assert first_of(sealed).name in caplog.text
    assert first_of(sealed).with_name(first_of(sealed).name + ".bad").exists()


def test_a_large_segment_is_read_whole_once_and_again_when_it_was_touched(
    sealed: Path, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr(folders, "_ALWAYS_READ", 0)
    folder(tmp_path).chunks()
    read: list[str] = []
    whole = Segment.whole
    monkeypatch.setattr(Segment, "whole", lambda self: read.append(self.path.name) or whole(self))
    folder(tmp_path).chunks()
    assert read == []
    shutil.copy(first_of(sealed), sealed / "copy")
    (sealed / "copy").replace(first_of(sealed))
    folder(tmp_path).chunks()
    assert read == [first_of(sealed).name]


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (lambda root: SegmentFolder(root, "acme", "words-2", anchors), "has words of"),
        (lambda root: SegmentFolder(root, "acme", "words-1", lambda wanted: ["another"] * len(wanted)), "this archive"),
    ],
)
def test_a_segment_of_other_words_or_of_another_archive_is_set_aside(
    sealed: Path, tmp_path: Path, other, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert other(tmp_path).chunks() == []
    assert told in caplog.text
    assert len(list(sealed.glob("*.bad"))) == 2


def test_a_segment_of_another_tenant_is_set_aside(
    sealed: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    other = folder(tmp_path, tenant="zenith")
    shutil.copytree(sealed, other.path)
    with caplog.at_level(logging.WARNING):
        assert other.chunks() == []
    assert "another tenant" in caplog.text


def test_only_one_holds_the_lease(tmp_path: Path) -> None:
    with folder(tmp_path).lease() as mine, folder(tmp_path).lease() as too:
        assert mine
        assert not too
    with folder(tmp_path).lease() as mine:
        assert mine


def test_what_a_killed_writer_left_is_tidied_up(sealed: Path, tmp_path: Path) -> None:
    (sealed / "abc.part").write_bytes(b"half")
    segment.write(sealed / "0000000001-0000000008.segment", {}, {"claim": np.zeros(8)})  # merged, and not yet removed
    held = folder(tmp_path)
    assert [chunk.count for chunk in held.chunks()] == [40, 10]
    with held.lease():
        held.seal(run(50, 51))
    assert not list(sealed.glob("*.part"))
    assert not (sealed / "0000000001-0000000008.segment").exists()


def test_a_full_disk_leaves_the_old_segments_and_no_part(sealed: Path, tmp_path: Path, monkeypatch, caplog) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(segment.os, "fsync", full)
    held = folder(tmp_path)
    with held.lease(), caplog.at_level(logging.WARNING):
        held.seal(run(50, 60))
    assert "No space left" in caplog.text
    assert [chunk.count for chunk in held.chunks()] == [40, 10]
    assert not list(sealed.glob("*.part"))


def test_a_segment_says_why_it_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(SegmentError, match="cannot be read"):
        Segment(tmp_path / "missing.segment")
