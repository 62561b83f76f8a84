"""The words of reports in the languages that are known, as `rules/reference/vocabulary` lists them.

A language is one file; a new one needs no code. Accents do not count: engines lose them, and so do platforms.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from verifier.errors import RuleError
from verifier.settings import RULES

FOLDER = RULES / "reference" / "vocabulary"
USUAL = 4  # the first names of a figure in a language are the usual ones

_SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9}
_WORDS = re.compile(r"[^\W_]+", re.UNICODE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """What a platform may call a figure. `weak` ones need company on the page, others a rate word beside them."""

    figure: str
    usual: bool
    weak: bool = False
    needs_rate: bool = False
    completes: bool = False  # it may stand for a label that begins like it


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrasebook:
    """All languages together; every phrase as `plain` writes it."""

    figures: Mapping[str, Mapping[str, Any]]  # figure -> its keys: count, rate, unique_count, unique_rate; rare
    names: Mapping[str, Name]
    spoken: Mapping[str, frozenset[str]]  # language -> its names of figures
    unique: frozenset[str]
    rate: frozenset[str]
    rate_endings: tuple[str, ...]
    fillers: frozenset[str]
    whole: frozenset[str]  # words that end a label, in languages that complete one that does not end in such a word
    bases: tuple[str, ...]  # the longest first
    totals: frozenset[str]  # how the name of a table's total begins or ends
    facts: Mapping[str, str]  # "subject line" -> subject: what stands before a campaign's name, sender and so on
    sent_on: frozenset[str]  # what stands before the day of sending
    changes: frozenset[str]  # words that stand after a change against an earlier time
    days: frozenset[str]  # "day"
    pagers: frozenset[str]  # what stands before the choice of a page's length
    breakdowns: frozenset[str]  # words of a table's title: its rows are reasons, no campaigns
    months: Mapping[str, int]
    scales: Mapping[str, float]  # "tsd." -> 1000.0; as printed, lower case
    channels: Mapping[str, Mapping[str, tuple[str, ...]]]
    together: tuple[tuple[frozenset[str], str], ...]  # figures that, side by side, tell one channel
    platforms: Mapping[str, tuple[str, ...]]
    serves: Mapping[str, str]  # platform -> the one channel that it serves
    columns: Mapping[str, str]  # heading -> what a registration list's column holds
    disposable: frozenset[str]  # mail domains


def plain(text: str) -> str:
    """The words of a text, lower case, without accents and marks, one space between them."""
    return " ".join(words(text))


def words(text: str) -> list[str]:
    """The words of a text, lower case and without accents; "e-mail" is one word."""
    bare = unicodedata.normalize("NFKD", text.casefold().replace("e-mail", "email"))
    return _WORDS.findall("".join(letter for letter in bare if not unicodedata.combining(letter)))


@cache
def phrasebook() -> Phrasebook:
    """What the folder says. Raises RuleError for a phrase that means two things."""
    files = sorted((FOLDER / "languages").glob("*.yaml"))
    languages = [_read(f"languages/{path.name}") for path in files]
    platforms = _read("platforms.yaml")
    return Phrasebook(
        figures=_read("figures.yaml"),
        names=_one_meaning((phrase, name) for language in languages for phrase, name in _names(language)),
        spoken={path.stem: _spoken(language) for path, language in zip(files, languages, strict=True)},
        unique=_together(languages, "unique"),
        rate=_together(languages, "rate"),
        rate_endings=tuple(sorted(_together(languages, "rate_endings"))),
        fillers=_together(languages, "fillers"),
        whole=_whole(languages),
        bases=tuple(sorted(_together(languages, "bases"), key=lambda phrase: (-len(phrase), phrase))),
        totals=_together(languages, "totals"),
        facts=_one_meaning(
            (plain(phrase), fact)
            for language in languages
            for fact, phrases in language.get("facts", {}).items()
            for phrase in phrases
        ),
        sent_on=_together(languages, "sent_on"),
        changes=_together(languages, "changes"),
        days=_together(languages, "days"),
        pagers=_together(languages, "pagers"),
        breakdowns=_together(languages, "breakdowns"),
        months=_one_meaning((plain(name), month) for language in languages for name, month in _months(language)),
        scales=_one_meaning(
            (word, _SCALES[size])
            for language in languages
            for size, said in language["scales"].items()
            for word in said
        ),
        channels=_channels(languages),
        together=tuple((frozenset(one["figures"]), one["tells"]) for one in _read("together.yaml")),
        platforms={name: tuple(map(plain, said["names"])) for name, said in platforms.items()},
        serves={name: said["serves"] for name, said in platforms.items() if "serves" in said},
        columns=_one_meaning(
            (plain(phrase), column)
            for language in languages
            for column, phrases in language.get("registrations", {}).items()
            for phrase in phrases
        ),
        disposable=frozenset(_read("disposable_domains.yaml")),
    )


def _read(name: str) -> Any:
    try:
        return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    except OSError as error:
        raise RuleError(f"{FOLDER / name} cannot be read: {error.strerror}", "install the package again") from error


def _names(language: Mapping[str, Any]) -> Iterator[tuple[str, Name]]:
    completes = language.get("completes", False)
    for figure, called in language["figures"].items():
        for rank, phrase in enumerate(called.get("names", ())):
            yield plain(phrase), Name(figure=figure, usual=rank < USUAL, completes=completes)
        for phrase in called.get("further", ()):
            yield plain(phrase), Name(figure=figure, usual=False)
        for phrase in called.get("weak", ()):
            yield plain(phrase), Name(figure=figure, usual=False, weak=True)
        for phrase in called.get("rate_names", ()):
            yield plain(phrase), Name(figure=figure, usual=False, needs_rate=True, completes=completes)


def _spoken(language: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(phrase for phrase, name in _names(language) if not name.weak and not name.needs_rate)


def _whole(languages: list[dict[str, Any]]) -> frozenset[str]:
    completing = [language for language in languages if language.get("completes")]
    named = (name for language in completing for name, _ in _names(language))
    words_of_names = frozenset(word for name in named for word in name.split())
    return words_of_names | _together(completing, "unique") | _together(completing, "fillers")


def _months(language: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    yield from ((name, number) for number, name in enumerate(language["months"], 1))
    yield from language.get("short_months", {}).items()


def _one_meaning(pairs: Iterator[tuple[str, Any]]) -> dict[str, Any]:
    meant: dict[str, Any] = {}
    for phrase, meaning in pairs:
        known = meant.setdefault(phrase, meaning)
        if getattr(known, "figure", known) != getattr(meaning, "figure", meaning):
            raise RuleError(f"{FOLDER}: {phrase!r} means both {known} and {meaning}", "keep one of them")
    return meant


def _together(languages: list[dict[str, Any]], part: str) -> frozenset[str]:
    return frozenset(plain(str(word)) for language in languages for word in language.get(part, ()))


def _channels(languages: list[dict[str, Any]]) -> dict[str, dict[str, tuple[str, ...]]]:
    said: dict[str, dict[str, tuple[str, ...]]] = {}
    for language in languages:
        for channel, parts in language["channels"].items():
            told = said.setdefault(channel, {"title": (), "hint": ()})
            for part, phrases in parts.items():
                told[part] = tuple(dict.fromkeys((*told[part], *map(plain, phrases))))
    return said
