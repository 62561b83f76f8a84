"""Scene: what does the photo show (shelf, storefront, vehicle, artwork ...), and is it a photo of the place itself?

The kind of scene is told only where it was right on photos of sources never seen (`models/scene/card.yaml`), and is
"cannot tell" elsewhere; in-store displays have no look of their own to the model and are told as a shelf, a close-up
or not at all. The setting is the coarser answer that can be had more often: goods (on a shelf, on a display or from
close up), or a drawn picture (artwork or a screen).
Whether a shelf is stocked is not told: no photos of empty ones could be had to measure it on.
Limits: the first page only; photos of screens are found by their moire, which shrinking takes away, and photos of
prints are not found; faces are found where they look at the camera and take a fortieth of the photo.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from verifier.casefile import Brief, Finding, Gauge, Item, Kind, Page, Region, Status
from verifier.instruments import faces, moire, names, prices, scenes, text
from verifier.instruments.readings import Readings

_MEASURES = ("kind", "setting", "drawn", "moire", "people", "price_tags", "venue_read")
_TITLES = {"product_closeup": "a product from close up", "other": "something else", "artwork": "artwork"}
_SETTINGS = {
    "goods": "goods, on a shelf or a display or from close up",
    "drawn": "a drawn picture: artwork or a screen",
}
_VENUE_ALIKE = 0.85  # a store's name is often a family name: one letter in seven misread, not one in five


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What a photo shows. `model` and `faces` are the folders of the two networks."""

    model: Path
    faces: Path
    name: str = "scene"
    version: str = "2"
    codes: frozenset[str] = field(default=frozenset(f"scene.{measure}" for measure in _MEASURES))

    def applies(self, item: Item, brief: Brief) -> bool:
        return item.kind is Kind.IMAGE and "display" in brief.questions

    def inspect(self, item: Item, brief: Brief, readings: Readings) -> Iterable[Finding]:  # noqa: ARG002
        if not readings.evidence.pages:
            note = "there is no page to look at"
            return [Finding(code=code, status=Status.UNDETERMINED, note=note) for code in sorted(self.codes)]
        page = readings.evidence.pages[0]
        told = readings.take(scenes.tell, page, self.model)
        lines = readings.take(text.read, page)
        return [
            _kind(told),
            _setting(told),
            _drawn(told),
            _moire(readings.take(moire.strength, page)),
            _people(page, readings.take(faces.find, page, self.faces)),
            _price_tags(page, lines),
            _venue(page, brief, lines),
        ]


def _kind(told: scenes.Told) -> Finding:
    code = "scene.kind"
    if not told.sure:
        likely = ", ".join(f"{_title(scene)} {value:.0%}" for scene, value in told.ranking[:3])
        note = f"what the photo shows cannot be told ({likely}); a person has to look"
        return Finding(code=code, status=Status.UNDETERMINED, note=note)
    return Finding(code=code, value=told.scene, confidence=round(told.probability, 3), note=_title(told.scene))


def _setting(told: scenes.Told) -> Finding:
    code = "scene.setting"
    if not told.setting:
        note = "neither goods nor a drawn picture for sure; a person has to look"
        return Finding(code=code, status=Status.UNDETERMINED, note=note)
    confidence = round(told.in_setting, 3)
    return Finding(code=code, value=told.setting, confidence=confidence, note=_SETTINGS[told.setting])


def _title(scene: str) -> str:
    return _TITLES.get(scene, f"{'an' if scene[0] in 'aeiou' else 'a'} {scene}")


def _drawn(told: scenes.Told) -> Finding:
    """The probability that it is no photo at all but artwork, a rendering or a screenshot."""
    likely = sum(value for scene, value in told.ranking if scene in scenes.FLAT)
    return Finding(code="scene.drawn", value=round(likely, 3))


def _moire(strength: float | None) -> Finding:
    code = "scene.moire"
    if strength is None:
        note = "the picture is too small, or nothing is on it in which moire could be seen"
        return Finding(code=code, status=Status.UNDETERMINED, note=note)
    value = round(strength, 2)
    gauge = Gauge(label="moire", value=value, low=0.0, high=10.0, limit=moire.RECAPTURED)
    return Finding(code=code, value=value, marks=(gauge,), note="a low value says nothing: shrinking takes moire away")


def _people(page: Page, found: tuple[faces.Face, ...]) -> Finding:
    clear = [face for face in found if face.score >= faces.LIKELY]
    marks = tuple(Region(page=page.index, box=face.box, label="face") for face in clear)
    return Finding(code="scene.people", value=len(clear), marks=marks, note="faces that look at the camera")


def _price_tags(page: Page, lines: tuple[text.Line, ...]) -> Finding:
    found = prices.find(lines)
    marks = tuple(Region(page=page.index, box=box, label=f"price: {printed}") for printed, box in found)
    return Finding(code="scene.price_tags", value=len(found), marks=marks)


def _venue(page: Page, brief: Brief, lines: tuple[text.Line, ...]) -> Finding:
    """The venue's name as it is read on the photo, "" if it is not."""
    code = "scene.venue_read"
    wanted = [part.strip() for part in brief.venue.name.split(",")][:1] if brief.venue else []
    if not any(wanted):
        note = "the claim names no store"
        return Finding(code=code, status=Status.NOT_APPLICABLE, note=note)
    read = [one for one in names.find(wanted, (), lines) if one.similarity >= _VENUE_ALIKE]
    if not read:
        return Finding(code=code, value="", note="most photos of a display show no sign of the store")
    marks = tuple(Region(page=page.index, box=one.box, label=f"the store's name: {one.text}") for one in read)
    return Finding(code=code, value=read[0].text, confidence=round(read[0].similarity, 3), marks=marks)
