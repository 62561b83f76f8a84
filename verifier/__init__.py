"""verifier checks proof-of-execution evidence of channel marketing claims; start reading at `verify.py`."""

__version__ = "0.1.0"
