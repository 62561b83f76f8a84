"""Programs: what the claim itself says, which item fills which slot, and the brand kits."""

from verifier.programs.brands import choose, load_kit, load_kits
from verifier.programs.claim_facts import CODES, VERSION, measure
from verifier.programs.kept_kits import Shelf
from verifier.programs.slots import assign_slots, brief_of
from verifier.programs.venues import load_venues, locate

__all__ = [
    "CODES",
    "VERSION",
    "Shelf",
    "assign_slots",
    "brief_of",
    "choose",
    "load_kit",
    "load_kits",
    "load_venues",
    "locate",
    "measure",
]
