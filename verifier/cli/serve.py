"""`verifier serve`: the HTTP service over one archive."""

from __future__ import annotations

import os
import secrets
import signal
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click
import uvicorn

from verifier.api import Limits, Service, create_app
from verifier.archive.decisions import Decisions
from verifier.archive.keys import Keys, Scope
from verifier.archive.opening import database_of
from verifier.archive.queue import Queue
from verifier.archive.users import Users
from verifier.assembly import assemble
from verifier.errors import InputError
from verifier.jobs import Annex
from verifier.review import Room
from verifier.settings import Settings

_SWITCH = 0.0005  # seconds: a request crosses threads about ten times, and each time must not wait 5 ms for its turn
_PARTING = 20  # seconds that open requests get at the end
_LOOKING_AHEAD = 1  # worker for preflights, which starts with the first of them; the annex has those that were set
_GUEST = "demo"
_IDLE = 75  # seconds: longer than clients keep an idle connection, lest one is closed as its next request sets out


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="0.0.0.0 to be reached from other machines.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--archive", help="sqlite:///PATH. [default: that of the settings]")
@click.option("--brands", type=click.Path(path_type=Path), help="A folder of brand kits, one sub-folder each.")
@click.option(
    "--venues", type=click.Path(path_type=Path), help="A list of venues (CSV or YAML) that claims name by id."
)
@click.option("--demo", type=click.Path(path_type=Path), help="The folder of `verifier demo`: review its claims.")
def serve(
    host: str, port: int, archive: str | None, brands: Path | None, venues: Path | None, demo: Path | None
) -> None:
    """Serve the API and the review pages until SIGTERM or Ctrl-C.

    Claims under way are finished, claims that wait are kept.
    """
    settings = Settings.from_environment()
    if demo is not None:
        if archive is not None:
            raise click.UsageError("say --archive or --demo: the demo has its own archive")
        settings = _demo(settings, demo)
    settings = replace(settings, archive=archive or settings.archive)
    settings = replace(settings, brands=brands or settings.brands, venues=venues or settings.venues)
    path = database_of(settings.archive)
    sys.setswitchinterval(_SWITCH)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # uvicorn raises it anew at its end: finish, do not die
    with (
        closing(Keys(path)) as keys,
        closing(Queue(path)) as queue,
        closing(Decisions(path)) as decisions,
        closing(Users(path)) as users,
        assemble(replace(settings, workers=_LOOKING_AHEAD)) as verifier,
    ):
        _greet(keys, settings.tenant)
        _invite(users, settings.tenant, f"http://{host}:{port}/review/", guest=demo is not None)
        room = Room(archive=verifier.archive, users=users, decisions=decisions, clock=verifier.clock)
        annex = Annex(settings)
        try:
            with Service(verifier, queue, keys, decisions, Limits.of(settings), annex) as service:
                uvicorn.run(
                    create_app(service, room),
                    host=host,
                    port=port,
                    server_header=False,
                    timeout_graceful_shutdown=_PARTING,
                    timeout_keep_alive=_IDLE,
                    access_log=False,  # a tenth of the event loop's time; a proxy in front writes it as well
                )
        except KeyboardInterrupt:
            # a second signal, while claims are being finished: go at once, as with kill -9, which loses nothing;
            # closing the workers under them would be taken for faults of their items
            annex.kill()
            os._exit(130)


def _greet(keys: Keys, tenant: str) -> None:
    """An archive without keys gets its first one, so that nobody has to look for how to begin."""
    if not keys.is_empty():
        return
    _, token = keys.create(tenant, "first", Scope, datetime.now(UTC), by="serve")
    click.echo(f"the first key of this archive, shown only now: {token}", err=True)


def _demo(settings: Settings, folder: Path) -> Settings:
    """The settings with which `verifier demo` filled that folder. Raises InputError where it did not."""
    database = folder / "archive" / "archive.db"
    if not database.is_file():
        raise InputError(f"{folder} holds no demo", f"run `verifier demo --out {folder}` first")
    return replace(settings, archive=f"sqlite:///{database}", brands=settings.brands or settings.fixtures / "brands")


def _invite(users: Users, tenant: str, address: str, *, guest: bool) -> None:
    """Say where to review; for the demo with a user whose password is made now and holds until the next start."""
    click.echo(f"review: {address}", err=True)
    known = [user.name for user in users.list() if user.disabled_at is None]
    if not guest:
        if not known:
            click.echo("nobody can sign in yet: verifier users add NAME", err=True)
        return
    password, now = secrets.token_urlsafe(12), datetime.now(UTC)
    if _GUEST in known:
        users.set_password(_GUEST, password, now, by="serve")
    else:
        users.add(_GUEST, tenant, password, now, by="serve")
    click.echo(f"sign in as: {_GUEST}   password: {password}", err=True)
