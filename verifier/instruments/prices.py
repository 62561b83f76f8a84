"""Prices among the words read: amounts beside a currency, or with two decimals or a dash, as price tags print them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from verifier.casefile import Box
from verifier.instruments.text import Line

_CURRENCY = r"(?:[€$£¥₹₽₺₩₫₴₦]|(?:EUR|USD|GBP|CHF|SEK|NOK|DKK|PLN|CZK|HUF|RON|INR|Kč|zł|kr|Ft|lei)\b\.?)"
_AMOUNT = r"\d{1,3}(?:[ .,]\d{3})*(?:[.,:]\d{2})?"
_PRICE = re.compile(
    rf"(?<![\w.,]){_CURRENCY}\s?{_AMOUNT}(?![\w%])"
    rf"|(?<![\w.,]){_AMOUNT}\s?{_CURRENCY}(?!\w)"
    r"|(?<![\w.,/:])\d{1,4}[.,]\d[059](?![\w%.,/:])"  # 12,95 and 3.49, but neither 1.37 nor a date
    r"|(?<![\w.,])\d{1,4}[.,:][-–—](?!\d)"  # 25,- and 34:-
)


def find(lines: Sequence[Line]) -> tuple[tuple[str, Box], ...]:
    """Each price as it is printed, with the box of its line."""
    return tuple((match.group(), line.box) for line in lines for match in _PRICE.finditer(line.text))
