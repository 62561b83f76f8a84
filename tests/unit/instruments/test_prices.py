import pytest

from verifier.casefile import Box
from verifier.instruments import prices
from verifier.instruments.text import Line


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Now € 12.99", ["€ 12.99"]),
        ("$1,299.00 save $50", ["$1,299.00", "$50"]),
        ("34,90 kr/kg", ["34,90 kr"]),
        ("25 EUR", ["25 EUR"]),
        ("nur 3,49", ["3,49"]),
        ("25,- und 34:-", ["25,-", "34:-"]),
        ("250 g, 1.5 l, 12%", []),
        ("12.05.2026 10:45", []),
        ("version 1.37", []),
        ("Call 555 0199", []),
    ],
)
def test_a_price_has_a_currency_or_the_decimals_of_a_price_tag(text: str, found: list[str]) -> None:
    line = Line(text=text, box=Box(left=0, top=0, right=10, bottom=10), confidence=0.9)
    assert [printed for printed, _ in prices.find([line])] == found
