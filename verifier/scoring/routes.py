"""Routes: where the machine sends an item or a claim, and why, in words. It never rejects: deciding is a person's.

`fast_track` needs a calibrated basis, which this scoring does not have: the mildest route is `quick_look`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from verifier.casefile import Activity, Assessment, Axis, Bearing, Hit, Item, Points, Policy, Requirement, Route, Truth
from verifier.scoring.points import probability

_STRICTNESS = {route: rank for rank, route in enumerate(Route)}  # Route lists them in rising strictness


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One circumstance that asks for a route, and the sentence that says why."""

    route: Route
    reason: str


def strictest(courses: Sequence[Course], mild: str) -> tuple[Route, tuple[str, ...]]:
    """The strictest route asked for and every reason, the strictest first; a quick look, for `mild`, if none is."""
    if not courses:
        return Route.QUICK_LOOK, (mild,)
    ordered = sorted(courses, key=lambda course: -_STRICTNESS[course.route])
    return ordered[0].route, tuple(dict.fromkeys(course.reason for course in ordered))


def because_of_gates(hits: Sequence[Hit], prefix: str = "") -> Iterator[Course]:
    """Hard requirements that are not met: weights cannot outvote them."""
    for hit in hits:
        if hit.gate and hit.truth is Truth.HOLDS:
            yield Course(route=Route.FULL_REVIEW, reason=_sentences(f"{prefix}{hit.title}: a hard requirement"))


def because_of_doubt(hits: Sequence[Hit], points: Sequence[Points], policy: Policy) -> Iterator[Course]:
    """What was found speaks against it. What is missing or illegible is asked for first, and not held against it."""
    lacking = {hit.rule for hit in hits if _lacks(hit)}
    weighed = [one for one in points if one.rule not in lacking]
    doubted = probability(weighed, policy.prior)
    if doubted >= policy.quick_look:
        return
    titles = {hit.rule: hit.title for hit in hits if not hit.gate}
    strongest = [titles[one.rule] for one in weighed if one.decibans < 0 and one.rule in titles][:2]
    if not strongest and any(because_of_gates(hits)):
        return  # the gates have had their own sentences
    why = "; ".join(strongest) or "Taken together, what was found does not carry it"
    limit = f"a probability of {percent(doubted)}, under the limit of {percent(policy.quick_look)}"
    yield Course(route=Route.FULL_REVIEW, reason=_sentences(f"{why}: {limit}"))


def because_of_lack(hits: Sequence[Hit]) -> Iterator[Course]:
    """Something is missing or illegible: what to send is said."""
    for hit in hits:
        if _lacks(hit):
            yield Course(route=Route.NEEDS_INPUT, reason=_sentences(hit.title, hit.ask))


def because_open(requirement: Requirement, hits: Sequence[Hit], ask: str = "") -> Course:
    """A requirement that must not stay open does: with the causes, and what to send."""
    unsure = [hit for hit in hits if hit.requirement == requirement.id and hit.truth is Truth.CANNOT_TELL]
    causes = list(dict.fromkeys(hit.title for hit in unsure)) or ["nothing that was sent shows it"]
    asks = list(dict.fromkeys(hit.ask for hit in unsure if hit.ask)) or [ask]
    return Course(route=Route.NEEDS_INPUT, reason=_sentences(f"{requirement.title}: {'; '.join(causes)}", *asks))


def because_refused(item: Item) -> Iterator[Course]:
    """An item that could not be read."""
    if item.problem is not None:
        what = f"{item.name} could not be read: {item.problem.message.rstrip('.')}."  # a file's name keeps its case
        yield Course(route=Route.NEEDS_INPUT, reason=" ".join((what, _sentences(item.problem.remedy))).rstrip())


def because_of_items(activity: Activity, items: Sequence[tuple[Item, Assessment]]) -> Iterator[Course]:
    """The routes of the items that fill required slots.

    An item that must be looked at in full takes its claim along. One that should be sent again does so only while its
    slot has not enough others: a surplus photo that is blurred is nobody's trouble.
    """
    named: dict[Course, list[str]] = {}
    for slot in activity.slots:
        filling = [(item, assessment) for item, assessment in items if item.slot == slot.id]
        lacking = [(item, assessment) for item, assessment in filling if assessment.route is Route.NEEDS_INPUT]
        doubted = [(item, assessment) for item, assessment in filling if assessment.route is Route.FULL_REVIEW]
        short = len(filling) - len(lacking) < slot.minimum
        for item, assessment in (*doubted, *(lacking if short else ())) if slot.minimum else ():
            course = Course(route=assessment.route, reason=assessment.reasons[0])
            named.setdefault(course, []).append(item.name)
    for course, names in named.items():
        yield Course(route=course.route, reason=f"{', '.join(names)}: {course.reason}")


def percent(probability: float) -> str:
    """A probability in words that never claim certainty."""
    if 0.005 <= probability < 0.995:
        return f"{probability:.0%}"
    return "less than 1%" if probability < 0.5 else "more than 99%"


def _lacks(hit: Hit) -> bool:
    contradicts = hit.truth is Truth.HOLDS and hit.bearing is Bearing.CONTRADICTS
    return contradicts and hit.axis is Axis.COMPLETENESS and not hit.gate


def _sentences(*parts: str) -> str:
    """The parts, each ended with a full stop and begun with a capital letter."""
    return " ".join(part[0].upper() + part[1:].rstrip(".") + "." for part in parts if part)
