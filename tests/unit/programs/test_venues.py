"""A claim names a venue by its id, and the program's list says where it lies."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from verifier.casefile import Claim, Venue
from verifier.errors import ClaimError, InputError
from verifier.intake import parse_claim
from verifier.programs import load_venues, locate

KIEL = Venue(
    id="kiel-03", name="Leuchtenhof Förde", latitude=54.3233, longitude=10.1394, timezone="Europe/Berlin", radius=250.0
)
CSV = """id,name,latitude,longitude,timezone,radius
kiel-03,Leuchtenhof Förde,54.3233,10.1394,Europe/Berlin,250
hall-1,Messehalle 1,,,,
"""
YAML = """
- {id: kiel-03, name: Leuchtenhof Förde, latitude: 54.3233, longitude: 10.1394, timezone: Europe/Berlin, radius: 250}
- {id: hall-1, name: Messehalle 1}
"""


@pytest.mark.parametrize(("name", "text"), [("venues.csv", CSV), ("venues.yaml", YAML), ("bom.csv", "\ufeff" + CSV)])
def test_lists_are_read_from_either_form(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    assert load_venues(path) == {"kiel-03": KIEL, "hall-1": Venue(id="hall-1", name="Messehalle 1")}


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("kiel-03,,54.3,10.1,,", ":2: no 'name'"),
        ("a,A,154.3,10.1,,", ":2: latitude is 154.3"),
        ("a,A,54.3,,,", ":2: latitude and longitude go together"),
        ("a,A,54.3,10.1,Europe/Kiel,", ":2: 'Europe/Kiel' is no IANA time zone"),
        ("a,A,54.3,ten,,", ":2: could not convert"),
        ("a,A,,,,\na,B,,,,", ":3: the id 'a' stands twice"),
        ("a,A,54.3,10.1,,0.2", ":2: radius is 0.2"),
    ],
)
def test_a_row_that_does_not_fit_is_named_by_line(tmp_path: Path, row: str, complaint: str) -> None:
    path = tmp_path / "venues.csv"
    path.write_text(f"id,name,latitude,longitude,timezone,radius\n{row}\n", encoding="utf-8")
    with pytest.raises(InputError, match=f"venues.csv{complaint}"):
        load_venues(path)


def test_a_column_that_is_not_known_and_a_file_that_is_not_there_are_named(tmp_path: Path) -> None:
    path = tmp_path / "venues.csv"
    path.write_text("id,name,lat\na,A,54.3\n", encoding="utf-8")
    with pytest.raises(InputError, match="'lat' is no field"):
        load_venues(path)
    with pytest.raises(InputError, match="cannot be read"):
        load_venues(tmp_path / "none.csv")


def claim(venue: object) -> Claim:
    facts = {"id": "C-1", "activity": "in_store_display", "partner": "A", "window": None, "submitted_at": None}
    return parse_claim(facts | {"venue": venue})[0]


def test_a_claim_that_names_an_id_gets_the_venue_of_the_list(tmp_path: Path) -> None:
    named = claim({"id": "kiel-03"})
    assert locate(named, {"kiel-03": KIEL}).venue == KIEL


def test_the_lists_word_goes_before_the_claims() -> None:
    named = claim({"id": "kiel-03", "name": "our store", "latitude": 48.1, "longitude": 11.5})
    assert locate(named, {"kiel-03": KIEL}).venue == KIEL


def test_a_claim_that_states_its_place_keeps_it() -> None:
    stated = claim({"name": "our store", "latitude": 48.1, "longitude": 11.5})
    assert locate(stated, {"kiel-03": KIEL}) == stated
    assert locate(replace(stated, venue=None), {}).venue is None


def test_an_id_that_the_list_does_not_hold_is_refused_with_the_nearest() -> None:
    with pytest.raises(ClaimError, match="did you mean kiel-03"):
        locate(claim({"id": "kiel-3"}), {"kiel-03": KIEL})
    with pytest.raises(ClaimError, match="give a list of venues"):
        locate(claim({"id": "kiel-03"}), {})


def test_a_venue_without_a_name_and_an_id_is_refused() -> None:
    with pytest.raises(ClaimError, match="a name, or the id"):
        claim({"latitude": 48.1, "longitude": 11.5})
