"""Jobs: claims that wait for the corridor, walk it, or have walked it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from verifier.casefile.claim import Claim, Problem


class JobState(StrEnum):
    """Where a job stands. The last three are ends; a new revision of a claim is a new job."""

    QUEUED = "queued"
    PROCESSING = "processing"
    COMPLETED = "completed"
    NEEDS_INPUT = "needs_input"  # verified, and the partner has to send something
    FAILED = "failed"  # could not be verified; `problem` says why


@dataclass(frozen=True, slots=True, kw_only=True)
class Deposit:
    """One handed-in file, kept as a blob under `digest` before it is acknowledged; or a link, whose digest is empty."""

    name: str
    slot: str | None = None
    link: str | None = None
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A claim with its deposits on the way through the corridor.

    `key` is the sender's idempotency key, `body` the digest of what was sent under it; `run` names the batch run
    ("" for a portal's).
    """

    id: str
    tenant: str
    claim: Claim
    deposits: tuple[Deposit, ...]
    state: JobState
    created_at: datetime
    updated_at: datetime
    body: str
    key: str | None = None
    run: str = ""
    attempts: int = 0
    problem: Problem | None = None
