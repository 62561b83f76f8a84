"""`verifier index`: the fingerprint index, others' lists of hashes, and artwork that never counts."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any

import click

from verifier import assembly
from verifier.archive.opening import database_of, open_archive
from verifier.archive.protocol import Archive
from verifier.archive.references import Artwork, SharedList
from verifier.casefile import Brief, Kind, Submission
from verifier.casefile import Claim as Facts
from verifier.comparison import hash_list
from verifier.comparison.catalogue import Catalogue
from verifier.errors import ArchiveError, InputError, VerifierError
from verifier.instruments import fingerprint
from verifier.settings import Settings

_RESTART = "a running service takes it in when it is started again"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """The archive that a command is about, and whose part of it."""

    archive: Archive
    tenant: str
    settings: Settings


def _placed(command: Callable[..., None]) -> Callable[..., None]:
    """Gives the command an open archive, and takes `--archive` and `--tenant`."""

    @click.option("--archive", help="sqlite:///PATH. [default: that of the settings]")
    @click.option("--tenant", help="Whose sightings. [default: that of the settings]")
    @wraps(command)
    def run(archive: str | None, tenant: str | None, **rest: Any) -> None:
        with _open(archive, tenant) as place:
            command(place, **rest)

    return run


@contextmanager
def _open(archive: str | None, tenant: str | None) -> Iterator[_Place]:
    settings = Settings.from_environment()
    settings = replace(settings, archive=archive or settings.archive)
    if not database_of(settings.archive).is_file():
        raise ArchiveError(f"there is no archive at {settings.archive}", "correct the address")
    opened = open_archive(settings.archive)
    try:
        yield _Place(archive=opened, tenant=tenant or settings.tenant, settings=settings)
    finally:
        opened.close()


@click.group()
def index() -> None:
    """Look after the fingerprint index, and what pictures are held against."""


@index.command()
@_placed
def check(place: _Place) -> None:
    """Compare every byte of the index with the archive. What differs is told; `rebuild` makes it anew."""
    covered, faults = Catalogue(archive=place.archive).check(place.tenant)
    for fault in faults:
        click.echo(fault)
    fresh = place.archive.watermark(place.tenant) - covered
    click.echo(f"{covered} sightings in segments, {fresh} not yet, {len(faults)} faults")
    if faults:
        sys.exit(ArchiveError.exit_code)


@index.command()
@_placed
def rebuild(place: _Place) -> None:
    """Make the index anew from the archive, in segments as large as may be. Others may work meanwhile."""
    count = Catalogue(archive=place.archive).rebuild(place.tenant)
    click.echo(f"{count} sightings")


@index.command("merge")
@_placed
def merge_(place: _Place) -> None:
    """Merge segments into larger ones: fewer are searched faster. It happens by itself up to 65,536 sightings."""
    click.echo(f"{Catalogue(archive=place.archive).merge(place.tenant)} segments")


@index.command()
@click.argument("claim")
@_placed
def erase(place: _Place, claim: str) -> None:
    """Compare nothing with CLAIM's items any more, in all its revisions, and blank what was read of them.

    Its reports stay, and the previews that they show.
    """
    count = place.archive.erase(place.tenant, claim, datetime.now(UTC))
    click.echo(f"{count} sightings of {claim} are blank and compared with no more; `verifier index rebuild` drops them")


@index.command()
@click.option("--salt", default="", help="Give HMAC-SHA256 of each hash: then only equal hashes can be found.")
@_placed
def export(place: _Place, salt: str) -> None:
    """Print the PDQ hashes of all archived pictures as CSV: no claim, no partner, no order of time.

    A plain hash tells a rough likeness of its picture; a salted one tells nothing and finds only what did not change.
    """
    found: dict[str, int] = {}
    erased = place.archive.erased(place.tenant)
    for sighting in place.archive.sightings(place.tenant):
        trace = sighting.trace
        if trace and trace.pdq_quality >= fingerprint.PDQ_TRUSTED and sighting.sequence not in erased:
            found[trace.pdq] = max(trace.pdq_quality, found.get(trace.pdq, 0))
    for line in hash_list.write(found, salt):
        click.echo(line, nl=False)


@index.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--name", required=True, help="What findings call the list; a list of this name is replaced.")
@click.option("--salt", default="", help="The salt that its owner used, if any.")
@_placed
def import_(place: _Place, file: Path, name: str, salt: str) -> None:
    """Take in another tenant's or vendor's list: pictures that it holds are told as seen there, and nothing more."""
    data = file.read_bytes()
    count = len(hash_list.read(data, salt))
    blob = place.archive.put_blob(data)
    shared = SharedList(
        tenant=place.tenant, name=name, salt=salt, blob=blob, hashes=count, imported_at=datetime.now(UTC)
    )
    place.archive.references.put_list(shared)
    hash_list.opened(place.archive, shared)
    click.echo(f"{count} hashes in {name}; {_RESTART}")


@index.command("lists")
@_placed
def lists_(place: _Place) -> None:
    """Every list that was imported."""
    for shared in place.archive.references.lists(place.tenant):
        form = "salted" if shared.salt else "plain"
        click.echo(f"{shared.name}  {shared.hashes} hashes, {form}, imported {shared.imported_at:%Y-%m-%d %H:%M}")


@index.command()
@click.argument("name")
@_placed
def forget(place: _Place, name: str) -> None:
    """Hold pictures against the list NAME no more."""
    if not place.archive.references.drop_list(place.tenant, name, datetime.now(UTC)):
        raise InputError(f"there is no list {name!r}", "`verifier index lists` names them")
    click.echo(f"{name} is dropped; {_RESTART}")


@index.command()
@click.option("--claim", help="Only what reopened this claim.")
@_placed
def reopened(place: _Place, claim: str | None) -> None:
    """Reports that an older claim reopened, which came after them."""
    for link in place.archive.links(place.tenant, claim):
        click.echo(
            f"{link.at:%Y-%m-%d %H:%M}  {link.claim} r{link.revision}: {link.item} is a twin ({link.likeness}, "
            f"{link.agreement:.0%}) of {link.earlier_item}, which was submitted before it"
        )


@index.group()
def artwork() -> None:
    """Pictures that a vendor gives to all partners of a program: to see them again says nothing."""


_program = click.option("--program", default="default", show_default=True, help="The program that they belong to.")


@artwork.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@_program
@_placed
def add(place: _Place, file: Path, program: str) -> None:
    """Let FILE never count as a repetition in that program."""
    with assembly.assemble(place.settings) as verifier:
        (item,) = verifier.intake.receive(
            Facts(id="artwork", activity="artwork"), [Submission(name=file.name, data=file.read_bytes())]
        )
        if item.kind is Kind.REFUSED:
            raise InputError(f"{file.name} cannot be read", "give a picture or a document")
        found = verifier.inspect(item, file.read_bytes(), Brief(activity="artwork")).result()
    known = Artwork(
        tenant=place.tenant,
        program=program,
        digest=item.digest,
        name=file.name,
        traces=tuple(replace(trace, words=(), preview="", features="") for trace in found.traces),
        added_at=datetime.now(UTC),
    )
    if not known.traces:
        raise InputError(f"{file.name} has no picture", "give a picture or a document")
    place.archive.references.put_artwork(known)
    click.echo(f"{item.digest[:12]}  {file.name}, {len(known.traces)} pages; {_RESTART}")


@artwork.command("list")
@click.option("--program", help="Of this program only.")
@_placed
def list_artwork(place: _Place, program: str | None) -> None:
    """Every picture that never counts."""
    for known in place.archive.references.artwork(place.tenant, program):
        click.echo(f"{known.digest[:12]}  {known.program}  {known.name}  {known.added_at:%Y-%m-%d %H:%M}")


@artwork.command()
@click.argument("digest")
@_program
@_placed
def remove(place: _Place, digest: str, program: str) -> None:
    """Let the picture whose DIGEST begins so count again."""
    found = [one for one in place.archive.references.artwork(place.tenant, program) if one.digest.startswith(digest)]
    if len(found) != 1:
        raise VerifierError(f"{len(found)} pictures begin with {digest!r}", "`verifier index artwork list` names them")
    place.archive.references.drop_artwork(place.tenant, program, found[0].digest, datetime.now(UTC))
    click.echo(f"{found[0].name} counts again; {_RESTART}")
