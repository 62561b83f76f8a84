"""Whatever the points are, those that the report shows add up to the sum that it shows, each less than 0.1 dB off."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from verifier.reporting.waterfall import shown


@given(st.lists(st.floats(min_value=-200, max_value=200), max_size=40))
def test_shown_points_add_up_exactly_and_stay_near_the_true_ones(values):
    parts, total = shown(values)
    assert sum(parts) == total
    assert abs(total / 10 - math.fsum(values)) <= 0.05 + 1e-9
    assert all(abs(part / 10 - value) < 0.1 + 1e-9 for part, value in zip(parts, values, strict=True))
