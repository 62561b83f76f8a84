"""Weight of evidence: hits become points in decibans, correlated ones capped together; points become a probability.

I. J. Good, Probability and the Weighing of Evidence (1950): 10 log10 of the likelihood ratio, added to the prior's.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from verifier.casefile import Hit, Points, Policy, Truth


def weigh(hits: Sequence[Hit], policy: Policy) -> tuple[Points, ...]:
    """What each hit that HOLDS contributes, the strongest first.

    The members of a group that exceeds its cap shrink in proportion, so that they add up to the cap; a hit without a
    group stands alone. Then all groups that support shrink together to `support_cap`: what is in order elsewhere does
    not make good what is not. Hits that weigh nothing, or cannot be told, contribute no points.
    """
    groups: dict[tuple[str, int], list[Hit]] = {}
    for number, hit in enumerate(hits):
        if hit.truth is Truth.HOLDS and hit.weight != 0:
            groups.setdefault((hit.group, 0 if hit.group else number), []).append(hit)
    shares = {key: _share(key[0], members, policy) for key, members in groups.items()}
    nets = {key: shares[key] * math.fsum(hit.weight for hit in members) for key, members in groups.items()}
    support = math.fsum(net for net in nets.values() if net > 0)
    scale = min(1.0, policy.support_cap / support) if support else 1.0
    points = [
        Points(rule=hit.rule, decibans=hit.weight * shares[key] * (scale if nets[key] > 0 else 1.0), item=hit.item)
        for key, members in groups.items()
        for hit in members
    ]
    return tuple(sorted(points, key=lambda one: (-abs(one.decibans), one.rule, one.item)))


def _share(group: str, members: Sequence[Hit], policy: Policy) -> float:
    """By how much a group's members shrink: 1 within its cap, and for a hit that stands alone."""
    total = abs(math.fsum(hit.weight for hit in members))
    if not group or not total:
        return 1.0
    return min(1.0, policy.group_caps.get(group, policy.default_cap) / total)


def total(hits: Sequence[Hit], policy: Policy) -> float:
    """The sum of what hits contribute, in decibans."""
    return math.fsum(one.decibans for one in weigh(hits, policy))


def probability(points: Sequence[Points], prior: float) -> float:
    """The probability, 0..1, whose log-odds are the prior and the points together."""
    bels = math.fsum([prior, *(one.decibans for one in points)]) / 10.0
    odds_of_the_rarer: float = 10.0 ** -abs(bels)  # so that no sum overflows
    return (1.0 if bels >= 0 else odds_of_the_rarer) / (1.0 + odds_of_the_rarer)


def supposing(hits: Sequence[Hit], *, well: bool) -> tuple[Hit, ...]:
    """The hits as if everything that cannot be told had turned out for the claim (`well`) or against it."""
    return tuple(
        replace(hit, truth=Truth.HOLDS) if hit.truth is Truth.CANNOT_TELL and (hit.weight > 0) is well else hit
        for hit in hits
    )
