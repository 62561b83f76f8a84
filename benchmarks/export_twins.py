"""Exports: is an edited table found with the cell named, and are honest exports of one platform left alone?

Tables of four platforms are drawn: one campaign or several, newsletters that go to one list week by week with them.
Each is submitted; two of one platform are honest. Then each is edited in several ways, carried over another format
(other order of rows, other columns, numbers written plainly) and submitted by another partner. A list that has grown
by the next campaign is honest, too; so is a campaign that was read out again, which is asked about.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from benchmarks import record
from benchmarks.report_pairs import campaign, grown, resent
from benchmarks.submitting import ACCUSES, AGAIN, Answer, Office
from benchmarks.tallying import Tally
from fixtures.make.campaign import Campaign

Rows = list[list[str]]
EXPORTS = 40  # of each platform: 780 pairs each
_RESENT = 0.35  # of campaigns: the next issue of one that was exported before
_NAMES = ("Harbour lights 2026", "Tarnwick garden week", "Kestrel autumn news", "Oakfen dealer letter")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """A table with something changed: the texts before and after, "" for a row that is gone."""

    rows: Rows
    changed: tuple[tuple[str, str], ...]


def _wide(c: Campaign) -> dict[str, str]:
    f = c.figures()
    return {
        "Campaign": c.name, "Subject": c.subject, "Send Date": c.date, "Sent": str(c.sent),
        "Delivered": str(c.delivered), "Bounces": str(c.bounces), "Total Opens": str(c.opens),
        "Unique Opens": str(c.unique_opens), "Open Rate": f["open_rate"], "Total Clicks": str(c.clicks),
        "Unique Clicks": str(c.unique_clicks), "Click Rate": f["click_rate"], "Unsubscribes": str(c.unsubscribes),
    }  # fmt: skip


def _narrow(c: Campaign) -> dict[str, str]:
    f = c.figures()
    return {"Name": c.name, "Recipients": f["sent"], "Opens": f["unique_opens"], "Clicks": f["unique_clicks"]}


def _plain(c: Campaign) -> dict[str, str]:
    """A workbook's: rates are fractions, an account's number stands in every row."""
    return {
        "Account": "7402118365", "Title": c.name, "Emails sent": str(c.sent), "Openers": str(c.unique_opens),
        "Open rate": f"{c.unique_opens / c.delivered:.4f}", "Clickers": str(c.unique_clicks),
        "Click rate": f"{c.unique_clicks / c.delivered:.4f}", "Opt-outs": str(c.unsubscribes),
    }  # fmt: skip


def _table(cells: Callable[[Campaign], Mapping[str, str]]) -> Callable[[Sequence[Campaign]], Rows]:
    return lambda sent: [list(cells(sent[0])), *(list(cells(c).values()) for c in sent)]


def _listed(sent: Sequence[Campaign]) -> Rows:
    """Labels beside their figures, of one campaign."""
    return [["Metric", "Value"], *([name, value] for name, value in _wide(sent[0]).items())]


_PLATFORMS: Mapping[str, Callable[[Sequence[Campaign]], Rows]] = {
    "wide": _table(_wide),
    "narrow": _table(_narrow),
    "plain": _table(_plain),
    "list": _listed,
}

_CAMPAIGNS = {"wide": (1, 6), "narrow": (3, 6), "plain": (1, 6), "list": (1, 1)}


def measure(random: Random, number: int = EXPORTS) -> Mapping[str, Any]:
    """All figures of this part."""
    office, tally = Office(), Tally()
    for platform, written in _PLATFORMS.items():
        earlier: list[str] = []
        sent: list[Campaign] = []
        for n in range(number):
            table = [_drawn(sent, random) for _ in range(random.randint(*_CAMPAIGNS[platform]))]
            name = f"{platform} {n}"
            _honest(tally, office.submit_table(name, "Partner A", written(table), keep=True), name, earlier)
            earlier.append(name)
            _later(tally, office, name, written, table, random)
            for kind, edit in _EDITS.items():
                _edit(tally, office, name, written(table), (kind, edit), random)
    return {
        "found": tally.share("found"),
        "field_named": tally.share("named"),
        "told": tally.share("told"),
        "field_named_by_edit": tally.shares("named "),
        "honest_false": tally.share("honest"),
        "honest_accused": tally.share("accused"),
        "read_out_again_accused": tally.share("update accused"),
        "read_out_again_told": tally.share("update"),
        "missed": tally.missed,
    }


def _drawn(sent: list[Campaign], random: Random) -> Campaign:
    own = resent(random.choice(sent), random) if sent and random.random() < _RESENT else campaign(random)
    sent.append(own)
    return own


def _honest(tally: Tally, answer: Answer, name: str, earlier: Sequence[str]) -> None:
    shown, accused = answer.claims_of(*ACCUSES, AGAIN) | answer.asked, answer.claims_of(*ACCUSES)
    for other in earlier:
        tally.count("honest", other in shown)
        tally.count("accused", other in accused)
        if other in shown:
            tally.missed.append(f"{name} is honest, and shown beside {other}: {answer.told()}")


def _later(
    tally: Tally, office: Office, name: str, written: Callable[[Sequence[Campaign]], Rows],
    table: Sequence[Campaign], random: Random,
) -> None:  # fmt: skip
    """The list with one campaign more, and the same campaigns some days later."""
    if written is not _listed:
        answer = office.submit_table(f"{name} more", "Partner A", written([*table, campaign(random)]), keep=False)
        _honest(tally, answer, f"{name} and one campaign more", [name])
    answer = office.submit_table(f"{name} later", "Partner A", written([grown(c, random) for c in table]), keep=False)
    tally.count("update", name in answer.claims_of(AGAIN))
    tally.count("update accused", name in answer.claims_of(*ACCUSES))


def _edit(
    tally: Tally, office: Office, name: str, rows: Rows,
    way: tuple[str, Callable[[Rows, Random], Edited | None]], random: Random,
) -> None:  # fmt: skip
    kind, edit = way
    edited = edit(rows, random)
    if edited is None:
        return
    answer = office.submit_table(f"{name} {kind}", "Partner B", _carried(edited.rows, random), keep=False)
    told = name in answer.claims_of(*ACCUSES, AGAIN)
    found = told or name in answer.asked
    named = found and all(_says(answer, *change) for change in edited.changed)
    tally.count("told", told)
    tally.count("found", found)
    tally.count("named", named)
    tally.count(f"named {kind}", named)
    if not named:
        tally.missed.append(f"{name}, {kind}: {edited.changed}: {answer.told()} {answer.rows()[:5]}")


def _says(answer: Answer, old: str, new: str) -> bool:
    """Whether a row with a label holds both; a removed row is told as a whole."""
    wanted = (old.casefold(), new.casefold())
    told = [(label, before.casefold(), after.casefold()) for label, before, after in answer.rows()]
    return any(
        label and ((before, after) == wanted or (not new and wanted[0] in before)) for label, before, after in told
    )


def _carried(rows: Rows, random: Random) -> Rows:
    """As another program writes it."""
    if len(rows[0]) == 2 or random.random() < 0.5:
        return rows
    head, body = rows[0], rows[1:]
    order = random.sample(range(len(head)), len(head))
    random.shuffle(body)
    return [[row[n] for n in order] for row in (head, *body)]


def _figures(rows: Rows) -> list[tuple[int, int]]:
    """Cells with a figure that is worth changing, the account's number apart."""
    return [
        (n, k) for n, row in enumerate(rows) for k, cell in enumerate(row)
        if n and sum(map(str.isdigit, cell)) >= 2 and not any(map(str.isalpha, cell)) and len(cell) < 10
    ]  # fmt: skip


def _with(rows: Rows, place: tuple[int, int], new: str) -> Edited:
    row, column = place
    copy = [list(cells) for cells in rows]
    copy[row][column] = new
    return Edited(rows=copy, changed=((rows[row][column], new),))


def _one_digit(rows: Rows, random: Random) -> Edited | None:
    row, column = random.choice(_figures(rows))
    old = rows[row][column]
    at = random.choice([n for n, sign in enumerate(old) if sign.isdigit()])
    sign = random.choice([digit for digit in "123456789" if digit != old[at]])
    return _with(rows, (row, column), old[:at] + sign + old[at + 1 :])


def _longer(rows: Rows, random: Random) -> Edited | None:
    counts = [(n, k) for n, k in _figures(rows) if rows[n][k].isdigit()]
    if not counts:
        return None
    row, column = random.choice(counts)
    return _with(rows, (row, column), random.choice("123456789") + rows[row][column])


def _two(rows: Rows, random: Random) -> Edited | None:
    first = _one_digit(rows, random)
    second = _one_digit(first.rows, random) if first else None
    if first is None or second is None or second.changed[0][0] == first.changed[0][1]:
        return None
    return replace(second, changed=(*first.changed, *second.changed))


def _renamed(rows: Rows, random: Random) -> Edited | None:
    named = [
        (n, k) for n, row in enumerate(rows) for k, cell in enumerate(row) if n and cell.endswith(("2025", "2026"))
    ]
    named = [(n, k) for n, k in named if rows[n][k][0].isalpha()]
    return _with(rows, random.choice(named), random.choice(_NAMES)) if named else None


def _row_removed(rows: Rows, random: Random) -> Edited | None:
    if len(rows) < 3 or len(rows[0]) == 2:
        return None
    gone = random.randrange(1, len(rows))
    figure = max(rows[gone], key=lambda cell: sum(map(str.isdigit, cell)) * (len(cell) < 10))
    return Edited(rows=[row for n, row in enumerate(rows) if n != gone], changed=((figure, ""),))


_EDITS: Mapping[str, Callable[[Rows, Random], Edited | None]] = {
    "one digit": _one_digit,
    "longer figure": _longer,
    "two figures": _two,
    "campaign name": _renamed,
    "row removed": _row_removed,
}


def main() -> None:
    """This part alone."""
    asked = record.parser(__doc__ or "").parse_args()
    record.tell("exports", dict(measure(Random(asked.seed))), data="drawn", write=asked.record)


if __name__ == "__main__":
    main()
