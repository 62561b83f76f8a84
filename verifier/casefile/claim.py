"""What was handed in: the claim and its items; and the brief, the part of it that an inspector may know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum


class Kind(StrEnum):
    """What an item is, told by its content."""

    IMAGE = "image"
    DOCUMENT = "document"  # PDF
    TABLE = "table"  # CSV, XLSX
    MESSAGE = "message"  # .eml
    LINK = "link"
    AUDIO = "audio"  # stored, hashed, not read; so are video and slides
    VIDEO = "video"
    SLIDES = "slides"
    REFUSED = "refused"  # could not be taken in; `Problem` says why


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The first and the last day on which the activity may have happened, both included."""

    start: date
    end: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Venue:
    """The store or event location. Degrees are WGS 84, `timezone` is an IANA name, `radius` metres.

    `id` names it in the program's list of venues, "" where the claim states the place itself.
    """

    name: str
    latitude: float | None = None
    longitude: float | None = None
    timezone: str | None = None
    radius: float = 500.0
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """An encoded reference picture of a brand kit; `role` is logo, sample, pack, retired or forbidden.

    A logo's `variant` is current, or badge: the one that a partner may carry, such as "authorised dealer".
    """

    name: str
    role: str
    data: bytes
    variant: str = "current"


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandKit:
    """What the vendor says a brand looks like. `competitor` kits are looked for, too, and kept apart.

    `names` begins with the brand's own name; aliases follow. `competitors` are ids or names of other kits.
    """

    id: str
    names: tuple[str, ...]
    pictures: tuple[Picture, ...] = ()
    colours: tuple[str, ...] = ()  # "#rrggbb"
    forbidden: tuple[str, ...] = ()  # longer words that hold the name and are not the brand
    competitor: bool = False
    competitors: tuple[str, ...] = ()
    min_share: float | None = None  # the least share of the picture that the program asks for, 0..1
    min_pixels: int | None = None  # the least length of the brand's longer side, in pixels of the photo as it was taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A partner's request to be reimbursed for one activity: the facts that were agreed or stated.

    What nobody stated stays None (`partner`: ""), as when a single file is looked at without a claim.
    """

    id: str
    activity: str
    partner: str = ""
    window: Window | None = None
    submitted_at: datetime | None = None
    tenant: str = "default"
    revision: int = 1
    program: str = "default"
    brand: str | None = None
    competitors: tuple[str, ...] = ()
    approved_at: date | None = None
    approved_amount: Decimal | None = None
    claimed_amount: Decimal | None = None
    currency: str | None = None
    tactic: str | None = None
    venue: Venue | None = None
    stated: Mapping[str, str] = field(default_factory=dict)  # figure -> as the partner wrote it, "sent": "12,400"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why an item could not be read, and what to send instead."""

    code: str  # the error's class name
    message: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One file or one link as it was handed in; `problem` where the file could not even be fetched."""

    name: str
    data: bytes = b""
    link: str | None = None
    slot: str | None = None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One POE item after intake. `digest` is the SHA-256 (hex) of the original bytes, or of the link's text."""

    id: str  # "<claim>/r<revision>/<number>"
    name: str
    kind: Kind
    media_type: str
    digest: str
    size: int
    slot: str | None = None
    slot_assumed: bool = False  # nobody stated the slot: it was chosen by kind and order
    link: str | None = None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What the claim says that an inspector may need; part of the cache key of an inspection.

    `questions` names what the activity asks of its items (`campaign_metrics`, `display`, `registrations` ...):
    an inspector of that name then applies. `submitted_at` bounds when the item can have been made. None is unknown.
    """

    activity: str
    program: str = "default"
    window: Window | None = None
    submitted_at: datetime | None = None
    questions: frozenset[str] = frozenset()
    brand_kits: tuple[BrandKit, ...] = ()
    venue: Venue | None = None
    stated: Mapping[str, str] = field(default_factory=dict)
