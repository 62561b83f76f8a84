"""Metadata is measured against the brief, and what is missing or makes no sense accuses nobody."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction

import numpy as np
import pytest

from verifier.casefile import Brief, Evidence, Finding, Item, Kind, Page, Place, Status, Timeline, Venue, Window
from verifier.inspectors.metadata import Metadata
from verifier.instruments.readings import Readings

STORE = Venue(name="store", latitude=53.8669, longitude=10.6848, timezone="Europe/Berlin", radius=500.0)
BRIEF = Brief(
    activity="in_store_display",
    window=Window(start=date(2026, 5, 11), end=date(2026, 5, 24)),
    submitted_at=datetime.fromisoformat("2026-06-02T09:15:00+02:00"),
    venue=STORE,
)
AT_STORE: Mapping[str, object] = {
    "latitude": (Fraction(538670, 10000),), "latitude_ref": "N", "longitude": (Fraction(106850, 10000),),
    "longitude_ref": "E",
}  # fmt: skip

Inspect = Callable[..., dict[str, Finding]]


@pytest.fixture
def inspect(make_photo: Callable[..., bytes]) -> Inspect:
    def run(
        brief: Brief = BRIEF, *, raw: bytes | None = None, kind: Kind = Kind.IMAGE, **fields: object
    ) -> dict[str, Finding]:
        data = make_photo(**fields) if raw is None else raw
        page = Page(index=0, label="photo", pixels=np.zeros((48, 64, 3), np.uint8))
        item = Item(id="c/r1/1", name="photo.jpg", kind=kind, media_type="image/jpeg", digest="", size=len(data))
        evidence = Evidence(kind=kind, media_type="image/jpeg", raw=data, pages=(page,))
        findings = list(Metadata().inspect(item, brief, Readings(evidence)))
        assert {finding.code for finding in findings} <= Metadata().codes
        assert len({finding.code for finding in findings}) == len(findings)
        return {finding.code.removeprefix("metadata."): finding for finding in findings}

    return run


def test_a_photo_taken_in_the_window_at_the_store(inspect: Inspect) -> None:
    found = inspect(
        original="2026:05:13 10:42:17", offset_original="+02:00", make="Fenwald", model="Kestra 7", **AT_STORE
    )
    assert found["exif"].value == "present"
    assert found["captured_at"].value == "2026-05-13T10:42:17+02:00"
    assert found["days_outside_window"].value == 0.0
    assert found["hours_after_submission"].value == 0.0
    assert found["metres_outside_venue"].value == 0.0
    assert 0 < float(str(found["gps_distance"].value)) < 50
    assert found["camera"].value == "Fenwald Kestra 7"


def test_the_window_the_capture_and_the_submission_are_drawn_on_one_timeline(inspect: Inspect) -> None:
    (mark,) = inspect(original="2026:05:09 16:04:00")["days_outside_window"].marks
    assert isinstance(mark, Timeline)
    assert [span.label for span in mark.spans] == ["claim window", "taken", "submitted"]


def test_days_are_counted_to_the_nearer_edge(inspect: Inspect) -> None:
    assert inspect(original="2026:05:09 12:00:00")["days_outside_window"].value == 1.5
    assert inspect(original="2026:05:28 00:00:00")["days_outside_window"].value == 3.0


def test_without_any_zone_fourteen_hours_are_left_to_the_benefit_of_the_doubt(inspect: Inspect) -> None:
    brief = Brief(activity="in_store_display", window=BRIEF.window)
    assert inspect(brief, original="2026:05:10 11:00:00")["days_outside_window"].value == 0.0
    assert inspect(brief, original="2026:05:09 10:00:00")["days_outside_window"].value == 1.0


def test_the_stated_offset_moves_a_photo_over_the_date_line_into_the_window(inspect: Inspect) -> None:
    found = inspect(original="2026:05:10 15:00:00", offset_original="-10:00")
    assert found["days_outside_window"].value == 0.0


@pytest.mark.parametrize("clock", ["2000:01:01 00:04:10", "0000:00:00 00:00:00", "1980:01:01 00:00:00"])
def test_a_clock_that_was_never_set_is_undetermined(inspect: Inspect, clock: str) -> None:
    found = inspect(original=clock)
    for name in ("captured_at", "days_outside_window", "hours_after_submission"):
        assert found[name].status is Status.UNDETERMINED


def test_the_time_of_modification_is_never_taken_for_the_capture(inspect: Inspect) -> None:
    found = inspect(modified="2026:05:13 10:00:00")
    assert found["captured_at"].status is Status.ABSENT


def test_the_time_of_digitising_stands_in_for_the_capture(inspect: Inspect) -> None:
    assert inspect(digitized="2026:05:13 10:00:00")["captured_at"].value == "2026-05-13T10:00:00"


def test_a_photo_taken_after_it_was_handed_in_is_measured_in_hours(inspect: Inspect) -> None:
    assert inspect(original="2026:06:02 12:15:00")["hours_after_submission"].value == 3.0


def test_a_bare_run_has_no_window_and_no_venue(inspect: Inspect) -> None:
    found = inspect(Brief(activity="unknown"), original="2026:05:13 10:42:17", **AT_STORE)
    for name in ("days_outside_window", "hours_after_submission", "gps_distance", "metres_outside_venue"):
        assert found[name].status is Status.NOT_APPLICABLE
        assert found[name].note
    assert found["captured_at"].status is Status.MEASURED


def test_a_photo_without_exif_is_absent_everywhere(
    inspect: Inspect, make_scene: Callable[..., object], encode: Callable[..., bytes]
) -> None:
    found = inspect(raw=encode(make_scene(64, 48)))
    assert {finding.status for finding in found.values()} == {Status.ABSENT}


def test_a_damaged_block_is_undetermined_and_not_absent(inspect: Inspect) -> None:
    found = inspect(raw=b"\xff\xd8\xff\xe1\x00\x10Exif\0\0MM\0*\xff\xff\xff\xff\xff\xd9")
    assert {finding.status for finding in found.values()} == {Status.UNDETERMINED}


def test_the_receivers_error_is_taken_off_the_distance(inspect: Inspect) -> None:
    away = {**AT_STORE, "latitude": (Fraction(538769, 10000),)}  # 0.01 degrees north: 1,112 m
    plain, doubtful = inspect(**away), inspect(**away, gps_error=(Fraction(800),))
    assert plain["gps_distance"].value == pytest.approx(1112, abs=3)
    assert plain["metres_outside_venue"].value == pytest.approx(612, abs=3)
    assert doubtful["gps_distance"].value == pytest.approx(312, abs=3)
    assert doubtful["metres_outside_venue"].value == 0.0
    (mark,) = plain["gps_distance"].marks
    assert isinstance(mark, Place)
    assert mark.limit == 500.0


def test_a_receiver_without_a_fix_is_undetermined(inspect: Inspect) -> None:
    nowhere = {"latitude": (Fraction(0),), "latitude_ref": "N", "longitude": (Fraction(0),), "longitude_ref": "E"}
    assert inspect(**nowhere)["gps_distance"].status is Status.UNDETERMINED


def test_swapped_coordinates_are_undetermined(inspect: Inspect) -> None:
    swapped = {**AT_STORE, "latitude": AT_STORE["longitude"], "longitude": AT_STORE["latitude"]}
    found = inspect(**swapped)
    assert found["metres_outside_venue"].status is Status.UNDETERMINED
    assert "swapped" in found["metres_outside_venue"].note


@pytest.mark.parametrize(
    ("stamp", "hours"),
    [(("2026:05:13", (8, 42, 17)), 0.0), (("2026:05:13", (9, 42, 17)), 1.0), (("2026:05:10", (8, 42, 17)), 72.0)],
)
def test_the_satellites_time_is_held_against_the_clock(
    inspect: Inspect, stamp: tuple[str, tuple[int, ...]], hours: float
) -> None:
    day, clock = stamp
    found = inspect(original="2026:05:13 10:42:17", gps_date=day, gps_time=tuple(map(Fraction, clock)))
    assert found["gps_clock_difference"].value == hours


def test_a_receiver_whose_weeks_have_rolled_over_is_undetermined(inspect: Inspect) -> None:
    found = inspect(original="2026:05:13 10:42:17", gps_date="2006:09:27", gps_time=tuple(map(Fraction, (8, 42, 17))))
    assert found["gps_clock_difference"].status is Status.UNDETERMINED


@pytest.mark.parametrize(
    ("width", "height", "verdict"),
    [(64, 48, "same"), (48, 64, "same"), (4000, 3000, "scaled"), (4000, 2250, "cropped"), (3000, 3000, "cropped")],
)
def test_a_cut_picture_is_told_from_a_scaled_one(inspect: Inspect, width: int, height: int, verdict: str) -> None:
    assert inspect(width=width, height=height)["size_agreement"].value == verdict


def test_a_make_that_the_model_repeats_is_named_once(inspect: Inspect) -> None:
    assert inspect(make="Canon", model="Canon EOS 40D")["camera"].value == "Canon EOS 40D"


def test_a_document_tells_its_software_and_no_exif(inspect: Inspect) -> None:
    found = inspect(raw=b"%PDF-1.7 cut off", kind=Kind.DOCUMENT)
    assert found["exif"].status is Status.NOT_APPLICABLE
    assert found["document_software"].status is Status.ABSENT


def test_it_applies_to_pictures_and_documents_alone() -> None:
    for kind, applies in ((Kind.IMAGE, True), (Kind.DOCUMENT, True), (Kind.TABLE, False), (Kind.LINK, False)):
        item = Item(id="c/r1/1", name="x", kind=kind, media_type="", digest="", size=0)
        assert Metadata().applies(item, BRIEF) is applies


def test_a_clock_without_offset_shows_the_time_of_the_place_where_the_camera_was(inspect: Inspect) -> None:
    paris_to_tokyo = replace(BRIEF, venue=replace(STORE, timezone="Asia/Tokyo"))
    found = inspect(paris_to_tokyo, original="2026:05:24 18:30:00", **AT_STORE)
    assert found["days_outside_window"].value == round(1.5 / 24, 3), "01:30 on the 25th in Tokyo"
    assert "Europe/Berlin" in found["captured_at"].note


def test_a_venue_without_a_stated_zone_has_the_zone_where_it_lies(inspect: Inspect) -> None:
    placed = replace(BRIEF, venue=replace(STORE, timezone=None))
    assert inspect(placed, original="2026:05:24 23:59:00")["days_outside_window"].value == 0.0
    assert inspect(placed, original="2026:05:25 00:30:00")["days_outside_window"].value == round(0.5 / 24, 3)


def test_a_photo_older_than_its_camera_is_measured_in_days(inspect: Inspect) -> None:
    found = inspect(original="2014:08:12 10:00:00", make="Apple", model="iPhone 12")["days_before_camera"]
    assert found.value == pytest.approx(2241.6, abs=1)
    assert found.note == "iPhone 12 was first shown in October 2020"
    assert isinstance(found.marks[0], Timeline)


@pytest.mark.parametrize(
    ("model", "status", "value"),
    [("iPhone 12", Status.MEASURED, 0.0), ("Kestra 7", Status.NOT_APPLICABLE, None), ("", Status.ABSENT, None)],
)
def test_a_camera_that_existed_or_is_not_listed_is_not_held_against_the_photo(
    inspect: Inspect, model: str, status: Status, value: float | None
) -> None:
    found = inspect(original="2026:05:13 10:42:17", make="Apple" if model else "", model=model)["days_before_camera"]
    assert (found.status, found.value) == (status, value)


def test_the_map_shows_the_venue_by_name_with_radius_and_error(inspect: Inspect) -> None:
    (mark,) = inspect(original="2026:05:13 10:42:17", **AT_STORE)["gps_distance"].marks
    assert isinstance(mark, Place)
    assert (mark.name, mark.limit) == ("store", 500.0)
