"""Comparison: an item beside the claim's other items, and beside what was submitted earlier."""

from verifier.comparison.comparison import VERSION, Comparison
from verifier.comparison.statement import CODES

__all__ = ["CODES", "VERSION", "Comparison"]
