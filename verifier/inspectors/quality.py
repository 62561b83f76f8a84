"""Quality: is the picture good enough to judge by, and if not, what would make a better one?

The limits stand on real pictures: `benchmarks/quality.py` counts how many honest ones fall below them, and how many of
the same ones blurred, shaken, darkened, washed out and shrunk do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from verifier.casefile import Brief, Evidence, Finding, Gauge, Heatmap, Item, Kind, Page, Status
from verifier.instruments import clarity
from verifier.instruments.clarity import Clarity
from verifier.instruments.readings import Readings

LEAST_SHARPNESS = 0.7  # 5 of 1,933 real pictures have less; blurred by 0.6% of the long side 237 of 240 have
LEAST_BRIGHT = 60.0  # grey level; none of 1,933 real pictures is darker, all of 240 at a seventh of their light are
LEAST_CONTRAST = 40.0  # grey levels from dark to bright; none of 1,933 real pictures has less
LEAST_PIXELS = 40_000  # 200 x 200: 24 of 1,933 real pictures have fewer, 23 of them flat artwork


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """Sharpness, light and size of the clearest page."""

    name: str = "quality"
    version: str = "4"
    codes: frozenset[str] = field(
        default=frozenset(
            f"quality.{measure}"
            for measure in ("sharpness", "exposure", "contrast", "short_side", "megapixels", "legible", "left_out")
        )
    )

    def applies(self, item: Item, brief: Brief) -> bool:  # noqa: ARG002 - every brief
        return item.kind in (Kind.IMAGE, Kind.DOCUMENT, Kind.TABLE, Kind.MESSAGE)

    def inspect(self, item: Item, brief: Brief, readings: Readings) -> Iterable[Finding]:  # noqa: ARG002
        return [_left_out(readings.evidence), *self._clearness(readings)]

    def _clearness(self, readings: Readings) -> Iterable[Finding]:
        measures = self.codes - {"quality.left_out"}
        if _is_text(readings.evidence):
            note = "it keeps its text as text: no picture has to be read"
            others = sorted(measures - {"quality.legible"})
            return [
                *(Finding(code=code, status=Status.NOT_APPLICABLE, note=note) for code in others),
                Finding(code="quality.legible", value=True, note=note),
            ]
        looked = [(page, readings.take(clarity.measure, page)) for page in readings.evidence.pages]
        if not looked:
            note = "there is neither text nor a picture to look at"
            return [Finding(code=code, status=Status.UNDETERMINED, note=note) for code in sorted(measures)]
        page, seen = max(looked, key=lambda pair: (not faults(*pair), pair[1].sharpness))
        return _findings(page, seen)


def _left_out(evidence: Evidence) -> Finding:
    """How many parts of the item nobody looked at: pages beyond the limit, later frames, attachments not read."""
    read = {page.label for page in evidence.pages}
    unread = [file.name for file in evidence.attachments if not any(file.name in label for label in read)]
    parts = {
        "pages or pictures beyond the first ones, or not readable": evidence.pages_left_out,
        "frames after the first": evidence.frames - 1 if evidence.kind is Kind.IMAGE else 0,
        f"attachments ({', '.join(unread)})": len(unread),
    }
    note = "; ".join(f"{count} {what}" for what, count in parts.items() if count)
    return Finding(code="quality.left_out", value=sum(parts.values()), note=note)


def _is_text(evidence: Evidence) -> bool:
    worded = any(page.words for page in evidence.pages) or bool(evidence.text.strip())
    return worded or any(any(row) for sheet in evidence.sheets for row in sheet.rows)


def faults(page: Page, seen: Clarity) -> tuple[str, ...]:
    """Why nobody can judge by this page, each with what to do about it; () when one can."""
    found = []
    if page.width * page.height < LEAST_PIXELS:
        found.append(f"too small ({page.width} x {page.height}): send the original, not a preview")
    if seen.bright < LEAST_BRIGHT:
        found.append("too dark: take it again with more light or with the flash")
    elif seen.bright - seen.dark < LEAST_CONTRAST:
        found.append("blank or washed out: take it again without light shining into the lens")
    elif seen.sharpness < LEAST_SHARPNESS:
        found.append("blurred: hold still, clean the lens, tap on the display to focus, and take it again")
    return tuple(found)


def _findings(page: Page, seen: Clarity) -> Iterator[Finding]:
    yield _sharpness(page, seen)
    yield _gauged("exposure", "brightest part", seen.bright, LEAST_BRIGHT)
    yield _gauged("contrast", "from dark to bright", seen.bright - seen.dark, LEAST_CONTRAST)
    yield Finding(code="quality.short_side", value=min(page.width, page.height))
    yield Finding(code="quality.megapixels", value=round(page.width * page.height / 1e6, 3))
    wrong = faults(page, seen)
    yield Finding(code="quality.legible", value=not wrong, note="; ".join(wrong))


def _sharpness(page: Page, seen: Clarity) -> Finding:
    if seen.bright - seen.dark < LEAST_CONTRAST:
        note = "the page is nearly one tone: nothing on it could be out of focus"
        return Finding(code="quality.sharpness", status=Status.UNDETERMINED, note=note)
    value = round(seen.sharpness, 3)
    gauge = Gauge(label="sharpness", value=value, low=0.0, high=1.0, limit=LEAST_SHARPNESS)
    tiles = Heatmap(
        page=page.index, rows=clarity.TILES, columns=clarity.TILES, cells=seen.tiles, label="where details are sharp"
    )
    return Finding(code="quality.sharpness", value=value, marks=(gauge, tiles))


def _gauged(name: str, label: str, value: float, limit: float) -> Finding:
    gauge = Gauge(label=label, value=round(value, 1), low=0.0, high=255.0, limit=limit, unit="grey levels")
    return Finding(code=f"quality.{name}", value=round(value, 1), marks=(gauge,))
