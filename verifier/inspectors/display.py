"""Display: is the required brand on the photo, where, how prominently, and are competitors there?

The instruments find pictures and names of the brand kits; a scorecard that knows no brand weighs them. What is not
found is not thereby absent: a small or plain logo is missed by half (see `models/brand_presence/card.yaml`).
Limits: the first page only; flat, nearly planar views; mirrored logos are not looked for. What kind of scene the photo
shows is asked by `scene`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from verifier.casefile import BrandKit, Brief, Finding, Gauge, Item, Kind, Page, Region, Status
from verifier.instruments import brands, clarity, names, prominence, text
from verifier.instruments.brands import CLEAR, Sighting
from verifier.instruments.looks import LOOKS, Looks, load_looks
from verifier.instruments.readings import Readings
from verifier.instruments.scorecard import Scorecard, foremost, kit_kind, load_scorecard

__all__ = ["Display", "load_looks", "load_scorecard"]

_LEAST_MEGAPIXELS = 0.6  # 1% of it is 77 pixels square; of real logos under 60 pixels 6 of 29 were found, above 58%
_LEAST_SHARPNESS = 0.35  # as in quality: hardly an honest photo is below it, and blur takes fine keypoints first
_SAME_PLACE = 0.5  # overlap over the smaller box from which two sightings are one
_WATERMARK_ALIKE = 0.9  # an accusation, so read it nearly exactly
_AGENCIES = (
    "123RF", "Adobe Stock", "Alamy", "Bigstock", "Can Stock Photo", "Depositphotos", "Dreamstime", "Envato", "Fotolia",
    "Freepik", "Getty Images", "iStock", "iStockphoto", "Pond5", "Shutterstock", "Stocksy", "Vecteezy",
)  # fmt: skip
_PROMINENCE = ("brand_share", "brand_centrality", "brand_height_band", "brand_sharpness", "facings")
_OF_KITS = ("brand_present", *_PROMINENCE, "share_of_minimum", "retired_logo", "competitors", "share_of_brands")
_RANK = {
    "pack": 0,
    "logo": 1,
    "sample": 1,
    "logo_look": 2,
    "sample_look": 2,
    "name": 3,
}  # how well outlines show the mark


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What was seen of one kit: all sightings, those that count (one a place), how likely it is there, and
    whether that is `told`."""

    kit: BrandKit
    sightings: tuple[Sighting, ...]
    distinct: tuple[Sighting, ...]
    retired: tuple[Sighting, ...]
    probability: float
    told: bool

    @property
    def name(self) -> str:
        return self.kit.names[0] if self.kit.names else self.kit.id

    @property
    def because(self) -> str:
        """The best of each kind of evidence, in words."""
        best = {sighting.role: sighting for sighting in reversed(self.sightings)}
        return "; ".join(best[role].because for role in _RANK if role in best)


@dataclass(frozen=True, slots=True, kw_only=True)
class Display:
    """Brand presence and prominence on a photo. `scorecard` weighs the evidence; `looks` finds what looks alike."""

    scorecard: Scorecard
    looks: Looks | None = None
    name: str = "display"
    version: str = "1"
    codes: frozenset[str] = field(
        default=frozenset(f"display.{measure}" for measure in (*_OF_KITS, "resolution_enough", "watermark"))
    )

    def applies(self, item: Item, brief: Brief) -> bool:
        return item.kind is Kind.IMAGE and "display" in brief.questions

    def inspect(self, item: Item, brief: Brief, readings: Readings) -> Iterable[Finding]:  # noqa: ARG002
        if not readings.evidence.pages:
            note = "there is no page to look at"
            return [Finding(code=code, status=Status.UNDETERMINED, note=note) for code in sorted(self.codes)]
        page = readings.evidence.pages[0]
        enough = _resolution(page, readings)
        return [enough, _watermark(page, readings), *self._brands(page, brief, readings, bool(enough.value))]

    def _brands(self, page: Page, brief: Brief, readings: Readings, enough: bool) -> Iterator[Finding]:
        ours, theirs = (
            [self._look(page, kit, readings) for kit in brief.brand_kits if kit.competitor is rival]
            for rival in (False, True)
        )
        if not ours:
            note = "no brand kit: add one, so that the photo can be searched for the brand"
            yield from (Finding(code=f"display.{m}", status=Status.UNDETERMINED, note=note) for m in _OF_KITS)
            return
        for seen in ours:
            yield self._presence(page, seen, enough)
            yield from _prominence(page, seen, there=seen.told)
            yield _retired(page, seen)
        rivals = [seen for seen in theirs if seen.told]
        yield _competitors(page, theirs, rivals, enough)
        yield _share_of_brands(page, [seen for seen in ours if seen.told], rivals, theirs)

    def _look(self, page: Page, kit: BrandKit, readings: Readings) -> _Seen:
        found = readings.take(brands.pictures_seen, readings.take(brands.view, page), kit)
        unwanted = [one for one in found if one.role in ("retired", "forbidden") and _clear(one)]
        looked = self._looked(page, kit, readings)
        pictures = tuple(
            one
            for one in (*found, *looked)
            if one.role in _RANK and not any(_outdoes(other, one) for other in unwanted)
        )
        read = brands.names_seen(readings.take(text.read, page), kit)
        kind = kit_kind(picture.role for picture in kit.pictures)
        doubtful = not read and not self.scorecard.is_there(pictures, kind)
        if doubtful and not kit.competitor and not page.words:
            read = brands.names_seen(readings.take(brands.sideways, page), kit)
        sightings = (*pictures, *read)
        return _Seen(
            kit=kit,
            sightings=sightings,
            distinct=_one_a_place(page, _shown(sightings)),
            retired=_one_a_place(page, [one for one in unwanted if one.role == "retired"]),
            probability=self.scorecard.probability(sightings, kind),
            told=self.scorecard.is_there(sightings, kind),
        )

    def _looked(self, page: Page, kit: BrandKit, readings: Readings) -> tuple[Sighting, ...]:
        if self.looks is None or not any(picture.role in LOOKS for picture in kit.pictures):
            return ()
        lines = tuple(line.box for line in readings.take(text.read, page))
        return self.looks.seen(readings.take(self.looks.photo, page, lines), kit)

    def _presence(self, page: Page, seen: _Seen, enough: bool) -> Finding:
        code, settles = "display.brand_present", "a close-up of the logo would settle it"
        if seen.told:
            marks = _regions(page, seen)
            return Finding(code=code, value=True, confidence=_rounded(seen.probability), marks=marks, note=_told(seen))
        if seen.probability >= self.scorecard.possible:
            note = f"{seen.name} is perhaps there ({seen.because}); {settles}"
            return Finding(code=code, status=Status.UNDETERMINED, marks=_regions(page, seen), note=note)
        searched = "logo" if not seen.kit.names else "name" if not seen.kit.pictures else "logo nor name"
        note = f"{'neither ' if ' nor ' in searched else 'no '}{searched} of {seen.name} was found; {settles}"
        if not enough:
            note = f"{note}, this photo being too small or too blurred to tell"
            return Finding(code=code, status=Status.UNDETERMINED, note=note)
        return Finding(code=code, value=False, confidence=_rounded(1 - seen.probability), note=note)


def _resolution(page: Page, readings: Readings) -> Finding:
    """Could a logo that takes a hundredth of the photo be made out?"""
    megapixels = page.width * page.height / 1e6
    sharp = readings.take(clarity.measure, page).sharpness
    enough = megapixels >= _LEAST_MEGAPIXELS and sharp >= _LEAST_SHARPNESS
    gauge = Gauge(label="resolution", value=round(megapixels, 2), low=0, high=12, limit=_LEAST_MEGAPIXELS, unit="MP")
    note = "" if enough else "too small or too blurred to say that a brand is absent: send the original photo"
    return Finding(code="display.resolution_enough", value=enough, marks=(gauge,), note=note)


def _watermark(page: Page, readings: Readings) -> Finding:
    """The stock agency whose name is printed across the photo; "" for none."""
    reads = names.find(_AGENCIES, (), readings.take(text.read, page))
    clear = [read for read in reads if read.similarity >= _WATERMARK_ALIKE]
    if not clear:
        return Finding(code="display.watermark", value="")
    marks = tuple(Region(page=page.index, box=read.box, label=f"watermark: {read.text}") for read in clear)
    return Finding(code="display.watermark", value=clear[0].name, confidence=_rounded(clear[0].similarity), marks=marks)


def _prominence(page: Page, seen: _Seen, there: bool) -> Iterator[Finding]:
    if not there:
        note = f"{seen.name} was not found, so there is nothing to measure"
        for code in (*_PROMINENCE, "share_of_minimum"):
            yield Finding(code=f"display.{code}", status=Status.NOT_APPLICABLE, note=note)
        return
    measured = prominence.measure(page, [one.outline for one in seen.distinct])
    least, marks = seen.kit.min_share, _regions(page, seen)
    gauge = Gauge(label=f"{seen.name}'s share of the photo", value=round(measured.share, 4), low=0, high=1, limit=least)
    yield Finding(code="display.brand_share", value=round(measured.share, 4), marks=(gauge, *marks))
    yield Finding(code="display.brand_centrality", value=round(measured.centrality, 4), marks=marks)
    yield Finding(code="display.brand_height_band", value=measured.band, marks=marks)
    yield _sharpness(measured.sharpness)
    yield Finding(code="display.facings", value=len(seen.distinct), marks=marks, note="places found; more may be there")
    if least is None:
        note = "the program asks for no least share"
        yield Finding(code="display.share_of_minimum", status=Status.NOT_APPLICABLE, note=note)
    else:
        yield Finding(code="display.share_of_minimum", value=round(measured.share / least, 3), marks=(gauge, *marks))


def _sharpness(value: float | None) -> Finding:
    code = "display.brand_sharpness"
    if value is None:
        return Finding(code=code, status=Status.UNDETERMINED, note="the brand is too small here to tell its sharpness")
    return Finding(code=code, value=round(value, 3))


def _retired(page: Page, seen: _Seen) -> Finding:
    code = "display.retired_logo"
    if not any(picture.role == "retired" for picture in seen.kit.pictures):
        return Finding(code=code, status=Status.NOT_APPLICABLE, note="the brand kit names no retired logo")
    marks = tuple(_region(page, one, f"retired {one.because}") for one in seen.retired)
    return Finding(code=code, value=bool(seen.retired), marks=marks)


def _competitors(page: Page, theirs: Sequence[_Seen], rivals: Sequence[_Seen], enough: bool) -> Finding:
    """How many competitors' brands are on the photo."""
    code = "display.competitors"
    if not theirs:
        return Finding(code=code, status=Status.NOT_APPLICABLE, note="no competitor's brand kit")
    if not rivals and not enough:
        note = "none found, and the photo is too small or too blurred to say that there is none"
        return Finding(code=code, status=Status.UNDETERMINED, note=note)
    marks = tuple(mark for seen in rivals for mark in _regions(page, seen))
    confidence = min((seen.probability for seen in rivals), default=1 - max(seen.probability for seen in theirs))
    note = "; ".join(_told(seen) for seen in rivals) or f"looked for {', '.join(seen.name for seen in theirs)}"
    return Finding(code=code, value=len(rivals), confidence=_rounded(confidence), marks=marks, note=note)


def _share_of_brands(page: Page, ours: Sequence[_Seen], rivals: Sequence[_Seen], theirs: Sequence[_Seen]) -> Finding:
    """Of the area that all known brands take, the part that is ours."""
    code = "display.share_of_brands"
    if not theirs or not (ours or rivals):
        note = "no competitor's brand kit" if not theirs else "no brand was found"
        return Finding(code=code, status=Status.NOT_APPLICABLE, note=note)
    mine, others = (
        prominence.share([one.outline for seen in side for one in seen.distinct], page.width, page.height)
        for side in (ours, rivals)
    )
    marks = tuple(mark for seen in (*ours, *rivals) for mark in _regions(page, seen))
    return Finding(code=code, value=round(mine / max(mine + others, 1e-9), 4), marks=marks)


def _clear(one: Sighting) -> bool:
    return one.strength >= (names.LEAST if one.role == "name" else CLEAR[one.role])


def _shown(sightings: Sequence[Sighting]) -> list[Sighting]:
    """Those that are clear, or the best of each kind; with no more than names, also where the mark itself is."""
    shown = [one for one in sightings if _clear(one)] or _best(sightings)
    mark = foremost(sightings)
    return [*shown, mark] if mark and all(one.role == "name" for one in shown) else shown


def _best(sightings: Sequence[Sighting]) -> list[Sighting]:
    """The best of each kind of evidence, where none is clear by itself."""
    return list({one.role: one for one in reversed(sightings)}.values())


def _outdoes(unwanted: Sighting, one: Sighting) -> bool:
    """Does a retired or forbidden picture explain the same place better?"""
    return unwanted.strength > one.strength and _overlap(unwanted, one) > _SAME_PLACE


def _one_a_place(page: Page, sightings: Sequence[Sighting]) -> tuple[Sighting, ...]:
    """Sightings without those that lie over another: packs before logos before names, then the best-attested."""
    kept: list[Sighting] = []
    for one in sorted(sightings, key=lambda one: (_RANK.get(one.role, 1), -one.strength)):
        if _on(page, one) and not any(_overlap(one, other) > _SAME_PLACE for other in kept):
            kept.append(one)
    return tuple(kept)


def _on(page: Page, one: Sighting) -> bool:
    """Does any of it lie on the page?"""
    box = prominence.box_of(one.outline, page.width, page.height)
    return box.right > box.left and box.bottom > box.top


def _overlap(a: Sighting, b: Sighting) -> float:
    """Of the upright boxes, over the smaller."""
    (ax, ay), (bx, by) = (tuple(zip(*one.outline, strict=True)) for one in (a, b))
    width = min(max(ax), max(bx)) - max(min(ax), min(bx))
    height = min(max(ay), max(by)) - max(min(ay), min(by))
    if width <= 0 or height <= 0:
        return 0.0
    areas = ((max(xs) - min(xs)) * (max(ys) - min(ys)) for xs, ys in ((ax, ay), (bx, by)))
    return float(width * height / min(areas))


def _regions(page: Page, seen: _Seen) -> tuple[Region, ...]:
    return tuple(_region(page, one, f"{seen.name}: {one.because}") for one in seen.distinct)


def _region(page: Page, one: Sighting, label: str) -> Region:
    outline = tuple((round(x, 1), round(y, 1)) for x, y in one.outline)
    box = prominence.box_of(outline, page.width, page.height)
    return Region(page=page.index, box=box, label=label, outline=outline)


def _told(seen: _Seen) -> str:
    return f"{seen.name}: {seen.because}"


def _rounded(probability: float) -> float:
    return round(probability, 3)
