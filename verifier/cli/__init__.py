"""The `verifier` command: a thin face of the corridor. Exit codes are those of the error tree (`verifier.errors`)."""

from __future__ import annotations

import sys

import click

from verifier import __version__
from verifier.cli.batch import batch
from verifier.cli.brand import brand
from verifier.cli.checking import audit, doctor, rules, schema
from verifier.cli.demo import demo
from verifier.cli.index import index
from verifier.cli.keys import keys
from verifier.cli.links import links
from verifier.cli.models import models
from verifier.cli.redact import redact
from verifier.cli.serve import serve
from verifier.cli.users import users
from verifier.cli.verify import verify
from verifier.errors import InputError, VerifierError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="verifier")
def commands() -> None:
    """Check proof-of-execution evidence: metadata, duplicates, campaign figures, displays and brands."""


for command in (
    verify,
    batch,
    demo,
    serve,
    index,
    keys,
    users,
    brand,
    links,
    redact,
    rules,
    models,
    audit,
    schema,
    doctor,
):
    commands.add_command(command)


def main() -> None:
    """Run the command line; an expected error is one line on stderr and its exit code."""
    try:
        commands(standalone_mode=False)
    except VerifierError as error:
        click.echo(f"verifier: {error}", err=True)
        sys.exit(error.exit_code)
    except OSError as error:  # a place that cannot be written, a kit that cannot be opened, a full disk
        click.echo(f"verifier: {error}: check the place, its space, and who may read and write there", err=True)
        sys.exit(InputError.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("verifier: stopped; what was filed before is kept", err=True)
        sys.exit(130)
