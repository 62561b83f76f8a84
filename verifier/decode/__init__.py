"""Decode: an item's bytes become evidence: upright RGB pages, sheets, texts. Runs in the guarded worker."""

from verifier.decode.decoder import Decoder

__all__ = ["Decoder"]
