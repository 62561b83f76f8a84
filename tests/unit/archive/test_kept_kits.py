"""Brand kits in an archive: by tenant, every change a version, none rewritten."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from verifier.archive.kits import KeptPicture, KitContent
from verifier.archive.opening import open_archive
from verifier.archive.protocol import Archive
from verifier.casefile import BrandKit

AT = datetime(2026, 6, 1, 9, 30, tzinfo=UTC)


def content(brand: str = "nordlicht", **facts: object) -> KitContent:
    return KitContent(
        facts=BrandKit(id=brand, names=(brand.title(),), **facts),
        pictures=(KeptPicture(name="logo.svg", role="logo", variant="current", blob="ab"),),
        kit_file="brand.yaml",
        files={"brand.yaml": "cd", "logo.svg": "ef"},
    )


def test_a_kit_comes_back_equal_and_only_to_its_tenant(archive: Archive) -> None:
    kept = archive.kits.put("acme", "nordlicht", content(min_share=0.02), AT, "operator")
    assert kept.version == 1
    assert archive.kits.current("acme") == [kept]
    assert archive.kits.current("zenith") == []
    assert archive.kits.versions("zenith", "nordlicht") in ([], ())


def test_a_change_is_a_new_version_and_the_same_again_is_none(archive: Archive) -> None:
    first = archive.kits.put("acme", "nordlicht", content(), AT, "operator")
    assert archive.kits.put("acme", "nordlicht", content(), AT, "somebody else") == first
    second = archive.kits.put("acme", "nordlicht", content(min_share=0.05), AT, "operator")
    assert second.version == 2
    assert list(archive.kits.versions("acme", "nordlicht")) == [first, second]
    assert archive.kits.current("acme") == [second]


def test_a_removed_kit_is_in_use_no_more_and_its_versions_stay(archive: Archive) -> None:
    archive.kits.put("acme", "nordlicht", content(), AT, "operator")
    assert archive.kits.drop("acme", "nordlicht", AT, "operator")
    assert not archive.kits.drop("acme", "nordlicht", AT, "operator")
    assert not archive.kits.drop("acme", "pardalo", AT, "operator")
    assert archive.kits.current("acme") == []
    assert [kit.content is None for kit in archive.kits.versions("acme", "nordlicht")] == [False, True]
    assert archive.kits.put("acme", "nordlicht", content(), AT, "operator").version == 3


def test_the_digest_tells_every_change_and_nothing_else(archive: Archive) -> None:
    assert archive.kits.digest() == ""
    archive.kits.put("acme", "nordlicht", content(), AT, "operator")
    one = archive.kits.digest()
    archive.kits.put("acme", "nordlicht", content(), AT.replace(year=2027), "operator")
    assert archive.kits.digest() == one
    archive.kits.put("zenith", "pardalo", content("pardalo"), AT, "operator")
    two = archive.kits.digest()
    archive.kits.drop("acme", "nordlicht", AT, "operator")
    assert len({"", one, two, archive.kits.digest()}) == 4


def test_pictures_with_another_content_are_another_kit(archive: Archive) -> None:
    kept = archive.kits.put("acme", "nordlicht", content(), AT, "operator")
    redrawn = replace(content(), pictures=(replace(content().pictures[0], blob="ba"),))
    assert archive.kits.put("acme", "nordlicht", redrawn, AT, "operator").digest != kept.digest


def test_kits_survive_and_stand_in_the_audit_trail(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/a.db"
    with closing(open_archive(address)) as opened:
        kept = opened.kits.put("acme", "nordlicht", content(), AT, "key 1 (portal)")
        opened.kits.drop("acme", "pardalo", AT, "nobody")
    with closing(open_archive(address)) as again:
        assert again.kits.current("acme") == [kept]
        assert again.verify_audit() == 1
    with closing(sqlite3.connect(tmp_path / "a.db")) as raw:
        assert raw.execute("select actor, action, subject from audit").fetchall() == [
            ("key 1 (portal)", "brand.kept", "acme/nordlicht")
        ]
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            raw.execute("update brand_kits set body = ''")
