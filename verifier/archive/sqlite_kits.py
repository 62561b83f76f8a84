"""Brand kits in the archive's database; every change stands in the audit trail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from verifier import codec
from verifier.archive import trail
from verifier.archive.database import Database
from verifier.archive.kits import KeptKit, KitContent, digest_of
from verifier.archive.tables import brand_kits


class SqliteKits:
    """Kits in the database that is handed over."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._digest = (0, "")  # after so many versions; none is ever taken back

    def current(self, tenant: str) -> Sequence[KeptKit]:
        with self._database.transaction() as connection:
            return _current(connection, tenant)

    def versions(self, tenant: str, brand: str) -> Sequence[KeptKit]:
        query = select(brand_kits).where(brand_kits.c.tenant == tenant, brand_kits.c.brand == brand)
        with self._database.transaction() as connection:
            return [_kit(row) for row in connection.execute(query.order_by(brand_kits.c.version))]

    def put(self, tenant: str, brand: str, content: KitContent, at: datetime, by: str) -> KeptKit:
        with self._database.transaction(writing=True) as connection:
            newest = _newest(connection, tenant, brand)
            if newest is not None and newest.content == content:
                return newest
            return _add(connection, newest, tenant, brand, content, at, by)

    def drop(self, tenant: str, brand: str, at: datetime, by: str) -> bool:
        with self._database.transaction(writing=True) as connection:
            newest = _newest(connection, tenant, brand)
            if newest is None or newest.content is None:
                return False
            _add(connection, newest, tenant, brand, None, at, by)
            return True

    def digest(self) -> str:
        with self._database.transaction() as connection:
            count = connection.execute(select(func.count()).select_from(brand_kits)).scalar_one()
            if count != self._digest[0]:
                self._digest = (count, digest_of(_current(connection, None)))
            return self._digest[1]


def _current(connection: Connection, tenant: str | None) -> list[KeptKit]:
    table = brand_kits.alias()
    later = brand_kits.c
    newest = (
        select(func.max(later.version))
        .where(later.tenant == table.c.tenant, later.brand == table.c.brand)
        .correlate(table)
        .scalar_subquery()
    )
    query = select(table).where(table.c.version == newest, table.c.body != "")
    if tenant is not None:
        query = query.where(table.c.tenant == tenant)
    return [_kit(row) for row in connection.execute(query.order_by(table.c.tenant, table.c.brand))]


def _newest(connection: Connection, tenant: str, brand: str) -> KeptKit | None:
    query = select(brand_kits).where(brand_kits.c.tenant == tenant, brand_kits.c.brand == brand)
    row = connection.execute(query.order_by(brand_kits.c.version.desc()).limit(1)).first()
    return None if row is None else _kit(row)


def _add(
    connection: Connection,
    newest: KeptKit | None,
    tenant: str,
    brand: str,
    content: KitContent | None,
    at: datetime,
    by: str,
) -> KeptKit:
    version = 1 if newest is None else newest.version + 1
    kit = KeptKit(tenant=tenant, brand=brand, version=version, content=content, at=at, by=by)
    body = "" if content is None else codec.to_json(content)
    row = {"tenant": tenant, "brand": brand, "version": version, "body": body, "at": at.isoformat(), "by": by}
    connection.execute(insert(brand_kits).values(row))
    detail = {"version": version, **({"digest": kit.digest} if content else {})}
    action = "brand.kept" if content else "brand.removed"
    trail.note(connection, at=at, actor=by, action=action, subject=f"{tenant}/{brand}", detail=detail)
    return kit


def _kit(row: Row[Any]) -> KeptKit:
    return KeptKit(
        tenant=row.tenant,
        brand=row.brand,
        version=row.version,
        content=codec.from_json(KitContent, row.body) if row.body else None,
        at=datetime.fromisoformat(row.at),
        by=row.by,
    )
