"""Batch: the claims of a manifest walk the corridor, several at once, and are filed in the manifest's order."""

from verifier.batch.against import Change, Comparison, Standing
from verifier.batch.manifest import Line, Manifest, Reject
from verifier.batch.rejects import Rejects
from verifier.batch.run import Batch, Outcome, Remembered, Verified, run_id
from verifier.batch.tally import Tally

__all__ = [
    "Batch",
    "Change",
    "Comparison",
    "Line",
    "Manifest",
    "Outcome",
    "Reject",
    "Rejects",
    "Remembered",
    "Standing",
    "Tally",
    "Verified",
    "run_id",
]
