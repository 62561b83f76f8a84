from __future__ import annotations

import json
import os
from pathlib import Path

import jsonschema

from verifier import codec
from verifier.casefile import ClaimReport
from verifier.reporting.schema import PLACE, schema_text

GOLDEN = Path(__file__).parents[2] / "golden" / "report" / "report.json"


def test_the_committed_schema_is_todays():
    assert PLACE.read_text(encoding="utf-8") == schema_text(), "run: python -m verifier.reporting"


def test_a_report_is_valid_by_the_schema_and_survives_the_way_through_json(report):
    text = codec.to_json(report)
    jsonschema.Draft202012Validator(json.loads(schema_text())).validate(json.loads(text))
    assert codec.from_json(ClaimReport, text) == report


def test_the_golden_report_is_the_one_made_by_hand(report):
    text = codec.to_json(report, indent=1) + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(text, encoding="utf-8")
    assert GOLDEN.read_text(encoding="utf-8") == text, "run again with UPDATE_GOLDEN=1 and review the difference"
