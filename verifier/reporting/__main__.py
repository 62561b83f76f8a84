"""Writes the committed JSON schema of the report anew: `python -m verifier.reporting`."""

from __future__ import annotations

from verifier.reporting.schema import PLACE, schema_text

if __name__ == "__main__":
    PLACE.write_text(schema_text(), encoding="utf-8")
