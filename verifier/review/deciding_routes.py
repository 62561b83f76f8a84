"""Deciding: a form becomes a line of the log; what cannot be decided comes back with what to correct."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from verifier.casefile import ClaimReport, Outcome
from verifier.decisions import Wish, decide, report_name, undo
from verifier.errors import DecidedMeanwhile, DecisionError
from verifier.review.access import Asked, Proven, Session, Signed
from verifier.review.claim_page import claim_page
from verifier.review.pages import write
from verifier.review.queue_page import address, where_of
from verifier.review.room import Room

router = APIRouter()
_PLAIN = re.compile(r"[0-9]{1,15}(\.[0-9]+)?")
_GROUPED = re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")  # 3,200.50; but 3,20 may be meant as either


@router.post("/decide")
def decide_claim(request: Request, room: Asked, session: Signed, form: Proven) -> Response:
    """Accept, reject or ask, on a claim or on one of its items."""
    report = _report(room, session, form)
    try:
        _check_seen(report, form)
        history = room.history(session.tenant, report.claim.id)
        decision = decide(report, history, _wish(form), session.user.name, room.clock())
        room.decisions.record(session.tenant, decision, after=_number(form, "after"))
    except DecisionError as error:
        return _again(request, room, session, report, form, faults=error.fields or {"": error.message})
    except DecidedMeanwhile as error:
        return _again(request, room, session, report, form, conflict=f"{error.message}; {error.remedy}")
    return _back(request, form)


@router.post("/undo")
def undo_decision(request: Request, room: Asked, session: Signed, form: Proven) -> Response:
    """Take back the newest standing decision of whoever is signed in on this claim."""
    report = _report(room, session, form)
    try:
        history = room.history(session.tenant, report.claim.id)
        line = undo(history, session.user.name, room.clock(), revision=report.claim.revision)
        room.decisions.record(session.tenant, line, after=_number(form, "after"))
    except (DecisionError, DecidedMeanwhile) as error:
        return _again(request, room, session, report, form, conflict=f"{error.message}; {error.remedy}")
    return _back(request, form)


def _report(room: Room, session: Session, form: Mapping[str, str]) -> ClaimReport:
    return room.report(session.tenant, form.get("id", ""), _number(form, "revision") or None)


def _check_seen(report: ClaimReport, form: Mapping[str, str]) -> None:
    """A decision names the report that it was taken from. Raises DecidedMeanwhile where that is not the newest one."""
    if form.get("report") != report_name(report):
        raise DecidedMeanwhile(f"claim {report.claim.id} was verified anew meanwhile", "look at it again, then decide")


def _wish(form: Mapping[str, str]) -> Wish:
    """Raises DecisionError."""
    try:
        outcome = Outcome(form.get("outcome", ""))
    except ValueError:
        raise DecisionError("no outcome was chosen", "accept, reject or ask", {"outcome": "is none of these"}) from None
    item = form.get("on", "")
    stated = form.get("amount", "").strip() if outcome is Outcome.ACCEPT and not item else ""
    return Wish(outcome=outcome, item=item, amount=_amount(stated) if stated else None, reason=form.get("reason", ""))


def _amount(text: str) -> Decimal:
    """Raises DecisionError."""
    plain = text.replace(",", "") if _GROUPED.fullmatch(text) else text
    if _PLAIN.fullmatch(plain):
        return Decimal(plain)
    raise DecisionError("the amount cannot be read", "write it as 3200.50", {"amount": "should be written as 3200.50"})


def _number(form: Mapping[str, str], name: str) -> int:
    text = form.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _back(request: Request, form: Mapping[str, str]) -> Response:
    """To the claim's page, as it now stands."""
    root, where = request.scope.get("root_path", ""), where_of(form.get("show", ""), form.get("q", ""))
    more = {"item": _number(form, "item")} if _number(form, "item") else {}
    return RedirectResponse(address(root, form.get("id", ""), where, **more), status_code=303)


def _again(
    request: Request,
    room: Room,
    session: Session,
    report: ClaimReport,
    form: Mapping[str, str],
    *,
    faults: Mapping[str, str] | None = None,
    conflict: str = "",
) -> Response:
    """The page as it now stands, with what is wrong; a form with faults comes back as it was filled in."""
    where = where_of(form.get("show", ""), form.get("q", ""))
    item = _number(form, "item") or None
    values = claim_page(room, session.user, report, item, where, request.scope.get("root_path", ""))
    status, do = (409, "") if conflict else (422, form.get("outcome", ""))
    told = {"wish": form if faults else {}, "faults": faults or {}, "conflict": conflict}
    return write(request, "claim.html.j2", session, status=status, **values, do=do, **told)
