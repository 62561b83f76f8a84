"""The page and the terminal summary of the golden report, byte for byte; `UPDATE_GOLDEN=1` writes them anew."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest
from rich.console import Console

from verifier import codec
from verifier.casefile import ClaimReport
from verifier.reporting import html, scopes, terminal

FOLDER = Path(__file__).parent / "report"
DOT = base64.b64decode("R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs=")


@pytest.fixture
def report() -> ClaimReport:
    return codec.from_json(ClaimReport, (FOLDER / "report.json").read_text(encoding="utf-8"))


def agrees(name: str, text: str) -> bool:
    file = FOLDER / name
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(text, encoding="utf-8")
    return file.read_text(encoding="utf-8") == text


def test_the_pages_body_is_the_golden_one(report):
    page = html.render(report, lambda _: DOT)
    body = page[page.index("<body>") : page.index("<script>")]
    assert agrees("page.html", body), "run again with UPDATE_GOLDEN=1 and review the difference"


def test_the_terminal_summary_is_the_golden_one(report):
    console = Console(width=100, no_color=True, color_system=None, legacy_windows=False)
    with console.capture() as capture:
        console.print(terminal.summary(report))
    lines = "".join(f"{line.rstrip()}\n" for line in capture.get().splitlines())
    assert agrees("summary.txt", lines), "run again with UPDATE_GOLDEN=1 and review the difference"


def test_the_partners_extract_is_the_golden_one(report):
    extract = codec.to_json(scopes.for_partner(report), indent=1) + "\n"
    assert agrees("partner.json", extract), "run again with UPDATE_GOLDEN=1 and review the difference"
