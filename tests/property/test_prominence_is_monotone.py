from hypothesis import given
from hypothesis import strategies as st

from verifier.casefile import Outline
from verifier.instruments import prominence

WIDTH, HEIGHT = 800, 600
inside = st.tuples(st.floats(0, WIDTH), st.floats(0, HEIGHT))
sizes = st.tuples(st.floats(1, 400), st.floats(1, 400))


def rectangle(middle: tuple[float, float], size: tuple[float, float], grown: float = 1.0) -> Outline:
    (x, y), (wide, high) = middle, (size[0] * grown / 2, size[1] * grown / 2)
    return ((x - wide, y - high), (x + wide, y - high), (x + wide, y + high), (x - wide, y + high))


@given(inside, sizes, st.floats(1, 3))
def test_a_larger_logo_never_has_the_smaller_share(
    middle: tuple[float, float], size: tuple[float, float], grown: float
) -> None:
    small, large = rectangle(middle, size), rectangle(middle, size, grown)
    assert prominence.share((large,), WIDTH, HEIGHT) >= prominence.share((small,), WIDTH, HEIGHT)


@given(st.lists(st.tuples(inside, sizes), min_size=1, max_size=4), inside, sizes)
def test_one_more_logo_never_makes_the_share_smaller(
    there: list[tuple[tuple[float, float], tuple[float, float]]],
    middle: tuple[float, float],
    size: tuple[float, float],
) -> None:
    outlines = [rectangle(*one) for one in there]
    more = [*outlines, rectangle(middle, size)]
    assert prominence.share(outlines, WIDTH, HEIGHT) <= prominence.share(more, WIDTH, HEIGHT) <= 1


@given(st.floats(0, 1), st.floats(0, 1), st.floats(-200, 200), st.floats(-150, 150))
def test_a_logo_nearer_to_the_middle_never_has_the_smaller_centrality(
    near: float, far: float, across: float, down: float
) -> None:
    near, far = sorted((near, far))
    at = [rectangle((WIDTH / 2 + across * away, HEIGHT / 2 + down * away), (80, 60)) for away in (near, far)]
    nearer, farther = (prominence.centrality(outline, WIDTH, HEIGHT) for outline in at)
    assert nearer >= farther - 1e-12
