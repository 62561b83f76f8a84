"""The overlay: everything beneath can be read through it, and nothing is written there."""

from __future__ import annotations

import pytest
from archived_reports import report, trace

from verifier.archive.memory import MemoryArchive
from verifier.archive.overlay import Overlay
from verifier.errors import ArchiveError


def test_what_is_beneath_is_read_through_it() -> None:
    beneath = MemoryArchive()
    digest = beneath.put_blob(b"picture")
    beneath.file(report("C-1"), {})
    overlay = Overlay(beneath)
    assert overlay.blob(digest) == b"picture"
    assert overlay.report("default", "C-1") == report("C-1")
    assert list(overlay.reports("default")) == [report("C-1")]
    assert overlay.watermark("default") == beneath.watermark("default")
    assert list(overlay.sightings("default")) == list(beneath.sightings("default"))


def test_what_is_put_into_it_is_read_from_it_and_not_beneath() -> None:
    beneath = MemoryArchive()
    overlay = Overlay(beneath)
    digest = overlay.put_blob(b"picture")
    assert overlay.blob(digest) == b"picture"
    with pytest.raises(ArchiveError):
        beneath.blob(digest)


def test_filing_into_it_files_nothing() -> None:
    beneath = MemoryArchive()
    made = report("C-1")
    assert not Overlay(beneath).file(made, {made.items[0].item.id: [trace()]})
    assert (beneath.watermark("default"), beneath.verify_audit()) == (0, 0)
