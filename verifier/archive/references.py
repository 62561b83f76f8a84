"""What pictures are held against beside earlier claims: a program's known artwork, and lists of others' hashes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from verifier import codec
from verifier.casefile import Trace


@dataclass(frozen=True, slots=True, kw_only=True)
class Artwork:
    """A file that a vendor gives to all partners of a program: to see it again says nothing."""

    tenant: str
    program: str
    digest: str  # SHA-256 of its bytes
    name: str
    traces: tuple[Trace, ...]
    added_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedList:
    """A list of hashes that another tenant or vendor gave. `salt` is "" where they are plain; `blob` holds the list."""

    tenant: str
    name: str
    salt: str
    blob: str
    hashes: int
    imported_at: datetime


class References(Protocol):
    """Artwork and lists by tenant. Putting one in the place of another of its key replaces it."""

    def artwork(self, tenant: str, program: str | None = None) -> Sequence[Artwork]:
        """In the order of programs and digests; of all programs where none is named."""
        ...

    def put_artwork(self, artwork: Artwork) -> None: ...

    def drop_artwork(self, tenant: str, program: str, digest: str, at: datetime) -> bool:
        """False where it is not there."""
        ...

    def lists(self, tenant: str) -> Sequence[SharedList]:
        """In the order of names."""
        ...

    def put_list(self, shared: SharedList) -> None: ...

    def drop_list(self, tenant: str, name: str, at: datetime) -> bool:
        """False where it is not there."""
        ...

    def digest(self) -> str:
        """What changes with any of them, of any tenant; "" while there are none."""
        ...


class MemoryReferences:
    """Kept until the process ends."""

    def __init__(self) -> None:
        self._artwork: dict[tuple[str, str, str], Artwork] = {}
        self._lists: dict[tuple[str, str], SharedList] = {}

    def artwork(self, tenant: str, program: str | None = None) -> Sequence[Artwork]:
        return [
            one for key, one in sorted(self._artwork.items()) if key[0] == tenant and program in (None, one.program)
        ]

    def put_artwork(self, artwork: Artwork) -> None:
        self._artwork[artwork.tenant, artwork.program, artwork.digest] = artwork

    def drop_artwork(self, tenant: str, program: str, digest: str, at: datetime) -> bool:  # noqa: ARG002
        return self._artwork.pop((tenant, program, digest), None) is not None

    def lists(self, tenant: str) -> Sequence[SharedList]:
        return [one for key, one in sorted(self._lists.items()) if key[0] == tenant]

    def put_list(self, shared: SharedList) -> None:
        self._lists[shared.tenant, shared.name] = shared

    def drop_list(self, tenant: str, name: str, at: datetime) -> bool:  # noqa: ARG002
        return self._lists.pop((tenant, name), None) is not None

    def digest(self) -> str:
        return digest_of(sorted(self._artwork), [(*key, one.blob, one.salt) for key, one in self._lists.items()])


def digest_of(artwork: Sequence[tuple[str, ...]], lists: Sequence[tuple[str, ...]]) -> str:
    """Of the keys of all artwork, and of all lists with what they hold; "" where there is nothing."""
    return codec.digest_of((list(artwork), sorted(lists))) if artwork or lists else ""
