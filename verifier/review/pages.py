"""How pages are written: the templates of this room over those of the report page, and what every answer carries."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import jinja2
from fastapi import Request
from fastapi.responses import HTMLResponse

from verifier.reporting import html, wording
from verifier.review.access import Session

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
_OURS = ("review.css", "viewer.js", "keys.js", "htmx.min.js", "icon.svg")


@cache
def assets() -> Mapping[str, bytes]:
    """Style sheets and scripts by name."""
    folder = resources.files("verifier.review").joinpath("static")
    ours = {name: folder.joinpath(name).read_bytes() for name in _OURS}
    return {**ours, "report.css": html.asset("report.css").encode()}


def write(
    request: Request, template: str, session: Session | None = None, *, status: int = 200, **values: Any
) -> HTMLResponse:
    """A page. `root` is where this room is mounted."""
    common = {"root": request.scope.get("root_path", ""), "session": session, "words": wording, "version": _version}
    text = _environment().get_template(template).render(common | values)
    return HTMLResponse(text, status_code=status)


@cache
def _version(name: str) -> str:
    """Part of an asset's address, so that a browser may keep it for ever."""
    return hashlib.sha256(assets()[name]).hexdigest()[:12]


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.ChoiceLoader(
            [jinja2.PackageLoader("verifier.review"), jinja2.PackageLoader("verifier.reporting")]
        ),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=html.finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
