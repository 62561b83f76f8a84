"""`verifier verify`: one claim, from files to a report."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from verifier import codec
from verifier.archive.protocol import Archive
from verifier.assembly import assemble
from verifier.casefile import Claim, ClaimReport, Kind, Submission
from verifier.errors import ClaimError
from verifier.instruments import slot
from verifier.intake import bare_claim, read_claim, read_submission
from verifier.reporting import html, terminal
from verifier.settings import Settings
from verifier.verify import Verifier


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="PATH...")
@click.option(
    "--claim", "claim_file", type=click.Path(path_type=Path), help="The claim's facts and items (YAML or JSON)."
)
@click.option("--activity", help="Without a claim file: what the items are to prove, such as in_store_display.")
@click.option("--brands", type=click.Path(path_type=Path), help="A folder of brand kits, one sub-folder each.")
@click.option(
    "--venues", type=click.Path(path_type=Path), help="A list of venues (CSV or YAML) that claims name by id."
)
@click.option(
    "--archive", help="sqlite:///PATH; compare with what it holds, and file the report there. [default: none]"
)
@click.option("--json", "json_to", metavar="FILE", help="Write the report as JSON; - is standard output.")
@click.option(
    "--html", "html_to", type=click.Path(path_type=Path), metavar="DIR", help="Write the report page into DIR."
)
def verify(
    paths: tuple[Path, ...],
    claim_file: Path | None,
    activity: str | None,
    brands: Path | None,
    venues: Path | None,
    archive: str | None,
    json_to: str | None,
    html_to: Path | None,
) -> None:
    """Verify the POE items at PATH... (and those named in the claim file) and print what was found.

    Exit code 2 means that something handed in could not be read; the report says what to send instead.
    """
    claim, submissions = _claim(paths, claim_file, activity)
    settings = Settings.from_environment()
    settings = replace(settings if archive else slot.settled(settings), archive=archive or "memory:")
    settings = replace(settings, brands=brands or settings.brands, venues=venues or settings.venues)
    _make_ready(json_to, html_to)
    with assemble(settings) as verifier:
        report = _with_progress(verifier, claim, submissions)
        _write(report, verifier.archive, json_to, html_to)
    Console(stderr=json_to == "-").print(terminal.summary(report))
    if any(entry.item.kind is Kind.REFUSED for entry in report.items):
        sys.exit(2)


def _claim(
    paths: tuple[Path, ...], claim_file: Path | None, activity: str | None
) -> tuple[Claim, tuple[Submission, ...]]:
    more = tuple(read_submission(path) for path in paths)
    if claim_file is not None:
        claim, submissions = read_claim(claim_file)
        return claim, (*submissions, *more)
    if activity is None:
        raise ClaimError("no claim file and no activity", "give --claim claim.yaml, or --activity with a type")
    if not more:
        raise ClaimError("nothing to verify", "name at least one file")
    return bare_claim(activity, more), more


def _make_ready(json_to: str | None, html_to: Path | None) -> None:
    """Meet a place that cannot be written before the work is done, and not after. Raises OSError."""
    if html_to:
        html_to.mkdir(parents=True, exist_ok=True)
    if json_to and json_to != "-":
        Path(json_to).open("a").close()  # what an earlier run wrote stays until there is something new


def _with_progress(verifier: Verifier, claim: Claim, submissions: tuple[Submission, ...]) -> ClaimReport:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(f"claim {claim.id}", total=len(submissions))
        return verifier.verify(claim, submissions, progress=lambda _: progress.advance(task))


def _write(report: ClaimReport, archive: Archive, json_to: str | None, html_to: Path | None) -> None:
    if json_to == "-":
        click.echo(codec.to_json(report, indent=2))
    elif json_to:
        Path(json_to).write_text(codec.to_json(report, indent=2) + "\n", encoding="utf-8")
    if html_to:
        page = html_to / f"{report.claim.id}-r{report.claim.revision}.html"
        page.write_text(html.render(report, archive.blob), encoding="utf-8")
        click.echo(f"report: {page}", err=True)
