"""API keys: who may call the service, for which tenant and to do what. The archive holds their hashes only."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from verifier.archive import statements, trail
from verifier.archive.database import Database
from verifier.archive.tables import keys
from verifier.errors import InputError

_PREFIX = "vk"  # so that scanners for leaked secrets can tell what they found
_NOBODY = hashlib.sha256(b"").hexdigest()  # compared with where there is no such key: both ways take the same time


class Scope(StrEnum):
    """What a key allows: hand claims in, read what became of them, see the reviewer's report and decide, file kits."""

    SUBMIT = "submit"
    READ = "read"
    REVIEW = "review"
    BRANDS = "brands"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key as it may be shown: everything but the secret. `id` is its public part."""

    id: str
    tenant: str
    name: str
    scopes: frozenset[Scope]
    created_at: datetime
    revoked_at: datetime | None = None


class Keys:
    """The keys in the SQLite file at `path`. A token is `vk_<id>_<secret>`; it is shown once, when it is made."""

    def __init__(self, path: Path) -> None:
        self._database = Database(path)

    def create(
        self, tenant: str, name: str, scopes: Iterable[Scope], now: datetime, *, by: str = "cli"
    ) -> tuple[ApiKey, str]:
        """A new key and its token, which nobody can read again."""
        secret = secrets.token_urlsafe(32)
        key = ApiKey(id=secrets.token_hex(6), tenant=tenant, name=name, scopes=frozenset(scopes), created_at=now)
        row = {
            "id": key.id,
            "tenant": tenant,
            "name": name,
            "scopes": " ".join(sorted(key.scopes)),
            "hash": _hash(secret),
            "created_at": now.isoformat(),
        }
        with self._database.transaction(writing=True) as connection:
            connection.execute(insert(keys).values(row))
            _note(connection, key, "key.created", now, by)
        return key, f"{_PREFIX}_{key.id}_{secret}"

    def check(self, token: str) -> ApiKey | None:
        """The key of a token; None where it is unknown, wrong or revoked."""
        prefix, _, rest = token.partition("_")
        id_, _, secret = rest.partition("_")
        with self._database.transaction() as connection:
            row = connection.execute(statements.KEY, {"id": id_}).first()
        fits = hmac.compare_digest(_hash(secret), row.hash if row else _NOBODY)
        return _key(row) if row and fits and prefix == _PREFIX and row.revoked_at is None else None

    def list(self, tenant: str | None = None) -> tuple[ApiKey, ...]:
        """All keys (of one tenant), the oldest first, revoked ones too."""
        query = select(keys).order_by(keys.c.created_at, keys.c.id)
        with self._database.transaction() as connection:
            rows = connection.execute(query if tenant is None else query.where(keys.c.tenant == tenant)).all()
        return tuple(map(_key, rows))

    def revoke(self, id_: str, now: datetime, *, by: str = "cli") -> None:
        """From now on the key opens nothing. Raises InputError when no such key is in use."""
        with self._database.transaction(writing=True) as connection:
            row = connection.execute(select(keys).where(keys.c.id == id_, keys.c.revoked_at.is_(None))).first()
            if row is None:
                raise InputError(f"no key in use is called {id_!r}", "see `verifier keys list`")
            connection.execute(update(keys).where(keys.c.id == id_).values(revoked_at=now.isoformat()))
            _note(connection, _key(row), "key.revoked", now, by)

    def is_empty(self) -> bool:
        """Whether no key was ever made."""
        with self._database.transaction() as connection:
            return not connection.execute(select(func.count()).select_from(keys)).scalar_one()

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()


def _note(connection: Connection, key: ApiKey, action: str, now: datetime, by: str) -> None:
    detail = {"name": key.name, "scopes": sorted(key.scopes)}
    trail.note(connection, at=now, actor=by, action=action, subject=f"{key.tenant}/{key.id}", detail=detail)


def _hash(secret: str) -> str:
    """SHA-256: the secret is 256 random bits, so nothing is won by hashing slowly."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _key(row: Row[Any]) -> ApiKey:
    return ApiKey(
        id=row.id,
        tenant=row.tenant,
        name=row.name,
        scopes=frozenset(Scope(scope) for scope in row.scopes.split()),
        created_at=datetime.fromisoformat(row.created_at),
        revoked_at=datetime.fromisoformat(row.revoked_at) if row.revoked_at else None,
    )
