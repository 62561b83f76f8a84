"""A corridor whose inspection is done before it begins: for tests of the doors, which must not wait for OCR.

Everything else in it is real: intake, rules, scores, comparison by digest, the archive and its queue.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from threading import Event
from typing import Any

from loopback import served

from verifier.api import Limits, Service, create_app
from verifier.api.forms import FormLimits
from verifier.archive.decisions import Decisions
from verifier.archive.keys import Keys, Scope
from verifier.archive.queue import Queue
from verifier.archive.sqlite import SqliteArchive
from verifier.assembly import declared_codes
from verifier.casefile import Brief, Item
from verifier.comparison import Comparison
from verifier.inspection import Inspected
from verifier.intake import Intake
from verifier.rulebook import Rulebook, load_rulebook
from verifier.scoring import Scoring
from verifier.settings import Settings
from verifier.verify import Verifier, Versions

CSV = b"Campaign,Recipients,Delivered\r\nSpring,3940,3879\r\n"
_HELD = 60.0  # seconds: longer than any test takes on a machine that has other things to do
LIMITS = Limits(form=FormLimits(request_bytes=200_000, file_bytes=100_000, files=5), waiting=20, at_work=2)


@dataclass
class Inspection:
    """Stands in for the guarded pool. While `gate` is closed, every claim stays in process; `failing` is raised.

    A claim whose id is in `held` stays in process until that is set.
    """

    gate: Event = field(default_factory=Event)
    held: dict[str, Event] = field(default_factory=dict)
    failing: Exception | None = None
    seen: list[str] = field(default_factory=list)

    def __call__(self, item: Item, _data: bytes, _brief: Brief) -> Future[Inspected]:
        self.gate.wait(_HELD)
        self.held.get(item.id.partition("/")[0], self.gate).wait(_HELD)
        self.seen.append(item.id)
        if self.failing is not None:
            raise self.failing
        done: Future[Inspected] = Future()
        done.set_result(Inspected(inspections=()))
        return done


@cache
def rulebook() -> Rulebook:
    return load_rulebook(Settings().rules, declared_codes(Settings()))


def light_verifier(archive: SqliteArchive, inspect: Callable[[Item, bytes, Brief], Future[Inspected]]) -> Verifier:
    return Verifier(
        intake=Intake(max_bytes=100_000, max_items=5),
        inspect=inspect,
        comparison=Comparison(archive=archive, run=lambda function, *arguments: function(None, *arguments)),
        rulebook=rulebook(),
        scoring=Scoring(policy=rulebook().policy, requirements=rulebook().requirements),
        archive=archive,
        kits={},
        versions=Versions(pipeline="light"),
        clock=lambda: datetime.now(UTC),
    )


def open_inspection() -> Inspection:
    inspection = Inspection()
    inspection.gate.set()
    return inspection


@contextmanager
def light_service(
    path: Path, inspect: Callable[[Item, bytes, Brief], Future[Inspected]], limits: Limits = LIMITS
) -> Iterator[Service]:
    """A service at work over the archive at `path`."""
    archive = SqliteArchive(path)
    with (
        closing(archive),
        closing(Queue(path)) as queue,
        closing(Keys(path)) as keys,
        closing(Decisions(path)) as decisions,
        Service(light_verifier(archive, inspect), queue, keys, decisions, limits) as service,
    ):
        yield service


def token(service: Service, *scopes: Scope, tenant: str = "acme") -> dict[str, str]:
    """The header of a new key."""
    _, made = service.keys.create(tenant, "test", scopes or tuple(Scope), datetime.now(UTC))
    return {"Authorization": f"Bearer {made}"}


def claim(**changes: Any) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "id": "C-1",
        "activity": "email_campaign",
        "partner": "Nordwind Retail",
        "window": {"start": "2026-05-12", "end": "2026-05-26"},
        "submitted_at": "2026-06-01T09:30:00+02:00",
        "items": [{"file": "export.csv", "slot": "send_report"}],
    }
    return {name: value for name, value in (facts | changes).items() if value is not ...}


def form(facts: Mapping[str, Any] | str | bytes, **files: bytes) -> list[tuple[str, tuple[Any, ...]]]:
    """The parts of a request; a file's name is its keyword, with `__` for the dot."""
    text = facts if isinstance(facts, str | bytes) else json.dumps(facts)
    uploads = files or {"export__csv": CSV}
    return [
        ("claim", (None, text, "application/json")),
        *(("files", (name.replace("__", "."), data)) for name, data in uploads.items()),
    ]


def listening(service: Service) -> AbstractContextManager[str]:
    """The address of a real server over the service."""
    return served(create_app(service))
