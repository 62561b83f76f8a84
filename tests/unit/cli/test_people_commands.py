"""`verifier users`, `verifier keys` and `verifier audit verify`: what they make, print, refuse and leave alone."""

from __future__ import annotations

import io
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from verifier import cli
from verifier.archive import users as room
from verifier.archive.decisions import Decisions
from verifier.archive.users import Users
from verifier.casefile import Decision, Outcome

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
PASSWORD = "correct horse battery"  # noqa: S105


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(room, "PasswordHasher", lambda: PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
    return tmp_path / "archive" / "archive.db"


@pytest.fixture
def run(path, monkeypatch, capsys):
    """Runs `verifier ARGS... --archive PATH` with that standard input; answers (exit code, stdout, stderr)."""

    def run(*args: str, stdin: str = "") -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["verifier", *args, "--archive", f"sqlite:///{path}"])
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        code = 0
        try:
            cli.main()
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 1
        return code, *capsys.readouterr()

    return run


def test_a_user_is_made_listed_and_disabled(run, path):
    code, out, _ = run("users", "add", "Anna", "--tenant", "acme", "--password-stdin", stdin=f"{PASSWORD}\n")
    assert (code, out) == (0, "anna may review the claims of acme\n")
    with closing(Users(path)) as users:
        assert users.check("anna", PASSWORD, NOON) is not None
    assert run("users", "list")[1].startswith("anna  acme  20")
    assert run("users", "disable", "anna")[0] == 0
    assert "disabled 20" in run("users", "list")[1]
    code, _, err = run("users", "disable", "anna")
    assert (code, err) == (2, "verifier: no active user is called 'anna': see `verifier users list`\n")


def test_a_new_password_replaces_the_old_one(run, path):
    run("users", "add", "anna", "--password-stdin", stdin=PASSWORD)
    assert run("users", "password", "anna", "--password-stdin", stdin="staple horse correct\r\n")[0] == 0
    with closing(Users(path)) as users:
        assert users.check("anna", PASSWORD, NOON) is None
        assert users.check("anna", "staple horse correct", NOON) is not None


def test_a_password_is_never_an_argument_and_never_echoed(run, path):
    code, _, err = run("users", "add", "anna", stdin=PASSWORD)
    assert (code, "--password-stdin" in err) == (2, True)
    assert run("users", "add", "anna", "--password", PASSWORD)[0] == 2
    code, out, err = run("users", "add", "anna", "--password-stdin", stdin="too short\n")
    assert (code, "too short" in out + err) == (2, False)
    with closing(Users(path)) as users:
        assert users.list() == ()


@pytest.mark.parametrize(
    "arguments",
    [
        ("keys", "list"),
        ("keys", "revoke", "x"),
        ("users", "list"),
        ("users", "disable", "x"),
        ("users", "password", "x", "--password-stdin"),
        ("audit", "verify"),
    ],
)
def test_a_mistyped_archive_is_said_and_not_made(run, path, arguments):
    code, _, err = run(*arguments, stdin=PASSWORD)
    assert code == 4
    assert err == f"verifier: there is no archive at {path}: correct the address\n"
    assert not path.parent.exists()


def test_the_first_key_or_user_may_make_the_archive(run, path):
    assert run("keys", "create", "portal")[0] == 0
    assert run("keys", "list")[1].rstrip().endswith("portal")
    code, out = run("audit", "verify")[:2]
    assert (code, out.split(";")[0]) == (0, "1 entries, each in its place and unchanged")


def test_audit_verify_names_a_decision_that_was_changed(run, path):
    with closing(Decisions(path)) as log:
        decision = Decision(
            claim="C-1", revision=1, outcome=Outcome.ACCEPT, amount=Decimal(5), report="f" * 64, by="anna", at=NOON
        )
        log.record("acme", decision, after=0)
    assert run("audit", "verify")[0] == 0
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("DROP TRIGGER decisions_no_update")
        raw.execute("UPDATE decisions SET amount = '5000'")
        raw.commit()
    code, _, err = run("audit", "verify")
    assert code == 4
    assert "decision 1 on claim C-1 was changed: amount is '5000' and was '5'" in err
