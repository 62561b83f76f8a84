"""The report in a terminal: a summary to read, and one line a claim for the demo."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group as Stack
from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from verifier.casefile import ClaimReport, ItemReport, Quote, Region, Route, Status
from verifier.reporting import facts, wording
from verifier.reporting.inert import inert
from verifier.reporting.reasons import Group, Reason, reasons_of, waterfall_of
from verifier.reporting.waterfall import Waterfall

_STYLES = {Route.FAST_TRACK: "green", Route.QUICK_LOOK: "green", Route.NEEDS_INPUT: "yellow", Route.FULL_REVIEW: "bold"}
_TONES = {"gate": "red", "unknown": "dim", "note": "dim"}
_TITLE = 64  # letters of a reason in one line: two of them and the score fit a wide terminal
_FIGURES = 12  # of one item: more than a screenful of figures is read on the page


def summary(report: ClaimReport) -> RenderableType:
    """What a person wants to know first: score and route, what was read, why, and what to ask."""
    reasons = reasons_of(report)
    parts: list[RenderableType] = [_claim_line(report), _line("  ".join(facts.header(report.claim)), "dim")]
    parts += [_line(f"  {sentence}") for sentence in report.assessment.reasons]
    parts += ["", _items(report.items)]
    for title, body in (
        ("read", _readings(report)),
        ("claim says, and what was found", _figures(report, reasons)),
        ("why (points in decibans)", _why(reasons, waterfall_of(report, reasons), len(report.items))),
        ("also seen", _noted(reasons, len(report.items))),
        ("cannot tell", _untold(reasons, len(report.items))),
        ("what to ask the partner", _asks(report, reasons)),
    ):
        if body is not None:
            parts += ["", _line(title, "bold"), Padding(body, (0, 0, 0, 2))]
    return Stack(*parts)


def one_line(report: ClaimReport) -> str:
    """`C-1042 r2  in store display   4  full review  −14.2 Seen before, mirrored; −4.8 Taken 3 days early`."""
    reasons = reasons_of(report)
    counted = [reason for reason in reasons if reason.group is Group.COUNTED]
    steps = waterfall_of(report, reasons).steps
    told = [f"{wording.decibans(step.tenths)} {_short(reason)}" for reason, step in zip(counted, steps, strict=True)]
    because = "; ".join((told or [_short(reason) for reason in reasons])[:2]) or "nothing spoke"
    claim, assessment = report.claim, report.assessment
    name = f"{claim.id} r{claim.revision}"
    route = wording.ROUTES[assessment.route]
    return inert(f"{name:<16} {wording.plain(claim.activity):<17} {assessment.score:>3}  {route:<12} {because}")


def _short(reason: Reason) -> str:
    return wording.shortened(reason.hit.title, _TITLE)


def _line(text: str, style: str = "") -> Text:
    return Text(inert(text), style=style)


def _claim_line(report: ClaimReport) -> Text:
    assessment = report.assessment
    reach = wording.reach(assessment.low, assessment.high)
    return Text.assemble(
        (inert(f"{report.claim.id} r{report.claim.revision}"), "bold"),
        "   score ",
        (str(assessment.score), "bold"),
        "   ",
        (wording.ROUTES[assessment.route], _STYLES[assessment.route]),
        (inert(f"   {reach}; {wording.basis(assessment.basis)}"), "dim"),
    )


def _items(entries: Sequence[ItemReport]) -> RenderableType:
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    for number, entry in enumerate(entries, start=1):
        item, assessment = entry.item, entry.assessment
        if item.problem:
            verdict = _line(f"not read: {item.problem.message}; {item.problem.remedy}", "yellow")
        else:
            verdict = Text(f"{assessment.score} {wording.ROUTES[assessment.route]}", _STYLES[assessment.route])
        about = "stored, hashed, not read" if wording.not_read(item.kind) else item.kind.value
        slot = wording.plain(item.slot) if item.slot else "no slot"
        table.add_row(str(number), _line(slot), _line(item.name), _line(about, "dim"), verdict)
    return table


def _readings(report: ClaimReport) -> RenderableType | None:
    """Figures and names that were read, by item: what quotes and regions say."""
    lines = []
    for number, entry in enumerate(report.items, start=1):
        said = list(dict.fromkeys(_said(entry)))
        rest = f" … {len(said) - _FIGURES} more" if len(said) > _FIGURES else ""
        if said:
            lines.append(_line(f"item {number}: {'  '.join(said[:_FIGURES])}{rest}"))
    return Stack(*lines) if lines else None


def _figures(report: ClaimReport, reasons: Sequence[Reason]) -> RenderableType | None:
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    for figure in facts.figures(report, reasons):
        found = ", ".join(dict.fromkeys(text for text, _, _ in figure.found))
        table.add_row(_line(figure.name), _line(figure.says), _line(found) if found else Text("not read", "dim"))
    return table if table.row_count else None


def _said(entry: ItemReport) -> Iterator[str]:
    for inspection in entry.inspections:
        for finding in inspection.findings:
            for mark in finding.marks if finding.status is Status.MEASURED else ():  # the rest is a hint, not a reading
                if isinstance(mark, Quote):
                    stated = f" (claim {mark.expected})" if mark.expected is not None else ""
                    yield f"{mark.label} {mark.text}{stated}".strip()
                elif isinstance(mark, Region):
                    yield mark.label


def _why(reasons: Sequence[Reason], fall: Waterfall, items: int) -> RenderableType:
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
    table.add_column(justify="right")
    table.add_column(justify="right")
    table.add_row("", wording.decibans(fall.prior.tenths), Text("before looking (prior)", "dim"))
    counted = [reason for reason in reasons if reason.group is Group.COUNTED]
    for reason, step in zip(counted, fall.steps, strict=True):
        title = _line(_titled(reason, items), _TONES.get(reason.tone, ""))
        table.add_row(str(reason.number), wording.decibans(step.tenths), title)
    table.add_row("", Text(wording.decibans(fall.total.tenths), "bold"), Text("together", "bold"))
    return table


def _noted(reasons: Sequence[Reason], items: int) -> RenderableType | None:
    told = dict.fromkeys(_titled(reason, items) for reason in reasons if reason.group is Group.NOTED)
    return Stack(*(_line(one, _TONES["note"]) for one in told)) if told else None


def _untold(reasons: Sequence[Reason], items: int) -> RenderableType | None:
    told = []
    for reason in reasons:
        if reason.group is Group.UNKNOWN:
            causes = "".join(f" ({cause})" for cause in reason.causes if cause not in reason.hit.title)
            told.append(_titled(reason, items) + causes)
    return Stack(*(_line(one, "dim") for one in dict.fromkeys(told))) if told else None


def _asks(report: ClaimReport, reasons: Sequence[Reason]) -> RenderableType | None:
    asks = facts.asks(report, reasons)
    lines = [_line(f"- {ask.text}{_of_items(ask.items)}") for ask in asks]
    missing = facts.missing(report)
    first = [_line(f"missing: {missing}", "yellow")] if missing else []
    return Stack(*first, *lines) if lines or missing else None


def _titled(reason: Reason, items: int) -> str:
    number = wording.item_number(reason.hit)
    hard = "hard requirement: " if reason.tone == "gate" else ""
    return f"{hard}{reason.hit.title}{f' [item {number}]' if number and items > 1 else ''}"


def _of_items(items: Sequence[int]) -> str:
    return f" (item {', '.join(map(str, items))})" if items else ""
