"""Tallying: hits of trials by name, and what was missed in words."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from benchmarks import record


@dataclass
class Tally:
    """Counts by name."""

    counts: dict[str, list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    missed: list[str] = field(default_factory=list)

    def count(self, name: str, hit: bool) -> None:
        """One trial more."""
        self.counts[name][0] += hit
        self.counts[name][1] += 1

    def share(self, name: str) -> dict[str, Any]:
        """k of n with its 95% bounds."""
        return record.share(*self.counts[name])

    def shares(self, prefix: str) -> dict[str, Any]:
        """All counts whose names begin so, by the rest of their names."""
        return {name.removeprefix(prefix): self.share(name) for name in sorted(self.counts) if name.startswith(prefix)}
