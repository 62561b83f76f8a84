"""A client of the service: the few calls that a portal and its reviewers make, over httpx.

with Client("https://verifier.example", key) as verifier:
    sent = verifier.submit(claim, {"export.csv": data}, wait=20)
    if sent.state == "needs_input":
        print(sent.asks)
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from http import HTTPStatus
from typing import Any, Literal, Self

import httpx

from verifier.errors import VerifierError

_TRIES = 4
_LONGEST_PAUSE = 30.0  # seconds, whatever the service asks for
_ENDS = frozenset({"completed", "needs_input", "failed"})
_BUSY = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})

Scope = Literal["partner", "reviewer"]
Outcome = Literal["accept", "reject", "ask"]


class ServiceError(VerifierError):
    """The service refused: its `status`, the kind of problem, and what is wrong with which field."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(str(problem.get("detail") or f"status {status}"), str(problem.get("remedy", "")))
        self.status = status
        self.kind = str(problem.get("type", "about:blank"))
        self.fields = {str(entry["field"]): str(entry["detail"]) for entry in problem.get("errors", ())}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A verification as the service tells it. `state` is queued, processing, completed, needs_input or failed."""

    id: str
    claim: str
    revision: int
    state: str
    asks: tuple[str, ...]
    problem: Mapping[str, str] | None
    decision: Mapping[str, Any] | None = None  # what people decided: `outcome`, `reason`, `amount`

    @property
    def has_ended(self) -> bool:
        return self.state in _ENDS


class Client:
    """Calls the service at `address`. Raises ServiceError where it refuses, httpx.TransportError where it is not there.

    What is safe to send twice is: a service that is busy or cannot be reached is tried again, a few times.
    """

    def __init__(
        self,
        address: str,
        key: str,
        *,
        timeout: float = 90.0,
        transport: httpx.BaseTransport | None = None,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        headers = {"Authorization": f"Bearer {key}"}
        self._http = httpx.Client(base_url=address, headers=headers, timeout=timeout, transport=transport)
        self._pause = pause

    def submit(
        self, claim: Mapping[str, Any], files: Mapping[str, bytes], *, wait: float = 0, key: str | None = None
    ) -> Sent:
        """Hand a claim in; `files` by the names that its items give them. `wait` for its end, in seconds.

        `key` is the idempotency key; without one, the tries of this call share a random one.
        """
        headers = {"Idempotency-Key": key or uuid.uuid4().hex, "Prefer": f"wait={wait:.0f}"}
        return _sent(self._post("/v1/verifications", claim, files, headers))

    def preflight(self, claim: Mapping[str, Any], files: Mapping[str, bytes]) -> dict[str, Any]:
        """What the claim would come to; nothing is kept: `state`, `asks` and the partner's `report`."""
        told: dict[str, Any] = self._post("/v1/preflight", claim, files, {}).json()
        return told

    def fetch(self, id_: str) -> Sent:
        """Where a verification stands."""
        return _sent(self._send("GET", f"/v1/verifications/{id_}"))

    def wait_for(self, id_: str, seconds: float) -> Sent:
        """The verification once it has ended, or as it stands after so many seconds."""
        until = time.monotonic() + seconds
        while not (sent := self.fetch(id_)).has_ended and time.monotonic() < until:
            self._pause(0.5)
        return sent

    def report(self, id_: str, scope: Scope = "partner") -> dict[str, Any]:
        """The report as data."""
        query = {"scope": scope, "format": "json"}
        told: dict[str, Any] = self._send("GET", f"/v1/verifications/{id_}/report", params=query).json()
        return told

    def report_page(self, id_: str, scope: Scope = "partner") -> str:
        """The report as an HTML page, complete in itself."""
        query = {"scope": scope, "format": "html"}
        return self._send("GET", f"/v1/verifications/{id_}/report", params=query).text

    def links(self, id_: str) -> dict[str, Any]:
        """What hangs together with the claim's items, with a key that may `review`: it holds serial numbers."""
        told: dict[str, Any] = self._send("GET", f"/v1/verifications/{id_}/links").json()
        return told

    def decide(
        self,
        id_: str,
        outcome: Outcome,
        *,
        item: str = "",
        amount: Decimal | str | None = None,
        reason: str = "",
        after: int | None = None,
    ) -> dict[str, Any]:
        """Decide on a claim, or on one of its items by its id, with a key that may `review`; the line of the log.

        `after` is the highest `sequence` that you saw: somebody who decided meanwhile is then a ServiceError (409).
        """
        facts = {"outcome": outcome, "item": item, "reason": reason, "after": after}
        facts |= {"amount": str(amount)} if amount is not None else {}
        told: dict[str, Any] = self._send("POST", f"/v1/verifications/{id_}/decision", json=facts).json()
        return told

    def undo(self, id_: str, *, after: int) -> dict[str, Any]:
        """Take back this key's newest decision that stands. `after` as with `decide`: it is never undone twice."""
        facts = {"after": after}
        told: dict[str, Any] = self._send("POST", f"/v1/verifications/{id_}/decision/undo", json=facts).json()
        return told

    def decisions(self, id_: str) -> tuple[dict[str, Any], ...]:
        """All lines of the log on a verification, the oldest first; with a key that may `review`."""
        told = self._send("GET", f"/v1/verifications/{id_}", params={"scope": "reviewer"}).json()
        return tuple(told["decisions"])

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _post(
        self, path: str, claim: Mapping[str, Any], files: Mapping[str, bytes], headers: Mapping[str, str]
    ) -> httpx.Response:
        facts = (None, json.dumps(claim).encode(), "application/json")
        uploads = [("files", (name, data, "application/octet-stream")) for name, data in files.items()]
        return self._send("POST", path, files=[("claim", facts), *uploads], headers=headers)

    def _send(self, method: str, path: str, **request: Any) -> httpx.Response:
        """Raises ServiceError, and httpx.TransportError after the last try."""
        for left in reversed(range(_TRIES)):
            try:
                answer = self._http.request(method, path, **request)
            except httpx.TransportError:
                if not left:
                    raise
                self._pause(1.0)
                continue
            if not left or not _is_passing(answer):
                break
            self._pause(min(_seconds(answer), _LONGEST_PAUSE))
        if answer.is_error:
            raise ServiceError(answer.status_code, _problem(answer))
        return answer


def _sent(answer: httpx.Response) -> Sent:
    told = answer.json()
    return Sent(
        id=told["id"],
        claim=told["claim"],
        revision=told["revision"],
        state=told["state"],
        asks=tuple(told["asks"]),
        problem=told["problem"],
        decision=told.get("decision"),
    )


def _is_passing(answer: httpx.Response) -> bool:
    """Whether it is worth trying again: the service is busy, or an earlier try of this request is under way."""
    return answer.status_code in _BUSY or _problem(answer).get("type") == "urn:verifier:problem:in-flight"


def _seconds(answer: httpx.Response) -> float:
    given = answer.headers.get("Retry-After", "")
    return float(given) if given.isdecimal() else 1.0


def _problem(answer: httpx.Response) -> Mapping[str, Any]:
    if answer.headers.get("content-type") != "application/problem+json":
        return {}
    problem: Mapping[str, Any] = answer.json()
    return problem
