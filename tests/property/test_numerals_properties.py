"""Whatever number is printed in a customary way is read back, and reading never fails."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.instruments import numerals


@settings(deadline=None)
@given(st.integers(min_value=0, max_value=10**12), st.sampled_from([",", ".", "'", " ", ""]))
def test_a_count_is_read_back_whatever_parts_its_thousands(number: int, mark: str) -> None:
    numeral = numerals.parse(f"{number:,}".replace(",", mark))
    assert numeral is not None
    assert number in {meaning.middle for meaning in numeral.meanings}


@settings(deadline=None)
@given(st.integers(min_value=0, max_value=10**6), st.integers(min_value=0, max_value=3), st.sampled_from([".", ","]))
def test_a_percentage_holds_every_rate_that_rounds_to_it(parts: int, decimals: int, mark: str) -> None:
    rate = parts / 10**6
    numeral = numerals.parse(f"{100 * rate:.{decimals}f}%".replace(".", mark))
    assert numeral is not None
    assert any(meaning.low - 1e-9 <= rate <= meaning.high + 1e-9 for meaning in numeral.meanings)


@settings(deadline=None)
@given(st.text(max_size=40))
def test_no_text_makes_the_reader_of_numbers_fail(text: str) -> None:
    numerals.parse(text)
    for found in numerals.find(text):
        assert text[found.start : found.end].strip() == found.numeral.text
        assert all(meaning.low <= meaning.high for meaning in found.numeral.meanings)
