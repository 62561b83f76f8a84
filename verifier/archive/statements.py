"""The statements that every claim asks, built once: building one takes several times as long as running it."""

from __future__ import annotations

from sqlalchemy import Column, ColumnElement, Table, bindparam, func, insert, select

from verifier.archive.tables import audit, reports, sightings

_KEY = ("tenant", "claim", "revision", "digest", "rulebook", "pipeline")
_CLAIM = ("tenant", "claim", "revision")


def same(table: Table, *names: str) -> tuple[ColumnElement[bool], ...]:
    """Columns that equal the parameters of their names."""
    return tuple(table.c[name] == bindparam(name) for name in names)


def _begins(column: Column[str], start: str) -> ColumnElement[bool]:
    return func.substr(column, 1, func.length(bindparam(start))) == bindparam(start)


WATERMARK = select(func.max(sightings.c.sequence)).where(*same(sightings, "tenant"))
SIGHTINGS = (
    select(sightings)
    .where(
        *same(sightings, "tenant"), sightings.c.sequence > bindparam("after"), sightings.c.sequence <= bindparam("upto")
    )
    .order_by(sightings.c.sequence)
    .limit(bindparam("most"))
)
SEEN = select(sightings.c.item, sightings.c.digest, sightings.c.page).where(*same(sightings, *_CLAIM))
ADD_SIGHTING = insert(sightings)

IS_FILED = select(reports.c.id).where(*same(reports, *_KEY))
FILED = (
    select(reports.c.body)
    .where(*same(reports, *_KEY[:4]), _begins(reports.c.rulebook, "rulebook"), _begins(reports.c.pipeline, "pipeline"))
    .order_by(reports.c.id)
    .limit(1)
)
REPORT = select(reports.c.body).where(*same(reports, *_CLAIM)).order_by(reports.c.id.desc()).limit(1)
NEWEST_REPORT = (
    select(reports.c.body)
    .where(*same(reports, *_CLAIM[:2]))
    .order_by(reports.c.revision.desc(), reports.c.id.desc())
    .limit(1)
)
ADD_REPORT = insert(reports)

LAST_ENTRY = select(audit).order_by(audit.c.sequence.desc()).limit(1)
ADD_ENTRY = insert(audit)
