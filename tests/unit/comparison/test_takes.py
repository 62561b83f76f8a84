"""Takes of a scene beside the exposure that was copied."""

from __future__ import annotations

from dataclasses import replace

from verifier.archive.protocol import sighting_of
from verifier.casefile import Box, Claim, Item, Kind, Outline
from verifier.comparison.takes import told_apart
from verifier.comparison.twins import Likeness, Twin
from verifier.instruments.alignment import Alignment

ALL = ((0.0, 0.0), (400.0, 0.0), (400.0, 300.0), (0.0, 300.0))
LEFT = ((0.0, 0.0), (190.0, 0.0), (190.0, 300.0), (0.0, 300.0))
RIGHT = ((210.0, 0.0), (400.0, 0.0), (400.0, 300.0), (210.0, 300.0))


def twin(name: str, likeness: Likeness, close: float, here: Outline = ALL) -> Twin:
    item = Item(id=f"{name}/r1/1", name=name, kind=Kind.IMAGE, media_type="image/jpeg", digest=name, size=1)
    laid = Alignment(agreement=0.93, size_a=(400, 300), size_b=(400, 300), drawn=False, close=close, here=here)
    other = sighting_of(Claim(id=name, activity="in_store_display"), item, None)
    return Twin(page=0, width=800, height=600, other=other, likeness=likeness, alignment=laid)


def likenesses(*found: Twin) -> list[Likeness]:
    return [twin.likeness for twin in told_apart(found)]


def test_what_is_seen_from_another_side_is_a_take_where_the_exposure_itself_is_known() -> None:
    source, take = twin("a", Likeness.COPY, 0.99), twin("b", Likeness.RECAPTURED, 0.78)
    assert likenesses(take, source) == [Likeness.SAME_SCENE, Likeness.COPY]
    assert likenesses(take) == [Likeness.RECAPTURED]


def test_a_photo_of_a_print_stays_one_if_nothing_agrees_closer() -> None:
    print_of_it = twin("b", Likeness.RECAPTURED, 0.6)
    assert likenesses(twin("a", Likeness.COPY, 0.8), print_of_it)[1] is Likeness.RECAPTURED
    assert likenesses(twin("a", Likeness.COPY, 0.96), twin("b", Likeness.RECAPTURED, 0.92))[1] is Likeness.RECAPTURED


def test_two_photos_side_by_side_may_both_be_copied() -> None:
    left, right = twin("a", Likeness.COPY, 0.99, LEFT), twin("b", Likeness.RECAPTURED, 0.7, RIGHT)
    assert likenesses(left, right) == [Likeness.COPY, Likeness.RECAPTURED]
    assert likenesses(left, replace(right, page=1)) == [Likeness.COPY, Likeness.RECAPTURED]
    panel = replace(right, box=Box(left=0, top=0, right=400, bottom=600), width=400)  # the left half of the page
    assert likenesses(left, panel) == [Likeness.COPY, Likeness.SAME_SCENE]
