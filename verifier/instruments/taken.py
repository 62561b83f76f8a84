"""When and where a picture was taken, drawn together from what its file says: clock, offset, position, satellite."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from verifier.instruments import capture, position, zones
from verifier.instruments.capture import Interval
from verifier.instruments.exif import Exif
from verifier.instruments.position import Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a file says of its making. `local` is the camera's clock, `offset` what it states of its zone, `here` where
    the receiver was, `zone` the zone there (None unless the position can be believed), `fix` the satellite's time.

    `stated` is the clock as it was written, also where it says nothing.
    """

    stated: str = ""
    local: datetime | None = None
    offset: timedelta | None = None
    here: Position | None = None
    zone: ZoneInfo | None = None
    fix: datetime | None = None

    def wall(self, venue: ZoneInfo | None) -> Interval | None:
        """The capture on the wall clock of a venue in that zone; None without a clock that says something."""
        return None if self.local is None else capture.on_the_wall(self.local, self.offset, venue, self.zone)

    def moment(self, venue: ZoneInfo | None) -> Interval | None:
        """The capture in UTC: by the stated offset, the zone where it was taken, or else the venue's."""
        return None if self.local is None else capture.in_utc(self.local, self.offset, self.zone or venue)

    def how(self, venue: ZoneInfo | None) -> str:
        """In words, what the zone of the clock rests on."""
        if self.offset is not None:
            return "the camera states its offset from UTC" + ("" if venue else "; the venue's zone is not known")
        if self.zone is not None:
            return f"the camera states no offset: its clock is taken to show the time of {self.zone.key}, where it was"
        if venue is not None:
            return "the camera states no offset: its clock is taken to show the venue's time"
        return "neither the camera's offset nor the venue's zone is known: 14 hours to either side"


def of(fields: Exif) -> Taken:
    """What an EXIF block says. Never raises."""
    local, offset = capture.local_time(fields.original), fields.offset_original
    if local is None:
        local, offset = capture.local_time(fields.digitized), fields.offset_digitized
    here = position.of(fields)
    fix = capture.local_time(f"{fields.gps_date} {fields.gps_time}")
    return Taken(
        stated=fields.original or fields.digitized,
        local=local,
        offset=capture.offset_of(offset),
        here=here,
        zone=zones.at(here.latitude, here.longitude) if here and not here.doubt else None,
        fix=fix.replace(tzinfo=UTC) if fix else None,
    )
