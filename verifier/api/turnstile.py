"""The turnstile: under overload, most of what a service does is to say that it is busy: that must cost next to nothing.

What was asked of the archive a moment ago is remembered: whose token it knew, and that there was no room. Of that, a
claim is turned away at once, before its route is found or its body is looked at. All else goes the long way, in which
nothing of this counts.
"""

from __future__ import annotations

import hashlib
import time

from starlette.types import ASGIApp, Receive, Scope, Send

from verifier.api.problems import refusal_of, response
from verifier.archive.keys import ApiKey
from verifier.archive.keys import Scope as KeyScope
from verifier.jobs import Busy

_DOOR = "/v1/verifications"
_FULL = 0.05  # seconds: two or three claims of the lightest kind, of a hundred that wait
_KNOWN = 2.0


class Porter:
    """Remembers keys and fullness for moments. Tells of the past: who is let in is asked for again behind the door."""

    def __init__(self) -> None:
        self._keys: dict[bytes, tuple[float, ApiKey]] = {}
        self._full: tuple[float, Busy] | None = None

    def note_key(self, token: str, key: ApiKey) -> None:
        """The archive knows this token."""
        self._keys[_hash(token)] = (time.monotonic() + _KNOWN, key)

    def key(self, token: str) -> ApiKey | None:
        """Whose token it was a moment ago."""
        until, key = self._keys.get(_hash(token), (0.0, None))
        return key if time.monotonic() < until else None

    def note_full(self, busy: Busy) -> None:
        """The queue has no room."""
        self._full = (time.monotonic() + _FULL, busy)

    @property
    def busy(self) -> Busy | None:
        """That the queue was full a moment ago, if so."""
        until, busy = self._full or (0.0, None)
        return busy if time.monotonic() < until else None


class Turnstile:
    """ASGI middleware. A claim under an idempotency key goes the long way: it may be one that is here already."""

    def __init__(self, app: ASGIApp, porter: Porter) -> None:
        self._app, self._porter = app, porter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        busy = self._porter.busy
        if busy is not None and scope["type"] == "http" and scope["path"] == _DOOR and self._may_submit(scope):
            await response(refusal_of(busy))(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    def _may_submit(self, scope: Scope) -> bool:
        headers = dict(scope["headers"])
        if scope["method"] != "POST" or b"idempotency-key" in headers:
            return False
        kind, _, token = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
        key = self._porter.key(token) if kind == "Bearer" else None
        return key is not None and KeyScope.SUBMIT in key.scopes


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
