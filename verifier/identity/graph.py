"""The graph of items and what they share: which claims hang together by cameras, documents and exposures.

It shows serial numbers and who handed in what, so it is for reviewers and operators only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from verifier.archive.filing import identities_of
from verifier.archive.protocol import Archive, Sighting
from verifier.identity.kinship import REACH

MOST_ITEMS = 100  # in one graph: an agency's phone took pictures for hundreds of claims


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """An item; `steps` from the one that was asked about, 0 for itself."""

    item: str
    claim: str
    partner: str
    submitted_at: datetime | None
    steps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tie:
    """An identity and the items that carry it. Of a roll, `numbers` are the items' file numbers in the same order."""

    kind: str
    value: str
    items: tuple[str, ...]
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """What hangs together with one item. `complete` is false where items were left out for their number."""

    item: str
    nodes: tuple[Node, ...]
    ties: tuple[Tie, ...]
    complete: bool = True


def around(archive: Archive, tenant: str, item: str, steps: int = 2) -> Graph | None:
    """The items that are at most so many steps away by shared identities; None where the archive has no such item."""
    own = [seen for seen in archive.sightings_of(tenant, item.partition("/r")[0]) if seen.item == item]
    if not own:
        return None
    found = {item: (own[0], 0)}
    ties: dict[tuple[str, str], dict[str, int | None]] = {}
    edge, complete = [own[0]], True
    while edge:
        sighting = edge.pop(0)
        away = found[sighting.item][1] + 1
        for identity in identities_of(sighting):
            holders = {one.item: one for one in archive.sharing(tenant, identity, reach=REACH)} if away <= steps else {}
            new = [one for name, one in holders.items() if name not in found]
            room = max(0, MOST_ITEMS - len(found))
            complete = complete and len(new) <= room
            found |= {one.item: (one, away) for one in new[:room]}
            edge.extend(new[:room])
            tie = ties.setdefault((identity.kind, identity.value), {})
            tie[sighting.item] = identity.number
    return Graph(
        item=item,
        nodes=tuple(_node(sighting, away) for sighting, away in found.values()),
        ties=tuple(_tie(kind, value, carriers) for (kind, value), carriers in ties.items()),
        complete=complete,
    )


def _tie(kind: str, value: str, carriers: Mapping[str, int | None]) -> Tie:
    numbers = tuple(number for number in carriers.values() if number is not None)
    return Tie(kind=kind, value=value, items=tuple(carriers), numbers=numbers)


def _node(sighting: Sighting, away: int) -> Node:
    return Node(
        item=sighting.item,
        claim=sighting.claim,
        partner=sighting.partner,
        submitted_at=sighting.submitted_at,
        steps=away,
    )
