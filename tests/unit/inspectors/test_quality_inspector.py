"""What nobody can judge by is called so, with what to do about it; text kept as text is always legible."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from verifier.casefile import (
    Attachment,
    Box,
    Brief,
    Evidence,
    Finding,
    Gauge,
    Heatmap,
    Item,
    Kind,
    Page,
    PrintedWord,
    Sheet,
    Status,
)
from verifier.inspectors.quality import Quality
from verifier.instruments.readings import Readings

Pixels = NDArray[np.uint8]
BRIEF = Brief(activity="in_store_display")


def inspect(evidence: Evidence) -> dict[str, Finding]:
    item = Item(id="c/r1/1", name="x", kind=evidence.kind, media_type="", digest="", size=0)
    assert Quality().applies(item, BRIEF)
    findings = list(Quality().inspect(item, BRIEF, Readings(evidence)))
    assert {finding.code for finding in findings} == Quality().codes
    return {finding.code.removeprefix("quality."): finding for finding in findings}


def picture(*pages: Pixels, kind: Kind = Kind.IMAGE) -> Evidence:
    drawn = tuple(Page(index=n, label="photo", pixels=np.ascontiguousarray(page)) for n, page in enumerate(pages))
    return Evidence(kind=kind, media_type="image/jpeg", raw=b"", pages=drawn)


def test_a_clear_photo_is_legible_and_shows_its_measures(make_scene: Callable[..., Pixels]) -> None:
    found = inspect(picture(make_scene(900, 700)))
    assert (found["legible"].value, found["legible"].note) == (True, "")
    assert (found["short_side"].value, found["megapixels"].value) == (700, 0.63)
    assert [type(mark) for mark in found["sharpness"].marks] == [Gauge, Heatmap]


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda pixels: cv2.GaussianBlur(pixels, (0, 0), 8), "blurred"),
        (lambda pixels: (pixels * 0.1).astype(np.uint8), "too dark"),
        (lambda pixels: (235 + pixels * 0.06).astype(np.uint8), "washed out"),
        (lambda pixels: cv2.resize(pixels, (160, 120), interpolation=cv2.INTER_AREA), "too small"),
    ],
    ids=["blurred", "dark", "washed out", "small"],
)
def test_a_spoilt_photo_is_illegible_and_says_what_to_do(
    make_scene: Callable[..., Pixels], spoil: Callable[[Pixels], Pixels], why: str
) -> None:
    legible = inspect(picture(spoil(make_scene(900, 700))))["legible"]
    assert legible.value is False
    assert why in legible.note
    assert ": " in legible.note


def test_a_blank_page_is_illegible_but_not_blurred() -> None:
    found = inspect(picture(np.full((600, 800, 3), 255, np.uint8)))
    assert found["legible"].value is False
    assert "blurred" not in found["legible"].note
    assert found["sharpness"].status is Status.UNDETERMINED


def test_the_clearest_page_speaks_for_a_scanned_document(make_scene: Callable[..., Pixels]) -> None:
    blurred = cv2.GaussianBlur(make_scene(900, 700), (0, 0), 8)
    found = inspect(picture(np.full((700, 900, 3), 255, np.uint8), blurred, make_scene(900, 700), kind=Kind.DOCUMENT))
    assert found["legible"].value is True


@pytest.mark.parametrize(
    "evidence",
    [
        Evidence(kind=Kind.TABLE, media_type="text/csv", raw=b"", sheets=(Sheet(name="a", rows=(("name",),)),)),
        Evidence(kind=Kind.MESSAGE, media_type="message/rfc822", raw=b"", text="Dear customer"),
        Evidence(
            kind=Kind.DOCUMENT,
            media_type="application/pdf",
            raw=b"",
            pages=(
                Page(
                    index=0,
                    label="page 1",
                    pixels=np.full((60, 80, 3), 255, np.uint8),
                    words=(PrintedWord(text="Sent", box=Box(left=1, top=1, right=9, bottom=5)),),
                ),
            ),
        ),
    ],
    ids=["table", "message", "document"],
)
def test_text_that_is_kept_as_text_is_legible_whatever_its_pictures_are(evidence: Evidence) -> None:
    found = inspect(evidence)
    assert found["legible"].value is True
    assert found["sharpness"].status is Status.NOT_APPLICABLE


def test_an_empty_message_is_undetermined() -> None:
    found = inspect(Evidence(kind=Kind.MESSAGE, media_type="message/rfc822", raw=b""))
    assert found["legible"].status is Status.UNDETERMINED


def test_what_nobody_looked_at_is_counted_and_named(make_scene: Callable[..., Pixels]) -> None:
    scene = np.ascontiguousarray(make_scene(900, 700))
    page = Page(index=0, label="attachment read.png", pixels=scene)
    files = [Attachment(name=name, media_type="", digest="", size=1) for name in ("read.png", "list.csv")]
    message = Evidence(kind=Kind.MESSAGE, media_type="", raw=b"", pages=(page,), attachments=tuple(files))
    assert (inspect(message)["left_out"].value, inspect(message)["left_out"].note) == (1, "1 attachments (list.csv)")
    long = Evidence(kind=Kind.DOCUMENT, media_type="", raw=b"", pages=(page,), pages_left_out=180)
    assert inspect(long)["left_out"].value == 180
    assert inspect(picture(scene))["left_out"].value == 0
