"""Schemathesis over the OpenAPI document: whatever is sent, no answer is a server error, and all are as documented."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from light_corridor import LIMITS, claim, form, light_service, listening, open_inspection, token
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

EACH = 130  # cases of an operation, well-formed and ill-formed each: 6 operations are over 1,000 cases together
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
CALM = settings(
    max_examples=EACH,
    deadline=timedelta(seconds=20),
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str], str]]:
    """A service with room for all that comes, a key, and the id of a verification."""
    path = tmp_path_factory.mktemp("service") / "archive.db"
    with light_service(path, open_inspection(), replace(LIMITS, waiting=100_000)) as service, listening(service) as url:
        key = token(service)
        sent = httpx.post(f"{url}/v1/verifications", files=form(claim()), headers=key | {"Prefer": "wait=20"})
        yield url, key, sent.json()["id"]


@pytest.mark.slow
def test_over_a_thousand_generated_requests_meet_no_server_error(service):
    url, key, known = service
    sent: Counter[str] = Counter()
    statuses: Counter[int] = Counter()
    for found in schemathesis.openapi.from_url(f"{url}/v1/openapi.json").get_all_operations():
        operation = found.ok()
        for mode in _modes(operation):
            for status, count in _answers(operation, mode, url, key, known).items():
                statuses[status] += count
                sent[operation.label] += count
    assert sum(sent.values()) >= 1000, sent
    assert not [status for status in statuses if status >= 500], statuses
    assert {200, 202, 404, 422} <= set(statuses), statuses


def _answers(operation, mode: GenerationMode, url: str, key: dict[str, str], known: str) -> Counter[int]:
    """The statuses of generated calls; half of those that name a verification name one that is there."""
    statuses: Counter[int] = Counter()

    @seed(1)
    @CALM
    @given(case=operation.as_strategy(generation_mode=mode), of_known=st.booleans())
    def call(case, of_known):
        if of_known and "id" in (case.path_parameters or {}):
            case.path_parameters["id"] = known
        case.headers = {name: value for name, value in (case.headers or {}).items() if name != "Prefer"} | key
        answer = case.call(base_url=url)
        statuses[answer.status_code] += 1
        case.validate_response(answer, checks=CHECKS)

    call()
    return statuses


def _modes(operation) -> tuple[GenerationMode, ...]:
    """An operation without parameters and body has no ill-formed requests."""
    if operation.body or operation.query or operation.path_parameters:
        return GenerationMode.POSITIVE, GenerationMode.NEGATIVE
    return (GenerationMode.POSITIVE,)
