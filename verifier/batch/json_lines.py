"""A manifest as JSONL: one claim a line, as a claim file states it; its files lie below the manifest's folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from verifier.batch.lines import Line, Reject, reject
from verifier.errors import ClaimError, VerifierError
from verifier.intake import parse_claim

_LONGEST = 1_000_000  # bytes of a line: more is no claim


class JsonLines:
    """A JSONL manifest. Opening it counts the claims."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.claims = sum(1 for _ in self._texts())

    def lines(self) -> Iterator[Line | Reject]:
        """The claims, in order."""
        for number, text in self._texts():
            data: Any = None
            try:
                data = _parsed(text)
                claim, entries = parse_claim(data)
                yield Line(
                    number=number,
                    claim=claim,
                    entries=entries,
                    places=(number,) * len(entries),
                    folder=self._path.parent,
                )
            except VerifierError as error:
                yield reject(number, str(data.get("id", ""))[:64] if isinstance(data, dict) else "", error)

    def _texts(self) -> Iterator[tuple[int, bytes]]:
        """Number and bytes of each line that is not empty; of one that is too long, its beginning."""
        with self._path.open("rb") as file:
            number = 0
            while text := file.readline(_LONGEST + 1):
                number += 1
                rest = text
                while len(rest) > _LONGEST and not rest.endswith(b"\n"):
                    rest = file.readline(_LONGEST + 1)
                if text.strip():
                    yield number, text


def _parsed(text: bytes) -> Any:
    if len(text) > _LONGEST:
        raise ClaimError(f"the line has more than {_LONGEST:,} bytes: that is no claim", "write one claim a line")
    try:
        return json.loads(text.decode("utf-8-sig"), object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise ClaimError(f"the line is not JSON in UTF-8 ({error})", "write one claim a line, as JSON") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"{next(name for name in names if names.count(name) > 1)!r} stands twice")
    return found
