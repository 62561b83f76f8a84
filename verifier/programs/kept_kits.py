"""The kits that a tenant's claims are held against: those it filed, before those of the operator's folder."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock

from verifier.archive.kits import KeptKit, KeptPicture, KitContent
from verifier.archive.protocol import Archive
from verifier.casefile import BrandKit, Picture
from verifier.errors import KitError
from verifier.programs.brands import read_kit

ID = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
"""What a brand may be called by claims and addresses."""

_MOST_LOADED = 256  # kits kept in memory, of whatever tenants


@dataclass(slots=True)
class Shelf:
    """Takes kits out of the archive, each once."""

    _loaded: dict[str, BrandKit] = field(default_factory=dict)
    _door: Lock = field(default_factory=Lock)

    def kits(self, archive: Archive, tenant: str, folder: Mapping[str, BrandKit]) -> Mapping[str, BrandKit]:
        """The tenant's kits over those of the folder. Raises ArchiveError."""
        return {**folder, **{kit.brand: self._load(archive, kit) for kit in archive.kits.current(tenant)}}

    def _load(self, archive: Archive, kept: KeptKit) -> BrandKit:
        with self._door:
            if kept.digest not in self._loaded:
                if len(self._loaded) >= _MOST_LOADED:
                    self._loaded.clear()
                self._loaded[kept.digest] = load(archive, kept)
            return self._loaded[kept.digest]


def load(archive: Archive, kept: KeptKit) -> BrandKit:
    """The kit of one version that was not removed. Raises ArchiveError where a picture is gone."""
    assert kept.content is not None  # noqa: S101 - the caller's part
    pictures = tuple(
        Picture(name=picture.name, role=picture.role, variant=picture.variant, data=archive.blob(picture.blob))
        for picture in kept.content.pictures
    )
    return replace(kept.content.facts, pictures=pictures)


def read_sent(_context: object, id_: str, kit_file: str, data: bytes, files: Mapping[str, bytes]) -> BrandKit:
    """The kit in files that somebody sent; for a guarded worker. Raises KitError."""

    def sent(name: str) -> bytes:
        if name not in files:
            raise KitError("was not sent", "send it along, or leave it out")
        return files[name]

    if not re.fullmatch(ID, id_):
        raise KitError(f"{id_[:64]!r} is no id of a brand", "use letters, digits, dots and dashes, such as nordlicht")
    kit = read_kit(id_, kit_file, data, sent)
    stray = sorted(set(files) - {picture.name for picture in kit.pictures})
    if stray:
        raise KitError(
            f"files: {stray[0]!r} is named nowhere in the kit", "name it, or leave it out", {"files": stray[0]}
        )
    return kit


def keep(
    archive: Archive,
    tenant: str,
    kit: BrandKit,
    kit_file: tuple[str, bytes],
    files: Mapping[str, bytes],
    at: datetime,
    by: str,
) -> KeptKit:
    """File a kit that was read from these files, as a new version where anything changed."""
    name, described = kit_file
    content = KitContent(
        facts=replace(kit, pictures=()),
        pictures=tuple(
            KeptPicture(
                name=picture.name, role=picture.role, variant=picture.variant, blob=archive.put_blob(picture.data)
            )
            for picture in kit.pictures
        ),
        kit_file=name,
        files={name: archive.put_blob(data) for name, data in sorted({**files, name: described}.items())},
    )
    return archive.kits.put(tenant, kit.id, content, at, by)
