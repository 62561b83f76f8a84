"""The statement: what was found about an item's twins, as findings with the twins drawn beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from verifier.archive.protocol import Sighting
from verifier.casefile import Claim, Finding, Item, Kind, Status, Table, Trace
from verifier.comparison import drawing, wording
from verifier.comparison.changes import Change
from verifier.comparison.twins import Likeness, Twin
from verifier.instruments import fingerprint

CODES = frozenset(
    f"duplicates.{measure}"
    for measure in (
        "compared",  # int: items submitted earlier that this one was compared with
        "exact",  # int: of those, how many have the same bytes
        "copy",  # 0..1: what agrees with the nearest copy in other bytes (pattern, or words of reports); 0 = none
        "altered_figures",  # int: fields that differ from an earlier report that is otherwise the same; 0 = none;
        # UNDETERMINED where some were read otherwise in print so alike that it may be the same
        "reported_again",  # int: counts that grew since an earlier report of the same campaign; 0 = none was found
        "recaptured",  # 0..1: aligned agreement with the same exposure seen from another side; 0 = none found
        "same_scene",  # 0..1: aligned agreement with another take of the same scene; 0 = none found
        "shared_pages",  # int: pages of a longer document that an earlier one has too, while others are its own
        "other_partner",  # bool: an exact, copied, altered or recaptured twin was filed by another partner
        "same_device",  # int: other partners whose pictures the same camera body took; ABSENT without a serial number
        "within_claim",  # int: items before it in this claim that this one repeats; on the claim: repeating items
    )
)
MOST_TOLD = 4  # fields that a sentence names; the table names all

_TWINS = (Likeness.EXACT, Likeness.COPY, Likeness.ALTERED, Likeness.UPDATED, Likeness.RECAPTURED)
_REPORTS = (Likeness.COPY, Likeness.ALTERED, Likeness.UPDATED)
_SAYINGS = ("copy", "altered_figures", "reported_again", "shared_pages")
_PIXELS = ("recaptured", "same_scene", "same_device")


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
    whole = _without_others_edits(claim, whole)
    exact = _of(whole, Likeness.EXACT)
    yield Finding(code="duplicates.compared", value=compared.among)
    yield _counted("exact", exact)
    pages = [trace for trace in traces if trace.sheet is None]
    if traces:
        yield _copy(whole, compared.earlier)
        yield _altered(_of(whole, Likeness.ALTERED), [twin for twin in _of(whole, Likeness.COPY) if twin.changes])
        yield _differing("reported_again", _of(whole, Likeness.UPDATED))
        yield _counted("shared_pages", parts, len({twin.page for twin in parts}))
    if pages:
        yield from _of_pixels(claim, pages, whole, compared.devices)
    for name in (*(() if traces else _SAYINGS), *(() if pages else _PIXELS)):
        yield Finding(code=f"duplicates.{name}", status=Status.NOT_APPLICABLE, note="it has no pages")
    yield _other_partner(claim, [twin for likeness in _TWINS for twin in _of(whole, likeness)])
    repeated = _repeats(item, traces, compared.siblings)
    yield _counted("within_claim", repeated)


def _of_pixels(
    claim: Claim, pages: Sequence[Trace], whole: Sequence[Twin], devices: Sequence[Sighting]
) -> Iterator[Finding]:
    """What only pictures tell."""
    yield _agreement("recaptured", _of(whole, Likeness.RECAPTURED))
    copied = {twin.other.item for likeness in _TWINS for twin in _of(whole, likeness)}
    scenes = [twin for twin in _of(whole, Likeness.SAME_SCENE) if twin.other.item not in copied]
    yield _agreement("same_scene", scenes)
    yield _device(claim, pages, devices)


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


def _without_others_edits(claim: Claim, twins: Sequence[Twin]) -> list[Twin]:
    """Without edits filed after the partner's own report, which this one continues: those are others' doing."""
    own = [
        twin.other.sequence
        for twin in twins
        if twin.likeness is Likeness.UPDATED and claim.partner and twin.other.partner == claim.partner
    ]
    first = min(own, default=None)
    return [
        twin for twin in twins if first is None or twin.likeness is not Likeness.ALTERED or twin.other.sequence < first
    ]


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
    return Finding(code=f"duplicates.{name}", value=number, marks=drawing.drawn(twins), note=_told(twins))


def _agreement(name: str, twins: Sequence[Twin]) -> Finding:
    value = round(twins[0].agreement, 4) if twins else 0.0
    return Finding(code=f"duplicates.{name}", value=value, marks=drawing.drawn(twins), note=_told(twins))


def _copy(whole: Sequence[Twin], all_: Sequence[Twin]) -> Finding:
    copies, unknown = _of(whole, Likeness.COPY), _of(all_, Likeness.UNKNOWN)
    if copies or not unknown:
        return _agreement("copy", copies)
    first = unknown[0]
    note = f"{_named(first)}: {first.note}" if first.alignment or first.is_table else first.note
    marks = (*(drawing.fields(first) if first.changes else ()), *drawing.drawn(unknown))
    if first.changes:
        note += f": {_in_words(first)}"
    return Finding(code="duplicates.copy", status=Status.UNDETERMINED, marks=marks, note=note)


def _altered(twins: Sequence[Twin], doubtful: Sequence[Twin]) -> Finding:
    """Of a copy in which some places were only read otherwise, it cannot be told: they are shown."""
    if twins or not doubtful:
        return _differing("altered_figures", twins)
    shown = _differing("altered_figures", doubtful)
    return replace(shown, value=None, status=Status.UNDETERMINED)


def _differing(name: str, twins: Sequence[Twin]) -> Finding:
    """The nearest report that says something else, and where."""
    if not twins:
        return Finding(code=f"duplicates.{name}", value=0)
    twin = twins[0]
    return Finding(
        code=f"duplicates.{name}",
        value=max(1, len(twin.changes)),
        marks=(*drawing.fields(twin), *drawing.drawn(twins)),
        note=f"{_told(twins)}: {_in_words(twin)}",
    )


def _in_words(twin: Twin) -> str:
    surest = sorted(twin.changes, key=lambda change: not change.sure)
    changes = [_changed(change) for change in surest[:MOST_TOLD]]
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
    return "; ".join(_named(twin) for twin in twins[: drawing.MOST_TWINS])


def _named(twin: Twin) -> str:
    """The twin in words."""
    other = twin.other
    when = f", {other.submitted_at.date().isoformat()}" if other.submitted_at else ""
    who = f" of {other.partner}" if other.partner else ""
    words = f"{other.item}{who}{when}"
    if twin.is_table and twin.likeness is not Likeness.EXACT:
        return f"{words}, {twin.agreement:.0%} of the figures are the same"
    if twin.alignment is None:
        return words
    if twin.wording:
        return f"{words}, {twin.agreement:.0%} of the words are the same"
    mirrored = ", mirrored" if twin.alignment.mirrored else ""
    bent = ", bent as by a lens filter" if twin.alignment.bend else ""
    return f"{words}{mirrored}{bent}, {twin.agreement:.0%} of the pattern agrees"
