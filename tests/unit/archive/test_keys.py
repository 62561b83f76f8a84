"""API keys: shown once, kept as hashes, and closed by revoking them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from verifier.archive.keys import Keys, Scope
from verifier.errors import InputError

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def keys(tmp_path: Path) -> Iterator[Keys]:
    keys = Keys(tmp_path / "archive.db")
    yield keys
    keys.close()


def test_a_token_opens_its_own_key(keys: Keys) -> None:
    key, token = keys.create("acme", "portal", {Scope.SUBMIT, Scope.READ}, NOON)
    keys.create("other", "portal", {Scope.REVIEW}, NOON)
    assert keys.check(token) == key
    assert key.scopes == {Scope.SUBMIT, Scope.READ}


@pytest.mark.parametrize(
    "change", [lambda t: t[:-1], lambda t: t + "x", lambda t: "xx" + t[2:], lambda _: "", lambda _: "vk_"]
)
def test_a_token_that_is_not_quite_right_opens_nothing(keys: Keys, change) -> None:
    _, token = keys.create("acme", "portal", {Scope.READ}, NOON)
    assert keys.check(change(token)) is None


def test_the_secret_is_not_in_the_archive(keys: Keys, tmp_path: Path) -> None:
    _, token = keys.create("acme", "portal", {Scope.READ}, NOON)
    keys.close()
    secret = token.split("_", 2)[2].encode()
    assert not any(secret in path.read_bytes() for path in tmp_path.iterdir())


def test_a_revoked_key_opens_nothing_and_is_still_listed(keys: Keys) -> None:
    key, token = keys.create("acme", "portal", {Scope.READ}, NOON)
    keys.revoke(key.id, NOON)
    assert keys.check(token) is None
    assert [(k.id, k.revoked_at) for k in keys.list("acme")] == [(key.id, NOON)]
    assert keys.list("other") == ()
    with pytest.raises(InputError, match="no key in use"):
        keys.revoke(key.id, NOON)


def test_an_archive_without_keys_says_so_until_the_first_is_made(keys: Keys) -> None:
    assert keys.is_empty()
    key, _ = keys.create("acme", "portal", {Scope.READ}, NOON)
    keys.revoke(key.id, NOON)
    assert not keys.is_empty()
