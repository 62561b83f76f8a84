"""Report pairs: honest reports of one template, rendered: other campaigns, later sends, and updates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from random import Random

from benchmarks.mountings import Picture
from fixtures.make import dashboards
from fixtures.make.campaign import Campaign

_THINGS = ("Spring", "Harbour", "Copper", "Winter", "Garden", "Studio", "Terrace", "Weekend", "Workshop", "Lantern")
_KINDS = ("lighting", "offers", "news", "launch", "days", "letter", "clearance", "preview")
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October")
_RESENT = 0.35  # of reports: the next month's send of a newsletter that was reported before
TEMPLATES = ("cards", "donut", "list", "table")


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A rendered report; `later` is the same campaign read out some days after, its opens and clicks having grown."""

    name: str
    template: str
    picture: Picture
    later: Picture


def rendered(number: int, random: Random) -> Iterator[Report]:
    """That many reports of each template."""
    for template in TEMPLATES:
        sent: list[Campaign] = []
        for n in range(number):
            own = resent(random.choice(sent), random) if sent and random.random() < _RESENT else campaign(random)
            sent.append(own)
            yield Report(
                name=f"{template} {n}",
                template=template,
                picture=_drawn(template, own),
                later=_drawn(template, grown(own, random)),
            )


def _drawn(template: str, campaign: Campaign) -> Picture:
    if template == "table":
        return dashboards.table(_segments(campaign))
    if template == "list":
        return dashboards.german_list(campaign)
    return (dashboards.light_cards if template == "cards" else dashboards.dark_donut)(campaign)[0]


def _segments(campaign: Campaign) -> list[Campaign]:
    """The campaign's recipients in three lists."""
    shares = ((0.47, "North"), (0.33, "South"), (0.2, "Abroad"))
    counts = ("sent", "bounces", "unique_opens", "opens", "unique_clicks", "clicks", "unsubscribes")
    return [
        replace(campaign, name=f"List {name}", **{key: 1 + round(share * getattr(campaign, key)) for key in counts})
        for share, name in shares
    ]


def campaign(random: Random) -> Campaign:
    """Another campaign."""
    name = f"{random.choice(_THINGS)} {random.choice(_KINDS)} {random.choice((2025, 2026))}"
    subject = f"{random.choice(_THINGS)} {random.choice(_KINDS)} by Nordlicht"
    return _opened(random, name, subject, sent=round(10 ** random.uniform(3.1, 4.9)))


def resent(before: Campaign, random: Random) -> Campaign:
    """The newsletter's next issue: the same name and subject to nearly as many people."""
    return _opened(random, before.name, before.subject, sent=round(before.sent * random.uniform(0.98, 1.03)))


def _opened(random: Random, name: str, subject: str, sent: int) -> Campaign:
    bounces = round(sent * random.uniform(0.002, 0.03))
    unique_opens = round((sent - bounces) * random.uniform(0.12, 0.45))
    unique_clicks = round(unique_opens * random.uniform(0.05, 0.25))
    return Campaign(
        name=name,
        subject=subject,
        date=f"{random.randint(1, 28)} {random.choice(_MONTHS)} 2026",
        sent=sent,
        bounces=bounces,
        unique_opens=unique_opens,
        opens=round(unique_opens * random.uniform(1.2, 1.8)),
        unique_clicks=unique_clicks,
        clicks=round(unique_clicks * random.uniform(1.1, 1.5)),
        unsubscribes=round(sent * random.uniform(0.0005, 0.004)),
    )


def grown(campaign: Campaign, random: Random) -> Campaign:
    """Some days later: more opens, more clicks, a leaver or two; what was sent stays sent."""
    more = random.uniform(0.02, 0.2)
    counts = ("unique_opens", "opens", "unique_clicks", "clicks")
    more_of = {key: round(getattr(campaign, key) * (1 + more * random.uniform(0.7, 1.1))) + 1 for key in counts}
    return replace(campaign, **more_of, unsubscribes=campaign.unsubscribes + random.randint(0, 2))
