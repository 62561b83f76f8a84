"""Whole pages behind panels: where a panel agrees with an earlier picture and is no copy, its page is laid there, too.

A panel may be cut wrongly, across a seam that was not seen or along the rim of a photo that lies aslant, and a cut one
has to agree better than a whole, since its cut may have removed what tells. In the page's own features a small photo is
lost at times; from where its panel lies follows where the page does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from verifier.archive.protocol import Sighting
from verifier.casefile import Trace
from verifier.comparison.twins import Likeness, Twin

MOST = 2  # pages of an item that are laid anew, those whose panels agree best
_SETTLED = (Likeness.EXACT, Likeness.COPY, Likeness.ALTERED, Likeness.RECAPTURED)

Pair = tuple[Trace, Sighting]


def pages(found: Sequence[Twin], traces: Sequence[Trace]) -> Iterator[tuple[Pair, tuple[float, ...]]]:
    """Pages and earlier pictures to be looked at, and how one lies on the other if its panel does as was found.

    Those are 3x3 matrices, row-major, between points in shares of both pictures' sides.
    """
    settled = {twin.other.item for twin in found if twin.likeness in _SETTLED}
    open_ones = [twin for twin in found if twin.likeness is Likeness.SAME_SCENE and twin.box and twin.alignment]
    whole = {trace.page: trace for trace in traces if not trace.panel}
    chosen: dict[tuple[int, str], Twin] = {}
    for twin in sorted(open_ones, key=lambda twin: -twin.agreement):
        if twin.other.item not in settled and twin.page in whole:
            chosen.setdefault((twin.page, twin.other.item), twin)
    for twin in list(chosen.values())[:MOST]:
        yield (whole[twin.page], twin.other), _lies(twin, whole[twin.page])


def _lies(twin: Twin, page: Trace) -> tuple[float, ...]:
    assert twin.alignment is not None and twin.box is not None  # noqa: S101, PT018 - only such are asked
    box, laid = twin.box, twin.alignment
    wide, tall = box.right - box.left, box.bottom - box.top
    in_panel = np.array([
        [page.width / wide, 0, -box.left / wide], [0, page.height / tall, -box.top / tall], [0, 0, 1]
    ])  # fmt: skip
    shares = np.diag([1 / laid.size_b[0], 1 / laid.size_b[1], 1])
    matrix = shares @ np.reshape(laid.homography, (3, 3)) @ np.diag([*laid.size_a, 1]) @ in_panel
    return tuple(float(value) for value in (matrix / matrix[2, 2]).ravel())
