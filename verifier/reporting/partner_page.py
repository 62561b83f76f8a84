"""The page of a partner's extract: what was asked for, how it stands, what to do. No script, nothing from elsewhere."""

from __future__ import annotations

from functools import cache

import jinja2

from verifier.reporting import wording
from verifier.reporting.inert import inert
from verifier.reporting.scopes import PartnerReport, Standing

_SIGNS = {Standing.MET: "✓", Standing.OPEN: "?", Standing.NOT_MET: "!"}


def render(report: PartnerReport) -> str:
    """One HTML file. Whatever came from outside is escaped, and made inert where it could act."""
    return _template().render(report=report, signs=_SIGNS, words=wording)


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("verifier.reporting"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=lambda value: inert(value) if isinstance(value, str) else value,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("partner.html.j2")
