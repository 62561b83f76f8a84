"""What only the archive on disk has to stand: crashes, neighbours, other versions and tampering."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from archived_reports import filed, report
from sqlalchemy import create_engine

from verifier.archive import schema, tables
from verifier.archive.blobs import Blobs
from verifier.archive.database import Database
from verifier.archive.sqlite import SqliteArchive
from verifier.errors import ArchiveError

ROOT = Path(__file__).parents[3]
WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from archived_reports import filed, report
from verifier.archive.sqlite import SqliteArchive
archive = SqliteArchive(Path(sys.argv[1]))
name, count = sys.argv[2], int(sys.argv[3])
print("ready", flush=True)
for number in range(count):
    made = report(f"{{name}}-{{number}}")
    archive.put_blob(f"{{name}} {{number}}".encode() * 1000)
    assert filed(archive, made)
    print(made.claim.id, flush=True)
"""


def start_writer(path: Path, name: str, count: int) -> subprocess.Popen[str]:
    code = WRITER.format(tests=str(Path(__file__).parent))
    return subprocess.Popen(
        [sys.executable, "-c", code, str(path), name, str(count)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def test_what_was_acknowledged_survives_kill_9_in_the_middle_of_writing(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    acknowledged: list[str] = []
    for round_ in range(3):
        writer = start_writer(path, f"w{round_}", 100_000)
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        acknowledged += [writer.stdout.readline().strip() for _ in range(5 + round_)]
        time.sleep(0.007 * round_)  # so that the rounds end at different moments of a write
        writer.send_signal(signal.SIGKILL)
        lines = writer.stdout.read().split("\n")  # the last one may have broken off
        writer.stdout.close()
        writer.wait()
        acknowledged += [line for line in lines[:-1] if line]
    archive = SqliteArchive(path)
    kept = {report.claim.id for report in archive.reports("default")}
    assert len(acknowledged) > 10
    assert set(acknowledged) <= kept
    assert len(kept) <= len(acknowledged) + 3  # at most the one under way, each round
    assert archive.watermark("default") == 2 * len(kept)
    assert archive.verify_audit() == len(kept)
    archive.close()


def test_two_processes_filing_at_once_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    writers = [start_writer(path, name, 25) for name in ("one", "two")]
    for writer in writers:
        out, _ = writer.communicate(timeout=60)
        assert writer.returncode == 0
        assert out.count("\n") == 26
    archive = SqliteArchive(path)
    assert len(list(archive.reports("default"))) == 50
    assert [s.sequence for s in archive.sightings("default")] == list(range(1, 101))
    assert archive.verify_audit() == 50
    archive.close()


def test_a_reopened_archive_holds_what_it_held(tmp_path: Path) -> None:
    first = SqliteArchive(tmp_path / "archive.db")
    filed(first, report())
    digest = first.put_blob(b"kept")
    first.close()
    again = SqliteArchive(tmp_path / "archive.db")
    assert again.report("default", "C-1") == report()
    assert again.blob(digest) == b"kept"
    assert not filed(again, report())
    again.close()


def test_many_sightings_come_in_order_across_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verifier.archive.sqlite._CHUNK", 7)
    archive = SqliteArchive(tmp_path / "archive.db")
    filed(archive, report(items=2), pages=20)
    assert [s.sequence for s in archive.sightings("default", after=5)] == list(range(6, 41))
    archive.close()


def test_what_is_to_last_waits_for_the_disk_and_lets_others_write_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(tmp_path / "archive.db")
    synced = []

    def sync(handle: int) -> None:
        with sqlite3.connect(tmp_path / "archive.db", timeout=0) as other:
            other.execute("BEGIN IMMEDIATE")
        other.close()
        synced.append(Path(f"/proc/self/fd/{handle}").readlink().name)

    monkeypatch.setattr("verifier.archive.disk.os.fdatasync", sync)
    for durable in (False, True):
        assert synced == []
        with database.transaction(writing=True, durable=durable) as connection:
            pragmas = ("journal_mode", "synchronous", "foreign_keys")
            assert [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in pragmas] == ["wal", 1, 1]
    assert synced == ["archive.db-wal"]
    database.close()


def test_a_disk_that_fails_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = SqliteArchive(tmp_path / "archive.db")

    def fail(_handle: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("verifier.archive.disk.os.fdatasync", fail)
    filed(archive, report())
    with pytest.raises(ArchiveError, match="Input/output error"):
        archive.sync()
    archive.close()


def test_migrations_from_nothing_lead_to_the_tables_of_the_code(tmp_path: Path) -> None:
    SqliteArchive(tmp_path / "archive.db").close()
    engine = create_engine(f"sqlite:///{tmp_path}/archive.db")
    with engine.connect() as connection:
        assert schema.version(connection) == schema.HEAD
        assert compare_metadata(MigrationContext.configure(connection), tables.metadata) == []
    engine.dispose()
    scripts = ScriptDirectory(str(Path(schema.__file__).parent / "migrations"))
    assert scripts.get_current_head() == schema.HEAD


def test_an_archive_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    SqliteArchive(path).close()
    with sqlite3.connect(path) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.close()
    with pytest.raises(ArchiveError, match="9999") as refused:
        SqliteArchive(path)
    assert "newer" in refused.value.remedy


def test_a_file_that_is_no_database_is_an_archive_error(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    path.write_bytes(b"this is no database, whatever its name says" * 100)
    with pytest.raises(ArchiveError, match=r"archive\.db"):
        SqliteArchive(path)


def test_a_folder_that_cannot_be_made_is_an_archive_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ArchiveError):
        SqliteArchive(tmp_path / "file" / "archive.db")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE reports SET body = '{}'",
        "DELETE FROM audit",
        "UPDATE sightings SET partner = 'someone else'",
        "DELETE FROM sightings",
    ],
)
def test_nothing_filed_can_be_rewritten_or_deleted(tmp_path: Path, statement: str) -> None:
    archive = SqliteArchive(tmp_path / "archive.db")
    filed(archive, report())
    archive.close()
    raw = sqlite3.connect(tmp_path / "archive.db")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        raw.execute(statement)
    raw.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET at = '2020-01-01' WHERE sequence = 2",
        "DELETE FROM audit WHERE sequence = 1",
        "DELETE FROM audit WHERE sequence = 3",
        "UPDATE reports SET body = replace(body, 'C-1', 'C-7') WHERE claim = 'C-1'",
        "DELETE FROM reports WHERE claim = 'C-2'",
    ],
)
def test_tampering_past_the_triggers_is_noticed(tmp_path: Path, statement: str) -> None:
    archive = SqliteArchive(tmp_path / "archive.db")
    for number in (1, 2, 3):
        filed(archive, report(f"C-{number}"))
    assert archive.verify_audit() == 3
    raw = sqlite3.connect(tmp_path / "archive.db")
    for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        raw.execute(f"DROP TRIGGER {name}")
    assert raw.execute(statement).rowcount > 0
    raw.commit()
    raw.close()
    with pytest.raises(ArchiveError):
        archive.verify_audit()
    archive.close()


def test_a_damaged_blob_is_noticed_on_reading_and_healed_by_putting_it_again(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path / "blobs")
    digest = blobs.put(b"evidence")
    (tmp_path / "blobs" / digest[:2] / digest).write_bytes(b"evidenzz")
    with pytest.raises(ArchiveError, match="damaged"):
        blobs.get(digest)
    assert blobs.put(b"evidence") == digest
    assert blobs.get(digest) == b"evidence"


def test_a_blob_that_cannot_be_written_is_an_archive_error_and_leaves_no_part(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path / "blobs")
    digest = blobs.put(b"one")
    assert [path.name for path in (tmp_path / "blobs").rglob("*") if path.is_file()] == [digest]
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ArchiveError):
        Blobs(tmp_path / "file").put(b"two")
