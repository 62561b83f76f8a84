"""A browser without script, signed in or not, in front of a small room."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import Iterator
from functools import partial
from html import unescape
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from httpx import ASGITransport, AsyncClient, Response
from review_room import NAME, PASSWORD, app_of, fill, open_room

from verifier.archive import users
from verifier.review import Room


class Reader:
    """One browser: it keeps its cookie, and sends forms as they stand on the page."""

    def __init__(self, room: Room, name: str | None = NAME, base: str = "http://review.test") -> None:
        self.room = room
        self.http = AsyncClient(transport=ASGITransport(app_of(room)), base_url=base)
        if name is not None:
            self.sign_in(name)

    def sign_in(self, name: str = NAME, password: str = PASSWORD, **more: str) -> Response:
        return self.post("/sign-in", {"name": name, "password": password} | more)

    def get(self, path: str, **options) -> Response:
        return asyncio.run(self.http.get(f"/review{path}", **options))

    def post(self, path: str, fields: dict[str, str], **options) -> Response:
        return asyncio.run(self.http.post(f"/review{path}", data=fields, **options))

    def claim(self, id_: str = "C-1042", **more: object) -> Response:
        return self.get("/claim", params={"id": id_, **more})

    def fields(self, id_: str = "C-1042") -> dict[str, str]:
        """The hidden fields of the claim's forms."""
        found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', self.claim(id_).text)
        return {name: unescape(value) for name, value in found if name != "outcome"}

    def decide(self, outcome: str, id_: str = "C-1042", **given: str) -> Response:
        return self.post("/decide", self.fields(id_) | {"outcome": outcome, "on": ""} | given)

    def undo(self, id_: str = "C-1042") -> Response:
        return self.post("/undo", self.fields(id_))


@pytest.fixture(scope="session", autouse=True)
def cheap_hashes() -> Iterator[None]:
    """How strong passwords are hashed is tested with the users themselves."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(users, "PasswordHasher", partial(PasswordHasher, time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("review")
    fill(folder)
    return folder


@pytest.fixture
def room(tmp_path: Path, filled: Path) -> Iterator[Room]:
    shutil.copytree(filled, tmp_path, dirs_exist_ok=True)
    with open_room(tmp_path) as opened:
        yield opened


@pytest.fixture
def reader(room: Room) -> Reader:
    return Reader(room)


@pytest.fixture
def stranger(room: Room) -> Reader:
    return Reader(room, None)


@pytest.fixture
def another(room: Room) -> type[Reader]:
    return lambda name, **options: Reader(room, name, **options)
