"""No honest traveller is called too fast, whatever the zone that the camera was not told of."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from making import BODY, NOON, claim, found, keep, origin

from verifier.archive.memory import MemoryArchive
from verifier.casefile import Origin
from verifier.instruments.position import metres

PLACES = st.tuples(st.floats(-85, 85), st.floats(-180, 180))
HOURS = st.floats(0, 26)


def speed(first: Origin, second: Origin) -> float:
    archive = MemoryArchive()
    keep(archive, claim("C-1"), first)
    return float(str(found(archive, claim("C-2", day=2), second)["travel_kmh"].value))


def vague(said: Origin, before: float, after: float) -> Origin:
    """The same moment, told less surely."""
    start, end = (datetime.fromisoformat(text) for text in (said.earliest, said.latest))
    return replace(
        said,
        earliest=(start - timedelta(hours=before)).isoformat(),
        latest=(end + timedelta(hours=after)).isoformat(),
    )


@given(
    here=PLACES, there=PLACES, pace=st.floats(1, 950), rest=HOURS, doubt=st.tuples(HOURS, HOURS), first=st.booleans()
)
def test_who_travels_slower_than_an_airliner_is_never_too_fast(
    here: tuple[float, float],
    there: tuple[float, float],
    pace: float,
    rest: float,
    doubt: tuple[float, float],
    first: bool,
) -> None:
    hours = metres(*here, *there) / 1000 / pace + rest
    away, back = origin(BODY, place=here), origin(BODY, at=NOON + timedelta(hours=hours), place=there)
    pair = (away, vague(back, *doubt)) if first else (back, vague(away, *doubt))
    assert speed(*pair) <= 951


@given(here=PLACES, there=PLACES, hours=st.floats(0.1, 40), doubt=st.tuples(HOURS, HOURS))
def test_doubt_about_the_moment_only_slows_the_journey(
    here: tuple[float, float], there: tuple[float, float], hours: float, doubt: tuple[float, float]
) -> None:
    away, back = origin(BODY, place=here), origin(BODY, at=NOON + timedelta(hours=hours), place=there)
    assert speed(away, vague(back, *doubt)) <= speed(away, back) + 0.1


@given(here=PLACES, there=PLACES, hours=st.floats(0.1, 40))
def test_who_files_first_does_not_matter(here: tuple[float, float], there: tuple[float, float], hours: float) -> None:
    away, back = origin(BODY, place=here), origin(BODY, at=NOON + timedelta(hours=hours), place=there)
    assert speed(away, back) == speed(back, away)
