"""`verifier redact`: a report to pass on, without positions, serial numbers, names and pictures."""

from __future__ import annotations

from pathlib import Path

import click
import pydantic

from verifier import codec
from verifier.casefile import ClaimReport
from verifier.errors import InputError
from verifier.reporting.redaction import redact as redacted


@click.command()
@click.argument("report", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="Write there. [default: standard output]")
def redact(report: Path, out: Path | None) -> None:
    """Take personal data out of REPORT (JSON, as `verifier verify --json` wrote it) before it is passed on."""
    try:
        whole = codec.from_json(ClaimReport, report.read_bytes())
    except pydantic.ValidationError as error:
        raise InputError(f"{report} is no report of this version", "name a file that --json wrote") from error
    text = codec.to_json(redacted(whole), indent=2) + "\n"
    if out:
        out.write_text(text, encoding="utf-8")
    else:
        click.echo(text, nl=False)
