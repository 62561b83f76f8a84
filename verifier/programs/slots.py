"""Which item fills which slot of the activity, and what is therefore asked of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from verifier.casefile import Activity, BrandKit, Brief, Claim, Item, Slot
from verifier.errors import ClaimError
from verifier.programs.brands import choose


def fills(item: Item, slot: Slot) -> bool:
    """Whether the item counts towards the slot: it was put there, could be taken in, and is of a kind that fits."""
    return item.slot == slot.id and item.kind in slot.kinds


def assign_slots(activity: Activity, items: Sequence[Item]) -> tuple[Item, ...]:
    """The items, in their order; those without a stated slot get one that accepts their kind, and are marked so.

    The choosiest items go first (those that the fewest slots accept), then the earlier ones; each to the first slot
    that still needs one, else to the first that accepts it. Kinds are all that is looked at: two screenshots may well
    be swapped, so a claim does better to state its slots. Raises ClaimError on a slot that the activity does not have.
    """
    for item in items:
        if item.slot is not None and item.slot not in {slot.id for slot in activity.slots}:
            known = ", ".join(slot.id for slot in activity.slots)
            raise ClaimError(f"{item.name}: {activity.id} has no slot called {item.slot!r}", f"use one of: {known}")
    settled = {index: item for index, item in enumerate(items) if item.slot is not None}
    waiting = sorted(set(range(len(items))) - set(settled), key=lambda index: len(_accepting(activity, items[index])))
    for index in waiting:
        slot = _choose_slot(activity, items[index], tuple(settled.values()))
        settled[index] = replace(items[index], slot=slot.id, slot_assumed=True) if slot else items[index]
    return tuple(settled[index] for index in range(len(items)))


def _accepting(activity: Activity, item: Item) -> list[Slot]:
    return [slot for slot in activity.slots if item.kind in slot.kinds]


def _choose_slot(activity: Activity, item: Item, settled: Sequence[Item]) -> Slot | None:
    accepting = _accepting(activity, item)
    needy = [slot for slot in accepting if sum(fills(other, slot) for other in settled) < slot.minimum]
    return next(iter(needy or accepting), None)


def brief_of(claim: Claim, activity: Activity, item: Item, kits: Mapping[str, BrandKit]) -> Brief:
    """What the item's inspectors may know of its claim.

    Its slot puts the questions; an item without a slot is asked everything that slots of its kind ask. Brand kits go
    along where anything is asked: the claim's, or all that there are if it names no brand. Raises ClaimError when
    there are kits and none is the claim's brand.
    """
    slots = [slot for slot in activity.slots if slot.id == item.slot] or _accepting(activity, item)
    questions = frozenset[str]().union(*(slot.questions for slot in slots))
    return Brief(
        activity=activity.id,
        program=claim.program,
        window=claim.window,
        submitted_at=claim.submitted_at,
        questions=questions,
        brand_kits=_kits_for(claim, kits) if questions else (),
        venue=claim.venue,
        stated=claim.stated,
    )


def _kits_for(claim: Claim, kits: Mapping[str, BrandKit]) -> tuple[BrandKit, ...]:
    if not kits:
        return ()
    if claim.brand is None and not claim.competitors:
        return tuple(kits[name] for name in sorted(kits))
    return choose(kits, claim.brand, claim.competitors)
