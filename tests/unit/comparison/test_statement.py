"""How twins are stated as findings."""

from __future__ import annotations

from datetime import UTC, datetime

from verifier.archive.protocol import sighting_of
from verifier.casefile import Box, Claim, Finding, Item, Kind, Region, Status, Table, Trace
from verifier.comparison import statement
from verifier.comparison.changes import Change
from verifier.comparison.statement import Compared
from verifier.comparison.twins import Likeness, Twin

BOX = Box(left=10, top=10, right=40, bottom=26)
SURE = Change(label="Sent", old="12,400", new="92,400", here=BOX, there=BOX)
UNSURE = Change(label="Opens", old="0.49%", new="0.40%", here=BOX, there=BOX, sure=False)


def stated(likeness: Likeness, *changes: Change) -> dict[str, Finding]:
    """What is said of a report beside an earlier one that is so like it."""
    trace = Trace(page=0, width=400, height=400, pixel_digest="", pdq="", pdq_quality=0, phash="", dhash="")
    claim = Claim(id="C-1", activity="email_campaign", submitted_at=datetime(2026, 5, 1, tzinfo=UTC))
    item = Item(id="C-1/r1/1", name="a.png", kind=Kind.IMAGE, media_type="image/png", digest="d", size=1)
    twin = Twin(
        page=0, width=400, height=400, other=sighting_of(claim, item, trace), likeness=likeness, agreement=0.9,
        changes=changes,
    )  # fmt: skip
    found = statement.of_item(claim, item, (trace,), Compared(among=1, earlier=(twin,)))
    return {entry.code.partition(".")[2]: entry for entry in found}


def test_places_of_a_copy_that_were_read_unsurely_are_shown_and_accuse_nobody_of_an_edit() -> None:
    found = stated(Likeness.COPY, UNSURE)
    assert found["copy"].value == 0.9
    altered = found["altered_figures"]
    assert (altered.status, altered.value) == (Status.UNDETERMINED, None)
    assert "0.49% -> 0.40%" in altered.note
    (table,) = [mark for mark in altered.marks if isinstance(mark, Table)]
    assert table.rows == (("Opens (read unsurely)", "0.49%", "0.40%"),)
    assert [mark.box for mark in altered.marks if isinstance(mark, Region)] == [BOX]


def test_a_plain_copy_differs_in_nothing() -> None:
    assert stated(Likeness.COPY)["altered_figures"].value == 0


def test_what_surely_changed_is_told_first() -> None:
    altered = stated(Likeness.ALTERED, UNSURE, SURE)["altered_figures"]
    assert altered.value == 2
    assert altered.note.index("92,400") < altered.note.index("0.40%")
