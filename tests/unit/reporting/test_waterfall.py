from __future__ import annotations

import pytest

from verifier.reporting.waterfall import curve, shown, waterfall


def test_what_is_shown_adds_up_even_where_rounding_would_not():
    parts, total = shown([0.04, 0.04, 0.04, 0.04])
    assert total == 2
    assert sum(parts) == 2
    assert sorted(parts) == [0, 0, 1, 1]


def test_whole_tenths_are_shown_as_they_are():
    assert shown([-14.2, 6.1, -4.8, 0.3, 0.7]) == ([-142, 61, -48, 3, 7], -119)


def test_each_step_starts_where_the_last_one_ended():
    fall = waterfall(-3.0, [10.0, -4.5])
    edges = [(step.start, step.end) for step in (fall.prior, *fall.steps, fall.total)]
    assert edges == [(0.0, -3.0), (-3.0, 7.0), (7.0, 2.5), (0.0, 2.5)]
    assert (fall.low, fall.high) == (-3.0, 7.0)


def test_bars_share_one_scale():
    fall = waterfall(-3.0, [10.0, -4.5])
    assert 'x1="300" x2="0" y1="10"' in fall.bar(fall.prior)
    assert 'x1="0" x2="1000" y1="10"' in fall.bar(fall.steps[0])


def test_a_step_of_nothing_is_still_seen():
    fall = waterfall(0.0, [5.0, 0.0])
    assert 'x1="1000" x2="1008"' in fall.bar(fall.steps[1])


@pytest.mark.parametrize("decibans", [-1000.0, 0.0, 1000.0])
def test_the_curve_stays_in_its_frame(decibans):
    assert "nan" not in curve(decibans, 0.5)
    assert 'cx="100"' in curve(0.0, 0.5)
