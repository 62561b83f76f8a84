"""Titles with the values of findings in them: `{code}`, `{code:format}` and `{code:note}`, and nothing else."""

from __future__ import annotations

import string
from collections.abc import Iterator, Sequence

from verifier.casefile import Value
from verifier.rulebook.conditions import Reference

_MISSING = "?"


def fill(template: str, because: Sequence[Reference]) -> str:
    """The template with the first value of each code among `because`; "?" where there is none.

    A format that does not suit the value is left aside: a title must never cost a hit.
    """
    parts: list[str] = []
    for literal, code, spec, _ in string.Formatter().parse(template):
        parts.append(literal)
        if code is not None:
            parts.append(_shown(code, spec or "", because))
    return "".join(parts)


def placeholders(template: str) -> Iterator[tuple[str, str]]:
    """Each placeholder's code and what is wrong with it ("" if nothing). Raises ValueError on unbalanced braces."""
    for _, code, spec, conversion in string.Formatter().parse(template):
        if code is None:
            continue
        if conversion:
            yield code, f"!{conversion} is not understood"
        elif not _usable(spec or ""):
            yield code, f"{spec!r} formats neither a number nor a text"
        else:
            yield code, ""


def _shown(code: str, spec: str, because: Sequence[Reference]) -> str:
    found = [reference for reference in because if reference.code == code]
    if spec == "note":
        return next((reference.note for reference in found if reference.note), _MISSING)
    value = next((reference.finding.value for reference in found if reference.finding.value is not None), None)
    if value is None:
        return _MISSING
    plain = _plain(value)
    try:
        return format(plain, spec)
    except ValueError:
        return str(plain)


def _plain(value: Value) -> str | int | float | None:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        sentences = all(text.endswith(".") for text in value)
        return (" " if sentences else ", ").join(value)
    return value


def _usable(spec: str) -> bool:
    if spec == "note":
        return True
    for probe in (1.5, 1, "text"):
        try:
            format(probe, spec)
        except ValueError:
            continue
        return True
    return False
