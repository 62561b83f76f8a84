"""Intake: what was handed in becomes items, by content, with digests; what cannot be used is refused with a remedy."""

from verifier.intake.claim_facts import ItemEntry, claim_schema, parse_claim
from verifier.intake.claim_file import bare_claim, fetch, read_case, read_claim, read_facts, read_submission
from verifier.intake.intake import Intake
from verifier.intake.sniff import Content, sniff

__all__ = [
    "Content",
    "Intake",
    "ItemEntry",
    "bare_claim",
    "claim_schema",
    "fetch",
    "parse_claim",
    "read_case",
    "read_claim",
    "read_facts",
    "read_submission",
    "sniff",
]
