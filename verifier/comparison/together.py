"""One display on several photos: those of a claim belong together, and no display stands in two stores."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from verifier.archive.protocol import Sighting
from verifier.casefile import Claim, Finding, Item, Kind, Status, Table, Venue
from verifier.comparison.statement import Compared
from verifier.comparison.twins import Likeness, Twin
from verifier.instruments.position import metres

CODES = frozenset(
    {
        "duplicates.shared_view",  # int: photos of the claim that show what another of its photos shows
        "duplicates.other_store",  # bool: another take of the scene was filed for another store
    }
)
_FEWEST = 16  # points that agree on one homography: twice what random matches reach now and then
_SHARED = (Likeness.EXACT, Likeness.COPY, Likeness.RECAPTURED, Likeness.SAME_SCENE)


def shared_view(items: Sequence[Item], compared: Mapping[str, Compared]) -> Finding:
    """Which photos of the claim show the same things, as a close-up does what stands on the photo from afar."""
    code = "duplicates.shared_view"
    photos = [item.id for item in items if item.kind is Kind.IMAGE]
    if len(photos) < 2:
        return Finding(code=code, status=Status.NOT_APPLICABLE, note="the claim has no two photos")
    rows = {
        (name, twin.other.item): f"{twin.alignment.inliers} points agree" if twin.alignment else twin.likeness.value
        for name, found in compared.items()
        for twin in found.siblings
        if name in photos and twin.other.item in photos and _shares(twin)
    }
    together = {name for pair in rows for name in pair}
    table = Table(
        header=("photo", "shows what is on", "how"),
        rows=tuple((*pair, how) for pair, how in sorted(rows.items())),
        caption="Photos of this claim that show the same things",
    )
    return Finding(code=code, value=len(together), marks=(table,) if rows else ())


def other_store(claim: Claim, earlier: Sequence[Twin], venue_of: Callable[[Sighting], Venue | None]) -> Finding:
    """Whether a take of the same scene was filed for another store; `venue_of` tells that of an earlier item."""
    code = "duplicates.other_store"
    scenes = [twin.other for twin in earlier if twin.likeness is Likeness.SAME_SCENE]
    if not scenes:
        return Finding(code=code, status=Status.NOT_APPLICABLE, note="no other take of the scene was found")
    told = [(other, venue) for other in scenes if (venue := venue_of(other)) is not None]
    if claim.venue is None or not told:
        return Finding(code=code, status=Status.UNDETERMINED, note="for which store the photos are is not stated")
    away = {f"{other.item} was filed for {venue.name}" for other, venue in told if not _same(claim.venue, venue)}
    return Finding(code=code, value=bool(away), note="; ".join(sorted(away)))


def _shares(twin: Twin) -> bool:
    return twin.likeness in _SHARED or (twin.alignment is not None and twin.alignment.inliers >= _FEWEST)


def _same(one: Venue, other: Venue) -> bool:
    """By id, else by place, else by name."""
    if one.id and other.id:
        return one.id == other.id
    places = [(venue.latitude, venue.longitude) for venue in (one, other)]
    if all(latitude is not None and longitude is not None for latitude, longitude in places):
        (here, across), (there, along) = places
        assert here is not None and across is not None and there is not None and along is not None  # noqa: S101, PT018
        return metres(here, across, there, along) <= max(one.radius, other.radius)
    return one.name.casefold().strip() == other.name.casefold().strip()
