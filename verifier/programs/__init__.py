"""Programs: what the claim itself says, which item fills which slot, and the brand kits."""

from verifier.programs.brands import choose, load_kit, load_kits
from verifier.programs.claim_facts import CODES, measure
from verifier.programs.slots import assign_slots, brief_of

__all__ = ["CODES", "assign_slots", "brief_of", "choose", "load_kit", "load_kits", "measure"]
