"""E-mail messages: headers, the text a reader sees, and what is attached."""

from __future__ import annotations

import email
import email.policy
import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from functools import partial
from html.parser import HTMLParser
from typing import TypeVar

from verifier.casefile import Attachment

T = TypeVar("T")

_MOST_PARTS = 200  # genuine newsletters have below 40
_MOST_DEPTH = 5  # of messages attached to messages
_MOST_TEXT = 2_000_000  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message taken apart. `files` are attachments with their bytes, in order, inline pictures among them."""

    headers: Mapping[str, str]
    text: str
    files: tuple[tuple[Attachment, bytes], ...]


def read_message(data: bytes) -> Message:
    """Parse an RFC 5322 message. A broken header or part is left out; the rest is still read."""
    message: EmailMessage = email.message_from_bytes(data, policy=email.policy.default)
    texts: dict[str, list[str]] = {"text/plain": [], "text/html": []}
    files: list[tuple[Attachment, bytes]] = []
    for part in _parts(message):
        kind = part.get_content_type()
        name: str = _lenient(part.get_filename, None) or ""
        attached = _lenient(part.get_content_disposition, None) == "attachment"
        if kind in texts and not name and not attached:
            texts[kind].append(_text(part))
        elif content := _content(part):
            digest = hashlib.sha256(content).hexdigest()
            noted = Attachment(name=name or "unnamed", media_type=kind, digest=digest, size=len(content))
            files.append((noted, content))
    plain = "\n".join(texts["text/plain"]).strip()
    shown = plain or "\n".join(text_of_html(html) for html in texts["text/html"])
    return Message(headers=_headers(message), text=shown[:_MOST_TEXT], files=tuple(files))


def _parts(message: EmailMessage) -> Iterator[EmailMessage]:
    """The leaves of the message, those of attached messages included, as far as the bounds go."""
    seen = 0
    stack: list[tuple[EmailMessage, int]] = [(message, 0)]
    while stack and seen < _MOST_PARTS:
        part, level = stack.pop()
        inner: object = _lenient(part.get_payload, None)
        if not part.is_multipart() or not isinstance(inner, list):
            seen += 1
            yield part
        elif level < _MOST_DEPTH:
            stack.extend((child, level + 1) for child in reversed(inner) if isinstance(child, EmailMessage))


def _headers(message: EmailMessage) -> Mapping[str, str]:
    """Each header once, in lower case; lines of a repeated one (Received) are kept in order, one below the other."""
    headers: dict[str, str] = {}
    for name in dict.fromkeys(key.lower() for key in message):
        values = _lenient(partial(message.get_all, name), None) or []
        headers[name] = "\n".join(" ".join(str(value).split()) for value in values)
    return headers


def _lenient(read: Callable[[], T], otherwise: T) -> T:
    """The standard library's parsers of headers and encodings raise all sorts of errors when these are broken."""
    try:
        return read()
    except Exception:  # noqa: BLE001
        return otherwise


def _content(part: EmailMessage) -> bytes:
    content: object = _lenient(partial(part.get_payload, decode=True), None)
    return content if isinstance(content, bytes) else b""


def _text(part: EmailMessage) -> str:
    content = _content(part)
    try:
        return content.decode(part.get_content_charset("utf-8"))
    except (LookupError, ValueError):  # an encoding that nobody knows, or a name that is none; and wrong bytes
        return content.decode("cp1252", "replace")


def text_of_html(html: str) -> str:
    """What a reader sees: blocks on lines of their own, pictures by their alternative text, no styles or scripts."""
    reader = _HtmlReader()
    reader.feed(html)
    reader.close()
    lines = (re.sub(r"\s+", " ", line).strip() for line in "".join(reader.pieces).split("\n"))
    return "\n".join(line for line in lines if line)


class _HtmlReader(HTMLParser):
    _SILENT = frozenset({"style", "script", "head", "title", "template"})
    _BLOCKS = frozenset(
        {"p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol", "blockquote", "hr"}
    )

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._silence = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._SILENT:
            self._silence += 1
        elif tag in self._BLOCKS:
            self.pieces.append("\n")
        elif tag in ("td", "th"):
            self.pieces.append(" ")
        elif tag == "img" and not self._silence:
            self.pieces.append(f" {dict(attrs).get('alt') or ''} ")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._SILENT:
            self._silence = max(0, self._silence - 1)
        elif tag in self._BLOCKS:
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silence:
            self.pieces.append(re.sub(r"\s+", " ", data))
