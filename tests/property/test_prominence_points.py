"""From outlines to points: a larger, more central, less covered or once more repeated logo never scores lower."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from verifier.casefile import BrandKit, Brief, Evidence, Inspection, Item, Kind, Outline, Page, Picture, PrintedWord
from verifier.casefile.marks import Box
from verifier.inspectors.display import Display
from verifier.inspectors.logo import Logo
from verifier.instruments import brands
from verifier.instruments.brands import Sighting
from verifier.instruments.readings import Readings
from verifier.instruments.scorecard import KITS, STEPS, Scorecard, Weights
from verifier.rulebook import Rulebook, load_rulebook
from verifier.scoring import Scoring
from verifier.settings import Settings

WIDTH, HEIGHT = 960, 720
CALM = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
middles = st.tuples(st.floats(0.2, 0.8), st.floats(0.2, 0.8))
widths = st.floats(60, 400)


def drawn() -> np.ndarray:
    """(100, 200, 3) RGB: a made-up logo."""
    pixels = np.full((100, 200, 3), 255, np.uint8)
    random = np.random.default_rng(4)
    for n in range(40):
        x, y = int(random.integers(2, 180)), int(random.integers(2, 88))
        colour = (25, 183, 154) if n % 2 else (16, 32, 79)
        cv2.rectangle(pixels, (x, y), (x + 18, y + int(random.integers(5, 12))), colour, -1)
    return pixels


LOGO = drawn()
KIT = BrandKit(
    id="nordlicht",
    names=("Nordlicht",),
    pictures=(Picture(name="logo.png", role="logo", data=cv2.imencode(".png", LOGO[..., ::-1])[1].tobytes()),),
    min_share=0.02,
    min_pixels=150,
)
ITEM = Item(
    id="c/r1/1", name="a.jpg", kind=Kind.IMAGE, media_type="image/jpeg", digest="0", size=1, slot="closeup_photo"
)


@cache
def rulebook() -> Rulebook:
    return load_rulebook(Settings().rules)


WEIGHTS = Weights(bias=-1.0, weights={kind: (3.0,) * (len(steps) - 1) for kind, steps in STEPS.items()})
CARD = Scorecard(kinds=dict.fromkeys(KITS, WEIGHTS), present=0.75, possible=0.4)
INSPECTORS = (Display(scorecard=CARD), Logo())


def outline(middle: tuple[float, float], width: float) -> Outline:
    x, y = middle[0] * WIDTH, middle[1] * HEIGHT
    wide, high = width / 2, width / 4
    return ((x - wide, y - high), (x + wide, y - high), (x + wide, y + high), (x - wide, y + high))


def score(*outlines: Outline, covered: float = 0.0) -> float:
    """The probability that the photo of these logos comes to, measured, judged and weighed as in the corridor."""
    pixels = np.full((HEIGHT, WIDTH, 3), 120, np.uint8)
    for place in outlines:
        (left, top), (right, bottom) = place[0], place[2]
        size = (round(right - left), round(bottom - top))
        x, y = round(left), round(top)
        shown = cv2.resize(LOGO, size, interpolation=cv2.INTER_AREA)
        shown[:, size[0] - round(size[0] * covered) :] = 90
        part = pixels[max(y, 0) : y + size[1], max(x, 0) : x + size[0]]
        part[:] = shown[max(-y, 0) :, max(-x, 0) :][: part.shape[0], : part.shape[1]]
    word = PrintedWord(text="sale", box=Box(left=20, top=20, right=150, bottom=50))  # keeps the OCR engine away
    page = Page(index=0, label="photo", pixels=pixels, words=(word,))
    sightings = tuple(
        Sighting(role="logo", source="logo.png", outline=place, strength=30.0, frame=place) for place in outlines
    )
    brief = Brief(activity="in_store_display", questions=frozenset({"display"}), brand_kits=(KIT,))
    evidence = Evidence(kind=Kind.IMAGE, media_type="image/jpeg", raw=b"", pages=(page,))
    with pytest.MonkeyPatch.context() as patch, Readings(evidence) as readings:
        patch.setattr(brands, "view", lambda _page: None)
        patch.setattr(brands, "pictures_seen", lambda _view, _kit: sightings)
        inspections = [
            Inspection(inspector=one.name, version=one.version, findings=tuple(one.inspect(ITEM, brief, readings)))
            for one in INSPECTORS
        ]
    activity = rulebook().activity("in_store_display")
    hits = rulebook().judge_item(activity, ITEM, inspections)
    weighed = Scoring(policy=rulebook().policy, requirements=rulebook().requirements)
    return round(weighed.assess_item(activity, ITEM, hits).probability, 9)  # sums in another order differ behind that


def test_size_and_place_count() -> None:
    small, large = (score(outline((0.5, 0.5), width)) for width in (60, 300))
    middle, corner = (score(outline(at, 60)) for at in ((0.5, 0.5), (0.2, 0.2)))
    assert small < large
    assert corner < middle


@CALM
@given(middles, widths, st.floats(1.0, 2.0))
def test_a_larger_logo_never_scores_lower(middle: tuple[float, float], width: float, grown: float) -> None:
    assert score(outline(middle, width * grown)) >= score(outline(middle, width))


@CALM
@given(st.floats(0, 1), st.floats(0, 1), st.floats(-0.3, 0.3), st.floats(-0.3, 0.3), widths)
def test_a_more_central_logo_never_scores_lower(
    near: float, far: float, across: float, down: float, width: float
) -> None:
    near, far = sorted((near, far))
    nearer, farther = (score(outline((0.5 + across * way, 0.5 + down * way), width)) for way in (near, far))
    assert nearer >= farther


@CALM
@given(middles, widths, st.floats(0, 1), st.floats(0, 1))
def test_a_less_covered_logo_never_scores_lower(
    middle: tuple[float, float], width: float, less: float, more: float
) -> None:
    less, more = sorted((less, more))
    place = outline(middle, width)
    assert score(place, covered=less) >= score(place, covered=more)


@CALM
@given(middles, middles, widths)
def test_one_more_facing_never_scores_lower(
    middle: tuple[float, float], other: tuple[float, float], width: float
) -> None:
    first, second = outline(middle, width), outline(other, width)
    assert score(first, second) >= score(first)
