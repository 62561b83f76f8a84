"""From items to the claim: which item's hits count for each requirement. Never a mean: one extreme item decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal

from verifier.casefile import Bearing, Hit, Item, Policy, Requirement, Truth
from verifier.scoring import points

Judged = Sequence[tuple[Item, Sequence[Hit]]]
"""The items of a claim, in their order, each with its hits."""


def counted(judged: Judged, requirements: Mapping[str, Requirement], policy: Policy) -> tuple[Hit, ...]:
    """The hits that speak for the claim: of each requirement those of one item, with the item noted on them."""
    hits: list[Hit] = []
    for requirement in sorted({hit.requirement for _, own in judged for hit in own}):
        bundles = list(_bundles(judged, requirement).values())
        hits.extend(_deciding(bundles, requirements[requirement].across, policy))
    return tuple(hits)


def _bundles(judged: Judged, requirement: str) -> Mapping[str, tuple[Hit, ...]]:
    """The hits on one requirement by item, of those items that have any."""
    bundles = {}
    for item, own in judged:
        hits = tuple(replace(hit, item=item.id) for hit in own if hit.requirement == requirement)
        if hits:
            bundles[item.id] = hits
    return bundles


def _deciding(bundles: Sequence[tuple[Hit, ...]], across: Literal["best", "worst"], policy: Policy) -> tuple[Hit, ...]:
    """`best`: the item that supports most, or where none supports, the one that contradicts most. `worst`: the reverse.

    So more evidence of one kind never turns the sum the other way. A gate comes before any sum; what is settled before
    what is open; the earlier item before the later.
    """
    gated = [bundle for bundle in bundles if any(hit.gate and hit.truth is Truth.HOLDS for hit in bundle)]
    totals = [points.total(bundle, policy) for bundle in gated or bundles]
    wanted = 1 if across == "best" else -1
    sign = wanted if any(total * wanted > 0 for total in totals) else -wanted
    ranked = [(total * sign, _settled(bundle)) for total, bundle in zip(totals, gated or bundles, strict=True)]
    return (gated or bundles)[ranked.index(max(ranked))]


def _settled(hits: Sequence[Hit]) -> bool:
    return any(hit.truth is Truth.HOLDS and hit.bearing is not Bearing.INFORMS for hit in hits)


def is_open(requirement: Requirement, own: Sequence[Hit], judged: Judged = ()) -> bool:
    """Whether it stays undetermined: nothing supports it, and something cannot be told or nothing spoke at all.

    Over several items, one that supports it is enough where the best counts; where the worst counts, none may be open.
    """
    bundles = list(_bundles(judged, requirement.id).values())
    mine = tuple(hit for hit in own if hit.requirement == requirement.id)
    if requirement.across == "worst":
        return any(_is_open(bundle) for bundle in (*bundles, *((mine,) if mine or not bundles else ())))
    return _is_open([*mine, *(hit for bundle in bundles for hit in bundle)])


def _is_open(hits: Sequence[Hit]) -> bool:
    if any(hit.truth is Truth.HOLDS and hit.bearing is Bearing.SUPPORTS for hit in hits):
        return False
    return any(hit.truth is Truth.CANNOT_TELL for hit in hits) or not _settled(hits)
