"""The smallest builder of HTML and SVG elements: everything that is not already markup is made inert and escaped."""

from __future__ import annotations

import math

from markupsafe import Markup, escape

from verifier.reporting.inert import inert

NOTHING = Markup()


def tag(name: str, *children: object, **attributes: object) -> Markup:
    """`<name attribute="...">children</name>`; `class_` is `class`, an underscore inside a name is a hyphen.

    Attributes that are None or empty are left out. No attribute may be an event handler or a style: the page's
    content security policy would refuse it.
    """
    written = Markup().join(
        Markup(' {}="{}"').format(key.rstrip("_").replace("_", "-"), _text(value))
        for key, value in attributes.items()
        if value is not None and value != ""
    )
    return Markup("<{0}{1}>{2}</{0}>").format(name, written, join(*children))


def join(*parts: object) -> Markup:
    """The parts one after the other, escaped where they are not markup."""
    return Markup().join(_text(part) for part in parts)


def number(value: float) -> str:
    """A coordinate with two decimals at most; what is no number is 0, so that a drawing never breaks."""
    if not math.isfinite(value):
        return "0"
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _text(value: object) -> Markup:
    if isinstance(value, Markup):
        return value
    if isinstance(value, float):
        return Markup(number(value))  # noqa: S704 (digits only)
    return escape(inert(str(value)))
