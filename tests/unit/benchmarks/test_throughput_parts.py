"""The parts of the throughput benchmark: what is measured on, and what measures."""

from __future__ import annotations

import io
import os
import time

import numpy as np
from PIL import Image

from benchmarks import samples, stored_pages, usage
from verifier.archive.memory import MemoryArchive


def test_a_meter_tells_cpu_from_waiting() -> None:
    with usage.Meter([os.getpid()]) as waiting:
        time.sleep(0.2)
    with usage.Meter([os.getpid()]) as working:
        until = time.process_time() + 0.2
        while time.process_time() < until:
            pass

    assert waiting.cost.wall >= 0.2
    assert waiting.cost.cpu < 0.1
    assert working.cost.cpu >= 0.15  # ticks of 10 ms


def test_a_meter_sees_the_memory_that_was_given_back() -> None:
    with usage.Meter([os.getpid()]) as before:
        pass
    with usage.Meter([os.getpid()]) as meter:
        np.ones(10_000_000).sum()  # 80 MB

    assert meter.cost.peak - before.cost.peak > 60_000_000


def test_a_process_that_is_gone_has_used_nothing() -> None:
    assert usage.cpu(2**22 + 1) == 0.0
    assert usage.peak(2**22 + 1) == 0


def test_an_archive_with_a_past_holds_as_many_pages_as_were_asked_for() -> None:
    archive = MemoryArchive()
    stored_pages.fill(archive, 60, seed=1)

    sightings = list(archive.sightings("default"))
    assert len(sightings) == 60
    assert len({sighting.trace.pdq for sighting in sightings if sighting.trace}) == 60


def test_samples_of_the_fixtures_are_of_every_kind_and_photos_have_twelve_megapixels() -> None:
    drawn = samples.samples(None, 0, seed=0)

    assert {kind: len(files) for kind, files in drawn.items()} == {
        "photo": 1,
        "dashboard": 1,
        "pdf_scan": 1,
        "pdf_text": 1,
    }
    with Image.open(io.BytesIO(drawn["photo"][0].data)) as photo:
        assert abs(photo.width * photo.height - 12e6) < 0.1e6
        assert photo.getexif()[271] == "Fenwald"
    assert drawn["pdf_scan"][0].data.startswith(b"%PDF")
