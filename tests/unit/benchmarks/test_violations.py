"""Violations are what they say: the file says the untruth, and its pixels are untouched where nothing else is said."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from PIL import Image

from benchmarks.splicing import edited, spliced
from benchmarks.violations import Honest, makings, violations
from verifier.casefile import Brief, Venue, Window
from verifier.instruments import exif

CHANCE = random.Random(1)  # noqa: S311
TAKEN = datetime(2019, 5, 13, 10, 42, 17)  # noqa: DTZ001 - a camera's clock


@pytest.fixture
def honest(make_photo: Callable[..., bytes], make_scene: Callable[..., np.ndarray]) -> Honest:
    thumbnail = io.BytesIO()
    Image.fromarray(make_scene(64, 48)).save(thumbnail, "JPEG")
    raw = make_photo(make="Fenwald", model="Kestra 7", original="2019:05:13 10:42:17", thumbnail=thumbnail.getvalue())
    window = Window(start=TAKEN.date(), end=TAKEN.date())
    venue = Venue(name="store", latitude=53.8669, longitude=10.6848, timezone="Europe/Berlin")
    brief = Brief(
        activity="in_store_display", window=window, submitted_at=TAKEN.replace(tzinfo=UTC) + timedelta(1), venue=venue
    )
    return Honest(name="photo.jpg", raw=raw, brief=brief, taken=TAKEN, thumbnail=True)


def test_every_kind_can_be_put_into_a_file_that_carries_everything(honest: Honest, make_photo) -> None:
    made = {one.rule: one for one in violations(honest, make_photo(), CHANCE)}
    assert len(made) == 15
    for rule in ("metadata.captured-outside-window", "metadata.captured-after-submission"):
        assert made[rule].raw == honest.raw
    assert exif.read_bytes(made["metadata.far-from-venue"].raw).latitude is not None
    assert exif.read_bytes(made["metadata.older-than-camera"].raw).model not in ("", "Kestra 7")


def test_a_file_without_a_time_carries_no_violation_of_time(honest: Honest, make_photo) -> None:
    made = {one.rule for one in violations(replace(honest, taken=None), make_photo(), CHANCE)}
    assert not made & {"metadata.captured-outside-window", "metadata.gps-clock-differs", "metadata.older-than-camera"}


def test_pairs_of_one_making_share_what_they_say(honest: Honest, make_photo) -> None:
    pairs = {rule: (first, second) for rule, first, second in makings(honest, make_photo(make="A"), CHANCE)}
    (_, first), (_, second) = pairs["identity.same-image"]
    assert exif.read_bytes(first).image_unique_id == exif.read_bytes(second).image_unique_id != ""


def test_splicing_leaves_the_pixels_and_replaces_the_block(make_photo) -> None:
    raw = make_photo(make="Fenwald", model="Kestra 7")
    changed = edited(raw, lambda block: block.update({0x0131: "GIMP 2.10"}))
    assert exif.read_bytes(changed).software == "GIMP 2.10"
    assert exif.read_bytes(changed).model == "Kestra 7"
    assert changed.count(b"Exif\0\0") == 1
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(raw))), np.asarray(Image.open(io.BytesIO(changed))))


def test_only_jpegs_are_spliced(make_photo) -> None:
    with pytest.raises(ValueError, match="no JPEG"):
        spliced(make_photo("PNG"), "exif", b"Exif\0\0")
