"""What is kept and not read yet comes out without pages; refused items are not decoded."""

from __future__ import annotations

import pytest

from verifier.casefile import Item, Kind, Problem
from verifier.decode import Decoder
from verifier.errors import EmptyItem, UnsupportedType

DECODER = Decoder(max_pixels=1, max_pages=1, max_rows=1)


def item(kind: Kind, problem: Problem | None = None) -> Item:
    return Item(id="c/r1/1", name="x", kind=kind, media_type="a/b", digest="", size=0, problem=problem)


@pytest.mark.parametrize("kind", [Kind.AUDIO, Kind.VIDEO])
def test_audio_and_video_are_kept_and_not_read(kind: Kind) -> None:
    evidence = DECODER(item(kind), b"bytes")
    assert (evidence.kind, evidence.raw, evidence.pages, evidence.sheets) == (kind, b"bytes", (), ())


def test_a_link_is_empty_evidence() -> None:
    assert DECODER(item(Kind.LINK), b"").pages == ()


def test_other_items_without_bytes_are_empty() -> None:
    with pytest.raises(EmptyItem):
        DECODER(item(Kind.VIDEO), b"")


def test_a_refused_item_says_again_why() -> None:
    trouble = Problem(code="UnsupportedType", message="x is a program", remedy="send a photo")
    with pytest.raises(UnsupportedType, match="x is a program: send a photo"):
        DECODER(item(Kind.REFUSED, trouble), b"MZ")
