"""What the headers of an e-mail say of its way: who sent it, when, over which stations, and whether it was signed.

Sources: RFC 5322 (Date, From, Message-ID, Received), RFC 6376 (DKIM-Signature), RFC 8601 (Authentication-Results).
Whoever saves a message can write any of them. A signature is noted and not checked: that takes the network.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.utils import parseaddr, parsedate_to_datetime

from verifier.casefile import Evidence
from verifier.instruments.container import State

_MOST_STATIONS = 50  # genuine messages pass below 15
_LONGEST = 300  # characters of one text
_DOMAIN = re.compile(r"\bd=([A-Za-z0-9.-]{1,253})")
_STATION = re.compile(r"\bby\s+([A-Za-z0-9.-]{1,253})")


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageInfo:
    """Times are ISO 8601 with offset, "" where one is missing or makes no sense. `sender` is the address in From.

    `stations` are (time, host) of the Received headers in the order of the journey; `signers` the domains of its DKIM
    signatures; `program` is X-Mailer or User-Agent.
    """

    state: State
    note: str = ""
    sender: str = ""
    date: str = ""
    message_id: str = ""
    program: str = ""
    stations: tuple[tuple[str, str], ...] = ()
    signers: tuple[str, ...] = ()

    @property
    def sender_domain(self) -> str:
        """What stands behind the @ of the sender's address."""
        return self.sender.rpartition("@")[2].casefold()


def read(evidence: Evidence) -> MessageInfo:
    """The headers of a decoded message. Never raises; a date that cannot be read makes it UNREADABLE, its rest read."""
    headers = evidence.headers
    if not headers:
        return MessageInfo(state=State.ABSENT, note="the message has no headers")
    stated = headers.get("date", "").strip()
    date = moment_of(stated)
    unread = bool(stated) and not date
    return MessageInfo(
        state=State.UNREADABLE if unread else State.PRESENT,
        note=f"the date cannot be read: {stated[:60]}" if unread else "",
        sender=parseaddr(headers.get("from", "").partition("\n")[0][:1000])[1][:_LONGEST],
        date=date,
        message_id=headers.get("message-id", "").strip("<> \n")[:_LONGEST],
        program=(headers.get("x-mailer") or headers.get("user-agent") or "")[:_LONGEST],
        stations=tuple(_station(line) for line in reversed(_lines(headers.get("received", "")))),
        signers=tuple(dict.fromkeys(_DOMAIN.findall(headers.get("dkim-signature", ""))[:_MOST_STATIONS])),
    )


def moment_of(text: str) -> str:
    """A date of RFC 5322 as ISO 8601, "" where it is none."""
    try:
        return parsedate_to_datetime(text.strip()[:200]).isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""


def _lines(received: str) -> list[str]:
    return [line for line in received.split("\n") if line.strip()][:_MOST_STATIONS]


def _station(line: str) -> tuple[str, str]:
    host = _STATION.search(line[:2000])
    return moment_of(line.rpartition(";")[2]), host[1] if host else ""
