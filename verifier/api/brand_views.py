"""What the service answers about brands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from verifier.archive.kits import KeptKit
from verifier.programs.kit_strength import Strength


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandSummary:
    """A brand in use, and since when this version of it holds."""

    id: str
    version: int
    names: tuple[str, ...]
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandPicture:
    """A picture of the kit; `role` is logo, sample, pack, retired or forbidden, a logo's `variant` current or badge."""

    file: str
    role: str
    variant: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandAdvice:
    """How well the brand will be found, as measured on `n` photos of other brands, and what would help.

    Figures are null where nobody measured them with the embedding in use.

    `unusable` says of pictures that help nothing what to send instead.
    """

    expect: str
    found: int | None
    n: int | None
    low: float | None
    high: float | None
    advice: tuple[str, ...]
    unusable: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """A kit as it holds now; `strength` where it was just put."""

    id: str
    version: int
    names: tuple[str, ...]
    updated_at: datetime
    forbidden: tuple[str, ...]
    colours: tuple[str, ...]
    competitor: bool
    competitors: tuple[str, ...]
    min_share: float | None
    min_pixels: int | None
    pictures: tuple[BrandPicture, ...]
    strength: BrandAdvice | None = None


def summary(kept: KeptKit) -> BrandSummary:
    """Of a kit in use."""
    assert kept.content is not None  # noqa: S101 - it is in use
    return BrandSummary(id=kept.brand, version=kept.version, names=kept.content.facts.names, updated_at=kept.at)


def brand(kept: KeptKit, strength: Strength | None = None) -> Brand:
    """Of a kit in use."""
    assert kept.content is not None  # noqa: S101 - it is in use
    facts = kept.content.facts
    return Brand(
        id=kept.brand,
        version=kept.version,
        names=facts.names,
        updated_at=kept.at,
        forbidden=facts.forbidden,
        colours=facts.colours,
        competitor=facts.competitor,
        competitors=facts.competitors,
        min_share=facts.min_share,
        min_pixels=facts.min_pixels,
        pictures=tuple(
            BrandPicture(file=one.name, role=one.role, variant=one.variant) for one in kept.content.pictures
        ),
        strength=_advice(strength) if strength else None,
    )


def _advice(strength: Strength) -> BrandAdvice:
    measured = strength.recall
    return BrandAdvice(
        expect=strength.expect,
        found=measured.k if measured else None,
        n=measured.n if measured else None,
        low=measured.low if measured else None,
        high=measured.high if measured else None,
        advice=strength.advice,
        unusable={picture.name: picture.remedy for picture in strength.pictures if picture.remedy},
    )
