"""`verifier brand`: what a brand is known by: check a kit, and file it for a tenant's claims."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any

import click

from verifier import codec
from verifier.archive.kits import KeptKit
from verifier.archive.opening import open_archive
from verifier.archive.protocol import Archive
from verifier.casefile import BrandKit
from verifier.cli.archives import archive_option, existing, named
from verifier.errors import InputError, KitError
from verifier.instruments import slot
from verifier.programs import brands, kept_kits, kit_facts, kit_strength
from verifier.programs.kit_strength import PictureCheck, Strength
from verifier.reporting.inert import inert
from verifier.settings import Settings
from verifier.workers import Limits, Pool

_BY = "cli"
_tenant = click.option("--tenant", help="Whose claims are held against it. [default: that of the settings]")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """A kit from a folder: what it is, how strong, and the files that it was read from."""

    kit: BrandKit
    strength: Strength
    kit_file: tuple[str, bytes]
    files: Mapping[str, bytes]


@click.group()
def brand() -> None:
    """Check brand kits, and file them for the claims of a tenant."""


@brand.command()
@click.argument("kit", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def check(kit: Path, as_json: bool) -> None:
    """Say how well a brand will be found by the KIT (a folder with a brand.yaml), and what to add."""
    read = _read(kit, None)
    if as_json:
        click.echo(codec.to_json(read.strength, indent=2))
        return
    click.echo("\n".join(_lines(read.kit, read.strength)))


@brand.command()
@click.argument("kit", type=click.Path(path_type=Path))
@click.option("--id", "id_", help="What claims call the brand. [default: the folder's name]")
@archive_option
@_tenant
def add(kit: Path, id_: str | None, archive: str | None, tenant: str | None) -> None:
    """File the KIT (a folder with a brand.yaml); where the brand is filed already, as its new version.

    A running service takes it in with the next claim.
    """
    read = _read(kit, id_)
    with closing(open_archive(f"sqlite:///{named(archive)}")) as opened:
        kept = kept_kits.keep(opened, _whose(tenant), read.kit, read.kit_file, read.files, datetime.now(UTC), _BY)
    click.echo(f"{kept.brand}, version {kept.version}; {read.strength.expect}")


def _placed(command: Callable[..., None]) -> Callable[..., None]:
    """Gives the command an open archive that was there, and the tenant."""

    @archive_option
    @_tenant
    @wraps(command)
    def run(archive: str | None, tenant: str | None, **rest: Any) -> None:
        with closing(open_archive(f"sqlite:///{existing(archive)}")) as opened:
            command(opened, _whose(tenant), **rest)

    return run


@brand.command("list")
@_placed
def list_(archive: Archive, tenant: str) -> None:
    """Every brand of the tenant: id, version, since when, by whom, and its names."""
    for kept in archive.kits.current(tenant):
        assert kept.content is not None  # noqa: S101 - only those in use are listed
        names = inert(", ".join(kept.content.facts.names))
        click.echo(
            f"{kept.brand}  version {kept.version}  {kept.at:%Y-%m-%d %H:%M}  {inert(kept.by)}  {names}".rstrip()
        )


@brand.command()
@click.argument("brand_id", metavar="ID")
@click.option("--version", "number", type=click.IntRange(1), help="An earlier version. [default: the newest]")
@click.option("--out", type=click.Path(path_type=Path), help="Write the kit's files into this folder.")
@_placed
def show(archive: Archive, tenant: str, brand_id: str, number: int | None, out: Path | None) -> None:
    """Print the kit of the brand ID as it was filed, or write its files out."""
    kept = _found(archive, tenant, brand_id, number)
    assert kept.content is not None  # noqa: S101 - `_found` refuses those that were removed
    if out is None:
        click.echo(archive.blob(kept.content.files[kept.content.kit_file]).decode("utf-8-sig").rstrip())
        return
    out.mkdir(parents=True, exist_ok=True)
    for name, blob in kept.content.files.items():
        (out / name).write_bytes(archive.blob(blob))
    click.echo(f"{len(kept.content.files)} files of {kept.brand}, version {kept.version}, in {out}")


@brand.command()
@click.argument("brand_id", metavar="ID")
@_placed
def remove(archive: Archive, tenant: str, brand_id: str) -> None:
    """Hold claims against the brand ID no more; its versions stay, and so do reports."""
    if not archive.kits.drop(tenant, brand_id, datetime.now(UTC), _BY):
        raise InputError(f"there is no brand {inert(brand_id)!r}", "`verifier brand list` names them")
    click.echo(f"{brand_id} is looked for no more")


def _whose(tenant: str | None) -> str:
    return tenant or Settings.from_environment().tenant


def _found(archive: Archive, tenant: str, brand_id: str, number: int | None) -> KeptKit:
    versions = archive.kits.versions(tenant, brand_id)
    wanted = [kit for kit in versions if number in (None, kit.version)]
    if not wanted or wanted[-1].content is None:
        told = f"version {number} of it" if versions and number else f"brand {inert(brand_id)!r}"
        raise InputError(f"there is no {told}", "`verifier brand list` names the brands in use")
    return wanted[-1]


def _read(place: Path, id_: str | None) -> _Read:
    """The kit of a folder (or of the kit file in it), read in a guarded process. Raises KitError."""
    if not place.exists():
        raise KitError(f"{place}: no such folder", "name the folder with the brand.yaml")
    file = place if place.is_file() else brands.kit_file(place)
    data = file.read_bytes()
    beside = brands.beside(file.parent)
    files = {}
    for field, _, _, name in brands.named_pictures(kit_facts.parse(str(file), data)):
        try:
            files[name] = beside(name)
        except KitError as error:
            raise kit_facts.wrong(str(file), field, f"{name!r} {error.message}", error.remedy) from None
    settings = Settings.from_environment()
    limits = Limits(memory=settings.worker_memory, wall=settings.worker_wall, cpu=settings.worker_cpu)
    with Pool(object, workers=1, limits=limits) as pool:
        name = id_ or file.resolve().parent.name
        kit, strength = pool.run(kit_strength.receive, name, str(file), data, files, slot.weights(settings))
    return _Read(kit=kit, strength=strength, kit_file=(file.name, data), files=files)


def _lines(kit: BrandKit, strength: Strength) -> Iterator[str]:
    yield f"{kit.id}: {inert(', '.join(kit.names)) or 'no name'}"
    yield from (_line(picture) for picture in strength.pictures)
    yield strength.expect
    yield from (f"  - {advice}" for advice in strength.advice)


def _line(picture: PictureCheck) -> str:
    what = picture.role if picture.variant == "current" else f"{picture.role}, {picture.variant}"
    told = picture.remedy or "usable"
    size = f"{picture.width} x {picture.height}"
    return f"  {inert(picture.name):<24} {what:<12} {size:>12}  {picture.points:>4} keypoints  {told}"
