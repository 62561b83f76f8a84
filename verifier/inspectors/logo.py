"""Logo: is the brand's logo used as the vendor asks: whole, in its proportions and colours, and none that is barred?

It speaks of logos that were matched by their shape (`instruments/brands.py`); whether the brand is there at all is the
display's question. Limits: the first page only; a logo seen at an angle or smaller than 40 pixels is not judged, and
what is black, grey or white in the kit is never called recoloured.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from verifier.casefile import BrandKit, Brief, Finding, Gauge, Item, Kind, Mark, Page, Region, Status
from verifier.instruments import brands, correctness, prominence, text
from verifier.instruments.brands import CLEAR, Sighting
from verifier.instruments.correctness import Correctness
from verifier.instruments.readings import Readings

_MEASURED = 3  # sightings of a logo that are laid over the kit's picture, the best-attested first
_OF_A_LOGO = ("visible", "stretch", "foreign_colour", "variant")
_MEASURES = (*_OF_A_LOGO, "forbidden", "pixels_of_minimum")


@dataclass(frozen=True, slots=True, kw_only=True)
class Logo:
    """How the logos of the claim's own brand are used on a photo."""

    name: str = "logo"
    version: str = "1"
    codes: frozenset[str] = field(default=frozenset(f"logo.{measure}" for measure in _MEASURES))

    def applies(self, item: Item, brief: Brief) -> bool:
        return item.kind is Kind.IMAGE and "display" in brief.questions and any(_own(brief))

    def inspect(self, item: Item, brief: Brief, readings: Readings) -> Iterable[Finding]:  # noqa: ARG002
        if not readings.evidence.pages:
            yield from _all(_MEASURES, Status.UNDETERMINED, "there is no page to look at")
            return
        page = readings.evidence.pages[0]
        for kit in _own(brief):
            found = readings.take(brands.pictures_seen, readings.take(brands.view, page), kit)
            clear = [one for one in found if one.strength >= CLEAR[one.role] and one.frame]
            yield _forbidden(page, kit, clear)
            yield from _use(page, kit, [one for one in clear if one.role == "logo"])
            yield _size(page, kit, [*clear, *brands.names_seen(readings.take(text.read, page), kit)])


def _own(brief: Brief) -> Iterator[BrandKit]:
    return (kit for kit in brief.brand_kits if not kit.competitor)


def _all(measures: Iterable[str], status: Status, note: str) -> Iterator[Finding]:
    return (Finding(code=f"logo.{measure}", status=status, note=note) for measure in measures)


def _use(page: Page, kit: BrandKit, logos: Sequence[Sighting]) -> Iterator[Finding]:
    """What the best-attested logos show; of several, the one that is seen best says what is visible."""
    if not logos:
        note = "no logo of the kit was matched by its shape, so there is nothing to measure"
        yield from _all(_OF_A_LOGO, Status.NOT_APPLICABLE, note)
        return
    pictures = {picture.name: picture for picture in kit.pictures}
    measured = [(one, _measured(page, kit, one)) for one in logos[:_MEASURED]]
    yield _visible(page, max(measured, key=lambda pair: pair[1].visible or 0.0))
    yield _stretch(page, next((pair for pair in measured if pair[1].stretch is not None), measured[0]))
    yield _foreign(page, next((pair for pair in measured if pair[1].foreign is not None), measured[0]))
    variants = [pictures[one.source].variant for one in logos]
    shown = "current" if "current" in variants else variants[0]
    yield Finding(code="logo.variant", value=shown, marks=_marks(page, logos[0], f"{shown} logo"))


def _measured(page: Page, kit: BrandKit, one: Sighting) -> Correctness:
    picture = next(picture for picture in kit.pictures if picture.name == one.source)
    return correctness.measure(page, one.frame, brands.trimmed(brands.pixels_of(picture)), kit.colours)


def _visible(page: Page, pair: tuple[Sighting, Correctness]) -> Finding:
    one, measured = pair
    if measured.visible is None:
        note = f"the logo is too small here to tell whether all of it is seen ({_long(one):.0f} pixels)"
        return Finding(code="logo.visible", status=Status.UNDETERMINED, note=note)
    share = round(measured.visible, 3)
    gauge = Gauge(label="of the logo is seen", value=share, low=0, high=1)
    return Finding(code="logo.visible", value=share, marks=(gauge, *_marks(page, one, f"{share:.0%} of it is seen")))


def _stretch(page: Page, pair: tuple[Sighting, Correctness]) -> Finding:
    one, measured = pair
    if measured.stretch is None:
        note = "the logo is too small or seen at an angle, so its proportions cannot be told"
        return Finding(code="logo.stretch", status=Status.UNDETERMINED, note=note)
    value = round(measured.stretch, 3)
    label = f"{value:.2f} times as wide as in the kit, for its height"
    return Finding(code="logo.stretch", value=value, marks=_marks(page, one, label))


def _foreign(page: Page, pair: tuple[Sighting, Correctness]) -> Finding:
    one, measured = pair
    if measured.foreign is None:
        note = "the logo is too small, or has no colour of its own, so its colours cannot be told"
        return Finding(code="logo.foreign_colour", status=Status.UNDETERMINED, note=note)
    label = f"{measured.foreign} where the kit has another colour" if measured.foreign else "colours as in the kit"
    return Finding(code="logo.foreign_colour", value=measured.foreign, marks=_marks(page, one, label))


def _forbidden(page: Page, kit: BrandKit, clear: Sequence[Sighting]) -> Finding:
    """A barred logo, where none of the brand's own explains the place as well."""
    code = "logo.forbidden"
    if not any(picture.role == "forbidden" for picture in kit.pictures):
        return Finding(code=code, status=Status.NOT_APPLICABLE, note="the brand kit bars no logo")
    own = [one for one in clear if one.role in ("logo", "retired")]
    barred = [
        one
        for one in clear
        if one.role == "forbidden"
        and not any(other.strength >= one.strength and _together(page, one, other) for other in own)
    ]
    marks = tuple(mark for one in barred for mark in _marks(page, one, f"barred: {one.because}"))
    return Finding(code=code, value=bool(barred), marks=marks)


def _size(page: Page, kit: BrandKit, seen: Sequence[Sighting]) -> Finding:
    """The longest outline of the brand, whatever it was known by, over what the program asks for."""
    code = "logo.pixels_of_minimum"
    if kit.min_pixels is None:
        return Finding(code=code, status=Status.NOT_APPLICABLE, note="the program asks for no least size in pixels")
    largest = max((one for one in seen if one.role not in ("retired", "forbidden")), key=_long, default=None)
    if largest is None:
        return Finding(code=code, status=Status.NOT_APPLICABLE, note="the brand was not found")
    pixels = _long(largest)
    gauge = Gauge(
        label="longer side of the brand", value=round(pixels), low=0, high=max(page.width, page.height),
        limit=kit.min_pixels, unit="pixels",
    )  # fmt: skip
    marks: tuple[Mark, ...] = (gauge, *_marks(page, largest, f"{pixels:.0f} pixels, {kit.min_pixels} are asked for"))
    return Finding(code=code, value=round(pixels / kit.min_pixels, 3), marks=marks)


def _long(one: Sighting) -> float:
    return correctness.longer_side(one.outline)


def _together(page: Page, a: Sighting, b: Sighting) -> bool:
    """Does the middle of one lie in the other?"""
    boxes = [prominence.box_of(one.outline, page.width, page.height) for one in (a, b)]
    return any(
        box.left <= (other.left + other.right) / 2 <= box.right
        and box.top <= (other.top + other.bottom) / 2 <= box.bottom
        for box, other in (boxes, boxes[::-1])
    )


def _marks(page: Page, one: Sighting, label: str) -> tuple[Region, ...]:
    outline = tuple((round(x, 1), round(y, 1)) for x, y in one.outline)
    box = prominence.box_of(outline, page.width, page.height)
    return (Region(page=page.index, box=box, label=label, outline=outline),)
