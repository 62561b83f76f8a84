"""The JSON schema of the report, as committed beside this file for those who read reports without this package."""

from __future__ import annotations

import json
from pathlib import Path

from verifier import codec

PLACE = Path(__file__).with_name("report.schema.json")


def schema_text() -> str:
    """The schema of today's values, as the file should hold it."""
    return json.dumps(codec.report_schema(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
