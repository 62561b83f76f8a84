"""Who looks: a session cookie, and a proof that a form was sent from our own page.

The cookie is HttpOnly and SameSite=Strict. A form must carry a token that only a page of the same session can know, and
where a browser says from which site it was sent (Sec-Fetch-Site), that must be ours.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, Request
from fastapi.responses import Response

from verifier.archive.users import SESSION, User
from verifier.errors import InputError, VerifierError
from verifier.review.room import Room

COOKIE = "verifier_session"
_LONGEST_FORM = 64 * 1024  # bytes: a reason of 4,000 characters, each of four bytes and percent-encoded, and the rest


class SignInNeeded(VerifierError):  # noqa: N818 - named for what it says, as the error tree is
    """Nobody is signed in, or the session is over."""


class NotOurForm(VerifierError):  # noqa: N818
    """A form that was not sent from a page of this session."""


class FormTooLong(InputError):  # noqa: N818
    """More was sent than any form here holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Who is signed in; `proof` goes into every form and must come back with it."""

    user: User
    token: str

    @property
    def tenant(self) -> str:
        """Whose claims are shown."""
        return self.user.tenant

    @property
    def proof(self) -> str:
        """What a form carries: it follows from the cookie's secret, which no other site can read."""
        return hashlib.sha256(b"form " + self.token.encode()).hexdigest()


def room_of(request: Request) -> Room:
    """The room that the app was made for."""
    room: Room = request.app.state.room
    return room


Asked = Annotated[Room, Depends(room_of)]


def session_of(request: Request, room: Asked) -> Session:
    """The session of the request. Raises SignInNeeded."""
    token = request.cookies.get(COOKIE, "")
    user = room.users.signed_in(token, room.clock()) if token else None
    if user is None:
        raise SignInNeeded("nobody is signed in", "sign in")
    return Session(user=user, token=token)


Signed = Annotated[Session, Depends(session_of)]


async def form_of(request: Request) -> Mapping[str, str]:
    """The fields of a form from our own site. Raises NotOurForm, FormTooLong."""
    if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        raise NotOurForm("this form was sent from another site", "open the page here and send it again")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LONGEST_FORM:
            raise FormTooLong("this form is too long", "shorten its text")
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


Form = Annotated[Mapping[str, str], Depends(form_of)]


def proven_form(form: Form, session: Signed) -> Mapping[str, str]:
    """The fields of a form of this session. Raises NotOurForm, SignInNeeded."""
    if not hmac.compare_digest(form.get("proof", "").encode(), session.proof.encode()):
        raise NotOurForm("this form belongs to another session", "open the page again and send it once more")
    return form


Proven = Annotated[Mapping[str, str], Depends(proven_form)]


def keep_cookie(request: Request, response: Response, token: str) -> None:
    """Let the browser hold the session; over TLS only where it came by TLS."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(SESSION.total_seconds()),
        path=request.scope.get("root_path", "") or "/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )


def drop_cookie(request: Request, response: Response) -> None:
    """Let the browser forget the session."""
    response.delete_cookie(COOKIE, path=request.scope.get("root_path", "") or "/")
