"""The review room as an app of its own, to be mounted: its routes, its errors as pages, its headers."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from verifier.errors import ArchiveError, DecidedMeanwhile, TooManyTries, VerifierError
from verifier.review import deciding_routes, looking_routes, sign_in_routes
from verifier.review.access import FormTooLong, NotOurForm, SignInNeeded
from verifier.review.pages import POLICY, write
from verifier.review.room import NotHere, Room

_log = logging.getLogger(__name__)
_STATUSES: tuple[tuple[type[VerifierError], int], ...] = (
    (NotHere, 404),
    (NotOurForm, 403),
    (FormTooLong, 413),
    (TooManyTries, 429),
    (DecidedMeanwhile, 409),
    (ArchiveError, 503),
)


def create_review(room: Room) -> FastAPI:
    """The app over an open room; it must be mounted at a path of its own, which its cookie is bound to."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.state.room = room
    app.middleware("http")(_guarded)
    for routes in (sign_in_routes, looking_routes, deciding_routes):
        app.include_router(routes.router)
    app.add_exception_handler(VerifierError, _told)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _invalid)
    return app


async def _guarded(request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
    """Every answer names what a browser may do with it; pages are not kept."""
    response = await answer(request)
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers.setdefault("Cache-Control", "no-store")
    return response


async def _told(request: Request, error: Exception) -> Response:
    if isinstance(error, SignInNeeded):
        return _to_sign_in(request)
    status = next((status for kind, status in _STATUSES if isinstance(error, kind)), 400)
    if status >= 500:
        _log.error("the archive cannot be used: %s", error)
        return _page(request, status, "the archive cannot be used", "try again in a moment")
    known = error if isinstance(error, VerifierError) else VerifierError(str(error))
    return _page(request, status, known.message, known.remedy)


async def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    message = "there is no such page" if status == 404 else "this cannot be done"
    return _page(request, status, message, "go back to the queue")


async def _invalid(request: Request, _error: Exception) -> Response:
    return _page(request, 422, "this address or form is not as it must be", "go back to the queue")


def _page(request: Request, status: int, message: str, remedy: str) -> HTMLResponse:
    return write(request, "problem.html.j2", status=status, message=message, remedy=remedy)


def _to_sign_in(request: Request) -> Response:
    """To the sign-in page, and from there to the page that was asked for; pictures and forms are not come back to.

    The cookie stays: a link from another site does not send it, and must not end the session.
    """
    root = request.scope.get("root_path", "")
    page = request.method == "GET" and "/picture/" not in request.url.path and "hx-request" not in request.headers
    wanted = f"{request.url.path}?{request.url.query}" if page else ""
    place = f"{root}/sign-in" + (f"?{urlencode({'next': wanted})}" if wanted else "")
    if "hx-request" in request.headers:
        return Response(status_code=401, headers={"HX-Redirect": place})
    return Response(status_code=401) if "/picture/" in request.url.path else RedirectResponse(place, status_code=303)
