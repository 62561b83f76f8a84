from __future__ import annotations

import re

import pytest

from verifier.casefile import Box, Gauge, Heatmap, Lookalike, Place, Quote, Region, Span, Table, Timeline
from verifier.reporting.marks import Ground, Sheet, draw

BOX = Box(left=400, top=300, right=500, bottom=340)
GROUND = Ground(sheets={0: Sheet(key="page", width=1000, height=800)}, picture=lambda _: "data:image/png;base64,AA")
BLIND = Ground(sheets={}, picture=lambda _: "")
LOOKALIKE = Lookalike(
    page=0,
    other_item="C-1/r1/1",
    other_claim="C-1",
    other_page=0,
    other_preview="ab",
    metric="agreement",
    distance=0.8,
    limit=0.6,
    homography=(-1, 0, 1000, 0, 1, 0, 0, 0, 1),
    here=((100, 100), (900, 100), (900, 700), (100, 700)),
    there=((50, 50), (450, 50), (450, 350), (50, 350)),
    other_width=500,
    other_height=400,
)
MARKS = [
    Region(page=0, box=BOX, label="logo"),
    Quote(page=0, box=BOX, text="12,140", label="Sent", expected="12,400"),
    LOOKALIKE,
    Gauge(label="sharpness", value=3, low=0, high=5, limit=1),
    Timeline(spans=(Span(label="window", start="2026-05-12", end="2026-05-26"),)),
    Heatmap(page=0, rows=1, columns=2, cells=(0.5, 1.0), label="heat"),
    Place(latitude=1, longitude=2, expected_latitude=1.01, expected_longitude=2, distance=1112, limit=500),
    Table(header=("a",), rows=(("b",),)),
]


@pytest.mark.parametrize("mark", MARKS, ids=lambda mark: mark.kind)
def test_every_kind_is_drawn_with_and_without_its_page(mark):
    assert draw(mark, "1", GROUND).card
    assert draw(mark, "1", BLIND).card
    assert not draw(mark, "1", BLIND).overlay


def test_a_region_is_its_outline_where_that_is_known_and_else_its_box():
    outline = ((400.0, 300.0), (500.0, 310.0), (490.0, 340.0))
    assert (
        'points="400,300 500,310 490,340"'
        in draw(Region(page=0, box=BOX, label="x", outline=outline), "", GROUND).overlay
    )
    assert 'x="400" y="300" width="100" height="40"' in draw(MARKS[0], "", GROUND).overlay


def test_a_quote_shows_figure_and_label_and_the_crop_beside_what_the_claim_states():
    label = Box(left=400, top=345, right=440, bottom=360)
    drawing = draw(Quote(page=0, box=BOX, text="12,140", label="Sent", label_box=label, expected="12,400"), "4", GROUND)
    assert 'class="of" x="400" y="345"' in drawing.overlay
    assert 'href="#page"' in drawing.card
    assert "<b>12,140</b>" in drawing.card
    assert "<dd>12,400</dd>" in drawing.card


def test_a_label_far_from_its_figure_is_left_out_of_the_crop():
    near = draw(MARKS[1], "", GROUND).card
    far = Quote(page=0, box=BOX, text="12,140", label_box=Box(left=0, top=790, right=40, bottom=800))
    view = re.compile(r'viewBox="([^"]+)"')
    assert view.search(draw(far, "", GROUND).card).group(1) == view.search(near).group(1)


def test_a_lookalike_puts_both_pictures_at_one_scale():
    card = draw(LOOKALIKE, "2", GROUND).card
    (scale,) = re.findall(r"scale\(([\d.]+)\)", card)
    assert float(scale) == pytest.approx(2.0), "the twin is half as large, so it is drawn twice"
    assert 'points="50,50 450,50 450,350 50,350"' in card
    assert "mirrored" in card
    assert "60% of this picture and 60% of the earlier one" in card
    assert "agreement 0.8, limit 0.6" in card


def test_a_turned_twin_says_by_how_much():
    turned = (0.0, -1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0)
    mark = Lookalike(
        page=0, other_item="i", other_claim="c", other_page=0, other_preview="", metric="m", distance=1, limit=2,
        homography=turned,
    )  # fmt: skip
    assert "turned by 90°" in draw(mark, "", GROUND).card


def test_a_twin_that_may_not_be_shown_is_a_grey_frame():
    hidden = Ground(sheets=GROUND.sheets, picture=lambda _: "")
    assert "not shown" in draw(LOOKALIKE, "", hidden).card
    assert "not shown" not in draw(LOOKALIKE, "", GROUND).card


def test_a_twin_of_unknown_size_is_shown_without_an_outline_that_would_lie():
    mark = Lookalike(
        page=0, other_item="i", other_claim="c", other_page=0, other_preview="ab", metric="m", distance=1, limit=2,
        here=LOOKALIKE.here, there=LOOKALIKE.there,
    )  # fmt: skip
    card = draw(mark, "", GROUND).card
    assert "xMidYMid meet" in card
    assert "450,350" not in card


def test_a_moment_and_a_day_are_put_on_one_axis_whatever_their_offset():
    spans = (
        Span(label="window", start="2026-05-12", end="2026-05-13"),
        Span(label="shot", start="2026-05-12T02:00:00+02:00", end="2026-05-12T02:00:00+02:00"),
        Span(label="end", start="2026-05-14T00:00:00", end="2026-05-14T00:00:00"),
    )
    card = draw(Timeline(spans=spans), "", GROUND).card
    bars = re.findall(r'<rect x="([\d.]+)" y="5" width="([\d.]+)" height="10" class="fill">', card)
    assert bars == [("0", "1000"), ("0", "6"), ("994", "6")], "the last day lasts until its end"
    assert "12 May 2026 – 13 May 2026" in card
    assert "12 May 2026 02:00 +02:00" in card


def test_a_time_that_is_no_time_is_still_read_as_words():
    card = draw(Timeline(spans=(Span(label="shot", start="0000:00:00", end="soon"),)), "", GROUND).card
    assert "0000:00:00 – soon" in card


def test_a_gauge_keeps_its_value_on_the_scale():
    card = draw(Gauge(label="noise", value=9, low=0, high=5, limit=1, unit="dB"), "", GROUND).card
    assert 'width="1000" height="6" class="fill"' in card
    assert "<b>9 dB</b>" in card
    assert "limit 1 dB" in card


def test_a_long_list_is_cut_but_never_its_highlighted_rows():
    rows = tuple((f"row {n}",) for n in range(5000))
    card = draw(Table(header=("a",), rows=rows, highlighted=(4321,)), "", GROUND).card
    assert '<tr class="high"><td>row 4321</td></tr>' in card
    assert "row 41<" not in card
    assert "4,959 more rows" in card


def test_numbers_that_are_none_do_not_break_a_drawing():
    drawing = draw(
        Region(page=0, box=Box(left=float("nan"), top=0, right=float("inf"), bottom=9), label=""), "", GROUND
    )
    assert "nan" not in drawing.overlay
    assert "inf" not in drawing.overlay
