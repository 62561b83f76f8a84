"""A claim on one screen: one item's pages with their marks, twins beside them, the verdict, and what was decided."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from verifier.archive.users import User
from verifier.casefile import ClaimReport, Decision, Lookalike, Outcome, Route
from verifier.decisions import Turn, Waiting, payable, prefilled, report_name, standing, turn
from verifier.decisions.standing import in_force
from verifier.reporting import html, twins, wording
from verifier.reporting.reasons import Group
from verifier.reporting.tags import join
from verifier.reporting.view import Card, Exhibit, View, view
from verifier.review.pictures import named_by, picture_address
from verifier.review.queue_page import Where, address, due, part
from verifier.review.room import NotHere, Room

_DUE = {Turn.PARTNER: "waits for the partner", Turn.NOBODY: ""}
ENDS = {Outcome.ACCEPT: "accepted", Outcome.REJECT: "rejected", Outcome.ASK: "sent back to the partner"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """An item in the strip along the bottom: how the machine sends it, and what was decided on it."""

    number: int
    title: str
    route: Route
    refused: bool
    decided: Decision | None
    chosen: bool
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Twin:
    """An earlier picture beside this one. `map` takes pixels of page `leaf` to its own, row-major; `grow` is how much
    it is enlarged so that what both share is as large in both."""

    card: Card
    mark: Lookalike
    uri: str
    leaf: str
    map: str
    grow: float
    there: str
    differs: Markup
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in the queue a claim stands, and its neighbours' addresses ("" where there is none)."""

    number: int
    count: int
    previous: str
    next: str
    due: str
    late: bool


def claim_page(
    room: Room, user: User, report: ClaimReport, item: int | None, where: Where, root: str
) -> Mapping[str, Any]:
    """What the template of the page is filled with. Raises NotHere for an item that the claim has not."""
    claim, tenant = report.claim, user.tenant
    known = named_by(report)
    shown = view(report, lambda digest: picture_address(root, report, digest) if digest in known else "")
    homes = _homes(report, shown)
    chosen = _chosen(report, shown, homes) if item is None else item
    if not 0 <= chosen <= len(report.items) or (chosen == 0 and report.items):
        raise NotHere("this claim has no such item", "choose one of its items")
    here, whole = (next((one for one in shown.exhibits if one.number == n), None) for n in (chosen or -1, 0))
    exhibits = [one for one in (here, whole) if one]
    history = room.history(tenant, claim.id)
    newest = room.report(tenant, claim.id).claim.revision
    late = room.archive.links(tenant, claim.id)
    waiting = Waiting(report=report, standing=standing(history), events=tuple(link.at for link in late))

    def item_at(number: int) -> str:
        return "#stage" if number == chosen else address(root, claim.id, where, revision=claim.revision, item=number)

    def reason_at(number: int) -> str:
        home = homes.get(number, 0)
        return f"#r{number}" if home in (0, chosen) else f"{item_at(home)}#r{number}"

    found = tuple(chain.from_iterable(_twins(one, report, known, root) for one in exhibits))
    paired = {twin.card.id for twin in found}
    return {
        **html.told(report, shown),
        "item_at": item_at,
        "reason_at": reason_at,
        "exhibit": here,
        "whole": whole,
        "twins": found,
        "beside": [card for one in exhibits for card in one.cards if card.id not in paired],
        "more": [card for one in exhibits for card in one.more if card.id not in paired],
        "asides": here.asides if here else (),
        "following": chosen % max(1, len(report.items)) + 1,
        "chips": _chips(report, history, chosen, item_at),
        "place": _place(room, tenant, waiting, where, root),
        "queue": f"{root}/?{urlencode(where.query)}",
        "where": where,
        "late": [(link, address(root, link.earlier_claim, where)) for link in late],
        "newest": newest,
        "newest_at": address(root, claim.id, where),
        "address": address(root, claim.id, where, revision=claim.revision, item=chosen),
        "lit": len(shown.reasons),
        **_deciding(report, history, user),
    }


def _deciding(report: ClaimReport, history: Sequence[Decision], user: User) -> Mapping[str, Any]:
    """What the forms and the log are filled with. `mine`: whether there is anything that this user may undo."""
    lines = [line for line in history if line.revision == report.claim.revision]
    stands = standing(lines)
    return {
        "stands": stands,
        "log": tuple(reversed(history)),
        "in_force": frozenset(line.sequence for line in in_force(history)),
        "mine": any(line.by == user.name for line in in_force(lines)),
        "after": stands.newest,
        "seen": report_name(report),
        "payable": payable(report.claim),
        "ask": prefilled(report),
        "ends": ENDS,
    }


def _homes(report: ClaimReport, shown: View) -> Mapping[int, int]:
    """Reason -> the item that it is about: that of the mark that it lights first; 0 is the claim, on every page."""
    by_mark = {card.id: one.number for one in shown.exhibits for card in (*one.cards, *one.more)}
    by_item = {entry.item.id: number for number, entry in enumerate(report.items, start=1)}
    return {
        reason.number: by_mark.get(next(iter(shown.marks[reason.number]), ""), by_item.get(reason.owner, 0))
        for reason in shown.reasons
    }


def _chosen(report: ClaimReport, shown: View, homes: Mapping[int, int]) -> int:
    """The item to begin with: what speaks against the claim first, or else the first one with a picture."""
    against = (r.number for r in shown.reasons if r.tone in ("gate", "against") and r.group is Group.COUNTED)
    pictured = (one.number for one in shown.exhibits if one.leaves)
    first = next((homes[number] for number in against if homes.get(number)), None)
    return first or next(pictured, min(1, len(report.items)))


def _twins(exhibit: Exhibit, report: ClaimReport, known: frozenset[str], root: str) -> tuple[Twin, ...]:
    """The lookalikes of an exhibit whose picture may be shown here; what no reason rests on comes last."""
    leaves = {leaf.key.rpartition("-")[2]: leaf for leaf in exhibit.leaves}
    found = []
    for card in (*exhibit.cards, *exhibit.more):
        mark = card.mark
        if not isinstance(mark, Lookalike) or mark.other_preview not in known or not mark.other_width:
            continue
        leaf = leaves.get(str(mark.page))
        found.append(
            Twin(
                card=card,
                mark=mark,
                uri=picture_address(root, report, mark.other_preview),
                leaf=leaf.key if leaf else "",
                map=" ".join(f"{entry:.9g}" for entry in mark.homography) if len(mark.homography) == 9 else "",
                grow=twins.growth(mark.here, mark.there),
                there=twins.points(mark.there),
                differs=join(*map(twins.rectangle, mark.there_differs)),
                words=twins.words(mark, leaf.width * leaf.height if leaf else 0, mark.other_width * mark.other_height),
            )
        )
    return tuple(found)


def _chips(
    report: ClaimReport, history: Sequence[Decision], chosen: int, item_at: Callable[[int], str]
) -> tuple[Chip, ...]:
    stands = standing(line for line in history if line.revision == report.claim.revision)
    return tuple(
        Chip(
            number=number,
            title=wording.plain(entry.item.slot or entry.item.kind),
            route=entry.assessment.route,
            refused=entry.item.problem is not None,
            decided=stands.items.get(entry.item.id),
            chosen=number == chosen,
            link=item_at(number),
        )
        for number, entry in enumerate(report.items, start=1)
    )


def _place(room: Room, tenant: str, here: Waiting, where: Where, root: str) -> Place:
    """A claim that was just decided keeps its neighbours: the place that it would have if it were still open."""
    id_ = here.report.claim.id
    names = [one.claim.id for one in part(room, tenant, where, undecided=id_)]
    at = names.index(id_) if id_ in names else -1
    after = names[at + 1 : at + 2]  # the first of all, where this claim is in another part of the queue
    text, late = due(here, room.clock())
    return Place(
        number=at + 1,
        count=len(names),
        previous=address(root, names[at - 1], where) if at > 0 else "",
        next=address(root, after[0], where) if after else "",
        due=_DUE.get(turn(here), text),
        late=late and turn(here) is Turn.PERSON,
    )
