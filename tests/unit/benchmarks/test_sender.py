"""The sender of benchmarks talks to the service as a portal does, whatever it is answered."""

from __future__ import annotations

import asyncio
import json
from urllib.parse import urlsplit

from light_corridor import CSV, claim, light_service, listening, open_inspection, token

from benchmarks import sender


def test_every_request_gets_its_answer_and_connections_are_used_again(tmp_path):
    form = sender.form(json.dumps(claim()).encode(), {"export.csv": CSV})
    large = sender.form(json.dumps(claim(id="C-2")).encode(), {"export.csv": b"x" * 3_000_000})

    async def session(port: int, headers: dict[str, str]) -> list[int]:
        portal = sender.Sender(port, headers | {"Content-Type": sender.TYPE})
        statuses = [await portal.post("/v1/verifications", body) for body in (form, large, form)]
        assert len(portal._free) == 1
        portal.close()
        return statuses

    with light_service(tmp_path / "a.db", open_inspection()) as service, listening(service) as address:
        port = urlsplit(address).port
        taken, too_large, again = asyncio.run(session(port, token(service)))
        assert (taken, too_large) == (202, 413)
        assert again in {200, 202}, "the same claim again: it may have ended meanwhile"
        assert asyncio.run(session(port, {"Authorization": "Bearer x"})) == [401, 401, 401]
