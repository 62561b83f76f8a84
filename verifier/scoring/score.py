"""The score: hits of an item or a claim become an assessment - points, probability, axes, a route and its reasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from verifier.casefile import Activity, Assessment, Axis, Bearing, Hit, Item, Points, Policy, Requirement, Truth
from verifier.scoring import across, points, routes
from verifier.scoring.routes import Course

BASIS = "expert"
"""The weights are experts' priors; no decision of a reviewer has been learnt from yet."""

Assessed = Sequence[tuple[Item, Sequence[Hit], Assessment]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoring:
    """Weighs hits by a vendor's policy."""

    policy: Policy
    requirements: Mapping[str, Requirement]

    def assess_item(self, activity: Activity, item: Item, hits: Sequence[Hit]) -> Assessment:
        """One item by itself: only what its own slot requires of it must not stay open."""
        contributions = points.weigh(hits, self.policy)
        slot = next((slot for slot in activity.slots if slot.id == item.slot), None)
        if item.problem is not None:
            courses = list(routes.because_refused(item))
        else:
            courses = self._courses(hits, contributions)
            for name in sorted(slot.required) if slot else ():
                if across.is_open(self.requirements[name], hits):
                    courses.append(routes.because_open(self.requirements[name], hits, slot.ask if slot else ""))
        bounds = [points.weigh(points.supposing(hits, well=well), self.policy) for well in (False, True)]
        return self._assessment(hits, contributions, bounds, courses)

    def assess_claim(
        self, activity: Activity, claim_hits: Sequence[Hit], items: Assessed
    ) -> tuple[tuple[Hit, ...], Assessment]:
        """The claim: its own hits and, of each requirement, those of the one item that decides it; and their sum.

        The hits that counted come back with it. Its route is the strictest of its gates, what speaks against it, its
        required requirements, and the items in required slots.
        """
        judged = [(item, hits) for item, hits, _ in items]
        hits = self._counted(claim_hits, judged)
        contributions = points.weigh(hits, self.policy)
        courses = self._courses(hits, contributions)
        courses.extend(self._open_courses(activity, claim_hits, judged))
        courses.extend(routes.because_of_items(activity, self._among_others(activity, items, hits)))
        bounds = []
        for well in (False, True):
            supposed = [(item, points.supposing(own, well=well)) for item, own in judged]
            counted = self._counted(points.supposing(claim_hits, well=well), supposed)
            bounds.append(points.weigh(counted, self.policy))
        return hits, self._assessment(hits, contributions, bounds, courses)

    def _among_others(
        self, activity: Activity, items: Assessed, counted: Sequence[Hit]
    ) -> Sequence[tuple[Item, Assessment]]:
        """The items, each assessed as one of several: where the best counts and another item supports a requirement,
        an item is excused for speaking against it, unless its own slot requires it of every item."""
        supported = {hit.requirement for hit in counted if hit.truth is Truth.HOLDS and hit.weight > 0 and hit.item}
        excusable = {name for name in supported if self.requirements[name].across == "best"}
        required = {slot.id: slot.required for slot in activity.slots}
        among = []
        for item, hits, assessment in items:
            excused = excusable - required.get(item.slot or "", frozenset())
            kept = [hit for hit in hits if hit.requirement not in excused or hit.weight >= 0]
            again = assessment if len(kept) == len(hits) else self.assess_item(activity, item, kept)
            among.append((item, again))
        return among

    def _counted(self, claim_hits: Sequence[Hit], judged: across.Judged) -> tuple[Hit, ...]:
        return (*claim_hits, *across.counted(judged, self.requirements, self.policy))

    def _courses(self, hits: Sequence[Hit], contributions: Sequence[Points]) -> list[Course]:
        return [
            *routes.because_of_gates(hits),
            *routes.because_of_doubt(hits, contributions, self.policy),
            *routes.because_of_lack(hits),
        ]

    def _open_courses(self, activity: Activity, claim_hits: Sequence[Hit], judged: across.Judged) -> Iterable[Course]:
        everything = [*claim_hits, *(hit for _, hits in judged for hit in hits)]
        for name in sorted(activity.required):
            requirement = self.requirements[name]
            if across.is_open(requirement, claim_hits, judged):
                yield routes.because_open(requirement, everything)

    def _assessment(
        self,
        hits: Sequence[Hit],
        contributions: tuple[Points, ...],
        bounds: Sequence[Sequence[Points]],
        courses: Sequence[Course],
    ) -> Assessment:
        prior = self.policy.prior
        probability = points.probability(contributions, prior)
        low, high = (points.probability(bound, prior) for bound in bounds)
        mild = (
            f"Nothing required is open, and the probability of {routes.percent(probability)} is not under the limit of "
            f"{routes.percent(self.policy.quick_look)}. A person still looks, since the score is not calibrated."
        )
        route, reasons = routes.strictest(courses, mild)
        return Assessment(
            probability=probability,
            low=min(low, probability),  # a group's cap over several requirements can turn a bound by a hair
            high=max(high, probability),
            score=round(100 * probability),
            prior=prior,
            points=contributions,
            route=route,
            reasons=reasons,
            axes={axis: self._axis(axis, hits, contributions) for axis in Axis},
            basis=BASIS,
        )

    def _axis(self, axis: Axis, hits: Sequence[Hit], contributions: Sequence[Points]) -> int | None:
        """The score, 0-100, as if only this axis had been looked at; None if nothing spoke to it."""
        spoke = {
            (hit.rule, hit.item)
            for hit in hits
            if hit.axis is axis and hit.truth is Truth.HOLDS and hit.bearing is not Bearing.INFORMS
        }
        own = [one for one in contributions if (one.rule, one.item) in spoke]
        return round(100 * points.probability(own, self.policy.prior)) if own else None
