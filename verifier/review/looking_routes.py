"""Looking: the queue, a claim, its pictures, the keys."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response

from verifier.casefile import Outcome
from verifier.decisions import prefilled
from verifier.review.access import Asked, Signed
from verifier.review.claim_page import ENDS, claim_page
from verifier.review.pages import write
from verifier.review.pictures import picture
from verifier.review.queue_page import SHOWN, Where, address, part, rows, where_of
from verifier.review.room import NotHere

router = APIRouter()
_MOST_ROWS = 100  # the first reason of each is read from its report


def _where(show: str = "", q: str = "") -> Where:
    return where_of(show, q)


Looked = Annotated[Where, Depends(_where)]
Revision = Annotated[int | None, Query(ge=1, le=1_000_000)]


@router.get("/")
def queue(request: Request, room: Asked, session: Signed, where: Looked) -> Response:
    """The queue, or the part of it that was asked for."""
    root = request.scope.get("root_path", "")
    claims = part(room, session.tenant, where)
    return write(
        request,
        "queue.html.j2",
        session,
        rows=rows(room, session.tenant, claims[:_MOST_ROWS], where, root),
        count=len(claims),
        where=where,
        shown=SHOWN,
        ends=ENDS,
    )


@router.get("/claim")
def claim(
    request: Request,
    room: Asked,
    session: Signed,
    where: Looked,
    id: str,  # noqa: A002 - its name in the address
    revision: Revision = None,
    item: int | None = None,
    do: str = "",
) -> Response:
    """A claim on one screen; `do` opens one of its forms where there is no script."""
    report = room.report(session.tenant, id, revision)
    values = claim_page(room, session.user, report, item, where, request.scope.get("root_path", ""))
    asked = do if do in {*Outcome, "help"} else ""
    return write(request, "claim.html.j2", session, **values, do=asked, wish={}, faults={}, conflict="")


@router.get("/picture/{digest}")
def picture_of(
    request: Request,
    room: Asked,
    session: Signed,
    digest: str,
    id: str,  # noqa: A002 - its name in the address
    revision: Revision = None,
) -> Response:
    """A picture that the report on this claim shows; the browser asks again each time whether it still may."""
    data, kind = picture(room, room.report(session.tenant, id, revision), digest)
    headers = {"ETag": f'"{digest}"', "Cache-Control": "private, no-cache"}
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(data, media_type=kind, headers=headers)


@router.get("/asking")
def asking(
    request: Request,
    room: Asked,
    session: Signed,
    id: str,  # noqa: A002 - its name in the address
    on: str = "",
    revision: Revision = None,
) -> Response:
    """The text to the partner on one item or on the whole claim, as its form begins."""
    report = room.report(session.tenant, id, revision)
    if on and on not in {entry.item.id for entry in report.items}:
        raise NotHere("this claim has no such item", "choose one of its items")
    return write(request, "asking.html.j2", session, text=prefilled(report, on or None))


@router.get("/next")
def first(request: Request, room: Asked, session: Signed, where: Looked) -> Response:
    """To the first claim of the queue, or to the queue where nothing waits."""
    root = request.scope.get("root_path", "")
    claims = part(room, session.tenant, where)
    place = address(root, claims[0].claim.id, where) if claims else f"{root}/"
    return RedirectResponse(place, status_code=303)


@router.get("/help")
def help_page(request: Request, session: Signed) -> Response:
    """What every key does."""
    return write(request, "help.html.j2", session)
