"""Foreign text made inert: file names, words read from pictures and messages are written by people we do not know."""

from __future__ import annotations

import unicodedata

_KEPT = frozenset("\n\t\u200c\u200d")  # line breaks, and the joiners that Persian, Indic scripts and emoji need


def inert(text: str) -> str:
    """The text with every character that could act instead of being read (control, bidi, surrogate) spelt out.

    `"a\\u202eb"` becomes `"a⟨U+202E⟩b"`: seen, and without effect on a page or a terminal.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_spelt(character) for character in text)


def _spelt(character: str) -> str:
    if character in _KEPT or unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}:
        return character
    return f"⟨U+{ord(character):04X}⟩"
