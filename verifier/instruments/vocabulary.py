"""What words on a report mean: labels of figures, channels and platforms, in the languages of the phrasebook."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import takewhile
from typing import Literal

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from verifier.instruments.phrasebook import Phrasebook, phrasebook, plain, words

_HALF_LETTER = 6  # letters from which the last one may be half a letter, misread
_WRONG_LETTERS = 1  # that the reader may have put into a name, if the name is not short: "sent" is "send" is "spent"
_FUZZY_LENGTH = 7
_CUT = re.compile(r"\s*(?:\.{2,}|…|\.$)\s*$")
_SHORTENED = re.compile(r"[^.…]\.$")  # "Cost / conv.": a name that ends so
_MONTH_LETTERS, _LAST_DAY, _LONGEST_DAY = 3, 31, 4  # "Sunday 28 April 2019" has four words
_FIRST, _SHORTEST = 2, 4  # words: "Day 5"; "t.o.v. vorige" has four
_LONGEST_LABEL = 7  # words; a longer line is a sentence

Kind = Literal["count", "rate", "amount"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """A label understood: the figure, its modifiers, and how surely (0..1). `weak` names need company on the page."""

    figure: str
    unique: bool
    rate: bool
    strength: float
    weak: bool = False

    def key(self, kind: Kind) -> str | None:
        """The key of a count or a rate under this label: "unique_open_rate"; None where there is no such figure."""
        entry = phrasebook().figures[self.figure]
        key = entry.get(f"unique_{kind}") if self.unique else None
        return key or entry.get(kind)


def understand(label: str) -> Meaning | None:
    """The figure that `label` names ("# Unique opens:", "Öffnungsrate", "Bounces + …"), or None."""
    return _understand(label.strip().casefold())


@cache
def _understand(label: str) -> Meaning | None:
    head, colon, _ = label.partition(" : ")
    if _base().match(head) or any(plain(head).startswith(phrase) for phrase in phrasebook().sent_on):
        return None
    cut = bool(_CUT.search(head)) and not head.endswith("e-mail.")
    shortened = cut and bool(_SHORTENED.search(head)) and plain(head) in phrasebook().names
    whole = None if cut and not shortened else _whole(head)
    meaning = whole or (_begun(_CUT.sub("", head)) if cut else None)
    if meaning is not None and colon:
        return replace(meaning, strength=0.9 * meaning.strength)
    return meaning


def understand_cut(label: str) -> Meaning | None:
    """What a label may have begun to say where the column's edge cuts it: "Click Throu"; None if it ends in a word."""
    text = label.strip().casefold()
    last = (words(text) or [""])[-1]
    if last in phrasebook().whole or text[-1:] == ":":
        return None
    return _begun(text) or (_begun(text[:-1]) if len(text) > _HALF_LETTER else None)


def _whole(label: str) -> Meaning | None:
    known = phrasebook()
    spoken = words(label)
    if not spoken or len(spoken) > _LONGEST_LABEL:
        return None
    rest = [word for word in spoken if word not in known.unique and word not in known.rate]
    unique = any(word in known.unique for word in spoken)
    rate = "%" in label or any(word in known.rate for word in spoken)
    for start in range(min(2, len(rest))):  # a lone letter in front is a legend's square misread
        if start and len(rest[0]) > 1:
            break
        meaning = _named(rest[start:], unique=unique, rate=rate)
        if meaning is not None:
            return meaning
    return None


def _named(rest: list[str], *, unique: bool, rate: bool) -> Meaning | None:
    known = phrasebook()
    kept = [word for word in rest if word not in known.fillers and not word.isdigit()]
    told = ((" ".join(rest), 1.0), (" ".join(kept), 1.0 - 0.03 * (len(rest) - len(kept))))
    for spelt in (_exact, _misread):
        for phrase, strength in told:
            said, certainty = spelt(phrase)
            if said is None:
                continue
            name = known.names[said]
            if name.needs_rate and not rate:
                continue
            rate = rate or _ends_as_rate(said)
            return Meaning(
                figure=name.figure, unique=unique, rate=rate, strength=strength * certainty, weak=name.weak
            )  # fmt: skip
    return None


def _exact(phrase: str) -> tuple[str | None, float]:
    return (phrase if phrase in phrasebook().names else None), 1.0


def _misread(phrase: str) -> tuple[str | None, float]:
    """The name that differs by a letter: the reader's slip."""
    if len(phrase) >= _FUZZY_LENGTH:
        names = phrasebook().names
        best = process.extractOne(phrase, names.keys(), scorer=Levenshtein.distance, score_cutoff=_WRONG_LETTERS)
        if best is not None and (best[0][0] == phrase[0] or len(best[0]) == len(phrase)):  # a reader loses no first one
            return str(best[0]), 0.8
    return None, 0.0


def _begun(label: str) -> Meaning | None:
    """The figure whose phrases alone begin with `label`; two letters are the least."""
    spoken = plain(label).split()
    while len(spoken) > 1 and spoken[0] in phrasebook().fillers:
        spoken = spoken[1:]
    text = " ".join(spoken)
    if len(text) < 2:
        return None
    kept = " ".join([*(word for word in spoken[:-1] if word not in phrasebook().fillers), *spoken[-1:]])
    return _completed(text) or (_completed(kept) if kept != text else None)


def _completed(text: str) -> Meaning | None:
    known = _phrases()
    first = bisect_left(known, text, key=_phrase)
    fitting = [(rank, meaning) for _, rank, meaning in takewhile(lambda one: one[0].startswith(text), known[first:])]
    best = [meaning for rank, meaning in fitting if rank == min(rank for rank, _ in fitting)]
    if len({(meaning.figure, meaning.unique) for meaning in best}) != 1:
        return None
    certain = len({meaning.figure for _, meaning in fitting}) == 1
    strength = (0.5 if certain else 0.4) + min(0.3, 0.03 * len(text))
    return replace(best[0], rate=all(meaning.rate for _, meaning in fitting), strength=strength)


def names_base(text: str) -> bool:
    """True for the words that name a rate's base: "of delivered", "von 15.678"."""
    rest = _base().sub("", text.strip().casefold())
    return bool(_base().match(text)) and (rest[:1].isdigit() or _understand(rest) is not None)


def says_unique(word: str) -> bool:
    """True for the word that tells people from times."""
    return plain(word) in phrasebook().unique


def says_how(text: str) -> bool:
    """True for words that say how something is counted, and not what: "Total", "Unique", "Rate", "%"."""
    known, said = phrasebook(), words(text)
    how = known.unique | known.rate | known.totals
    return all(word in how for word in said) if said else text.strip() == "%"


def says_total(name: str) -> bool:
    """True when a row's name begins or ends as totals do: "Total", "Campaign Total 12", "Gesamt: alle Kampagnen"."""
    said = plain(name).rstrip(" 0123456789")
    totals = phrasebook().totals
    return any(said == phrase or said.startswith(f"{phrase} ") or said.endswith(f" {phrase}") for phrase in totals)


def says_breakdown(title: str) -> bool:
    """True for the title of a table whose rows are neither campaigns nor links: "Bounce reasons"."""
    said = words(title)
    return len(said) <= _LONGEST_LABEL and not phrasebook().breakdowns.isdisjoint(said)


def says_pages(text: str) -> bool:
    """True for the words before a choice of how many rows a page shows: "Items per page:"."""
    said = plain(text)
    return any(said.startswith(phrase) or said.endswith(phrase) for phrase in phrasebook().pagers)


def says_change(text: str) -> bool:
    """True for the words after a change: "vs. previous", "gegenüber Vormonat"."""
    said = words(text)
    return bool(said) and len(said) <= _LONGEST_LABEL and any(word in phrasebook().changes for word in said[:_SHORTEST])


def numbers_day(text: str) -> bool:
    """True for a day by its number: "Day 5"."""
    said = words(text)
    return len(said) == _FIRST and said[1].isdigit() and said[0] in phrasebook().days


def says_day(text: str) -> bool:
    """True for the name of one day, with or without its year: "Monday 2 September", "Sep 2, 2019"."""
    said = words(text)
    names = [word for word in said if not word.isdigit()]
    months = [name for name in names if len(name) >= _MONTH_LETTERS and _begins_month(name)]
    days = [word for word in said if word.isdigit() and 1 <= int(word) <= _LAST_DAY]
    return len(months) == 1 and len(days) == 1 and len(names) <= _FIRST and len(said) <= _LONGEST_DAY


def _begins_month(name: str) -> bool:
    return any(month.startswith(name) for month in phrasebook().months)


def figure_keys() -> frozenset[str]:
    """Every key that a figure may have: counts, rates, amounts and their unique forms."""
    forms = ("count", "rate", "unique_count", "unique_rate", "amount")
    return frozenset(entry[form] for entry in phrasebook().figures.values() for form in forms if form in entry)


def registration_column(text: str) -> str | None:
    """What a column of a registration list holds ("email", "attended" ...) by its heading, or None."""
    return phrasebook().columns.get(plain(text))


def is_disposable(domain: str) -> bool:
    """True for mail domains that anyone may use for minutes."""
    return domain.casefold() in phrasebook().disposable


def channel(texts: Iterable[str]) -> Mapping[str, tuple[int, int]]:
    """For each channel: how many phrases that name its reports, and how many words that belong to it, are there."""
    lines = [plain(text) for text in texts]
    return {
        name: (_spoken(lines, said["title"]), _spoken(lines, said["hint"]))
        for name, said in phrasebook().channels.items()
    }


def platform(texts: Iterable[str]) -> str | None:
    """The platform whose name is printed on the page, the longest name first; None when none is."""
    lines = [plain(text) for text in texts]
    spoken = [
        (len(phrase), name)
        for name, phrases in phrasebook().platforms.items()
        for phrase in phrases
        if _spoken(lines, (phrase,))
    ]
    return max(spoken)[1] if spoken else None


def _spoken(lines: list[str], phrases: Iterable[str]) -> int:
    """How many of the phrases stand in some line as whole words."""
    return sum(any(f" {phrase} " in f" {line} " for line in lines) for phrase in phrases)


@cache
def _phrases() -> tuple[tuple[str, int, Meaning], ...]:
    """Full phrases in order, with rank and meaning: the usual names of a common figure are 0, any other name more."""
    return tuple(sorted(_made(phrasebook()), key=_phrase))


@cache
def phrases() -> tuple[str, ...]:
    """Every phrase that may name a figure, as `plain` writes it."""
    return tuple(sorted({*phrasebook().names, *(phrase for phrase, _, _ in _phrases())}))


def _phrase(entry: tuple[str, int, Meaning]) -> str:
    return entry[0]


def _made(known: Phrasebook) -> Iterable[tuple[str, int, Meaning]]:
    for phrase, name in known.names.items():
        if not name.completes:
            continue
        entry = known.figures[name.figure]
        rank = 2 * (not name.usual) + bool(entry.get("rare"))
        for unique in (False, True) if "unique_count" in entry else (False,):
            said = Meaning(figure=name.figure, unique=unique, rate=_ends_as_rate(phrase), strength=1.0)
            full = f"unique {phrase}" if unique else phrase
            if not name.needs_rate:
                yield full, rank, said
                yield f"email {full}", rank, said
            if "rate" in entry:
                yield f"{full} rate", rank, replace(said, rate=True)


def _ends_as_rate(name: str) -> bool:
    return name.endswith(phrasebook().rate_endings)


@cache
def _base() -> re.Pattern[str]:
    """How the words begin that name a rate's base: "of delivered" is no label."""
    return re.compile(rf"^(?:{'|'.join(map(re.escape, phrasebook().bases))}) ", re.IGNORECASE)
