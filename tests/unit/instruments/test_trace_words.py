"""Which words a trace keeps."""

from __future__ import annotations

import numpy as np
import pytest

from verifier.casefile import Box, Evidence, Kind, Page
from verifier.instruments import text, traces
from verifier.instruments.readings import Readings

BOX = Box(left=0, top=0, right=9, bottom=9)


def test_lines_that_an_inspector_had_read_are_kept_and_no_page_is_read_for_its_trace(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[int] = []

    def read(page: Page) -> tuple[text.Line, ...]:
        asked.append(page.index)
        return (text.Line(text="Unique opens: 3,908", box=BOX, confidence=0.9),)

    monkeypatch.setattr(text, "read", read)
    pages = tuple(Page(index=n, label="", pixels=np.full((40, 60, 3), n, np.uint8)) for n in range(2))
    readings = Readings(Evidence(kind=Kind.DOCUMENT, media_type="application/pdf", raw=b"", pages=pages))
    readings.take(text.read, pages[0])
    kept = traces.keep(readings)
    assert [trace.words for trace in kept.traces] == [("unique", "opens", "3,908"), ()]
    assert asked == [0]
