"""Reports: what was found, why and where, complete in themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from verifier.casefile.claim import Claim, Item
from verifier.casefile.finding import Inspection
from verifier.casefile.judgement import Assessment, Hit

SCHEMA = "verifier.report/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class PageView:
    """The size of an upright page in pixels, and the digest of the preview on which its marks are drawn (scaled)."""

    index: int
    label: str
    width: int
    height: int
    preview: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemReport:
    """One item, judged."""

    item: Item
    pages: tuple[PageView, ...]
    inspections: tuple[Inspection, ...]
    hits: tuple[Hit, ...]
    assessment: Assessment


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimReport:
    """One claim, judged. Equal bytes, brief, rules, models and watermark give an equal report, `made_at` apart.

    `requirements` maps requirement ids to their titles; `rulebook` and `models` name versions by digest;
    `watermark` is the number of items that the archive held when this claim was compared with it.
    """

    schema: str
    claim: Claim
    digest: str
    items: tuple[ItemReport, ...]
    inspections: tuple[Inspection, ...]
    hits: tuple[Hit, ...]
    assessment: Assessment
    requirements: Mapping[str, str]
    rulebook: str
    pipeline: str
    models: Mapping[str, str]
    watermark: int
    made_at: datetime
