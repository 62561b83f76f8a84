"""The review room: pages on which people look at what needs them, and decide; all of it works without script."""

from verifier.review.app import create_review
from verifier.review.room import Room

__all__ = ["Room", "create_review"]
