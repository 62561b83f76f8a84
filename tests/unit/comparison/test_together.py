"""One display on several photos: told within a claim, and where it is filed for two stores."""

from __future__ import annotations

from dataclasses import replace

import pytest

from verifier.archive.protocol import Sighting, sighting_of
from verifier.casefile import Claim, Item, Kind, Status, Venue
from verifier.comparison import together
from verifier.comparison.statement import Compared
from verifier.comparison.twins import Likeness, Twin
from verifier.instruments.alignment import Alignment

CLAIM = Claim(id="C-2", activity="in_store_display", venue=Venue(name="Kiel", id="kiel-03"))


def photo(number: int, kind: Kind = Kind.IMAGE) -> Item:
    return Item(
        id=f"C-2/r1/{number}", name=f"{number}.jpg", kind=kind, media_type="image/jpeg", digest=str(number), size=1
    )


def twin(other: Item, likeness: Likeness = Likeness.NONE, inliers: int = 0, claim: Claim = CLAIM) -> Twin:
    laid = Alignment(agreement=0.3, size_a=(640, 480), size_b=(640, 480), drawn=False, inliers=inliers)
    return Twin(page=0, width=640, height=480, other=sighting_of(claim, other, None), likeness=likeness, alignment=laid)


def seen(*twins: Twin) -> Compared:
    return Compared(among=0, siblings=twins)


@pytest.mark.parametrize(
    ("found", "count"),
    [
        (twin(photo(1), inliers=40), 2),
        (twin(photo(1), Likeness.SAME_SCENE), 2),
        (twin(photo(1), inliers=9), 0),
        (twin(photo(7, Kind.DOCUMENT), inliers=40), 0),
    ],
)
def test_photos_of_a_claim_that_share_a_view_are_counted(found: Twin, count: int) -> None:
    finding = together.shared_view([photo(1), photo(2)], {"C-2/r1/1": seen(), "C-2/r1/2": seen(found)})
    assert finding.value == count
    assert bool(finding.marks) is bool(count)


def test_a_photo_alone_is_not_asked_for_its_fellow() -> None:
    items = [photo(1), photo(2, Kind.TABLE)]
    assert together.shared_view(items, {"C-2/r1/1": seen()}).status is Status.NOT_APPLICABLE


def elsewhere(venue: Venue | None, *, ours: Venue | None = CLAIM.venue, likeness: Likeness = Likeness.SAME_SCENE):
    def venue_of(_other: Sighting) -> Venue | None:
        return venue

    found = twin(replace(photo(1), id="C-1/r1/1"), likeness, claim=replace(CLAIM, id="C-1"))
    return together.other_store(replace(CLAIM, venue=ours), [found], venue_of)


def test_a_scene_that_was_filed_for_another_store_is_told_with_its_name() -> None:
    finding = elsewhere(Venue(name="Lübeck", id="luebeck-01"))
    assert finding.value is True
    assert finding.note == "C-1/r1/1 was filed for Lübeck"


@pytest.mark.parametrize(
    ("ours", "theirs", "other"),
    [
        (Venue(name="Kiel", id="kiel-03"), Venue(name="Kiel 3", id="kiel-03"), False),
        (Venue(name="Kiel"), Venue(name=" kiel"), False),
        (Venue(name="Kiel"), Venue(name="Lübeck"), True),
        (Venue(name="A", latitude=54.32, longitude=10.13), Venue(name="B", latitude=54.321, longitude=10.13), False),
        (Venue(name="A", latitude=54.32, longitude=10.13), Venue(name="A", latitude=53.87, longitude=10.69), True),
    ],
)
def test_stores_are_told_apart_by_id_by_place_or_by_name(ours: Venue, theirs: Venue, other: bool) -> None:
    assert elsewhere(theirs, ours=ours).value is other


def test_without_stores_it_cannot_be_told_and_without_another_take_it_is_not_asked() -> None:
    assert elsewhere(None).status is Status.UNDETERMINED
    assert elsewhere(Venue(name="Kiel"), ours=None).status is Status.UNDETERMINED
    assert elsewhere(Venue(name="Kiel"), likeness=Likeness.COPY).status is Status.NOT_APPLICABLE
