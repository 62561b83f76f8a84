"""The OpenAPI document: 3.1, complete, and its examples are true."""

from __future__ import annotations

import jsonschema
import pytest

from verifier.intake import parse_claim

PATHS = {
    "/livez",
    "/readyz",
    "/v1/preflight",
    "/v1/verifications",
    "/v1/verifications/{id}",
    "/v1/verifications/{id}/decision",
    "/v1/verifications/{id}/decision/undo",
    "/v1/verifications/{id}/report",
}


@pytest.fixture
def document(portal):
    return portal.http.get("/v1/openapi.json").json()


def references(value):
    if isinstance(value, dict):
        yield from ([value["$ref"]] if isinstance(value.get("$ref"), str) else [])
        for part in value.values():
            yield from references(part)
    elif isinstance(value, list):
        for part in value:
            yield from references(part)


def test_it_is_openapi_3_1_and_names_every_path(document):
    assert document["openapi"].startswith("3.1")
    assert set(document["paths"]) >= PATHS


def test_every_reference_leads_somewhere(document):
    schemas = document["components"]["schemas"]
    assert all(reference.removeprefix("#/components/schemas/") in schemas for reference in references(document))


def test_every_operation_names_its_problems_in_the_media_type_of_problems(document):
    for path, operations in document["paths"].items():
        for operation in operations.values():
            for status, told in operation["responses"].items():
                if int(status) >= 400:
                    assert set(told["content"]) == {"application/problem+json"}, (path, status)


def test_the_example_of_a_claim_is_one(document):
    body = document["paths"]["/v1/verifications"]["post"]["requestBody"]["content"]["multipart/form-data"]
    example = body["examples"]["campaign"]["value"]["claim"]
    claim, entries = parse_claim(example)
    assert (claim.id, len(entries)) == (example["id"], 1)
    jsonschema.validate(example, {"$ref": "#/components/schemas/ClaimFacts", "components": document["components"]})


@pytest.mark.parametrize("status", ["200", "202"])
def test_the_examples_of_a_verification_fit_its_schema(document, status):
    told = document["paths"]["/v1/verifications"]["post"]["responses"][status]["content"]["application/json"]
    jsonschema.validate(told["example"], {**told["schema"], "components": document["components"]})


def test_answers_fit_the_schema(portal, document):
    answer = portal.submit()
    told = document["paths"]["/v1/verifications"]["post"]["responses"]["200"]["content"]["application/json"]["schema"]
    jsonschema.validate(answer.json(), {**told, "components": document["components"]})
    schema = {"$ref": "#/components/schemas/ProblemDocument", "components": document["components"]}
    jsonschema.validate(portal.submit(b"[").json(), schema)


@pytest.mark.parametrize("call", ["decision", "decision/undo"])
def test_the_examples_of_a_decision_fit_their_schemas(document, call):
    told = document["paths"][f"/v1/verifications/{{id}}/{call}"]["post"]
    body = told["requestBody"]["content"]["application/json"]
    answer = told["responses"]["201"]["content"]["application/json"]
    pairs = [(example["value"], body["schema"]) for example in body["examples"].values()]
    for value, schema in [*pairs, (answer["example"], answer["schema"])]:
        jsonschema.validate(value, {**schema, "components": document["components"]})
