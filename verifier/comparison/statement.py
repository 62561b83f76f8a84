"""The statement: what was found about an item's twins, as findings with the twins drawn beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from verifier.archive.protocol import Sighting
from verifier.casefile import Box, Claim, Finding, Item, Kind, Lookalike, Mark, Outline, Region, Status, Table, Trace
from verifier.comparison import wording
from verifier.comparison.fields import Change
from verifier.comparison.twins import Likeness, Twin
from verifier.instruments import fingerprint

CODES = frozenset(
    f"duplicates.{measure}"
    for measure in (
        "compared",  # int: items submitted earlier that this one was compared with
        "exact",  # int: of those, how many have the same bytes
        "copy",  # 0..1: what agrees with the nearest copy in other bytes (pattern, or words of reports); 0 = none
        "altered_figures",  # int: fields that differ from an earlier report that is otherwise the same; 0 = none
        "reported_again",  # int: counts that grew since an earlier report of the same campaign; 0 = none was found
        "recaptured",  # 0..1: aligned agreement with the same exposure seen from another side; 0 = none found
        "same_scene",  # 0..1: aligned agreement with another take of the same scene; 0 = none found
        "shared_pages",  # int: pages of a longer document that an earlier one has too, while others are its own
        "other_partner",  # bool: an exact, copied, altered or recaptured twin was filed by another partner
        "same_device",  # int: other partners whose pictures the same camera body took; ABSENT without a serial number
        "within_claim",  # int: items before it in this claim that this one repeats; on the claim: repeating items
    )
)
MOST_TWINS = 3  # drawn for one finding, the nearest first
MOST_TOLD = 4  # fields that a sentence names; the table names all

_TWINS = (Likeness.EXACT, Likeness.COPY, Likeness.ALTERED, Likeness.UPDATED, Likeness.RECAPTURED)
_REPORTS = (Likeness.COPY, Likeness.ALTERED, Likeness.UPDATED)
_OF_PIXELS = ("recaptured", "same_scene", "shared_pages", "same_device")
_Scale = tuple[float, float]  # across, down


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What came of comparing one item. `among` counts the earlier items that it was compared with."""

    among: int
    earlier: tuple[Twin, ...] = ()
    siblings: tuple[Twin, ...] = ()
    devices: tuple[Sighting, ...] = ()


def of_item(claim: Claim, item: Item, traces: Sequence[Trace], compared: Compared) -> Iterator[Finding]:
    """All findings about one item."""
    whole, parts = _apart(item, traces, compared.earlier)
    exact = _of(whole, Likeness.EXACT)
    yield Finding(code="duplicates.compared", value=compared.among)
    yield _counted("exact", exact)
    if traces:
        yield _copy(whole, compared.earlier)
        yield _differing("altered_figures", _of(whole, Likeness.ALTERED))
        yield _differing("reported_again", _of(whole, Likeness.UPDATED))
        yield _agreement("recaptured", _of(whole, Likeness.RECAPTURED))
        copied = {twin.other.item for likeness in _TWINS for twin in _of(whole, likeness)}
        scenes = [twin for twin in _of(whole, Likeness.SAME_SCENE) if twin.other.item not in copied]
        yield _agreement("same_scene", scenes)
        yield _counted("shared_pages", parts, len({twin.page for twin in parts}))
        yield _device(claim, traces, compared.devices)
    else:
        for name in ("copy", "altered_figures", "reported_again", *_OF_PIXELS):
            yield Finding(code=f"duplicates.{name}", status=Status.NOT_APPLICABLE, note="it has no pages")
    yield _other_partner(claim, [twin for likeness in _TWINS for twin in _of(whole, likeness)])
    repeated = _repeats(item, traces, compared.siblings)
    yield _counted("within_claim", repeated)


def of_claim(compared: Mapping[str, Compared]) -> Iterator[Finding]:
    """How many of the claim's items repeat one before them; `within_claim` of the items says which, drawn."""
    rows = tuple(
        (item, twin.other.item, twin.likeness.value)
        for item, found in compared.items()
        for twin in found.siblings
        if twin.likeness in (Likeness.EXACT, Likeness.COPY)
    )
    table = Table(header=("item", "repeats", "how"), rows=rows, caption="Items of this claim that are the same")
    repeating = len({row[0] for row in rows})
    yield Finding(code="duplicates.within_claim", value=repeating, marks=(table,) if rows else ())


def _apart(item: Item, traces: Sequence[Trace], twins: Sequence[Twin]) -> tuple[list[Twin], list[Twin]]:
    """Twins of the item as a whole, and of some pages only: terms and letterheads are the same in honest documents.

    A copy of a document's page counts for the whole once every page that says something is copied from one item.
    """
    copied: dict[str, set[int]] = {}
    for twin in twins:
        if twin.likeness in _REPORTS:
            copied.setdefault(twin.other.item, set()).add(twin.page)
    telling = {trace.page for trace in traces if _says_something(trace)} or {trace.page for trace in traces}
    whole: list[Twin] = []
    parts: list[Twin] = []
    for twin in twins:
        of_page = twin.likeness in _REPORTS and item.kind is not Kind.IMAGE and not twin.box
        partial = of_page and not telling <= copied[twin.other.item]
        (parts if partial else whole).append(twin)
    return whole, parts


def _says_something(trace: Trace) -> bool:
    return trace.pdq_quality >= fingerprint.PDQ_TRUSTED or len(trace.words) >= wording.ENOUGH_WORDS


def _of(twins: Sequence[Twin], likeness: Likeness) -> list[Twin]:
    """The twins of that kind, the nearest first, then in the order in which they were filed.

    Of a page and its panels, or of a twin's, the whole stands for its parts.
    """
    found = [twin for twin in twins if twin.likeness is likeness]
    parts = {(twin.other.item, twin.other.sequence, twin.page, twin.box): twin for twin in found}
    wholes = {(twin.other.item, twin.page) for twin in found if _is_whole(twin)}
    kept = [twin for twin in parts.values() if _is_whole(twin) or (twin.other.item, twin.page) not in wholes]
    return sorted(kept, key=lambda twin: (-twin.agreement, twin.other.sequence, twin.page))


def _is_whole(twin: Twin) -> bool:
    return twin.box is None and (twin.other.trace is None or not twin.other.trace.panel)


def _repeats(item: Item, traces: Sequence[Trace], siblings: Sequence[Twin]) -> list[Twin]:
    whole, _ = _apart(item, traces, siblings)
    return [*_of(whole, Likeness.EXACT), *_of(whole, Likeness.COPY)]


def _counted(name: str, twins: Sequence[Twin], count: int | None = None) -> Finding:
    number = len({twin.other.item for twin in twins}) if count is None else count
    return Finding(code=f"duplicates.{name}", value=number, marks=_drawn(twins), note=_told(twins))


def _agreement(name: str, twins: Sequence[Twin]) -> Finding:
    value = round(twins[0].agreement, 4) if twins else 0.0
    return Finding(code=f"duplicates.{name}", value=value, marks=_drawn(twins), note=_told(twins))


def _copy(whole: Sequence[Twin], all_: Sequence[Twin]) -> Finding:
    copies, unknown = _of(whole, Likeness.COPY), _of(all_, Likeness.UNKNOWN)
    if copies or not unknown:
        return _agreement("copy", copies)
    first = unknown[0]
    note = f"{_named(first)}: {first.note}" if first.alignment else first.note
    marks = (*(_fields(first) if first.changes else ()), *_drawn(unknown))
    if first.changes:
        note += f": {_in_words(first)}"
    return Finding(code="duplicates.copy", status=Status.UNDETERMINED, marks=marks, note=note)


def _differing(name: str, twins: Sequence[Twin]) -> Finding:
    """The nearest report that says something else, and where."""
    if not twins:
        return Finding(code=f"duplicates.{name}", value=0)
    twin = twins[0]
    return Finding(
        code=f"duplicates.{name}",
        value=max(1, len(twin.changes)),
        marks=(*_fields(twin), *_drawn(twins)),
        note=f"{_told(twins)}: {_in_words(twin)}",
    )


def _fields(twin: Twin) -> Iterator[Mark]:
    """The fields that differ, as a table and boxed on this page."""
    yield Table(
        header=("field", f"in {twin.other.item}", "here"),
        rows=tuple((change.label, change.old, change.new) for change in twin.changes),
        caption=f"Fields that differ, while {twin.agreement:.0%} of the rest are the same",
    )
    for change in twin.changes:
        if change.here is not None:
            yield Region(page=twin.page, box=change.here, label="differs")


def _in_words(twin: Twin) -> str:
    changes = [_changed(change) for change in twin.changes[:MOST_TOLD]]
    return ", ".join(changes) + (" ..." if len(twin.changes) > MOST_TOLD else "")


def _changed(change: Change) -> str:
    if change.old and change.new:
        return f"{change.label} {change.old} -> {change.new}".strip()
    if change.old or change.new:
        return f"{change.label} {change.old or change.new} {'is missing' if change.old else 'is new'}".strip()
    return f"{change.label} differs"


def _other_partner(claim: Claim, twins: Sequence[Twin]) -> Finding:
    code = "duplicates.other_partner"
    if not twins:
        return Finding(code=code, status=Status.NOT_APPLICABLE, note="no twin was found")
    others = sorted({twin.other.partner for twin in twins} - {claim.partner, ""})
    if not others and (not claim.partner or any(not twin.other.partner for twin in twins)):
        return Finding(code=code, status=Status.UNDETERMINED, note="a partner is not stated")
    return Finding(code=code, value=bool(others) and bool(claim.partner), note=", ".join(others))


def _device(claim: Claim, traces: Sequence[Trace], seen: Sequence[Sighting]) -> Finding:
    if not any(trace.device for trace in traces):
        return Finding(
            code="duplicates.same_device", status=Status.ABSENT, note="no serial number of a camera in the file"
        )
    others = sorted({sighting.partner for sighting in seen} - {claim.partner, ""})
    return Finding(code="duplicates.same_device", value=len(others), note=", ".join(others))


def _told(twins: Sequence[Twin]) -> str:
    return "; ".join(_named(twin) for twin in twins[:MOST_TWINS])


def _named(twin: Twin) -> str:
    """The twin in words."""
    other = twin.other
    when = f", {other.submitted_at.date().isoformat()}" if other.submitted_at else ""
    who = f" of {other.partner}" if other.partner else ""
    words = f"{other.item}{who}{when}"
    if twin.alignment is None:
        return words
    if twin.wording:
        return f"{words}, {twin.agreement:.0%} of the words are the same"
    mirrored = ", mirrored" if twin.alignment.mirrored else ""
    return f"{words}{mirrored}, {twin.agreement:.0%} of the pattern agrees"


def _drawn(twins: Sequence[Twin]) -> tuple[Mark, ...]:
    return tuple(_lookalike(twin) for twin in twins[:MOST_TWINS] if twin.other.trace is not None)


def _lookalike(twin: Twin) -> Lookalike:
    """Drawn in pixels of both pages (of the twin's panel, if that is the twin); equal pictures lie on each other."""
    there = twin.other.trace
    assert there is not None  # noqa: S101 - the caller's filter
    found = twin.alignment
    homography: tuple[float, ...] = ()
    here_outline: Outline = ()
    there_outline: Outline = ()
    if found is None:
        here_outline, there_outline = _frame(twin.width, twin.height), _frame(there.width, there.height)
        stretch = (there.width / max(1, twin.width), there.height / max(1, twin.height))
        homography = (stretch[0], 0.0, 0.0, 0.0, stretch[1], 0.0, 0.0, 0.0, 1.0)
    elif found.homography:
        here = (twin.width / found.size_a[0], twin.height / found.size_a[1])
        away = (there.width / found.size_b[0], there.height / found.size_b[1])
        homography = _rescaled(found.homography, here, away)
        here_outline, there_outline = _scaled(found.here, here), _scaled(found.there, away)
    return Lookalike(
        page=twin.page,
        other_item=twin.other.item,
        other_claim=twin.other.claim,
        other_page=there.page,
        other_preview=there.preview,
        metric=_metric(twin),
        distance=round(1 - twin.agreement, 4),
        limit=0.0 if twin.likeness is Likeness.EXACT else round(max(0.0, 1 - twin.least), 4),
        homography=_from_page(homography, twin.box),
        here=_shifted(here_outline, twin.box),
        there=there_outline,
        here_differs=tuple(change.here for change in twin.changes if change.here),
        there_differs=tuple(change.there for change in twin.changes if change.there),
        other_width=there.width,
        other_height=there.height,
    )


def _from_page(homography: tuple[float, ...], panel: Box | None) -> tuple[float, ...]:
    """What maps a panel's pixels, for pixels of the page that it is on."""
    if panel is None or not homography:
        return homography
    matrix = np.reshape(homography, (3, 3)) @ np.array([[1, 0, -panel.left], [0, 1, -panel.top], [0, 0, 1]])
    return tuple(float(value) for value in (matrix / matrix[2, 2]).ravel())


def _frame(width: int, height: int) -> Outline:
    return ((0.0, 0.0), (float(width), 0.0), (float(width), float(height)), (0.0, float(height)))


def _shifted(outline: Outline, box: Box | None) -> Outline:
    return tuple((round(x + box.left, 1), round(y + box.top, 1)) for x, y in outline) if box else outline


def _metric(twin: Twin) -> str:
    if twin.likeness is Likeness.EXACT:
        return "bytes"
    return "words that differ, share" if twin.wording else "pattern that differs, share"


def _rescaled(homography: tuple[float, ...], here: _Scale, there: _Scale) -> tuple[float, ...]:
    """From preview pixels to page pixels: scale(there) x H x scale(here)^-1."""
    columns, rows = (here[0], here[1], 1.0), (there[0], there[1], 1.0)
    return tuple(value * rows[n // 3] / columns[n % 3] for n, value in enumerate(homography))


def _scaled(outline: Outline, factor: _Scale) -> Outline:
    return tuple((round(x * factor[0], 1), round(y * factor[1], 1)) for x, y in outline)
