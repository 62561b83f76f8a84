"""Turns: of the claims of one tenant that are under way at once, each is concluded after those handed in before it.

So of two copies of one photo that come in at the same moment, the later one is compared with the earlier one.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from threading import Condition

from verifier.casefile import Claim

_UNDATED = datetime.max.replace(tzinfo=UTC)  # compared with all that is filed, so it goes last
_Place = tuple[datetime, str, int]


class Turns:
    """Who is under way in which tenant, in this process. For several threads."""

    def __init__(self) -> None:
        self._door = Condition()
        self._count = count()
        self._lines: dict[str, list[_Place]] = {}
        self._at_it: dict[str, _Place] = {}

    @contextmanager
    def line(self, claim: Claim) -> Iterator[Callable[[], None]]:
        """Inside, the claim is under way; what it yields waits for the claim's turn, which lasts to the end.

        The order is that in which comparison tells earlier from later: by the time of submission, ties by item id.
        """
        moment = claim.submitted_at or _UNDATED
        place = (moment, f"{claim.id}/r{claim.revision}/", next(self._count))
        with self._door:
            line = self._lines.setdefault(claim.tenant, [])
            insort(line, place)

        def wait() -> None:
            with self._door:
                self._door.wait_for(lambda: line[0] == place and claim.tenant not in self._at_it)
                self._at_it[claim.tenant] = place

        try:
            yield wait
        finally:
            with self._door:
                line.remove(place)
                if not line:
                    del self._lines[claim.tenant]
                if self._at_it.get(claim.tenant) == place:
                    del self._at_it[claim.tenant]
                self._door.notify_all()
