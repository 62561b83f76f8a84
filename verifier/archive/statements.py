"""The statements that every claim asks, built once: building one takes several times as long as running it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ColumnElement, Table, and_, bindparam, func, insert, or_, select, text, update

from verifier.archive.tables import audit, jobs, keys, reports, sightings, tombstones
from verifier.casefile import JobState

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
SIGHTINGS_OF = select(sightings).where(*same(sightings, "tenant", "claim")).order_by(sightings.c.sequence)
ERASED = select(tombstones.c.sequence).where(*same(tombstones, "tenant"))
SEEN = select(sightings.c.item, sightings.c.digest, sightings.c.page).where(*same(sightings, *_CLAIM))
ADD_SIGHTING = insert(sightings)

IS_FILED = select(reports.c.id).where(*same(reports, *_KEY))
FILED = (
    select(reports.c.body)
    .where(*same(reports, *_KEY[:4]), _begins(reports.c.rulebook, "rulebook"), _begins(reports.c.pipeline, "pipeline"))
    .order_by(reports.c.id)
    .limit(1)
)
REPORTED = (
    select(reports.c.claim)
    .where(*same(reports, "tenant"), reports.c.claim.in_(bindparam("claims", expanding=True)))
    .distinct()
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

KEY = select(keys).where(*same(keys, "id"))

JOB = select(jobs).where(*same(jobs, "tenant", "id"))
JOB_BY_KEY = select(jobs).where(*same(jobs, "tenant", "key"))
JOB_OF_LINE = select(jobs).where(*same(jobs, "tenant", "run", "claim_id", "revision"))
NEWEST_JOB = (  # of a claim that a portal sent, and that did not fail
    select(jobs)
    .where(*same(jobs, "tenant", "claim_id"), jobs.c.run == "", jobs.c.state != JobState.FAILED)
    .order_by(jobs.c.revision.desc())
    .limit(1)
)
WAITING = select(func.count()).where(jobs.c.state == JobState.QUEUED, *same(jobs, "run"))
ADD_JOB = insert(jobs)
_HELD = and_(jobs.c.id == bindparam("job"), jobs.c.lease == bindparam("token"), jobs.c.state == JobState.PROCESSING)
RENEW = update(jobs).where(_HELD).values(lease_until=bindparam("until"))
SETTLE = (
    update(jobs)
    .where(_HELD)
    .values(
        state=bindparam("end"), updated_at=bindparam("now"), problem=bindparam("told"), lease=None, lease_until=None
    )
)


def _lease(*which: ColumnElement[bool]) -> Any:
    """Leases the oldest job that waits, or whose lease ran out; gives its row as it is then, or none."""
    ran_out = and_(jobs.c.state == JobState.PROCESSING, jobs.c.lease_until < bindparam("now"))
    free = select(jobs.c.id).where(or_(jobs.c.state == JobState.QUEUED, ran_out), *which)
    return (
        update(jobs)
        .where(jobs.c.id == free.order_by(jobs.c.created_at, jobs.c.id).limit(1).scalar_subquery())
        .values(
            state=JobState.PROCESSING,
            updated_at=bindparam("now"),
            attempts=jobs.c.attempts + 1,
            lease=bindparam("token"),
            lease_until=bindparam("until"),
        )
        .returning(jobs)
    )


LEASE = _lease()
LEASE_OF_RUN = _lease(jobs.c.run == bindparam("of_run"))

HEADS = text(  # what is left out is most of a report: SQLite does it in a tenth of the time of reading it all
    "SELECT id, json_set(body, '$.items', json('[]'), '$.inspections', json('[]'), '$.hits', json('[]')) AS head, "
    "(SELECT json_group_array(json_extract(value, '$.item.name')) FROM json_each(body, '$.items')) AS names "
    "FROM reports WHERE tenant = :tenant AND id > :after ORDER BY id LIMIT 200"
)
