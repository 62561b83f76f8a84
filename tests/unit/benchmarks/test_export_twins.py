"""The benchmark of edited exports."""

from __future__ import annotations

from random import Random

from benchmarks import export_twins


def test_edits_of_drawn_exports_are_found_and_named_and_honest_ones_left_alone() -> None:
    figures = export_twins.measure(Random(1), number=2)  # noqa: S311
    assert figures["found"]["k"] == figures["field_named"]["k"] == figures["found"]["n"] > 20
    assert figures["honest_false"]["k"] == 0 < figures["honest_false"]["n"]
    assert set(figures["field_named_by_edit"]) >= {"one digit", "row removed", "campaign name"}
