"""The command line, as a person meets it: what it prints, where it points, and how it exits."""

from __future__ import annotations

import json
import sqlite3
import struct
import zlib

import pytest
from PIL import Image

from verifier import cli, codec
from verifier.casefile import ClaimReport, Kind


@pytest.fixture
def run(monkeypatch, capsys):
    """Runs `verifier ARGS...`; answers (exit code, stdout, stderr)."""

    def run(*args: object) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["verifier", *map(str, args)])
        try:
            cli.main()
            code = 0
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 1
        out, err = capsys.readouterr()
        return code, out, err

    return run


def huge_png(width: int, height: int) -> bytes:
    """A PNG of width x height pixels of one bit each, written without ever holding them."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    row = b"\0" * (1 + width // 8)
    packer = zlib.compressobj(9)
    pixels = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def test_verify_prints_the_claim_and_writes_json_and_a_page(run, tmp_path):
    claim = tmp_path / "claim.yaml"
    claim.write_text(
        "id: C-1\nactivity: in_store_display\npartner: Test Partner\nwindow: {start: 2026-05-01, end: 2026-05-31}\n"
        "submitted_at: 2026-06-01T10:00:00+02:00\nitems:\n  - {file: photo.jpg, slot: context_photo}\n"
    )
    Image.effect_noise((800, 600), 60).convert("RGB").save(tmp_path / "photo.jpg")
    code, out, _ = run("verify", "--claim", claim, "--json", tmp_path / "report.json", "--html", tmp_path / "pages")
    assert code == 0
    assert "C-1" in out
    report = codec.from_json(ClaimReport, (tmp_path / "report.json").read_text())
    assert report.claim.id == "C-1"
    assert report.items[0].pages[0].width == 800
    assert "<svg" in (tmp_path / "pages" / "C-1-r1.html").read_text()


def test_json_to_standard_output_is_nothing_but_json(run, tmp_path):
    Image.effect_noise((400, 300), 60).convert("RGB").save(tmp_path / "photo.jpg")
    code, out, _ = run("verify", tmp_path / "photo.jpg", "--activity", "in_store_display", "--json", "-")
    assert code == 0
    assert json.loads(out)["items"][0]["item"]["name"] == "photo.jpg"


def test_bad_items_are_refused_with_a_remedy_and_the_good_one_is_still_verified(run, tmp_path):
    good = tmp_path / "good.jpg"
    Image.effect_noise((640, 480), 60).convert("RGB").save(good)
    (tmp_path / "empty.jpg").write_bytes(b"")
    (tmp_path / "broken.jpg").write_bytes(good.read_bytes()[:2000])
    (tmp_path / "bomb.png").write_bytes(huge_png(12_000, 12_000))
    (tmp_path / "page.png").write_bytes(b"<!doctype html><title>not a picture</title>")
    (tmp_path / "folder").mkdir()
    names = ["empty.jpg", "broken.jpg", "bomb.png", "page.png", "folder", "gone.jpg"]
    code, out, _ = run(
        "verify", good, *(tmp_path / name for name in names), "--activity", "in_store_display", "--json", "-"
    )
    assert code == 2
    report = codec.from_json(ClaimReport, out)
    refused = {entry.item.name: entry.item.problem for entry in report.items if entry.item.kind is Kind.REFUSED}
    assert sorted(refused) == sorted(names)
    for name, problem in refused.items():
        assert problem is not None
        assert name in problem.message
        assert problem.remedy
    assert report.items[0].item.kind is Kind.IMAGE
    assert report.items[0].inspections


FACTS = """\
id: C-1
activity: in_store_display
partner: Test Partner
window: {start: 2026-05-01, end: 2026-05-31}
submitted_at: 2026-06-01T10:00:00+02:00
items: [{file: x.jpg}]
"""


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("id: C-1\n  activity: [", "claim.yaml:2"),
        (FACTS + "colour: blue\n", "colour"),
        (FACTS.replace("2026-05-31", "2026-04-31"), "claim.yaml:4"),
        (FACTS.replace("2026-05-31", "2026-04-30"), "window"),
        (FACTS.replace("in_store_display", "skywriting"), "skywriting"),
        (FACTS.replace("x.jpg}", "x.jpg, slot: roof}"), "roof"),
        ("- just\n- a list\n", "claim.yaml"),
    ],
)
def test_a_broken_claim_file_is_one_line_that_names_the_place(run, tmp_path, text, named):
    (tmp_path / "claim.yaml").write_text(text)
    (tmp_path / "x.jpg").write_bytes(b"")
    code, _, err = run("verify", "--claim", tmp_path / "claim.yaml")
    assert code == 2
    assert len(err.strip().splitlines()) == 1
    assert named in err


@pytest.mark.parametrize(
    ("args", "named"),
    [(("photo.jpg",), "--activity"), ((), "--activity"), (("--activity", "webinar"), "at least one file")],
)
def test_a_call_without_what_it_needs_says_what_to_add(run, args, named):
    code, _, err = run("verify", *args)
    assert code == 2
    assert named in err


def test_what_is_archived_stays_as_it_is_when_a_bad_claim_comes(run, tmp_path):
    archive = f"sqlite:///{tmp_path / 'archive.db'}"
    claim = tmp_path / "claim.yaml"
    claim.write_text(FACTS.replace("x.jpg", "gone.jpg"))
    Image.effect_noise((640, 480), 60).convert("RGB").save(tmp_path / "photo.jpg")
    assert run("verify", tmp_path / "photo.jpg", "--activity", "in_store_display", "--archive", archive)[0] == 0
    before = {path: path.read_bytes() for path in tmp_path.glob("archive.blobs/**/*") if path.is_file()}
    with sqlite3.connect(tmp_path / "archive.db") as database:
        reports = database.execute("SELECT * FROM reports").fetchall()
    assert before
    assert run("verify", "--claim", claim, "--archive", archive)[0] == 2
    for path, data in before.items():
        assert path.read_bytes() == data
    with sqlite3.connect(tmp_path / "archive.db") as database:
        assert database.execute("SELECT * FROM reports").fetchall()[: len(reports)] == reports


def test_an_archive_address_that_is_none_is_refused(run, tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"")
    code, _, err = run("verify", tmp_path / "a.jpg", "--activity", "webinar", "--archive", "ftp://somewhere")
    assert code == 4
    assert "sqlite:///" in err


@pytest.mark.parametrize("option", ["--json", "--html"])
def test_a_place_that_cannot_be_written_is_one_line_and_nothing_is_filed(run, tmp_path, option):
    (tmp_path / "taken").write_text("a file")
    (tmp_path / "a.csv").write_text("name,email\n")
    archive = tmp_path / "archive.db"
    place = tmp_path / "taken" / "below"
    args = ("verify", tmp_path / "a.csv", "--activity", "webinar", "--archive", f"sqlite:///{archive}", option, place)
    code, _, err = run(*args)
    assert code == 2
    assert len(err.strip().splitlines()) == 1
    assert str(place) in err
    assert not archive.exists()


def test_a_demo_that_cannot_write_says_where(run, tmp_path):
    (tmp_path / "taken").write_text("a file")
    code, _, err = run("demo", "--out", tmp_path / "taken" / "below")
    assert code == 2
    assert len(err.strip().splitlines()) == 1
    assert "taken" in err


def test_doctor_finds_all_that_is_needed(run):
    code, out, _ = run("doctor")
    assert "MISSING" not in out
    assert code == 0


def test_rules_lint_and_models_check_pass_on_what_is_shipped(run):
    code, out, _ = run("rules", "lint")
    assert code == 0, out
    code, out, _ = run("models", "check")
    assert code == 0, out


def test_rules_lint_names_the_file_and_exits_with_3(run, tmp_path):
    (tmp_path / "requirements.yaml").write_text("original: {title: x}\n")
    code, out, _ = run("rules", "lint", tmp_path)
    assert code == 3
    assert "requirements.yaml" in out


def test_the_audit_trail_is_checked_and_tampering_is_told(run, tmp_path):
    archive = f"sqlite:///{tmp_path / 'archive.db'}"
    (tmp_path / "list.csv").write_text("Name,E-mail\nA,a@example.com\nB,b@example.com\nC,c@example.com\n")
    assert run("verify", tmp_path / "list.csv", "--activity", "webinar", "--archive", archive)[0] == 0
    code, out, _ = run("audit", "verify", "--archive", archive)
    assert code == 0
    assert out.startswith("1 entries, each in its place and unchanged; the last is ")
    with sqlite3.connect(tmp_path / "archive.db") as database:
        database.execute("DROP TRIGGER reports_no_update")
        database.execute("UPDATE reports SET body = replace(body, 'webinar', 'seminar')")
    code, _, err = run("audit", "verify", "--archive", archive)
    assert code == 4
    assert "changed" in err


def test_an_audit_of_no_archive_makes_none(run, tmp_path):
    code, _, err = run("audit", "verify", "--archive", f"sqlite:///{tmp_path / 'gone.db'}")
    assert code == 4
    assert "gone.db" in err
    assert not (tmp_path / "gone.db").exists()
