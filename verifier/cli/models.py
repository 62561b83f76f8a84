"""`verifier models`: which models there are, whether they are what their cards say, which logo embedding is in use."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from verifier.cli.archives import archive_option
from verifier.instruments import slot, tower
from verifier.instruments.cards import Card, read_cards
from verifier.instruments.looks import CARD
from verifier.settings import Settings


@click.group()
def models() -> None:
    """Look after the models, and choose the logo embedding."""


@models.command("list")
@archive_option
def list_(archive: str | None) -> None:
    """Every model, its licence and what it is for; and the logo embedding in use."""
    settings = _settings(archive)
    for card in read_cards(settings.models):
        click.echo(_line(card))
    choice = slot.of(slot.settled(settings))
    if choice is not None:
        click.echo(_line(choice.embedding))
    click.echo(f"logo embedding in use: {choice.embedding.name if choice else 'logo_embedding, which comes along'}")


@models.command()
@click.argument("card", required=False, type=click.Path(path_type=Path))
@archive_option
def check(card: Path | None, archive: str | None) -> None:
    """Compare every model with the checksums on its card; or try the logo embedding of CARD on two pictures."""
    if card is not None:
        found = tower.check(_file(card))
        click.echo(f"{found.card.name}: runs and gives {found.dimensions} numbers a picture, {found.card.licence}")
        return
    settings = _settings(archive)
    for one in read_cards(settings.models):
        one.check()
        click.echo(f"{one.name}: {len(one.files)} files as described, {one.licence}; {one.purpose}")
    choice = slot.of(slot.settled(settings))
    if choice is not None:
        click.echo(f"{choice.embedding.name}, the logo embedding in use: as it was put in use")


@models.command()
@click.argument("card", type=click.Path(path_type=Path))
@archive_option
def use(card: Path, archive: str | None) -> None:
    """Look for logos with the embedding of CARD (a card.yaml or its folder) from the next start on.

    Brand presence must have been fitted for it (models/brand_presence/fit.py). `use logo_embedding` puts ours back.
    """
    settings = _settings(archive)
    choice = slot.use(settings, _file(card) if card.exists() else settings.models / card / CARD)
    if choice is None:
        click.echo("logo_embedding, which comes along, is in use; a running service takes it with its next start")
        return
    click.echo(f"{choice.embedding.name} is in use; a running service takes it with its next start")


def _settings(archive: str | None) -> Settings:
    settings = Settings.from_environment()
    return replace(settings, archive=archive) if archive else settings


def _file(card: Path) -> Path:
    return card / CARD if card.is_dir() else card


def _line(card: Card) -> str:
    return f"{card.name:<16} {card.licence:<12} {card.purpose}"
