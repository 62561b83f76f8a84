"""Kinship: does an item carry the id of an exposure, a document, a camera or a roll that an earlier item carries too?

Whoever changes a picture's pixels mostly leaves these behind, so they find copies that no fingerprint finds. All of it
can be written by hand, and none of it is there in most files: what is missing says nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from verifier.archive.protocol import Archive, Sighting, sighting_of
from verifier.casefile import (
    Claim,
    Finding,
    Identity,
    Inspection,
    Item,
    Kind,
    Origin,
    Place,
    Span,
    Status,
    Table,
    Timeline,
    Trace,
)
from verifier.instruments.position import metres

VERSION = "2"  # changes with the answers
REACH = 10  # file numbers: one visit makes a handful of photos
SAME_DAY = timedelta(hours=24)  # rolls start again after 9,999 pictures, so numbers alone meet by chance
LEAST_DISTANCE = 20_000.0  # metres: phones indoors keep their last position for a while
LEAST_TIME = timedelta(minutes=1)
_SHARED = {  # measure -> the kinds of identity that tell it, and what is said where there is none
    "same_image": (("image",), "no id of the exposure in the file"),
    "same_exposure": (("exposure",), "no time to the fraction of a second in the file"),
    "same_document": (("document", "instance"), "no id of an edited document in the file"),
    "same_file": (("file",), "no file identifier in the document"),
}
_OF_PICTURES = frozenset({"same_image", "same_exposure", "same_document", "travel_kmh", "neighbouring_numbers"})
_OF_DOCUMENTS = frozenset({"same_document", "same_file"})
_MEASURES = (
    *_SHARED,  # int: other claims with an earlier item that carries the same id
    "travel_kmh",  # float: the least speed at which the camera got here from where it was for another item; 0 = near
    "neighbouring_numbers",  # int: other partners' items of that day with file numbers beside this one's
)
CODES = frozenset(f"identity.{measure}" for measure in _MEASURES)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Journey:
    """From where another item was taken to here: the least speed (km/h), metres, and the other item."""

    speed: float
    distance: float
    other: Sighting
    origin: Origin


def relate(
    archive: Archive,
    claim: Claim,
    items: Sequence[Item],
    traces: Mapping[str, Sequence[Trace]],
    watermark: int,
    within: str = "",
) -> Mapping[str, Inspection]:
    """What each item that could be read shares with items submitted earlier, by item id.

    `within` narrows those to the claim's own "partner" or "program"; anything else means its whole tenant.
    """
    own = {item.id: tuple(traces.get(item.id, ())) for item in items if item.kind is not Kind.REFUSED}
    seen = {item.id: sighting_of(claim, item, own[item.id][0]) for item in items if own.get(item.id)}
    return {
        item.id: Inspection(
            inspector="identity",
            version=VERSION,
            findings=tuple(_findings(_Search(archive, claim, item, seen, watermark, within))),
        )
        for item in items
        if item.id in own
    }


@dataclass(frozen=True, slots=True)
class _Search:
    """One item among the earlier ones of its tenant, and among its siblings in the claim."""

    archive: Archive
    claim: Claim
    item: Item
    seen: Mapping[str, Sighting]
    watermark: int
    within: str

    @property
    def origin(self) -> Origin:
        seen = self.seen.get(self.item.id)
        return _origin(seen) if seen else Origin()

    def of(self, *kinds: str) -> tuple[Identity, ...]:
        return tuple(identity for identity in self.origin.identities if identity.kind in kinds)

    def earlier(self, identity: Identity, reach: int = 0) -> list[Sighting]:
        """Who shares it, of those submitted before this item and in other claims."""
        found = self.archive.sharing(self.claim.tenant, identity, upto=self.watermark, reach=reach)
        return [sighting for sighting in found if self._is_earlier(sighting) and self._is_within(sighting)]

    def _is_within(self, other: Sighting) -> bool:
        whose = {"partner": (other.partner, self.claim.partner), "program": (other.program, self.claim.program)}
        one, own = whose.get(self.within, ("", ""))
        return one == own

    def _is_earlier(self, other: Sighting) -> bool:
        """As comparison has it: a file that nobody submitted is earlier only than another such file."""
        now = self.claim.submitted_at
        if other.claim == self.claim.id:
            return False
        if now is None or other.submitted_at is None:
            return now is None
        return (other.submitted_at, other.item) < (now, self.item.id)


def _findings(search: _Search) -> Iterator[Finding]:
    asked = {Kind.IMAGE: _OF_PICTURES, Kind.DOCUMENT: _OF_DOCUMENTS}.get(search.item.kind, frozenset())
    for measure in _MEASURES:
        if measure not in asked:
            yield _none(measure, Status.NOT_APPLICABLE, "items of this kind are not looked at so")
        elif measure in _SHARED:
            yield _shared(search, measure)
        else:
            yield _travel(search) if measure == "travel_kmh" else _neighbours(search)


def _shared(search: _Search, measure: str) -> Finding:
    kinds, nothing = _SHARED[measure]
    identities = search.of(*kinds)
    if not identities:
        return _none(measure, Status.ABSENT, nothing)
    found = [(identity, other) for identity in identities for other in search.earlier(identity)]
    claims = {other.claim for _, other in found}
    rows = tuple((identity.kind, *_told(other)) for identity, other in found)
    table = Table(header=("the same", "item", "partner", "handed in"), rows=rows, caption="Earlier items of one making")
    note = "; ".join(dict.fromkeys(_named(other) for _, other in found[:3]))
    return Finding(code=f"identity.{measure}", value=len(claims), marks=(table,) if rows else (), note=note)


def _travel(search: _Search) -> Finding:
    """The fastest of the journeys that the same camera would have made between another item and this one."""
    measure, here = "travel_kmh", search.origin
    bodies = search.of("device")
    if not bodies or here.latitude is None or not here.earliest:
        return _none(measure, Status.ABSENT, "no serial number, position and time of a camera in the file")
    others = [other for body in bodies for other in search.earlier(body)]
    others += [other for name, other in search.seen.items() if name < search.item.id and _shares(other, bodies)]
    journeys = [journey for other in others if (journey := _journey(here, other)) is not None]
    fastest = max(journeys, key=lambda journey: (journey.speed, journey.other.item), default=None)
    if fastest is None:
        return Finding(code=f"identity.{measure}", value=0.0, note="no other place of this camera is known")
    there = fastest.origin
    place = Place(
        latitude=here.latitude,
        longitude=here.longitude or 0.0,
        expected_latitude=there.latitude,
        expected_longitude=there.longitude,
        distance=round(fastest.distance, 1),
        error=here.error or None,
        name=fastest.other.item,
        relation="the same camera was at",
    )
    spans = (
        Span(label="this item", start=here.earliest, end=here.latest),
        Span(label=fastest.other.item, start=there.earliest, end=there.latest),
    )
    note = f"{fastest.distance / 1000:,.0f} km from {_named(fastest.other)}" if fastest.speed else ""
    marks = (place, Timeline(spans=spans)) if fastest.speed else ()
    return Finding(code=f"identity.{measure}", value=round(fastest.speed, 1), marks=marks, note=note)


def _journey(here: Origin, other: Sighting) -> _Journey | None:
    """The slowest journey that both positions, their errors and both intervals allow; None where one is not known."""
    there = _origin(other)
    if None in (there.latitude, there.longitude, here.latitude, here.longitude) or not there.earliest:
        return None
    apart = metres(here.latitude or 0.0, here.longitude or 0.0, there.latitude or 0.0, there.longitude or 0.0)
    sure = apart - here.error - there.error
    first, last = _interval(here), _interval(there)
    time = max(last[1] - first[0], first[1] - last[0], LEAST_TIME)
    speed = sure / 1000 / (time / timedelta(hours=1)) if sure >= LEAST_DISTANCE else 0.0
    return _Journey(speed=speed, distance=apart, other=other, origin=there)


def _neighbours(search: _Search) -> Finding:
    """Items of other partners whose file names count on from this one's, taken by the same model on about one day."""
    measure = "neighbouring_numbers"
    rolls, here = search.of("roll"), search.origin
    if not rolls or not here.earliest or not search.claim.partner:
        return _none(measure, Status.ABSENT, "no file number, camera model and time, or no partner")
    found = {
        other.item: (other, identity.number)
        for roll in rolls
        for other in search.earlier(roll, REACH)
        for identity in _origin(other).identities
        if (identity.kind, identity.value) == (roll.kind, roll.value) and _is_neighbour(search, other)
    }
    rows = tuple((str(number), *_told(other)) for other, number in found.values())
    table = Table(
        header=("file number", "item", "partner", "handed in"),
        rows=rows,
        caption=f"File numbers beside {rolls[0].number}, of the same camera model",
    )
    note = "; ".join(f"{number} in {_named(other)}" for other, number in list(found.values())[:3])
    return Finding(code=f"identity.{measure}", value=len(found), marks=(table,) if rows else (), note=note)


def _is_neighbour(search: _Search, other: Sighting) -> bool:
    """Another partner's, of about the same day, and not known to be of another camera body (or of the same one, which
    is measured as such).
    """
    there = _origin(other)
    if other.partner in ("", search.claim.partner) or not there.earliest:
        return False
    if search.of("device") and any(identity.kind == "device" for identity in there.identities):
        return False
    (start, end), (first, last) = _interval(search.origin), _interval(there)
    return max(start - last, first - end, timedelta(0)) <= SAME_DAY


def _shares(other: Sighting, bodies: Sequence[Identity]) -> bool:
    return any(identity in bodies for identity in _origin(other).identities)


def _interval(origin: Origin) -> tuple[datetime, datetime]:
    return datetime.fromisoformat(origin.earliest), datetime.fromisoformat(origin.latest)


def _origin(sighting: Sighting) -> Origin:
    return (sighting.trace.origin if sighting.trace else None) or Origin()


def _told(other: Sighting) -> tuple[str, str, str]:
    return other.item, other.partner, other.submitted_at.date().isoformat() if other.submitted_at else ""


def _named(other: Sighting) -> str:
    item, partner, day = _told(other)
    return item + (f" of {partner}" if partner else "") + (f", {day}" if day else "")


def _none(measure: str, status: Status, note: str) -> Finding:
    return Finding(code=f"identity.{measure}", status=status, note=note)
