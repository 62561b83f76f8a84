"""What hangs together with a claim's items: for reviewers, and for nobody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from light_corridor import claim

from verifier.archive.keys import Scope
from verifier.casefile import Claim, Identity, Item, Kind, Origin, Trace
from verifier.client import Client

BODY = Identity(kind="device", value="Fenwald Kestra 7 #FK7-30291844")
SEEN = Trace(
    page=0, width=4, height=3, pixel_digest="", pdq="0" * 64, pdq_quality=0, phash="", dhash="",
    origin=Origin(identities=(BODY,)),
)  # fmt: skip


def keep(archive, name: str, tenant: str) -> None:
    of = Claim(id=name, activity="in_store_display", partner="Lampen Petersen KG", tenant=tenant)
    item = Item(id=f"{name}/r1/1", name="a.jpg", kind=Kind.IMAGE, media_type="image/jpeg", digest=name, size=1)
    archive.remember(of, [item], {item.id: [SEEN]}, datetime(2026, 6, 1, tzinfo=UTC))


@pytest.fixture
def place(portal) -> str:
    return portal.submit().headers["location"]


def test_an_item_without_identities_stands_alone(portal, place):
    (item,) = portal.http.get(f"{place}/links").json()["items"]
    assert item == {"item": "C-1/r1/1", "linked": [], "shared": [], "complete": True}


def test_who_shares_a_camera_is_shown(portal, place, monkeypatch):
    archive = portal.service.verifier.archive
    keep(archive, "C-7", "acme")
    keep(archive, "C-8", "other")
    whole = archive.sightings_of
    seen = [replace(one, trace=SEEN) for one in whole("acme", "C-1")]
    monkeypatch.setattr(type(archive), "sightings_of", lambda *_: seen)
    (item,) = portal.http.get(f"{place}/links").json()["items"]
    assert [linked["item"] for linked in item["linked"]] == ["C-7/r1/1"]
    assert item["shared"][0]["value"] == BODY.value


def test_the_client_fetches_them(portal, place):
    with Client(portal.address, portal.http.headers["authorization"].removeprefix("Bearer ")) as client:
        assert client.links(place.rpartition("/")[2])["claim"] == "C-1"


def test_a_key_without_review_sees_no_links(portal, place):
    answer = portal.http.get(f"{place}/links", headers=portal.key(Scope.READ, Scope.SUBMIT))
    assert answer.status_code == 403
    assert BODY.value not in answer.text


def test_another_tenants_claim_is_not_there(portal, place):
    answer = portal.http.get(f"{place}/links", headers=portal.key(Scope.READ, Scope.REVIEW, tenant="else"))
    assert answer.status_code == 404


def test_an_earlier_claim_that_comes_late_reopens_the_report_for_reviewers_only(portal, place):
    assert portal.http.get(f"{place}/links").json()["late"] == []
    assert portal.http.get(f"{place}?scope=reviewer").json()["reopened_at"] is None
    portal.submit(claim(id="C-0", submitted_at="2026-05-30T09:30:00+02:00"))
    (late,) = portal.http.get(f"{place}/links").json()["late"]
    assert (late["item"], late["earlier_item"], late["likeness"]) == ("C-1/r1/1", "C-0/r1/1", "exact")
    assert portal.http.get(f"{place}?scope=reviewer").json()["reopened_at"] == late["at"]
    assert portal.http.get(place).json()["reopened_at"] is None
