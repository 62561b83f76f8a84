import cv2
import numpy as np
import pytest

from verifier.casefile import Box, Brief, Evidence, Item, Kind, Page
from verifier.inspection import Inspectorate
from verifier.instruments import faces

ITEM = Item(id="C/r1/1", name="p.jpg", kind=Kind.IMAGE, media_type="image/jpeg", digest="0", size=1)
PIXELS = np.random.default_rng(0).integers(0, 255, (300, 400, 3)).astype(np.uint8)


@pytest.fixture
def _a_face(monkeypatch: pytest.MonkeyPatch) -> None:
    """One face at a known place: what the network finds is its own tests' business."""
    found = (faces.Face(box=Box(left=100, top=100, right=199, bottom=199), score=0.9),)

    def find(page: Page, folder: object = None) -> tuple[faces.Face, ...]:
        return found

    monkeypatch.setattr(faces, "find", find)


def shown(*faceless: str, program: str = "default") -> tuple[np.ndarray, object]:
    evidence = Evidence(
        kind=Kind.IMAGE, media_type="image/jpeg", raw=b"", pages=(Page(index=0, label="photo", pixels=PIXELS),)
    )
    walk = Inspectorate(decode=lambda item, data: evidence, inspectors=(), budget=9, faceless=frozenset(faceless))
    seen = walk.inspect(ITEM, b"", Brief(activity="in_store_display", program=program))
    assert seen.traces[0].preview == seen.pages[0].preview
    assert {seen.traces[0].preview, seen.traces[0].features} == set(seen.blobs)
    picture = cv2.imdecode(np.frombuffer(seen.blobs[seen.pages[0].preview], np.uint8), cv2.IMREAD_COLOR)
    return picture, (seen.traces[0].pdq, seen.traces[0].features)


@pytest.mark.usefixtures("_a_face")
def test_a_face_is_hidden_in_what_is_shown_and_what_is_compared_stays() -> None:
    open_, compared = shown()
    hidden, as_well = shown("all")
    assert hidden[105:195, 105:195].std() < 0.7 * open_[105:195, 105:195].std()
    assert compared == as_well


@pytest.mark.usefixtures("_a_face")
def test_faces_are_hidden_in_the_programs_that_want_it() -> None:
    open_, _ = shown("autumn", program="spring")
    hidden, _ = shown("autumn", "spring", program="spring")
    assert (open_ == shown()[0]).all()
    assert (hidden == shown("all")[0]).all()


def test_without_a_face_the_preview_is_what_it_was() -> None:
    blank = shown("all")[0]
    assert (blank == shown()[0]).all()
