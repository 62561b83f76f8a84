"""A picture beside the one submitted earlier: at the same scale, with what both share outlined in each."""

from __future__ import annotations

import math
from dataclasses import dataclass

from markupsafe import Markup

from verifier.casefile import Box, Lookalike, Outline
from verifier.reporting.tags import NOTHING, join, number, tag

_SCALES = (0.25, 4.0)  # beyond that one of the two would be too small to see beside the other
_TURN = 2.0  # degrees; less is a hand's tremor and not worth a word
_BAND = 0.032  # of the drawing's width: the line of captions above the pictures


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """The page that was submitted now; `key` is the id of its picture in the document."""

    key: str
    width: int
    height: int


def pair(mark: Lookalike, here: Here, uri: str) -> Markup:
    """Both pictures in one drawing. `uri` is the twin's picture; without it a grey frame says that it is not shown."""
    known = mark.other_width > 0 and mark.other_height > 0
    other_width, other_height = (mark.other_width, mark.other_height) if known else (here.width, here.height)
    scale = growth(mark.here, mark.there) if known else 1.0
    gap = 0.02 * (here.width + other_width * scale)
    total = here.width + gap + other_width * scale
    band = _BAND * total
    height = band + max(here.height, other_height * scale)
    twin = _picture(uri, other_width, other_height, known)
    outline = _outline(mark.there) if known and mark.there else NOTHING
    differing_here, differing_there = (
        join(*map(rectangle, boxes)) for boxes in (mark.here_differs, mark.there_differs)
    )
    drawing = tag(
        "svg",
        _caption(0, band, "this picture"),
        _caption(here.width + gap, band, f"claim {mark.other_claim}" if mark.other_claim else "seen before"),
        tag("g", _picture_here(here), _outline(mark.here), differing_here, transform=f"translate(0 {number(band)})"),
        tag(
            "g", twin, outline, differing_there if known else NOTHING, transform=_placed(here.width + gap, band, scale)
        ),
        viewBox=f"0 0 {number(total)} {number(height)}",
        class_="pair",
        role="img",
        aria_label="this picture beside the one submitted earlier",
    )
    return join(drawing, words(mark, here.width * here.height, other_width * other_height if known else 0))


def words(mark: Lookalike, area_here: float, area_there: float) -> Markup:
    """What the comparison measured, in words: where the twin is, how near, how it was changed. Areas in pixels."""
    where = f"item {mark.other_item}, page {mark.other_page + 1}" if mark.other_item else "an item that is not shown"
    said = [f"{mark.metric} {mark.distance:.3g}, limit {mark.limit:.3g}", *_changes(mark.homography)]
    if mark.here and area_here:
        shares = [f"{_share(mark.here, area_here)} of this picture"]
        if mark.there and area_there:
            shares.append(f"{_share(mark.there, area_there)} of the earlier one")
        said.append("shared: " + " and ".join(shares))
    return join(tag("p", tag("b", where), class_="label"), tag("p", " · ".join(said), class_="label"))


def rectangle(box: Box, role: str = "line") -> Markup:
    """A rectangle drawn twice, a light one under the coloured one, so that it is seen on any picture."""
    place: dict[str, object] = {
        "x": float(box.left),
        "y": float(box.top),
        "width": max(0.0, box.right - box.left),
        "height": max(0.0, box.bottom - box.top),
    }
    return join(tag("rect", class_="halo", **place), tag("rect", class_=role, **place))


def points(outline: Outline) -> str:
    """An outline as SVG's `points`."""
    return " ".join(f"{number(x)},{number(y)}" for x, y in outline)


def growth(here: Outline, there: Outline) -> float:
    """How much the twin is enlarged so that the shared region is as large in both."""
    mine, its = _area(here), _area(there)
    if mine <= 0 or its <= 0:
        return 1.0
    return min(max(math.sqrt(mine / its), _SCALES[0]), _SCALES[1])


def _area(outline: Outline) -> float:
    """The shoelace formula."""
    following = (*outline[1:], *outline[:1])
    return abs(sum(x * v - u * y for (x, y), (u, v) in zip(outline, following, strict=True))) / 2


def _share(outline: Outline, area: float) -> str:
    return f"{min(1.0, _area(outline) / area):.0%}"


def _changes(homography: tuple[float, ...]) -> list[str]:
    """Mirroring and turning, from the linear part of the map (its perspective part is small for pages and prints)."""
    if len(homography) != 9 or not homography[8]:
        return []
    a, b, _, c, d = (entry / homography[8] for entry in homography[:5])
    if a * d - b * c < 0:
        return ["mirrored"]
    turned = math.degrees(math.atan2(c, a))
    return [f"turned by {abs(turned):.0f}°"] if abs(turned) >= _TURN else []


def _picture_here(here: Here) -> Markup:
    if here.key:
        return tag("use", href=f"#{here.key}")
    return _picture("", here.width, here.height, known=True)


def _picture(uri: str, width: float, height: float, known: bool) -> Markup:
    frame = tag("rect", width=float(width), height=float(height), class_="hole")
    if not uri:
        middle = tag("text", "not shown", x=width / 2, y=height / 2, font_size=width / 14, class_="hole-words")
        return join(frame, middle)
    fit = "none" if known else "xMidYMid meet"  # a twin of unknown size keeps its own shape inside the frame
    return join(frame, tag("image", href=uri, width=float(width), height=float(height), preserveAspectRatio=fit))


def _outline(outline: Outline) -> Markup:
    if not outline:
        return NOTHING
    shape = points(outline)
    return join(tag("polygon", class_="halo", points=shape), tag("polygon", class_="line", points=shape))


def _caption(x: float, band: float, text: str) -> Markup:
    return tag("text", text, x=float(x), y=0.7 * band, font_size=0.55 * band, class_="pair-words")


def _placed(x: float, y: float, scale: float) -> str:
    return f"translate({number(x)} {number(y)}) scale({scale:.4f})"
