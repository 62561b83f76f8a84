"""Routes by which a vendor says what its brands look like: a kit holds from the next claim on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated

import anyio
from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response

from verifier.api import brand_documents, brand_views
from verifier.api.access import Asked, key_with
from verifier.api.forms import Form, FormLimits, received
from verifier.api.problems import Refusal
from verifier.api.result_routes import as_json
from verifier.api.service import Service
from verifier.archive.keys import ApiKey, Scope
from verifier.archive.kits import KeptKit
from verifier.errors import KitError, WorkerError
from verifier.instruments import slot
from verifier.programs import kept_kits, kit_strength
from verifier.programs.brands import MAX_PICTURES
from verifier.programs.kit_pictures import MAX_PICTURE_BYTES
from verifier.programs.kit_strength import Strength
from verifier.settings import Settings

_MOST_BYTES = 64 * 1024 * 1024  # of a kit: it is held in memory, and goes to a worker as a whole

router = APIRouter(tags=["brands"])
Reader = Annotated[ApiKey, Depends(key_with(Scope.READ))]
Keeper = Annotated[ApiKey, Depends(key_with(Scope.BRANDS))]
BrandId = Annotated[str, Path(alias="id", pattern=f"^{kept_kits.ID}$", description="What claims call the brand.")]


@router.put(
    "/v1/brands/{id}",
    response_model=brand_views.Brand,
    responses=brand_documents.PUT,
    openapi_extra=brand_documents.FORM,
)
async def put_brand(request: Request, service: Asked, key: Keeper, id_: BrandId) -> Response:
    """Say what a brand looks like, wholly: this replaces what was said of it. The same again changes nothing.

    The answer says how well the brand will be found by it, and what would help. Claims that came before keep their
    reports; what was answered with 200 or 201 survives a crash of the service.
    """
    uploads: anyio.Semaphore = request.app.state.doors.uploads
    try:
        uploads.acquire_nowait()
    except anyio.WouldBlock:
        raise Refusal(503, "busy", "too many uploads at once", "send it again", headers={"Retry-After": "2"}) from None
    try:
        async with received(request, _limits(service), part="kit") as form:
            return await run_sync(_keep, service, key, id_, form, limiter=request.app.state.doors.in_memory)
    finally:
        uploads.release()


@router.get("/v1/brands", response_model=tuple[brand_views.BrandSummary, ...], responses=brand_documents.LIST)
def list_brands(service: Asked, key: Reader) -> Response:
    """The brands that were filed for this tenant; those of the service's own folder are not among them."""
    kept = service.verifier.archive.kits.current(key.tenant)
    return as_json(tuple(brand_views.summary(kit) for kit in kept))


@router.get("/v1/brands/{id}", response_model=brand_views.Brand, responses=brand_documents.GET)
def get_brand(service: Asked, key: Reader, id_: BrandId) -> Response:
    """What was said of a brand."""
    return as_json(brand_views.brand(_current(service, key.tenant, id_)))


@router.delete("/v1/brands/{id}", status_code=204, response_model=None, responses=brand_documents.DELETE)
def delete_brand(service: Asked, key: Keeper, id_: BrandId) -> Response:
    """Hold claims against the brand no more. Its versions stay in the archive, and so do reports."""
    if not service.verifier.archive.kits.drop(key.tenant, id_, service.verifier.clock(), _name(key)):
        raise _unknown()
    return Response(status_code=204)


def _limits(service: Service) -> FormLimits:
    most = service.limits.form
    return replace(
        most,
        request_bytes=min(most.request_bytes, _MOST_BYTES),
        file_bytes=min(most.file_bytes, MAX_PICTURE_BYTES),
        files=MAX_PICTURES,
    )


def _keep(service: Service, key: ApiKey, id_: str, form: Form) -> Response:
    """Read and rate the kit in a guarded worker, and file it. Raises KitError, Refusal, ArchiveError."""
    if form.facts is None:
        remedy = "send what describes the brand, YAML or JSON, in a part `kit`"
        raise Refusal(422, "form-invalid", "the form has no part `kit`", remedy, fields={"kit": "is missing"})
    files: Mapping[str, bytes] = {upload.name: upload.read() for upload in form.files}
    described = ("brand.yaml", bytes(form.facts))
    verifier = service.verifier
    weights = slot.weights(Settings.from_environment())
    try:
        found = verifier.comparison.run(kit_strength.receive, id_, *described, files, weights)
    except WorkerError as error:
        raise KitError(f"files: reading them failed: {error.message}", "save the pictures again as PNG") from None
    kit, strength = found
    before = [one.version for one in verifier.archive.kits.current(key.tenant) if one.brand == id_]
    kept = kept_kits.keep(verifier.archive, key.tenant, kit, described, files, verifier.clock(), _name(key))
    return _told(kept, strength, new=not before)


def _told(kept: KeptKit, strength: Strength, *, new: bool) -> Response:
    answer = as_json(brand_views.brand(kept, strength), 201 if new else 200)
    answer.headers["Location"] = f"/v1/brands/{kept.brand}"
    return answer


def _current(service: Service, tenant: str, id_: str) -> KeptKit:
    for kit in service.verifier.archive.kits.current(tenant):
        if kit.brand == id_:
            return kit
    raise _unknown()


def _unknown() -> Refusal:
    return Refusal(404, "not-found", "there is no such brand", "GET /v1/brands names them")


def _name(key: ApiKey) -> str:
    return f"key {key.id} ({key.name})"
