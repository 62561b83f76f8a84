"""File names and links come from strangers: made inert before they reach a terminal, a page or a disk."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

from verifier.errors import UnsupportedType

_LONGEST_NAME = 120
_LONGEST_LINK = 2048
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # control and format characters (bidi overrides), surrogates


def inert_name(name: str, otherwise: str) -> str:
    """The last part of the path, without characters that are not seen, 120 characters at most, its ending kept."""
    last = re.split(r"[/\\]", _seen(name).strip().rstrip("/\\"))[-1].strip()
    if not last.strip("."):
        return otherwise
    return _shortened(last)


def inert_link(link: str) -> str:
    """A link as a name to show: bounded, and only characters that are seen."""
    return _shortened(_seen(link))


def check_link(link: str) -> None:
    """Raises UnsupportedType unless it is http(s) with a host and without user name and password. It is not fetched."""
    shown = inert_link(link)
    try:
        parts = urlsplit(link)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise UnsupportedType(f"{shown} is not a link", "send it as https://host/path") from None
    if parts.scheme not in ("http", "https") or not host:
        raise UnsupportedType(f"{shown} is not a web link", "send it as https://host/path")
    if parts.username is not None or parts.password is not None:
        raise UnsupportedType(f"the link to {host} holds a user name or password", "send a link that needs neither")
    if len(link) > _LONGEST_LINK or re.search(r"\s", link) or _seen(link) != link:
        raise UnsupportedType(f"{shown} holds spaces or unseen characters, or is too long", "copy the link once more")


def _seen(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFC", text) if unicodedata.category(c) not in _UNSEEN)


def _shortened(name: str) -> str:
    if len(name) <= _LONGEST_NAME:
        return name
    stem, dot, ending = name.rpartition(".")
    tail = dot + ending if stem and len(ending) <= 10 else ""
    return name[: _LONGEST_NAME - 1 - len(tail)] + "…" + tail
