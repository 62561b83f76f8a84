"""`verifier batch run`: the claims of a manifest, from files to reports in the archive."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, TextIO

import click
from rich.console import Console
from rich.table import Table

from verifier.archive.opening import database_of
from verifier.archive.queue import Queue
from verifier.assembly import assemble
from verifier.batch import Batch, Change, Comparison, Manifest, Reject, Rejects, Remembered, Tally
from verifier.casefile import Route
from verifier.cli.pace import Pace
from verifier.errors import InputError
from verifier.reporting import wording
from verifier.reporting.inert import inert
from verifier.settings import Settings


@click.group()
def batch() -> None:
    """Verify many claims at once."""


@batch.command("run")
@click.argument("manifest", type=click.Path(path_type=Path))
@click.option("--archive", required=True, help="sqlite:///PATH; reports are filed there, and a killed run resumes.")
@click.option("--workers", type=click.IntRange(min=1), help="Guarded processes. [default: 2]")
@click.option("--brands", type=click.Path(path_type=Path), help="A folder of brand kits, one sub-folder each.")
@click.option(
    "--venues", type=click.Path(path_type=Path), help="A list of venues (CSV or YAML) that claims name by id."
)
@click.option("--backfill", is_flag=True, help="Judge nothing: keep fingerprints, so that old pictures are known.")
@click.option("--against", metavar="RUN", help="Say what changed since an earlier run.")
@click.option("--rejects", type=click.Path(path_type=Path), help="JSONL. [default: MANIFEST.rejects.jsonl]")
@click.option("--json", "json_to", metavar="FILE", help="Write the summary as JSON; - is standard output.")
def run(
    manifest: Path,
    archive: str,
    workers: int | None,
    brands: Path | None,
    venues: Path | None,
    backfill: bool,
    against: str | None,
    rejects: Path | None,
    json_to: str | None,
) -> None:
    """Verify the claims of MANIFEST (CSV or JSONL); what it names lies in its folder or below.

    The same command resumes after a crash and does only what is missing. Exit code 2 means that there were rejects.
    """
    if backfill and against:
        raise click.UsageError("--backfill judges nothing: there is nothing to compare --against")
    settings = replace(Settings.from_environment(), archive=archive)
    settings = replace(settings, brands=brands or settings.brands, venues=venues or settings.venues)
    settings = replace(settings, workers=workers or settings.workers)
    rejects = rejects or manifest.with_suffix(".rejects.jsonl")
    if rejects.resolve() == manifest.resolve():
        raise InputError(f"{rejects} is the manifest", "name another file for the rejects")
    console = Console(stderr=json_to == "-")
    with Manifest(manifest) as claims, closing(Queue(database_of(archive))) as ledger, assemble(settings) as verifier:
        walk = Batch(verifier=verifier, ledger=ledger, workers=settings.workers, backfill=backfill)
        if against and against not in (runs := ledger.runs()):
            raise InputError(f"there is no run {against}", f"use one of: {', '.join([*runs][:5]) or 'none yet'}")
        tally, seconds = _walk(walk, claims, rejects)
        summary = _summary(walk, claims, tally, seconds, rejects)
        console.print(_table(summary, tally))
        comparison = Comparison(verifier.archive, ledger, str(summary["run"]), against) if against else None
        _tell(summary, comparison, console, json_to)
    if tally.rejected:
        sys.exit(2)


def _walk(walk: Batch, claims: Manifest, rejects: Path) -> tuple[Tally, float]:
    """Work through the manifest; tell the pace on stderr, and the rejects in their file."""
    tally, started = Tally(total=claims.claims), time.monotonic()
    with Rejects(rejects) as refused, Pace(Console(stderr=True)) as pace:
        for outcome in walk.outcomes(claims):
            tally.add(outcome)
            told = (outcome,) if isinstance(outcome, Reject) else ()
            for reject in outcome.rejects if isinstance(outcome, Remembered) else told:
                refused.write(reject)
            pace.tell(tally)
    return tally, time.monotonic() - started


def _summary(walk: Batch, claims: Manifest, tally: Tally, seconds: float, rejects: Path) -> dict[str, Any]:
    return {
        "run": None if walk.backfill else walk.name(claims),
        "manifest": claims.path.name,
        "claims": tally.done,
        "done_now": tally.fresh,
        "done_before": tally.before,
        "rejected": tally.rejected,
        "rejects": str(rejects) if tally.rejected else None,
        "routes": {route.value: tally.routes[route] for route in Route},
        "belated": tally.belated,
        "seconds": round(seconds, 1),
    }


def _table(summary: dict[str, Any], tally: Tally) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column()
    table.add_column(justify="right")
    rows = [("claims", tally.done), *((f"  {wording.ROUTES[route]}", tally.routes[route]) for route in Route)]
    if summary["run"] is None:
        rows = [("claims", tally.done)]
    rows += [("done now", tally.fresh), ("done before", tally.before), ("rejected", tally.rejected)]
    for name, count in rows:
        table.add_row(name, f"{count:,}")
    return table


def _tell(summary: dict[str, Any], comparison: Comparison | None, console: Console, json_to: str | None) -> None:
    """The rest of the summary in words, and all of it as JSON; what changed is passed on as it is found."""
    if summary["belated"]:
        console.print(
            f"out of order: {summary['belated']:,}, handed in before a claim that stands further up, which was not "
            "compared with them: sort the manifest by submitted_at, or take it in with --backfill first"
        )
    if summary["rejects"]:
        console.print(f"rejects, with reasons: {inert(summary['rejects'])}", highlight=False, soft_wrap=True)
    if summary["run"]:
        console.print(f"run {summary['run']}", highlight=False)
    with _opened(json_to) as out:
        out.write(json.dumps(summary)[:-1])
        if comparison is not None:
            out.write(', "changes": [')
            for number, change in enumerate(comparison.changes()):
                console.print(_in_words(change), highlight=False)
                out.write((", " if number else "") + json.dumps(asdict(change)))
            out.write(f'], "against": {json.dumps({"run": comparison.other, **comparison.counts})}')
            told = ", ".join(f"{count:,} {what}" for what, count in comparison.counts.items())
            console.print(f"against {comparison.other}: {told}", highlight=False)
        out.write("}\n")


def _in_words(change: Change) -> str:
    before, after = (f"{each.score} {wording.ROUTES[each.route]}" for each in (change.before, change.after))
    return f"{change.claim} r{change.revision}: {before} -> {after}"


@contextmanager
def _opened(json_to: str | None) -> Iterator[TextIO]:
    """Where the JSON goes: a file, standard output, or nowhere."""
    if json_to == "-":
        yield sys.stdout
        return
    with Path(json_to or os.devnull).open("w", encoding="utf-8") as file:
        yield file
