"""Whole pages behind panels: which are looked at, and how they are thought to lie."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from verifier.archive.protocol import Sighting, sighting_of
from verifier.casefile import Box, Claim, Item, Kind, Trace
from verifier.comparison import whole
from verifier.comparison.twins import Likeness, Twin
from verifier.instruments.alignment import Alignment

PAGE = Trace(page=0, width=1000, height=800, pixel_digest="", pdq="0" * 64, pdq_quality=0, phash="", dhash="")
PANEL = replace(PAGE, panel=1, box=Box(left=200, top=400, right=700, bottom=800), width=500, height=400)


def earlier(name: str) -> Sighting:
    item = Item(id=f"{name}/r1/1", name=name, kind=Kind.IMAGE, media_type="image/jpeg", digest=name, size=1)
    return sighting_of(Claim(id=name, activity="in_store_display"), item, replace(PAGE, width=600, height=480))


def twin(name: str = "old", likeness: Likeness = Likeness.SAME_SCENE, agreement: float = 0.8) -> Twin:
    laid = Alignment(
        agreement=agreement, size_a=(500, 400), size_b=(600, 480), drawn=False, homography=(1, 0, 30, 0, 1, 40, 0, 0, 1)
    )
    return Twin(
        page=0, width=500, height=400, other=earlier(name), likeness=likeness, box=PANEL.box, agreement=agreement,
        alignment=laid,
    )  # fmt: skip


def test_a_page_lies_where_its_panel_does() -> None:
    ((page, other), lies), *more = whole.pages([twin()], [PAGE, PANEL])
    assert (page, other.item, more) == (PAGE, "old/r1/1", [])
    corner = np.reshape(lies, (3, 3)) @ (200 / 1000, 400 / 800, 1)  # the panel's
    assert corner[:2] / corner[2] == pytest.approx((30 / 600, 40 / 480))
    corner = np.reshape(lies, (3, 3)) @ (1, 1, 1)
    assert corner[:2] / corner[2] == pytest.approx((830 / 600, 440 / 480))


def test_nothing_is_looked_at_again_of_a_known_copy_or_of_another_picture() -> None:
    assert not list(whole.pages([twin(), twin(likeness=Likeness.COPY)], [PAGE, PANEL]))
    assert not list(whole.pages([twin(likeness=Likeness.NONE)], [PAGE, PANEL]))
    assert not list(whole.pages([replace(twin(), box=None)], [PAGE]))


def test_the_best_of_many_are_looked_at_each_once() -> None:
    found = [twin("a", agreement=0.6), twin("b", agreement=0.9), twin("c", agreement=0.7), twin("b", agreement=0.8)]
    assert [other.item for (_, other), _ in whole.pages(found, [PAGE, PANEL])] == ["b/r1/1", "c/r1/1"]
