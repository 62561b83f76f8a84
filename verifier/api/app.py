"""The app: its routes, its errors, its headers, and whether it is well."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.responses import JSONResponse, RedirectResponse, Response

from verifier import __version__
from verifier.api import brand_documents, brand_routes, claim_routes, decision_routes, documents, result_routes
from verifier.api.headers import SecurityHeaders
from verifier.api.lingering import Lingering
from verifier.api.problems import Refusal, handle_problems
from verifier.api.service import Service
from verifier.api.turnstile import Turnstile
from verifier.api.views import Health
from verifier.review import Room, create_review


def create_app(service: Service, room: Room | None = None) -> FastAPI:
    """The app over a service that is at work (inside its `with`); with a `room`, people review and decide in it."""
    app = FastAPI(
        title="verifier",
        version=__version__,
        summary="Checks proof-of-execution evidence of channel marketing claims.",
        openapi_url="/v1/openapi.json",
        docs_url=None,  # its pages would fetch scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.service, app.state.doors = service, claim_routes.Doors()
    app.add_middleware(Turnstile, porter=service.porter)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(Lingering, most=2 * service.limits.form.request_bytes)
    handle_problems(app)
    app.include_router(claim_routes.router)
    app.include_router(result_routes.router)
    app.include_router(decision_routes.router)
    app.include_router(brand_routes.router)
    _add_health(app, service)
    documents.describe(app, service.verifier.rulebook.activities, brand_documents.schemas())
    if room is not None:
        app.add_api_route("/review", lambda: RedirectResponse("/review/"), include_in_schema=False)
        app.mount("/review", create_review(room))
    return app


def _add_health(app: FastAPI, service: Service) -> None:
    @app.get("/livez", tags=["health"])
    async def is_live() -> Health:
        """Whether the process answers at all; it waits for nothing."""
        return Health()

    @app.get("/readyz", response_model=Health, responses=documents.NOT_READY, tags=["health"])
    def is_ready() -> Response:
        """Whether claims are taken in now: the archive can be read, the desk is at work, the queue has room."""
        if not service.is_ready():
            raise Refusal(503, "not-ready", "claims are not taken in now", "try again", headers={"Retry-After": "5"})
        return JSONResponse({"status": "ok"})
