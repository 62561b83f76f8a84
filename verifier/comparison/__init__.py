"""Comparison: an item beside the claim's other items, and beside what was submitted earlier."""

from verifier.comparison import references, statement, together
from verifier.comparison.comparison import VERSION, Comparison, Scope

CODES = statement.CODES | references.CODES | together.CODES

__all__ = ["CODES", "VERSION", "Comparison", "Scope"]
