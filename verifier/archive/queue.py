"""The queue: jobs in the archive's database, so that what was acknowledged survives a crash.

A job is leased, not taken: whoever works on it renews the lease, and a job whose lease ran out is anybody's again
(at least once; filing a report is idempotent). So a submission waits for the disk, and leases and ends do not: when the
machine itself dies, a job may stand where it stood a moment before.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, Update, func, select, text, tuple_
from sqlalchemy.dialects.sqlite import insert as upsert

from verifier import codec
from verifier.archive import statements
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
        row = _row(job)
        with self._database.transaction(writing=True) as connection:
            known = _known(connection, row)
            if known is not None:
                if known.body != job.body:
                    raise KeyReused(
                        f"the idempotency key {job.key!r} was used for another request",
                        "send the same request again, or use a new key",
                    )
                return known
            if not job.run and (newest := connection.execute(statements.NEWEST_JOB, row).first()) is not None:
                if (newest.revision, newest.body) == (job.claim.revision, job.body):
                    return _job(newest)
                if newest.revision >= job.claim.revision:
                    raise RevisionTaken(
                        f"revision {newest.revision} of claim {job.claim.id} is here already",
                        f"send changed facts or files as revision {newest.revision + 1}",
                    )
            connection.execute(statements.ADD_JOB, row)
        return job

    def lease(self, now: datetime, seconds: float, *, run: str | None = None) -> Lease | None:
        """The oldest job that waits (of one batch run, or of any), or whose lease ran out; None when there is none."""
        token, until = uuid.uuid4().hex, now + timedelta(seconds=seconds)
        query = statements.LEASE if run is None else statements.LEASE_OF_RUN
        wanted = {"now": _text(now), "token": token, "until": _text(until), "of_run": run}
        with self._database.transaction(writing=True, durable=False) as connection:
            row = connection.execute(query, wanted).first()
        return Lease(job=_job(row), token=token, until=until) if row else None

    def renew(self, lease: Lease, now: datetime, seconds: float) -> bool:
        """Work on: False when the lease was lost meanwhile."""
        return self._change(statements.RENEW, lease, {"until": _text(now + timedelta(seconds=seconds))})

    def settle(self, lease: Lease, state: JobState, now: datetime, problem: Problem | None = None) -> bool:
        """End the job, or give it back (QUEUED). False, and nothing changes, when the lease was lost meanwhile."""
        return self._change(statements.SETTLE, lease, {"end": state, "now": _text(now), "told": _told(problem)})

    def job(self, tenant: str, id_: str) -> Job | None:
        """One job of that tenant."""
        with self._database.transaction() as connection:
            row = connection.execute(statements.JOB, {"tenant": tenant, "id": id_}).first()
        return _job(row) if row else None

    def by_key(self, tenant: str, key: str) -> Job | None:
        """The job that was sent under an idempotency key."""
        with self._database.transaction() as connection:
            row = connection.execute(statements.JOB_BY_KEY, {"tenant": tenant, "key": key}).first()
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
        with self._database.transaction() as connection:
            return int(connection.execute(statements.WAITING, {"run": run}).scalar_one())

    def close(self) -> None:
        """Let go of the database; jobs stay."""
        self._database.close()

    def _change(self, query: Update, lease: Lease, changes: Mapping[str, Any]) -> bool:
        with self._database.transaction(writing=True, durable=False) as connection:
            return connection.execute(query, {"job": lease.job.id, "token": lease.token, **changes}).rowcount == 1


def _known(connection: Connection, row: Mapping[str, Any]) -> Job | None:
    """The job of the same idempotency key, or of the same line of a run."""
    for query, field in ((statements.JOB_BY_KEY, "key"), (statements.JOB_OF_LINE, "run")):
        if row[field] and (found := connection.execute(query, row).first()) is not None:
            return _job(found)
    return None


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
