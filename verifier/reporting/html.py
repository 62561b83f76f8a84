"""The report page: one HTML file, complete in itself, that asks nothing of any network."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from functools import cache
from importlib import resources
from typing import Any

import jinja2
from markupsafe import Markup

from verifier.casefile import Axis, ClaimReport
from verifier.errors import VerifierError
from verifier.reporting import facts, wording
from verifier.reporting.inert import inert
from verifier.reporting.reasons import Group, waterfall_of
from verifier.reporting.view import View, view
from verifier.reporting.waterfall import curve

_MAGIC = ((b"\x89PNG\r\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF8", "image/gif"))


def render(report: ClaimReport, picture: Callable[[str], bytes]) -> str:
    """The page of a report. `picture` gives a preview's bytes by digest; where it raises, a grey frame is drawn.

    Styles, script and pictures are inside the file; its content security policy names the hashes of the first two
    and forbids everything else. Whatever came from outside is escaped, and made inert where it could act.
    """
    shown = view(report, cache(lambda digest: _data_uri(digest, picture)))
    styles = (asset("report.css"), lighting(len(shown.reasons)))
    script = asset("report.js")
    return _template().render(
        **told(report, shown),
        styles=[Markup(style) for style in styles],  # noqa: S704 (ours)
        script=Markup(script),  # noqa: S704 (ours)
        policy=_policy(styles, script),
    )


def told(report: ClaimReport, shown: View) -> dict[str, Any]:
    """What the templates of this room are filled with, on whichever page they stand.

    `reason_at` and `item_at` give the address of a reason and of an item: here both are on the same page.
    """
    return {
        "report": report,
        "claim": report.claim,
        "view": shown,
        "header": facts.header(report.claim),
        "demands": facts.demands(report, shown.reasons),
        "figures": facts.figures(report, shown.reasons),
        "missing": facts.missing(report),
        "asks": facts.asks(report, shown.reasons),
        "fingerprint": facts.fingerprint(report),
        "fall": waterfall_of(report, shown.reasons),
        "curve": curve,
        "groups": {group.value: [r for r in shown.reasons if r.group is group] for group in Group},
        "words": wording,
        "axes": [(axis.value, report.assessment.axes.get(axis)) for axis in Axis],
        "item_numbers": {entry.item.id: n for n, entry in enumerate(report.items, start=1)},
        "reason_at": "#r{}".format,
        "item_at": "#item-{}".format,
    }


def _data_uri(digest: str, picture: Callable[[str], bytes]) -> str:
    """The picture inside an address; "" where there is none or its format is not one that every browser shows."""
    try:
        data = picture(digest) if digest else b""
    except (VerifierError, LookupError):
        return ""
    kind = picture_type(data)
    return f"data:{kind};base64,{base64.b64encode(data).decode()}" if kind else ""


def picture_type(data: bytes) -> str | None:
    """The media type of a picture in a format that every browser shows; None for anything else."""
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for magic, kind in _MAGIC if data.startswith(magic)), None)


def lighting(reasons: int) -> str:
    """One rule for all reasons: while `#r<n>` is the page's target, what rests on reason n is lit, script or not."""
    if not reasons:
        return ""
    lit = ",\n".join(f':root:has(#r{n}:target) [data-reasons~="{n}"]' for n in range(1, reasons + 1))
    return f"{lit} {{ --lit: 1; --weight: 3px; --words: visible; --ring: var(--accent); }}\n"


def _policy(styles: tuple[str, ...], script: str) -> str:
    allowed = " ".join(_hash(style) for style in styles)
    return (
        f"default-src 'none'; img-src data:; style-src {allowed}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def asset(name: str) -> str:
    """A style sheet or script of the page."""
    return resources.files("verifier.reporting").joinpath("templates", name).read_text(encoding="utf-8")


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("verifier.reporting"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template("report.html.j2")


def finalize(value: Any) -> Any:
    """Every text that the template writes is made inert; markup of our own making already is."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return inert(value)
