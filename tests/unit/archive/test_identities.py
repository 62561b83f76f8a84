"""What files say of their making is found again by whoever asks for the same, in memory and on disk."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from archived_reports import item, trace

from verifier.archive.opening import open_archive
from verifier.archive.protocol import Archive
from verifier.casefile import Claim, Identity, Origin

BODY = Identity(kind="device", value="Fenwald Kestra 7 #FK7-30291844")
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def keep(archive: Archive, claim: str, *identities: Identity, tenant: str = "default") -> None:
    of = Claim(id=claim, activity="in_store_display", partner=f"partner of {claim}", tenant=tenant)
    handed = item(claim, 1, 1)
    seen = replace(trace(name=claim), origin=Origin(identities=identities))
    assert archive.remember(of, [handed], {handed.id: [seen]}, NOW)


def claims(archive: Archive, identity: Identity, **limits: int) -> list[str]:
    return [sighting.claim for sighting in archive.sharing("default", identity, **limits)]


def test_who_shares_an_identity_is_found_in_order(archive: Archive) -> None:
    keep(archive, "C-1", BODY, Identity(kind="image", value="AB"))
    keep(archive, "C-2", replace(BODY, value="another"))
    keep(archive, "C-3", BODY)
    assert claims(archive, BODY) == ["C-1", "C-3"]
    assert claims(archive, BODY, upto=2) == ["C-1"]
    assert claims(archive, BODY, limit=1) == ["C-3"]
    assert claims(archive, replace(BODY, kind="image")) == []


def test_numbers_are_found_as_far_as_the_reach_goes(archive: Archive) -> None:
    roll = Identity(kind="roll", value="Fenwald Kestra 7 IMG_", number=1234)
    for claim, number in (("C-1", 1233), ("C-2", 1234), ("C-3", 1239)):
        keep(archive, claim, replace(roll, number=number))
    assert claims(archive, roll, reach=1) == ["C-1", "C-2"]
    assert claims(archive, roll, reach=5) == ["C-1", "C-2", "C-3"]


def test_tenants_do_not_find_each_other(archive: Archive) -> None:
    keep(archive, "C-1", BODY, tenant="other")
    assert claims(archive, BODY) == []


def test_what_was_erased_is_not_found(archive: Archive) -> None:
    keep(archive, "C-1", BODY)
    assert archive.erase("default", "C-1", NOW) == 1
    assert claims(archive, BODY) == []


def test_a_sighting_comes_back_with_its_origin(archive: Archive) -> None:
    keep(archive, "C-1", BODY)
    (seen,) = archive.sightings_of("default", "C-1")
    assert seen.trace is not None
    assert seen.trace.origin == Origin(identities=(BODY,))
    assert archive.sightings_of("default", "C-2") == []


def test_the_table_of_identities_holds_no_serial_number(tmp_path: Path) -> None:
    archive = open_archive(f"sqlite:///{tmp_path}/archive.db")
    keep(archive, "C-1", BODY)
    archive.close()
    with sqlite3.connect(tmp_path / "archive.db") as connection:
        ((value,),) = connection.execute("SELECT value FROM identities").fetchall()
    connection.close()
    assert len(value) == 32
    assert "FK7" not in value
