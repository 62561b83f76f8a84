"""The text to the partner, begun from what the rules ask for; a person reads and changes it before it is sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from verifier.casefile import Bearing, ClaimReport, Hit, ItemReport, Truth


def prefilled(report: ClaimReport, item: str | None = None) -> str:
    """What to ask on one item (its id), or on the whole claim (None or ""): a line each, "" where nothing is asked.

    Made of the rules' `ask` lines, of remedies for what could not be read, and of the partner's own file names only:
    no score, no weight, no title, nobody else's data. What speaks against the claim comes before what is still open.
    """
    entries = [entry for entry in report.items if not item or entry.item.id == item]
    hits = [hit for hit in report.hits if not item or hit.item == item]
    names = {} if item else {entry.item.id: entry.item.name for entry in report.items}
    lines = [*_unread(entries, named=not item), *_asked(hits, names)]
    return "\n".join(dict.fromkeys(lines))


def _unread(entries: Iterable[ItemReport], *, named: bool) -> Iterator[str]:
    for entry in entries:
        if entry.item.problem is not None:
            yield _line(entry.item.problem.remedy, entry.item.name if named else "")


def _asked(hits: list[Hit], names: dict[str, str]) -> Iterator[str]:
    """Nothing more is asked on what the same item shows already."""
    shown = {(hit.requirement, hit.item) for hit in hits if _holds(hit, Bearing.SUPPORTS)}
    against = [hit for hit in hits if _holds(hit, Bearing.CONTRADICTS)]
    unsettled = [hit for hit in hits if hit.truth is Truth.CANNOT_TELL and (hit.requirement, hit.item) not in shown]
    for hit in (*against, *unsettled):
        if hit.ask:
            yield _line(hit.ask, names.get(hit.item, ""))


def _holds(hit: Hit, bearing: Bearing) -> bool:
    return hit.truth is Truth.HOLDS and hit.bearing is bearing


def _line(text: str, name: str) -> str:
    sentence = text[:1].upper() + text[1:].rstrip(".") + "."
    return f"{name}: {sentence}" if name else sentence
