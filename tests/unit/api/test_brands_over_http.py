"""A vendor's brand kits over HTTP: put, listed, shown, removed; refused field by field; and they hold for claims."""

from __future__ import annotations

import json

import jsonschema
import pytest
from light_corridor import claim

from verifier.api import brand_documents
from verifier.archive.keys import Scope

SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 100">'
    b'<path d="M10 10h80v80h-80z" fill="#19b79a"/><path d="M120 80L160 20L200 80z"/>'
    b'<circle cx="250" cy="50" r="30"/></svg>'
)
YAML = "names: [Nordlicht]\nlogos: [logo.svg]\ncolours: ['#19b79a']\n"


def put(portal, kit=YAML, brand="nordlicht", headers=None, **files):
    uploads = files or {"logo__svg": SVG}
    parts = [("kit", (None, kit if isinstance(kit, str | bytes) else json.dumps(kit)))]
    parts += [("files", (name.replace("__", "."), data)) for name, data in uploads.items()]
    return portal.http.put(f"/v1/brands/{brand}", files=parts, headers=headers or {}, timeout=60)  # it reads the logo


def test_a_brand_is_put_shown_listed_and_removed(portal):
    answer = put(portal)
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == "/v1/brands/nordlicht"
    made = answer.json()
    assert (made["version"], made["names"], made["pictures"][0]["file"]) == (1, ["Nordlicht"], "logo.svg")
    assert "expect to find it on" in made["strength"]["expect"]
    assert made["strength"]["advice"]
    assert portal.http.get("/v1/brands/nordlicht").json() == made | {"strength": None}
    assert [entry["id"] for entry in portal.http.get("/v1/brands").json()] == ["nordlicht"]
    assert portal.http.delete("/v1/brands/nordlicht").status_code == 204
    assert portal.http.get("/v1/brands/nordlicht").status_code == 404
    assert portal.http.delete("/v1/brands/nordlicht").status_code == 404


def test_the_same_again_is_no_new_version_and_a_change_is(portal):
    put(portal)
    assert (put(portal).status_code, put(portal).json()["version"]) == (200, 1)
    assert put(portal, {"names": ["Nordlicht", "NL"], "logos": ["logo.svg"]}).json()["version"] == 2


def test_a_claim_may_name_the_brand_from_then_on_and_not_another_tenants(portal):
    facts = claim(brand="nordlicht")
    portal.http.put("/v1/brands/pardalo", files=[("kit", (None, '{"names": ["Pardalo"]}'))])
    assert portal.submit(facts).status_code == 422
    put(portal)
    assert portal.submit(facts).status_code == 200
    other = portal.key(*Scope, tenant="zenith")
    assert portal.http.get("/v1/brands", headers=other).json() == []
    assert portal.http.get("/v1/brands/nordlicht", headers=other).status_code == 404


def test_a_report_is_of_the_kits_that_it_was_made_by(portal):
    verifier = portal.service.verifier
    before = verifier.pipeline
    put(portal)
    assert verifier.pipeline != before
    portal.submit(claim(brand="nordlicht"))
    assert verifier.archive.report("acme", "C-1").pipeline == verifier.pipeline
    portal.http.delete("/v1/brands/nordlicht")
    assert verifier.pipeline == before


@pytest.mark.parametrize(
    ("kit", "files", "field"),
    [
        ("names: [Nordlicht]\nlogo: [logo.svg]", {"logo__svg": SVG}, "kit.logo"),
        ("names: [Nordlicht]\nlogos: [logo.svg]", {}, "kit.logos.0"),
        ("names: [Nordlicht]\nlogos: [logo.svg]", {"logo__svg": b"<svg><script/></svg>"}, "kit.logos.0"),
        ("names: [Nordlicht]", {"logo__svg": SVG}, "kit.files"),
        ("names: []", {}, "kit.names"),
    ],
)
def test_what_is_wrong_is_told_field_by_field(portal, kit, files, field):
    parts = [("kit", (None, kit)), *(("files", (name.replace("__", "."), data)) for name, data in files.items())]
    answer = portal.http.put("/v1/brands/nordlicht", files=parts)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["errors"][0]["field"] == field, problem
    assert problem["remedy"]
    assert portal.http.get("/v1/brands").json() == []


def test_an_id_that_is_no_name_and_a_form_without_a_kit_are_refused(portal):
    assert put(portal, brand="a%20b").status_code == 422
    answer = portal.http.put("/v1/brands/nordlicht", files=[("files", ("logo.svg", SVG))])
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "kit")
    assert portal.http.put("/v1/brands/nordlicht", json={}).status_code == 415


def test_only_a_key_that_may_changes_brands(portal):
    assert put(portal, headers=portal.key(Scope.READ, Scope.SUBMIT)).status_code == 403
    assert portal.http.delete("/v1/brands/a", headers=portal.key(Scope.READ)).status_code == 403
    assert portal.http.get("/v1/brands", headers=portal.key(Scope.BRANDS)).status_code == 403


def test_the_examples_fit_their_schemas(portal):
    document = portal.http.get("/v1/openapi.json").json()
    told = document["paths"]["/v1/brands/{id}"]
    answer = told["get"]["responses"]["200"]["content"]["application/json"]
    pairs = [
        (answer["example"], answer["schema"]),
        (brand_documents.KIT, {"$ref": "#/components/schemas/KitFacts"}),
    ]
    for value, schema in pairs:
        jsonschema.validate(value, {**schema, "components": document["components"]})
