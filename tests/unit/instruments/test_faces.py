import numpy as np

from verifier.casefile import Box, Page
from verifier.instruments import faces

ROOM = np.random.default_rng(0).integers(0, 255, (200, 300, 3)).astype(np.uint8)


def test_a_plain_wall_shows_nobody() -> None:
    assert faces.find(Page(index=0, label="photo", pixels=np.full((333, 501, 3), 150, np.uint8))) == ()


def test_a_hidden_face_keeps_36_colours_and_the_rest_of_the_picture_stays() -> None:
    box = Box(left=100, top=60, right=199, bottom=139)
    hidden = faces.hide(ROOM, (box,), 1.0)
    assert len(np.unique(hidden[60:140, 100:200].reshape(-1, 3), axis=0)) <= 36
    assert (hidden[:60] == ROOM[:60]).all()
    assert (hidden[:, 200:] == ROOM[:, 200:]).all()


def test_boxes_of_a_larger_page_are_hidden_in_its_preview() -> None:
    hidden = faces.hide(ROOM, (Box(left=400, top=240, right=798, bottom=558),), 0.25)
    assert (hidden[60:140, 100:200] != ROOM[60:140, 100:200]).any()
    assert (hidden[:59] == ROOM[:59]).all()


def test_a_box_beyond_the_picture_hides_what_is_on_it() -> None:
    assert faces.hide(ROOM, (Box(left=-50, top=-50, right=900, bottom=900),), 1.0).shape == ROOM.shape
    assert (faces.hide(ROOM, (Box(left=400, top=400, right=500, bottom=500),), 1.0) == ROOM).all()
