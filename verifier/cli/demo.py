"""`verifier demo`: the sample claims walk the corridor into a fresh archive."""

from __future__ import annotations

import html as escaping
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from verifier.assembly import assemble
from verifier.casefile import Claim, ClaimReport, Submission
from verifier.errors import InputError
from verifier.intake import read_case
from verifier.reporting import html, terminal
from verifier.settings import Settings
from verifier.verify import Verifier


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A sample claim: what it shows, what is true of it, and which cases must be in the archive before it."""

    name: str
    about: str
    claim: Claim
    submissions: tuple[Submission, ...]
    before: tuple[str, ...]
    truth: Mapping[str, Any]


def read_cases(fixtures: Path) -> tuple[Case, ...]:
    """All cases below `fixtures`, each after those it names in `before`."""
    found = {}
    for path in sorted(fixtures.glob("*/*/case.yaml")):
        name = f"{path.parent.parent.name}/{path.parent.name}"
        claim, submissions, rest = read_case(path)
        found[name] = Case(
            name=name,
            about=str(rest.get("about", "")).strip(),
            claim=claim,
            submissions=submissions,
            before=tuple(rest.get("before", ())),
            truth=rest.get("true", {}),
        )
    return tuple(_in_order(found))


def _in_order(cases: dict[str, Case]) -> Iterator[Case]:
    given: set[str] = set()
    while waiting := [case for name, case in cases.items() if name not in given]:
        ready = [case for case in waiting if given.issuperset(case.before)]
        if not ready:
            raise InputError(f"cases wait for each other: {', '.join(case.name for case in waiting)}", "mend `before`")
        for case in ready:
            given.add(case.name)
            yield case


@click.command()
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), default=Path("demo"), show_default=True)
def demo(out: Path) -> None:
    """Verify the sample claims, print one line each, and write their report pages to OUT/reports."""
    started = time.monotonic()
    archive, reports = out / "archive", out / "reports"
    for folder in (archive, reports):  # the demo's own folders only: whatever else is in OUT stays
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    settings = Settings.from_environment()
    settings = replace(
        settings, archive=f"sqlite:///{archive / 'archive.db'}", brands=settings.brands or settings.fixtures / "brands"
    )
    cases = read_cases(settings.fixtures)
    if not cases:
        raise InputError(f"no sample claims in {settings.fixtures}", "install verifier again")
    pages = []
    with assemble(settings) as verifier:
        for case in cases:
            report = verifier.verify(case.claim, case.submissions)
            click.echo(terminal.one_line(report))
            pages.append((case, report, _write(verifier, report, reports)))
    index = reports / "index.html"
    index.write_text(_index(pages), encoding="utf-8")
    click.echo(f"{len(pages)} claims in {time.monotonic() - started:.0f} s; open {index}")


def _write(verifier: Verifier, report: ClaimReport, folder: Path) -> str:
    name = f"{report.claim.id}-r{report.claim.revision}.html"
    (folder / name).write_text(html.render(report, verifier.archive.blob), encoding="utf-8")
    return name


def _index(pages: list[tuple[Case, ClaimReport, str]]) -> str:
    rows = "\n".join(
        f'<tr><td><a href="{escaping.escape(page)}">{escaping.escape(report.claim.id)}</a></td>'
        f"<td>{escaping.escape(case.about)}</td><td>{report.assessment.score}</td>"
        f"<td>{report.assessment.route.value.replace('_', ' ')}</td></tr>"
        for case, report, page in pages
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>verifier: sample claims</title>'
        "<style>:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;margin:3rem auto;max-width:60rem;"
        "padding:0 1rem}td,th{padding:.5rem .8rem;text-align:left;vertical-align:top;border-bottom:1px solid #8884;"
        "font-variant-numeric:tabular-nums}td:nth-child(n+4){white-space:nowrap}</style>"
        "<h1>Sample claims</h1><table><tr><th>Claim</th><th>What it shows</th><th>Score</th><th>Route</th></tr>"
        f"{rows}</table></html>\n"
    )
