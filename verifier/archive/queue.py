"""The queue: jobs in the archive's database, so that what was acknowledged survives a crash.

A job is leased, not taken: whoever works on it renews the lease, and a job whose lease ran out is anybody's again
(at least once; filing a report is idempotent).
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, insert, or_, select, text, tuple_, update
from sqlalchemy.dialects.sqlite import insert as upsert

from verifier import codec
from verifier.archive.database import Database
from verifier.archive.tables import jobs
from verifier.casefile import Claim, Deposit, Job, JobState, Problem
from verifier.errors import KeyReused, RevisionTaken

_CHUNK = 500  # jobs of a run read at a time: a run may be larger than the memory


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to work on a job until `until`; `token` tells this lease from an earlier one."""

    job: Job
    token: str
    until: datetime


class Queue:
    """Jobs in the SQLite file at `path`. Safe for several threads and processes; `now` is given, never read here."""

    def __init__(self, path: Path) -> None:
        self._database = Database(path)

    def submit(self, job: Job) -> Job:
        """Keep a job and acknowledge it; or the earlier one: of the same key, line of a run, or revision of a claim.

        Raises KeyReused when another body was sent under that key. Outside runs a claim's revisions only rise: another
        body under a revision that was sent, or a lower revision, raises RevisionTaken. A failed job may be sent again.
        """
        with self._database.transaction(writing=True) as connection:
            known = _known(connection, job)
            if known is not None:
                if known.body != job.body:
                    raise KeyReused(
                        f"the idempotency key {job.key!r} was used for another request",
                        "send the same request again, or use a new key",
                    )
                return known
            if not job.run and (newest := _newest(connection, job)) is not None:
                if (newest.revision, newest.body) == (job.claim.revision, job.body):
                    return _job(newest)
                if newest.revision >= job.claim.revision:
                    raise RevisionTaken(
                        f"revision {newest.revision} of claim {job.claim.id} is here already",
                        f"send changed facts or files as revision {newest.revision + 1}",
                    )
            connection.execute(insert(jobs).values(_row(job)))
        return job

    def lease(self, now: datetime, seconds: float, *, run: str | None = None) -> Lease | None:
        """The oldest job that waits (of one batch run, or of any), or whose lease ran out; None when there is none."""
        free = or_(
            jobs.c.state == JobState.QUEUED,
            and_(jobs.c.state == JobState.PROCESSING, jobs.c.lease_until < _text(now)),
        )
        wanted = free if run is None else and_(free, jobs.c.run == run)
        token, until = uuid.uuid4().hex, now + timedelta(seconds=seconds)
        with self._database.transaction(writing=True) as connection:
            oldest = select(jobs).where(wanted).order_by(jobs.c.created_at, jobs.c.id).limit(1)
            row = connection.execute(oldest).first()
            if row is None:
                return None
            changes = {
                "state": JobState.PROCESSING,
                "updated_at": _text(now),
                "attempts": row.attempts + 1,
                "lease": token,
                "lease_until": _text(until),
            }
            connection.execute(update(jobs).where(jobs.c.id == row.id).values(changes))
            taken = connection.execute(select(jobs).where(jobs.c.id == row.id)).one()
        return Lease(job=_job(taken), token=token, until=until)

    def renew(self, lease: Lease, now: datetime, seconds: float) -> bool:
        """Work on: False when the lease was lost meanwhile."""
        until = _text(now + timedelta(seconds=seconds))
        return self._change(_held(lease), {"lease_until": until})

    def settle(self, lease: Lease, state: JobState, now: datetime, problem: Problem | None = None) -> bool:
        """End the job, or give it back (QUEUED). False, and nothing changes, when the lease was lost meanwhile."""
        changes = {"state": state, "updated_at": _text(now), "lease": None, "lease_until": None}
        changes |= {"problem": _told(problem)}
        return self._change(_held(lease), changes)

    def job(self, tenant: str, id_: str) -> Job | None:
        """One job of that tenant."""
        with self._database.transaction() as connection:
            row = connection.execute(select(jobs).where(jobs.c.tenant == tenant, jobs.c.id == id_)).first()
        return _job(row) if row else None

    def by_key(self, tenant: str, key: str) -> Job | None:
        """The job that was sent under an idempotency key."""
        with self._database.transaction() as connection:
            row = connection.execute(select(jobs).where(jobs.c.tenant == tenant, jobs.c.key == key)).first()
        return _job(row) if row else None

    def record(self, ended: Sequence[Job]) -> None:
        """Keep jobs of batch runs that ended without waiting here; one that is here already is brought up to date."""
        if not ended:
            return
        query = upsert(jobs)
        fresh = {name: query.excluded[name] for name in ("state", "updated_at", "body", "claim", "deposits", "problem")}
        query = query.on_conflict_do_update(
            index_elements=["tenant", "run", "claim_id", "revision"], index_where=text("run <> ''"), set_=fresh
        )
        with self._database.transaction(writing=True) as connection:
            connection.execute(query, [_row(job) | {"problem": _told(job.problem)} for job in ended])

    def of_run(self, run: str) -> Iterator[Job]:
        """All jobs of a batch run, in the order in which they came."""
        after = ("", "")
        while True:
            place = tuple_(jobs.c.created_at, jobs.c.id)
            query = select(jobs).where(jobs.c.run == run, place > after).order_by(jobs.c.created_at, jobs.c.id)
            with self._database.transaction() as connection:
                rows = connection.execute(query.limit(_CHUNK)).all()
            yield from map(_job, rows)
            if len(rows) < _CHUNK:
                return
            after = (rows[-1].created_at, rows[-1].id)

    def in_run(self, run: str, tenant: str, claim: str) -> Job | None:
        """A claim's job in a batch run; of its highest revision, where there are several."""
        query = select(jobs).where(jobs.c.tenant == tenant, jobs.c.run == run, jobs.c.claim_id == claim)
        with self._database.transaction() as connection:
            row = connection.execute(query.order_by(jobs.c.revision.desc()).limit(1)).first()
        return _job(row) if row else None

    def runs(self) -> Mapping[str, int]:
        """The batch runs, the latest first, each with the number of its jobs."""
        query = select(jobs.c.run, func.count()).where(jobs.c.run != "").group_by(jobs.c.run)
        with self._database.transaction() as connection:
            rows = connection.execute(query.order_by(func.max(jobs.c.created_at).desc())).all()
        return {run: int(count) for run, count in rows}

    def counts(self, *, run: str | None = None) -> Mapping[JobState, int]:
        """How many jobs stand where; all states are named."""
        query = select(jobs.c.state, func.count()).group_by(jobs.c.state)
        if run is not None:
            query = query.where(jobs.c.run == run)
        with self._database.transaction() as connection:
            found = {JobState(state): int(count) for state, count in connection.execute(query).all()}
        return {state: found.get(state, 0) for state in JobState}

    def waiting(self, run: str) -> int:
        """How many jobs of a run wait ("": of no run); does not look at those that ended."""
        query = select(func.count()).where(jobs.c.state == JobState.QUEUED, jobs.c.run == run)
        with self._database.transaction() as connection:
            return int(connection.execute(query).scalar_one())

    def close(self) -> None:
        """Let go of the database; jobs stay."""
        self._database.close()

    def _change(self, which: ColumnElement[bool], changes: Mapping[str, Any]) -> bool:
        with self._database.transaction(writing=True) as connection:
            return connection.execute(update(jobs).where(which).values(changes)).rowcount == 1


def _known(connection: Connection, job: Job) -> Job | None:
    same = []
    if job.key is not None:
        same.append(jobs.c.key == job.key)
    if job.run:
        line = (jobs.c.run == job.run, jobs.c.claim_id == job.claim.id, jobs.c.revision == job.claim.revision)
        same.append(and_(*line))
    if not same:
        return None
    row = connection.execute(select(jobs).where(jobs.c.tenant == job.tenant, or_(*same))).first()
    return _job(row) if row else None


def _newest(connection: Connection, job: Job) -> Row[Any] | None:
    """The job of the claim's highest revision that did not fail."""
    same = (jobs.c.tenant == job.tenant, jobs.c.run == "", jobs.c.claim_id == job.claim.id)
    query = select(jobs).where(*same, jobs.c.state != JobState.FAILED).order_by(jobs.c.revision.desc())
    return connection.execute(query.limit(1)).first()


def _held(lease: Lease) -> ColumnElement[bool]:
    return and_(jobs.c.id == lease.job.id, jobs.c.lease == lease.token, jobs.c.state == JobState.PROCESSING)


def _text(moment: datetime) -> str:
    """ISO 8601 of fixed width, so that texts sort as moments do."""
    return moment.isoformat(timespec="microseconds")


def _told(problem: Problem | None) -> str | None:
    return codec.to_json(problem) if problem else None


def _row(job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "tenant": job.tenant,
        "run": job.run,
        "claim_id": job.claim.id,
        "revision": job.claim.revision,
        "state": job.state,
        "created_at": _text(job.created_at),
        "updated_at": _text(job.updated_at),
        "body": job.body,
        "key": job.key,
        "attempts": job.attempts,
        "claim": codec.to_json(job.claim),
        "deposits": json.dumps([codec.to_data(deposit) for deposit in job.deposits]),
    }


def _job(row: Row[Any]) -> Job:
    return Job(
        id=row.id,
        tenant=row.tenant,
        claim=codec.from_json(Claim, row.claim),
        deposits=tuple(codec.from_data(Deposit, deposit) for deposit in json.loads(row.deposits)),
        state=JobState(row.state),
        created_at=datetime.fromisoformat(row.created_at),
        updated_at=datetime.fromisoformat(row.updated_at),
        body=row.body,
        key=row.key,
        run=row.run,
        attempts=row.attempts,
        problem=codec.from_json(Problem, row.problem) if row.problem else None,
    )
