"""Identity: what an item says of its own making, beside what earlier items say of theirs."""

from verifier.identity.graph import Graph, Node, Tie, around
from verifier.identity.kinship import CODES, VERSION, relate

__all__ = ["CODES", "VERSION", "Graph", "Node", "Tie", "around", "relate"]
