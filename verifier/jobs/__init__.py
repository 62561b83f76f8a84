"""Jobs: claims are acknowledged, queued and worked off; one desk serves the API and the batch alike."""

from verifier.jobs.annex import Annex
from verifier.jobs.desk import Busy, Desk

__all__ = ["Annex", "Busy", "Desk"]
