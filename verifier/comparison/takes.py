"""Takes beside the original: a copy of one photo is no copy of another that shows the same poster from another side.

What is flat and fills a cut or framed photo agrees with every photo of it, nearly as a photo of a print does. Where the
exposure itself is among the earlier ones, it agrees far more closely; the others are other takes of the scene then.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import cv2
import numpy as np

from verifier.casefile import Outline
from verifier.comparison.twins import Likeness, Twin
from verifier.instruments import geometry

EXACT = 0.95  # close agreement of the exposure itself: all of 30 have .952 and more
LESS_CLOSE = 0.1  # by which another take agrees less closely: those that were called copies had .74 to .78
SHARED = 0.5  # of the smaller outline, which both must cover: elsewhere on a page a second photo may be copied


def told_apart(found: Sequence[Twin]) -> Iterator[Twin]:
    """The twins, of which those seen from another side are takes if another agrees with the same part far closer."""
    exact = [twin for twin in found if twin.likeness is Likeness.COPY and _close(twin) >= EXACT]
    for twin in found:
        outdone = twin.likeness is Likeness.RECAPTURED and any(
            best.other.item != twin.other.item and _close(twin) <= _close(best) - LESS_CLOSE and _overlay(best, twin)
            for best in exact
        )
        yield replace(twin, likeness=Likeness.SAME_SCENE) if outdone else twin


def _close(twin: Twin) -> float:
    return twin.alignment.close if twin.alignment and not twin.alignment.drawn else 0.0


def _overlay(one: Twin, other: Twin) -> bool:
    """Whether two twins are of the same part of one page."""
    if one.page != other.page:
        return False
    here, there = _on_page(one), _on_page(other)
    shared, _ = cv2.intersectConvexConvex(np.array(here, np.float32), np.array(there, np.float32))
    return shared >= SHARED * min(geometry.area(here), geometry.area(there)) > 0


def _on_page(twin: Twin) -> Outline:
    """Where on its page a twin lies."""
    assert twin.alignment is not None  # noqa: S101 - only what was laid is asked
    left, top = (twin.box.left, twin.box.top) if twin.box else (0.0, 0.0)
    across, down = twin.width / twin.alignment.size_a[0], twin.height / twin.alignment.size_a[1]
    return tuple((left + x * across, top + y * down) for x, y in twin.alignment.here)
