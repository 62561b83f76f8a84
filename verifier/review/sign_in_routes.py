"""Signing in and out, and the files that every page needs."""

from __future__ import annotations

from pathlib import PurePosixPath

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from verifier.errors import TooManyTries
from verifier.reporting.html import lighting
from verifier.review.access import COOKIE, Asked, Form, Proven, drop_cookie, keep_cookie
from verifier.review.pages import TYPES, assets, write
from verifier.review.room import NotHere

router = APIRouter()
_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}  # the address holds a digest
_MOST_REASONS = 1000


@router.get("/sign-in")
def sign_in_page(request: Request) -> Response:
    """Name and password."""
    return write(
        request, "sign_in.html.j2", next=_next(request, request.query_params.get("next", "")), name="", wrong=""
    )


@router.post("/sign-in")
def sign_in(request: Request, room: Asked, form: Form) -> Response:
    """Begin a session, or say that name and password do not fit; which of them does not is not said."""
    name, place = form.get("name", ""), _next(request, form.get("next", ""))
    now = room.clock()
    try:
        user = room.users.check(name, form.get("password", ""), now)
    except TooManyTries as error:
        wrong, status = f"{error.message}: {error.remedy}", 429
    else:
        if user is not None:
            _end(request, room)
            response = RedirectResponse(place, status_code=303)
            keep_cookie(request, response, room.users.sign_in(user, now))
            return response
        wrong, status = "name and password do not fit", 403
    return write(request, "sign_in.html.j2", status=status, next=place, name=name[:64], wrong=wrong)


@router.post("/sign-out")
def sign_out(request: Request, room: Asked, _form: Proven) -> Response:
    """End the session, here and in the archive."""
    _end(request, room)
    response = RedirectResponse(f"{request.scope.get('root_path', '')}/sign-in", status_code=303)
    drop_cookie(request, response)
    return response


@router.get("/static/{name}")
def asset(name: str) -> Response:
    """A style sheet or script."""
    if name not in assets():
        raise NotHere("there is no such file", "open the queue again")
    return Response(assets()[name], media_type=TYPES[PurePosixPath(name).suffix], headers=_FOR_EVER)


@router.get("/lighting/{count}.css")
def lit(count: int) -> Response:
    """The style that lights what a reason rests on, for pages with so many reasons."""
    return Response(lighting(max(0, min(count, _MOST_REASONS))), media_type=TYPES[".css"], headers=_FOR_EVER)


def _end(request: Request, room: Asked) -> None:
    token = request.cookies.get(COOKIE)
    if token:
        room.users.sign_out(token)


def _next(request: Request, wanted: str) -> str:
    """The page to go to after signing in: one of ours, whatever an address says."""
    root = request.scope.get("root_path", "")
    ours = wanted.startswith(f"{root}/") and not wanted.startswith(("//", "/\\")) and wanted.isprintable()
    return wanted if ours and "\\" not in wanted else f"{root}/"
