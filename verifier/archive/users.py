"""Local users and their sessions: who reviews. The archive holds hashes of passwords and of session tokens only.

Passwords are hashed with argon2id (RFC 9106, argon2-cffi's defaults). Wrong passwords are counted in the memory of the
process that checks them, for names that do not exist as well.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import threading
import unicodedata
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Connection, Row, delete, insert, select, update

from verifier.archive import trail
from verifier.archive.database import Database
from verifier.archive.tables import sessions, users
from verifier.errors import InputError, TooManyTries

SESSION = timedelta(hours=12)  # a working day with its breaks
SHORTEST_PASSWORD = 12  # characters
_LONGEST_PASSWORD = 1000
_WRONG, _WITHIN = 5, timedelta(minutes=5)  # wrong passwords for a name, after which it waits
_NAMES_KEPT = 10_000  # of which wrong passwords are remembered; who tries more names pays argon2 for each
_HASHING_AT_ONCE = 2  # each takes 64 MiB
_NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,63}")


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person who signs in with a password; decides in one tenant."""

    name: str
    tenant: str
    created_at: datetime
    disabled_at: datetime | None = None


class Users:
    """The users in the SQLite file at `path`. Names are of one archive, not of a tenant, and are kept for ever."""

    def __init__(self, path: Path) -> None:
        self._database = Database(path)
        self._hasher = PasswordHasher()
        self._nobody = self._hasher.hash("nobody")  # checked against where there is no such user: it takes as long
        self._hashing = threading.BoundedSemaphore(_HASHING_AT_ONCE)
        self._wrong: dict[str, deque[datetime]] = {}
        self._door = threading.Lock()

    def add(self, name: str, tenant: str, password: str, now: datetime, *, by: str = "cli") -> User:
        """A new user. Raises InputError on a name that is taken or cannot be one, and on a password that is short."""
        name = _name(name)
        if not _NAME.fullmatch(name):
            raise InputError(
                f"{name!r} cannot be a user's name",
                "use 1 to 64 small letters, digits and . _ @ + -, a letter or digit first",
            )
        user = User(name=name, tenant=tenant, created_at=now)
        row = {"name": name, "tenant": tenant, "hash": self._hash(password), "created_at": now.isoformat()}
        with self._database.transaction(writing=True) as connection:
            if _find(connection, name) is not None:
                raise InputError(f"there is a user {name} already", "use another name, or set a password")
            connection.execute(insert(users).values(row))
            _note(connection, user, "user.added", now, by)
        return user

    def check(self, name: str, password: str, now: datetime) -> User | None:
        """The user of that name and password; None for a wrong one, an unknown or a disabled user, in the same time.

        Raises TooManyTries where 5 passwords were wrong within 5 minutes: until these are over, none is looked at.
        """
        name = _name(name)
        self._slow_down(name, now)
        with self._database.transaction() as connection:
            row = _find(connection, name)
        if not self._fits(row.hash if row else self._nobody, password) or row is None or row.disabled_at is not None:
            return None
        with self._door:
            self._wrong.pop(name, None)
        if self._hasher.check_needs_rehash(row.hash):
            self._store(row.hash, name, self._hash(password, check=False))
        return _user(row)

    def set_password(self, name: str, password: str, now: datetime, *, by: str = "cli") -> None:
        """From now on that password signs in, and no session that is open. Raises InputError."""
        hashed = self._hash(password)
        self._change(name, {"hash": hashed}, "user.password", now, by)

    def disable(self, name: str, now: datetime, *, by: str = "cli") -> None:
        """From now on the user cannot sign in and is signed out. Raises InputError when no such user is active."""
        self._change(name, {"disabled_at": now.isoformat()}, "user.disabled", now, by)

    def list(self) -> tuple[User, ...]:
        """All users by name, disabled ones too."""
        with self._database.transaction() as connection:
            return tuple(map(_user, connection.execute(select(users).order_by(users.c.name)).all()))

    def sign_in(self, user: User, now: datetime) -> str:
        """A token for a session of 12 hours; nobody can read it again. Call it with what `check` returned."""
        token = secrets.token_urlsafe(32)
        row = {
            "hash": _digest(token),
            "user": user.name,
            "created_at": _text(now),
            "expires_at": _text(now + SESSION),
        }
        with self._database.transaction(writing=True) as connection:
            connection.execute(delete(sessions).where(sessions.c.expires_at <= _text(now)))
            connection.execute(insert(sessions).values(row))
        return token

    def signed_in(self, token: str, now: datetime) -> User | None:
        """Whose session a token opens; None where it is over."""
        query = (
            select(users)
            .join(sessions, sessions.c.user == users.c.name)
            .where(sessions.c.hash == _digest(token), sessions.c.expires_at > _text(now))
            .where(users.c.disabled_at.is_(None))
        )
        with self._database.transaction() as connection:
            row = connection.execute(query).first()
        return _user(row) if row else None

    def sign_out(self, token: str) -> None:
        """End a session; one that is over already stays so."""
        with self._database.transaction(writing=True) as connection:
            connection.execute(delete(sessions).where(sessions.c.hash == _digest(token)))

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    def _change(self, name: str, changes: dict[str, Any], action: str, now: datetime, by: str) -> None:
        name = _name(name)
        with self._database.transaction(writing=True) as connection:
            row = _find(connection, name)
            if row is None or row.disabled_at is not None:
                raise InputError(f"no active user is called {name!r}", "see `verifier users list`")
            connection.execute(update(users).where(users.c.name == name).values(changes))
            connection.execute(delete(sessions).where(sessions.c.user == name))
            _note(connection, _user(row), action, now, by)

    def _store(self, old: str, name: str, new: str) -> None:
        """Take over a hash by newer parameters, unless the password was changed meanwhile."""
        with self._database.transaction(writing=True) as connection:
            connection.execute(update(users).where(users.c.name == name, users.c.hash == old).values(hash=new))

    def _hash(self, password: str, *, check: bool = True) -> str:
        if check and not SHORTEST_PASSWORD <= len(password) <= _LONGEST_PASSWORD:
            raise InputError(
                f"a password has {SHORTEST_PASSWORD} to {_LONGEST_PASSWORD} characters", "choose a sentence"
            )
        with self._hashing:
            return self._hasher.hash(_bytes(password))

    def _fits(self, hashed: str, password: str) -> bool:
        try:
            with self._hashing:
                return self._hasher.verify(hashed, _bytes(password[:_LONGEST_PASSWORD]))
        except (VerificationError, InvalidHashError):
            return False

    def _slow_down(self, name: str, now: datetime) -> None:
        """Count a try before it is looked at, so that tries at the same time count as well; a right one clears them."""
        with self._door:
            tries = self._wrong.setdefault(name, deque(maxlen=_WRONG))
            while tries and now - tries[0] >= _WITHIN:
                tries.popleft()
            if len(tries) == _WRONG:
                seconds = (tries[0] + _WITHIN - now).total_seconds()
                raise TooManyTries(f"{_WRONG} wrong passwords for this name", f"try again in {seconds:.0f} s", seconds)
            tries.append(now)
            if len(self._wrong) > _NAMES_KEPT:
                self._wrong.pop(next(iter(self._wrong)))


def _name(name: str) -> str:
    return name.strip().lower()


def _bytes(password: str) -> bytes:
    """One keyboard writes an umlaut as one character and another as two: NFKC makes them the same."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


def _find(connection: Connection, name: str) -> Row[Any] | None:
    return connection.execute(select(users).where(users.c.name == name)).first()


def _note(connection: Connection, user: User, action: str, now: datetime, by: str) -> None:
    subject = f"{user.tenant}/{user.name}"
    trail.note(connection, at=now, actor=by, action=action, subject=subject, detail={})


def _digest(token: str) -> str:
    """SHA-256: a token is 256 random bits, so nothing is won by hashing slowly."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _text(moment: datetime) -> str:
    """ISO 8601 in UTC and of fixed width, so that texts sort as moments do."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _user(row: Row[Any]) -> User:
    return User(
        name=row.name,
        tenant=row.tenant,
        created_at=datetime.fromisoformat(row.created_at),
        disabled_at=datetime.fromisoformat(row.disabled_at) if row.disabled_at else None,
    )
