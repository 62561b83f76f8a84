"""A service at work in this process, and a portal that calls it over loopback."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from light_corridor import CSV, Inspection, claim, form, light_service, listening, open_inspection, token

from verifier.api import Service


@dataclass
class Portal:
    """One caller: what it sends, and what it gets."""

    http: httpx.Client
    service: Service
    inspection: Inspection
    address: str

    def submit(self, facts=None, *, headers=None, wait=10, to="/v1/verifications", **files: bytes) -> httpx.Response:
        prefer = {"Prefer": f"wait={wait}"} if wait else {}
        parts = form(claim() if facts is None else facts, **files)
        return self.http.post(to, files=parts, headers=prefer | (headers or {}))

    def key(self, *scopes, tenant="acme") -> dict[str, str]:
        return token(self.service, *scopes, tenant=tenant)


@pytest.fixture
def inspection() -> Inspection:
    return open_inspection()


@pytest.fixture
def portal(tmp_path: Path, inspection: Inspection) -> Iterator[Portal]:
    with (
        light_service(tmp_path / "archive.db", inspection) as service,
        listening(service) as address,
        httpx.Client(base_url=address, headers=token(service)) as http,
    ):
        yield Portal(http=http, service=service, inspection=inspection, address=address)
        inspection.gate.set()


@pytest.fixture
def csv() -> bytes:
    return CSV
