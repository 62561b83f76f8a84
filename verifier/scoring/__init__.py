"""Scoring: weight of evidence to probability, score and route."""

from verifier.scoring.score import Scoring

__all__ = ["Scoring"]
