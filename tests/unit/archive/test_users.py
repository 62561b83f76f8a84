"""Users sign in with a password; what is kept is hashes, and a session ends when it should."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from verifier.archive import users as room
from verifier.archive.users import Users
from verifier.errors import InputError, TooManyTries

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
PASSWORD = "correct horse battery"  # noqa: S105


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same hash with a cost that tests can pay often."""
    monkeypatch.setattr(room, "PasswordHasher", lambda: PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "archive.db"


@pytest.fixture
def users(path: Path) -> Iterator[Users]:
    users = Users(path)
    users.add("anna", "acme", PASSWORD, NOON)
    yield users
    users.close()


def test_the_right_password_is_known_and_others_are_not(users: Users) -> None:
    user = users.check(" Anna ", PASSWORD, NOON)
    assert user is not None
    assert (user.name, user.tenant, user.created_at, user.disabled_at) == ("anna", "acme", NOON, None)
    for name, password in [("anna", PASSWORD + " "), ("anna", ""), ("bernd", PASSWORD), ("", ""), ("anna", "\ud800")]:
        assert users.check(name, password, NOON) is None


def test_one_umlaut_is_the_other_however_the_keyboard_writes_it(users: Users) -> None:
    users.set_password("anna", "zwo\u0308lf Boxka\u0308mpfer", NOON)
    assert users.check("anna", "zw\u00f6lf Boxk\u00e4mpfer", NOON) is not None


@pytest.mark.parametrize("name", ["", "anna maria", "a" * 65, "-anna", "an\nna", "key 12 (portal)", "änna"])
def test_a_name_that_could_be_taken_for_another_is_refused(users: Users, name: str) -> None:
    with pytest.raises(InputError, match="cannot be a user's name"):
        users.add(name, "acme", PASSWORD, NOON)


@pytest.mark.parametrize("password", ["", "eleven char", "x" * 1001])
def test_a_password_that_is_too_short_or_too_long_is_refused(users: Users, password: str) -> None:
    with pytest.raises(InputError, match="12 to 1000 characters"):
        users.add("bernd", "acme", password, NOON)
    with pytest.raises(InputError, match="12 to 1000 characters"):
        users.set_password("anna", password, NOON)
    assert [user.name for user in users.list()] == ["anna"]


def test_a_name_is_given_once(users: Users) -> None:
    users.disable("anna", NOON)
    with pytest.raises(InputError, match="already"):
        users.add("ANNA", "other", PASSWORD, NOON)


def test_passwords_and_tokens_are_not_in_the_archive(users: Users, path: Path) -> None:
    token = users.sign_in(users.list()[0], NOON)
    users.close()
    for secret in (PASSWORD, token):
        assert not any(secret.encode() in file.read_bytes() for file in path.parent.iterdir())


def test_a_session_opens_for_twelve_hours_wherever_the_clock_stands(users: Users) -> None:
    token = users.sign_in(users.list()[0], NOON)
    late = NOON + timedelta(hours=11, minutes=59)
    assert users.signed_in(token, late) == users.list()[0]
    assert users.signed_in(token, late.astimezone(timezone(timedelta(hours=9)))) is not None
    assert users.signed_in(token, NOON + timedelta(hours=12)) is None
    assert users.signed_in("", NOON) is None
    assert users.signed_in(token + "x", NOON) is None


def test_signing_out_ends_that_session_only(users: Users) -> None:
    one, two = (users.sign_in(users.list()[0], NOON) for _ in range(2))
    users.sign_out(one)
    users.sign_out("unknown")
    assert users.signed_in(one, NOON) is None
    assert users.signed_in(two, NOON) is not None


def test_a_new_password_ends_the_sessions_and_the_old_password(users: Users) -> None:
    token = users.sign_in(users.list()[0], NOON)
    users.set_password("anna", "staple correct horse", NOON)
    assert users.signed_in(token, NOON) is None
    assert users.check("anna", PASSWORD, NOON) is None
    assert users.check("anna", "staple correct horse", NOON) is not None


def test_a_disabled_user_is_out_and_stays_listed(users: Users) -> None:
    user = users.list()[0]
    token = users.sign_in(user, NOON)
    users.disable("anna", NOON)
    assert users.signed_in(token, NOON) is None
    assert users.signed_in(users.sign_in(user, NOON), NOON) is None  # checked before, signed in after
    assert users.check("anna", PASSWORD, NOON) is None
    assert [user.disabled_at for user in users.list()] == [NOON]
    for change in (lambda: users.disable("anna", NOON), lambda: users.set_password("anna", PASSWORD, NOON)):
        with pytest.raises(InputError, match="no active user"):
            change()


def test_sessions_that_are_over_are_cleared_away(users: Users, path: Path) -> None:
    users.sign_in(users.list()[0], NOON)
    users.sign_in(users.list()[0], NOON + timedelta(hours=13))
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT count(*) FROM sessions").fetchone() == (1,)


def test_five_wrong_passwords_make_the_name_wait_even_for_the_right_one(users: Users) -> None:
    for second in range(5):
        assert users.check("anna", "wrong", NOON + timedelta(seconds=second)) is None
    with pytest.raises(TooManyTries) as refused:
        users.check("Anna", PASSWORD, NOON + timedelta(seconds=10))
    assert refused.value.seconds == 290
    assert "try again in 290 s" in str(refused.value)
    assert users.check("anna", PASSWORD, NOON + timedelta(seconds=300)) is not None


def test_a_name_that_does_not_exist_waits_as_well_and_others_do_not(users: Users) -> None:
    for _ in range(5):
        assert users.check("nobody", "wrong", NOON) is None
    with pytest.raises(TooManyTries):
        users.check("nobody", "wrong", NOON)
    assert users.check("anna", PASSWORD, NOON) is not None


def test_a_right_password_clears_the_wrong_ones(users: Users) -> None:
    for _ in range(3):
        for _ in range(4):
            assert users.check("anna", "wrong", NOON) is None
        assert users.check("anna", PASSWORD, NOON) is not None


def test_wrong_passwords_are_remembered_for_so_many_names_only(users: Users, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_NAMES_KEPT", 3)
    for number in range(10):
        users.check(f"nobody{number}", "wrong", NOON)
    assert len(users._wrong) == 3


def test_an_unknown_name_costs_a_hash_like_a_known_one(users: Users, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []
    real = PasswordHasher.verify
    monkeypatch.setattr(PasswordHasher, "verify", lambda *given: checked.append(given[1]) or real(*given))
    users.check("anna", "wrong", NOON)
    users.check("nobody", "wrong", NOON)
    users.disable("anna", NOON)
    users.check("anna", PASSWORD, NOON)
    assert len(checked) == 3


def test_a_hash_by_older_parameters_is_renewed_when_the_password_is_given(
    users: Users, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "PasswordHasher", lambda: PasswordHasher(time_cost=2, memory_cost=64, parallelism=1))
    with closing(Users(path)) as newer:
        assert newer.check("anna", "wrong", NOON) is None
        assert "t=1" in stored(path)
        assert newer.check("anna", PASSWORD, NOON) is not None
        assert "t=2" in stored(path)
        assert newer.check("anna", PASSWORD, NOON) is not None


def stored(path: Path) -> str:
    with closing(sqlite3.connect(path)) as raw:
        return str(raw.execute("SELECT hash FROM users").fetchone()[0])


def test_the_shipped_cost_is_that_of_rfc_9106(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "PasswordHasher", PasswordHasher)
    with closing(Users(tmp_path / "archive.db")) as users:
        users.add("anna", "acme", PASSWORD, NOON)
        assert stored(tmp_path / "archive.db").startswith("$argon2id$v=19$m=65536,t=3,p=4$")
        assert users.check("anna", PASSWORD, NOON) is not None
