"""The rulebook: load, lint and evaluate the rules, activities and policies in `rules/`."""

from verifier.rulebook.book import Example, Rulebook, examples_of
from verifier.rulebook.documents import Fault
from verifier.rulebook.loading import lint, load_rulebook
from verifier.rulebook.rules import Rule

__all__ = ["Example", "Fault", "Rule", "Rulebook", "examples_of", "lint", "load_rulebook"]
