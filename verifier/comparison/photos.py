"""Photos: whether a photo that was laid on another is a copy of it, told by how well they agree and how they lie.

A copy is a part of its original, or holds it, whatever else was done to it. Of two takes each shows something that the
other does not, and what both show moves with the camera. Where a telephone is held still between two takes, what it
holds has changed meanwhile, and the frames lie a little apart.
"""

from __future__ import annotations

import cv2
import numpy as np

from verifier.instruments.alignment import Alignment

# Frozen on 8 photos x 66 attacks, 28 photos seen from the side (half 0, seeds 1 and 5), 12 photos x 84 further attacks
# and 1.55 million honest pairs, of which 1,670 agree in part
COPY = 0.75  # agreement of an untilted copy that is a part of its original or holds it; takes reach .67
FRAMED, ON_FRAME = 0.68, 0.002  # the same where frames lie within this of each other (corners, by the sides): tiled
# watermarks leave .73; of 165 untilted pairs of takes none lies nearer than .0035
NEARLY = 0.85  # where a seam is left over on both, or the frames lie as those of a phone held still: takes reach .78
HELD, SEAM = 0.001, 0.006  # how far apart these two may be
TILTED = 0.01  # of an alignment: copies that were cut, turned or scaled stay below
RECAPTURED = 0.9  # agreement, where tilted: photos of a screen or print reach .92, later takes of a shelf .88
HELD_TILTED = 0.003  # and where the frames lie as those of a phone held still: a burst has .0067
CLOSE = 0.95  # close agreement, where further apart: parts of copies reach .96
CLOSE_HELD = 0.99  # the same where the frames lie as those of a phone held still: frames of a burst reach .98
TURNING = 0.7  # apart by tilt, from which a camera that was turned between two takes explains both: frames reach .86
MOST_APART = 0.15  # even where exact
COARSE = 0.9  # coarse agreement of an untilted copy under noise, blur, lines or large pixels: .98; takes reach .76
COVERED = 0.94  # share of what agrees that agrees closely, where much is covered by something else: takes reach .93
COVERED_CUT = 0.88  # the same of a part of the original: JPEG after letters leaves .89; no untilted take is a part
LEAST_COVERED = 0.55  # agreement, below which too little is left
FEW, CLOSE_FEW = 24, 0.8  # matches, below which a part must agree closely: two photos of one printed logo, or of one
# poster, have 14 to 22 and agree by .90, closely by .74 at most; of 23 copies with so few one has less than .8
SAME_FRAME, OTHER_FRAME = 0.003, 0.1  # corners' distance by the sides: between them lie takes of a phone held still

_NEVER = 2.0


def measured(alignment: Alignment, *, part: bool = False) -> tuple[float, float]:
    """How well a photo that is laid so agrees, and from what agreement on it counts as a copy; above 1: never.

    `part`: a panel of a picture is compared, whose cut may have removed what would tell, unless it shows the other's
    whole frame. Of several ways to tell a copy it is the one by which the photo is nearest to one.
    """
    if 0 < alignment.inliers < FEW and _moved(alignment) >= OTHER_FRAME and alignment.close < CLOSE_FEW:
        ways = [(alignment.close, CLOSE_FEW)]
    elif alignment.tilt > TILTED:
        ways = [_tilted(alignment, part)]
    elif part and _moved(alignment) > SAME_FRAME:
        ways = [_apart(alignment)]
    else:
        ways = [_held(alignment), _coarse(alignment), _covered(alignment)]
    return max(ways, key=lambda way: way[0] - way[1])


def _tilted(alignment: Alignment, part: bool) -> tuple[float, float]:
    if part:
        return alignment.close, _NEVER
    if alignment.apart <= HELD_TILTED:
        return alignment.agreement, RECAPTURED
    return (alignment.close, _NEVER) if alignment.apart > TURNING * alignment.tilt else _apart(alignment)


def _held(alignment: Alignment) -> tuple[float, float]:
    still = SAME_FRAME < _moved(alignment) < OTHER_FRAME
    if alignment.apart > (HELD_TILTED if still else SEAM):
        return _apart(alignment)
    if still or alignment.apart > HELD:
        return alignment.agreement, NEARLY
    return alignment.agreement, FRAMED if _moved(alignment) <= ON_FRAME else COPY


def _apart(alignment: Alignment) -> tuple[float, float]:
    still = SAME_FRAME < _moved(alignment) < OTHER_FRAME
    return alignment.close, _NEVER if alignment.apart > MOST_APART else CLOSE_HELD if still else CLOSE


def _coarse(alignment: Alignment) -> tuple[float, float]:
    return alignment.coarse, COARSE if alignment.apart <= HELD_TILTED else _NEVER


def _covered(alignment: Alignment) -> tuple[float, float]:
    """Stickers, letters or another photo over much of it: what is left agrees as closely as only one exposure does."""
    moved = _moved(alignment)
    least = COVERED if moved <= SAME_FRAME else COVERED_CUT if moved >= OTHER_FRAME else _NEVER
    certain = alignment.apart <= HELD and alignment.agreement >= LEAST_COVERED
    return alignment.close / max(alignment.agreement, LEAST_COVERED), least if certain else _NEVER


def _moved(alignment: Alignment) -> float:
    """How far a corner of one frame lies from the other's at most, by the other's sides; 0 of what was not laid."""
    if not alignment.homography:
        return 0.0
    wide, tall = alignment.size_a
    corners = np.array([[(0, 0), (wide, 0), (wide, tall), (0, tall)]], np.float64)
    there = cv2.perspectiveTransform(corners, np.reshape(alignment.homography, (3, 3)))[0] / alignment.size_b
    return float(np.abs(there - corners[0] / alignment.size_a).max())
