"""A review room over a small archive: the golden report with pictures, a plainer claim, and another tenant's."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from fastapi import FastAPI
from loopback import served
from PIL import Image, ImageDraw

from verifier import codec
from verifier.archive.decisions import Decisions
from verifier.archive.protocol import Archive
from verifier.archive.sqlite import SqliteArchive
from verifier.archive.users import Users
from verifier.casefile import ClaimReport
from verifier.review import Room, create_review

GOLDEN = Path(__file__).parent / "golden" / "report" / "report.json"
NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
NAME, PASSWORD = "anna", "correct horse battery staple"
PREVIEWS = {"a1" * 32: (1600, 1200, "#8a9a72"), "b2" * 32: (1600, 1200, "#726a9a"), "c3" * 32: (1440, 900, "#f4f4f0")}


@cache
def picture(width: int, height: int, colour: str) -> bytes:
    """A plain picture with a frame and a cross, so that where it lies can be seen."""
    image = Image.new("RGB", (width, height), colour)
    draw = ImageDraw.Draw(image)
    draw.rectangle((8, 8, width - 8, height - 8), outline="#303030", width=6)
    draw.line((0, 0, width, height), fill="#303030", width=3)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def golden(archive: Archive, **replaced: str) -> ClaimReport:
    """The golden report, its previews in the archive; `replaced` are words of its JSON, by what stands for them."""
    text = GOLDEN.read_text(encoding="utf-8")
    for digest, (width, height, colour) in PREVIEWS.items():
        text = text.replace(digest, archive.put_blob(picture(width, height, colour)))
    for old, new in replaced.items():
        text = text.replace(old.replace("_", "-"), json.dumps(new)[1:-1])
    return codec.from_json(ClaimReport, text)


def plain(archive: Archive, id_: str, tenant: str = "default", **changes: object) -> ClaimReport:
    """A claim with nothing to look at: a quick look of one table."""
    data = json.loads(codec.to_json(golden(archive, C_1042=id_)))
    data["items"] = []
    data["hits"] = [hit for hit in data["hits"] if not hit["item"]]
    data["assessment"] |= {"route": "quick_look", "score": 90, "probability": 0.9, "points": []}
    data["claim"] |= {"tenant": tenant, "claimed_amount": "100", **changes}
    return codec.from_data(ClaimReport, data)


@contextmanager
def open_room(folder: Path) -> Iterator[Room]:
    """The room over the archive in that folder."""
    database = folder / "archive.db"
    archive, users, decisions = SqliteArchive(database), Users(database), Decisions(database)
    yield Room(archive=archive, users=users, decisions=decisions, clock=lambda: NOW)
    for opened in (archive, users, decisions):
        opened.close()


def fill(folder: Path) -> None:
    """C-1042 (full review), C-1050 (quick look) and user anna; tenant `other` has C-9000 and user otto."""
    with open_room(folder) as room:
        room.archive.file(golden(room.archive), {})
        room.archive.file(plain(room.archive, "C-1050"), {})
        room.archive.file(plain(room.archive, "C-9000", tenant="other"), {})
        room.users.add(NAME, "default", PASSWORD, NOW)
        room.users.add("otto", "other", PASSWORD, NOW)


def app_of(room: Room) -> FastAPI:
    """The room mounted as the service mounts it."""
    app = FastAPI(openapi_url=None, redirect_slashes=False)
    app.mount("/review", create_review(room))
    return app


@contextmanager
def listening(room: Room) -> Iterator[str]:
    """The address of the pages on a real server over the room."""
    with served(app_of(room)) as address:
        yield f"{address}/review"
