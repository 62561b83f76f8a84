"""`verifier keys`: who may call the service."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime

import click

from verifier.archive.keys import Keys, Scope
from verifier.cli.archives import archive_option, existing, named
from verifier.settings import Settings


@click.group()
def keys() -> None:
    """Make, list and revoke the API keys of the service."""


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
@archive_option
def create(name: str, tenant: str | None, scopes: tuple[str, ...], archive: str | None) -> None:
    """Make a key called NAME and print it; it cannot be shown again."""
    tenant = tenant or Settings.from_environment().tenant
    with closing(Keys(named(archive))) as opened:
        _, token = opened.create(tenant, name, map(Scope, scopes), datetime.now(UTC))
    click.echo(token)
    click.echo("keep it now: only its hash is stored", err=True)


@keys.command("list")
@archive_option
def list_keys(archive: str | None) -> None:
    """Every key: id, tenant, scopes, since when, and until when if it was revoked."""
    with closing(Keys(existing(archive))) as opened:
        for key in opened.list():
            until = f"revoked {key.revoked_at:%Y-%m-%d %H:%M}" if key.revoked_at else ""
            scopes = ",".join(sorted(key.scopes))
            click.echo(
                f"{key.id}  {key.tenant}  {scopes}  {key.created_at:%Y-%m-%d %H:%M}  {key.name}  {until}".rstrip()
            )


@keys.command()
@click.argument("key_id")
@archive_option
def revoke(key_id: str, archive: str | None) -> None:
    """From now on the key KEY_ID opens nothing."""
    with closing(Keys(existing(archive))) as opened:
        opened.revoke(key_id, datetime.now(UTC))
    click.echo(f"{key_id} is revoked")
