"""`verifier users`: who reviews."""

from __future__ import annotations

import sys
from contextlib import closing
from datetime import UTC, datetime

import click

from verifier.archive.users import Users
from verifier.cli.archives import archive_option, existing, named
from verifier.settings import Settings


@click.group()
def users() -> None:
    """Make, list and disable the people who review, and set their passwords."""


_stdin = click.option("--password-stdin", is_flag=True, help="Read the password from standard input, its first line.")


@users.command()
@click.argument("name")
@click.option("--tenant", help="Whose claims the user decides. [default: that of the settings]")
@_stdin
@archive_option
def add(name: str, tenant: str | None, password_stdin: bool, archive: str | None) -> None:
    """Make a user called NAME; the password is asked for."""
    tenant = tenant or Settings.from_environment().tenant
    with closing(Users(named(archive))) as opened:
        user = opened.add(name, tenant, _password(password_stdin), datetime.now(UTC))
    click.echo(f"{user.name} may review the claims of {user.tenant}")


@users.command("list")
@archive_option
def list_users(archive: str | None) -> None:
    """Every user: name, tenant, since when, and until when if disabled."""
    with closing(Users(existing(archive))) as opened:
        for user in opened.list():
            until = f"disabled {user.disabled_at:%Y-%m-%d %H:%M}" if user.disabled_at else ""
            click.echo(f"{user.name}  {user.tenant}  {user.created_at:%Y-%m-%d %H:%M}  {until}".rstrip())


@users.command()
@click.argument("name")
@archive_option
def disable(name: str, archive: str | None) -> None:
    """Sign NAME out, for good: what they decided stays, and the name is not given again."""
    with closing(Users(existing(archive))) as opened:
        opened.disable(name, datetime.now(UTC))
    click.echo(f"{name} is disabled")


@users.command()
@click.argument("name")
@_stdin
@archive_option
def password(name: str, password_stdin: bool, archive: str | None) -> None:
    """Set a new password for NAME; open sessions end."""
    with closing(Users(existing(archive))) as opened:
        opened.set_password(name, _password(password_stdin), datetime.now(UTC))
    click.echo(f"{name} has a new password")


def _password(from_stdin: bool) -> str:
    """Never an argument: those can be read by everybody on the machine, and stay in the shell's history."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise click.UsageError("there is no terminal to ask for a password on: use --password-stdin")
    answer: str = click.prompt("password", hide_input=True, confirmation_prompt=True)
    return answer
