"""`verifier keys`: who may call the service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import click

from verifier.archive.keys import Keys, Scope
from verifier.archive.opening import database_of
from verifier.settings import Settings


@click.group()
def keys() -> None:
    """Make, list and revoke the API keys of the service."""


_archive = click.option("--archive", help="sqlite:///PATH. [default: that of the settings]")


@keys.command()
@click.argument("name")
@click.option("--tenant", help="Whose claims it opens. [default: that of the settings]")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice([scope.value for scope in Scope]),
    default=("submit", "read"),
    show_default=True,
    help="What it allows; may be given several times.",
)
@_archive
def create(name: str, tenant: str | None, scopes: tuple[str, ...], archive: str | None) -> None:
    """Make a key called NAME and print it; it cannot be shown again."""
    tenant = tenant or Settings.from_environment().tenant
    with _open(archive) as opened:
        _, token = opened.create(tenant, name, map(Scope, scopes), datetime.now(UTC))
    click.echo(token)
    click.echo("keep it now: only its hash is stored", err=True)


@keys.command("list")
@_archive
def list_keys(archive: str | None) -> None:
    """Every key: id, tenant, scopes, since when, and until when if it was revoked."""
    with _open(archive) as opened:
        for key in opened.list():
            until = f"revoked {key.revoked_at:%Y-%m-%d %H:%M}" if key.revoked_at else ""
            scopes = ",".join(sorted(key.scopes))
            click.echo(
                f"{key.id}  {key.tenant}  {scopes}  {key.created_at:%Y-%m-%d %H:%M}  {key.name}  {until}".rstrip()
            )


@keys.command()
@click.argument("key_id")
@_archive
def revoke(key_id: str, archive: str | None) -> None:
    """From now on the key KEY_ID opens nothing."""
    with _open(archive) as opened:
        opened.revoke(key_id, datetime.now(UTC))
    click.echo(f"{key_id} is revoked")


@contextmanager
def _open(archive: str | None) -> Iterator[Keys]:
    opened = Keys(database_of(archive or Settings.from_environment().archive))
    try:
        yield opened
    finally:
        opened.close()
