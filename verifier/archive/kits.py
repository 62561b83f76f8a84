"""Brand kits that a tenant filed: every change is a new version, and the versions before it stay."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from threading import Lock
from typing import Protocol

from verifier import codec
from verifier.casefile import BrandKit


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPicture:
    """A picture as it is looked for; `blob` holds it in the archive."""

    name: str
    role: str
    variant: str
    blob: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KitContent:
    """What a kit says and shows. `facts` has no pictures; `files` are those that were handed in, name -> blob.

    `kit_file` names the one that describes the brand.
    """

    facts: BrandKit
    pictures: tuple[KeptPicture, ...]
    kit_file: str
    files: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptKit:
    """One version (1, 2, 3 ...) of a tenant's kit, by whom and when; `content` is None where it was removed."""

    tenant: str
    brand: str
    version: int
    content: KitContent | None
    at: datetime
    by: str

    @property
    def digest(self) -> str:
        """What changes with what the kit says and shows, and with nothing else."""
        return codec.digest_of(self.content)


class Kits(Protocol):
    """The kits of every tenant."""

    def current(self, tenant: str) -> Sequence[KeptKit]:
        """The newest version of each kit that is not removed, in the order of brands."""
        ...

    def versions(self, tenant: str, brand: str) -> Sequence[KeptKit]:
        """All versions of a kit, the oldest first; none where there never was one."""
        ...

    def put(self, tenant: str, brand: str, content: KitContent, at: datetime, by: str) -> KeptKit:
        """Keep a version; one that equals the newest is not kept again, and that is returned."""
        ...

    def drop(self, tenant: str, brand: str, at: datetime, by: str) -> bool:
        """Look for the brand no more; its versions stay. False where there is none."""
        ...

    def digest(self) -> str:
        """What changes with any kit in use, of any tenant; "" while there are none."""
        ...


class MemoryKits:
    """Kept until the process ends."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], list[KeptKit]] = {}
        self._lock = Lock()

    def current(self, tenant: str) -> Sequence[KeptKit]:
        newest = [kept[-1] for key, kept in sorted(self._kept.items()) if key[0] == tenant]
        return [kit for kit in newest if kit.content is not None]

    def versions(self, tenant: str, brand: str) -> Sequence[KeptKit]:
        return tuple(self._kept.get((tenant, brand), ()))

    def put(self, tenant: str, brand: str, content: KitContent, at: datetime, by: str) -> KeptKit:
        with self._lock:
            kept = self._kept.setdefault((tenant, brand), [])
            new = KeptKit(tenant=tenant, brand=brand, version=len(kept) + 1, content=content, at=at, by=by)
            if not kept or kept[-1].content != content:
                kept.append(new)
            return kept[-1]

    def drop(self, tenant: str, brand: str, at: datetime, by: str) -> bool:
        with self._lock:
            kept = self._kept.get((tenant, brand), [])
            if not kept or kept[-1].content is None:
                return False
            kept.append(replace(kept[-1], version=len(kept) + 1, content=None, at=at, by=by))
            return True

    def digest(self) -> str:
        return digest_of(kit for tenant in sorted({key[0] for key in self._kept}) for kit in self.current(tenant))


def digest_of(kits: Iterable[KeptKit]) -> str:
    """Of kits in use; "" where there are none."""
    held = [(kit.tenant, kit.brand, kit.digest) for kit in kits]
    return codec.digest_of(held) if held else ""
