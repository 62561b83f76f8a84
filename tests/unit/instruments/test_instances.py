import cv2
import numpy as np
import pytest

from verifier.instruments.instances import Keypoints, inverted, keypoints, occurrences

SIZE = (160, 120)  # of the reference


def drawn(seed: int = 1, size: tuple[int, int] = SIZE) -> np.ndarray:
    """A picture full of shapes, like a pack: no two places of it look alike."""
    random = np.random.default_rng(seed)
    picture = np.full((size[1], size[0]), 200, np.uint8)
    for _ in range(60):
        x, y, wide, high = (int(random.integers(0, limit)) for limit in (size[0], size[1], 30, 30))
        cv2.rectangle(picture, (x, y), (x + wide, y + high), int(random.integers(0, 255)), -1)
        cv2.circle(picture, (int(random.integers(0, size[0])), y), int(random.integers(2, 9)), int(x % 255), -1)
    return cv2.GaussianBlur(picture, (0, 0), 0.7)


def pasted(page: np.ndarray, picture: np.ndarray, corners: list[tuple[float, float]]) -> np.ndarray:
    height, width = picture.shape
    source = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    view = cv2.getPerspectiveTransform(source, np.array(corners, np.float32))
    size = (page.shape[1], page.shape[0])
    mask = cv2.warpPerspective(np.full_like(picture, 255), view, size)
    return np.where(mask > 127, cv2.warpPerspective(picture, view, size, flags=cv2.INTER_AREA), page)


def blank() -> np.ndarray:
    return np.full((500, 700), 120, np.uint8)


def seen(picture: np.ndarray) -> Keypoints:
    return keypoints(picture, 2000)


CORNERS = [(200.0, 100.0), (410.0, 130.0), (400.0, 300.0), (190.0, 260.0)]


def test_a_picture_seen_aslant_is_outlined_where_it_lies() -> None:
    page = pasted(blank(), drawn(), CORNERS)
    (found,) = occurrences(seen(drawn()), seen(page), 5)
    assert found.agreeing >= 12
    assert np.abs(np.array(found.outline) - np.array(CORNERS)).max() < 8


def test_three_facings_are_three_occurrences() -> None:
    page = blank()
    for left in (40.0, 250.0, 460.0):
        page = pasted(page, drawn(), [(left, 150), (left + 180, 150), (left + 180, 285), (left, 285)])
    found = [one for one in occurrences(seen(drawn()), seen(page), 9) if one.agreeing >= 8]
    assert sorted(round(one.outline[0][0], -1) for one in found) == [40, 250, 460]


def test_no_more_occurrences_are_given_than_were_asked_for() -> None:
    page = pasted(pasted(blank(), drawn(), CORNERS), drawn(), [(450, 300), (650, 300), (650, 450), (450, 450)])
    assert len(occurrences(seen(drawn()), seen(page), 1)) == 1


def test_the_negative_of_a_logo_is_found_by_its_inverted_keypoints_only() -> None:
    page = pasted(blank(), 255 - drawn(), CORNERS)
    plain = max((one.agreeing for one in occurrences(seen(drawn()), seen(page), 3)), default=0)
    turned = max((one.agreeing for one in occurrences(inverted(seen(drawn())), seen(page), 3)), default=0)
    assert plain < 8 <= turned


def test_a_mirrored_picture_is_not_taken_for_the_picture() -> None:
    page = pasted(blank(), np.ascontiguousarray(drawn()[:, ::-1]), CORNERS)
    assert max((one.agreeing for one in occurrences(seen(drawn()), seen(page), 3)), default=0) < 8


def test_another_picture_is_not_taken_for_the_picture() -> None:
    page = pasted(blank(), drawn(seed=2), CORNERS)
    assert max((one.agreeing for one in occurrences(seen(drawn()), seen(page), 3)), default=0) < 6


def test_of_a_reference_seen_in_part_only_the_part_is_outlined() -> None:
    reference = drawn(size=(320, 240))
    page = pasted(
        blank(), np.ascontiguousarray(reference[:100, :130]), [(300, 200), (430, 200), (430, 300), (300, 300)]
    )
    found = occurrences(seen(reference), seen(page), 1)[0]
    xs, ys = zip(*found.outline, strict=True)
    assert min(xs) > 260
    assert max(xs) < 470
    assert max(ys) < 340


@pytest.mark.parametrize("page", [np.full((300, 300), 90, np.uint8), np.zeros((4, 4), np.uint8)])
def test_nothing_is_seen_on_an_empty_page(page: np.ndarray) -> None:
    assert occurrences(seen(drawn()), seen(page), 3) == ()


def test_a_reference_without_points_is_seen_nowhere() -> None:
    assert occurrences(seen(np.full((50, 50), 255, np.uint8)), seen(drawn()), 3) == ()


def test_the_same_page_gives_the_same_answer() -> None:
    page = pasted(blank(), drawn(), CORNERS)
    assert occurrences(seen(drawn()), seen(page), 5) == occurrences(seen(drawn()), seen(page), 5)


def test_one_crowded_corner_of_a_reference_does_not_attest_the_whole() -> None:
    """A word in the same typeface agrees in every letter; it is still a small part of the pack."""
    corner = drawn(seed=7, size=(60, 60))
    pack = np.full((300, 400), 200, np.uint8)
    pack[10:70, 10:70] = corner
    page = pasted(blank(), corner, [(100, 100), (400, 100), (400, 400), (100, 400)])
    alone = max(one.agreeing for one in occurrences(seen(corner), seen(page), 1))
    as_a_pack = max((one.agreeing for one in occurrences(seen(pack), seen(page), 1)), default=0)
    assert as_a_pack <= 4 < alone
