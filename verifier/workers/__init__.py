"""A supervised pool of guarded processes. It knows nothing of evidence: functions go in, answers come out."""

from verifier.workers.keeper import Limits
from verifier.workers.pool import Pool

__all__ = ["Limits", "Pool"]
