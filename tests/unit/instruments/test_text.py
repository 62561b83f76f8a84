"""Text is read from its layer where there is one, else from the pixels, in tiles if it is tall, and offline."""

from __future__ import annotations

import socket

import numpy as np
import pytest
import rapidocr
from PIL import Image, ImageDraw, ImageFont

from verifier.casefile import Box, Page, PrintedWord
from verifier.instruments import second_reader, text


def page_of(*placed: tuple[str, int, int], size: tuple[int, int] = (640, 200), dark: bool = False) -> Page:
    picture = Image.new("RGB", size, "black" if dark else "white")
    draw = ImageDraw.Draw(picture)
    for words, x, y in placed:
        draw.text((x, y), words, fill="white" if dark else "black", font=ImageFont.load_default(28))
    return Page(index=0, label="drawn", pixels=np.asarray(picture))


@pytest.fixture
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.mark.usefixtures("_offline")
def test_lines_are_read_with_their_boxes_and_words() -> None:
    lines = text.read(page_of(("Delivered 12,214", 60, 40), ("Open rate 32.0%", 60, 120)))
    assert [line.text for line in lines] == ["Delivered 12,214", "Open rate 32.0%"]
    number = lines[0].words[-1]
    assert number.text == "12,214"
    assert 170 < number.box.left < 215
    assert number.box.right < 310
    assert 30 < lines[0].box.top < 55


def test_a_page_with_a_text_layer_is_not_read_by_eye() -> None:
    words = tuple(
        PrintedWord(text=word, box=Box(left=x, top=10, right=x + 40, bottom=22))
        for word, x in (("Unique", 10), ("opens", 55), ("3,908", 300))
    )
    lines = text.read(Page(index=0, label="page 1", pixels=np.zeros((100, 400, 3), np.uint8), words=words))
    assert [(line.text, line.confidence) for line in lines] == [("Unique opens", 1.0), ("3,908", 1.0)]


def test_a_screenshot_printed_to_pdf_with_a_page_number_is_read_by_eye_too() -> None:
    drawn = page_of(("Delivered 12,214", 60, 40), ("Open rate 32.0%", 60, 100))
    number = PrintedWord(text="1", box=Box(left=600, top=180, right=612, bottom=192))
    lines = text.read(Page(index=0, label="page 1", pixels=drawn.pixels, words=(number,)))
    assert [line.text for line in lines] == ["Delivered 12,214", "Open rate 32.0%", "1"]


def test_a_tall_capture_is_read_to_its_end_and_no_line_twice() -> None:
    marks = [(f"Row {number} here", 60, 60 + 450 * number) for number in range(8)]
    page = page_of(*marks, size=(480, 3600))
    assert [line.text for line in text.read(page)] == [words for words, _, _ in marks]
    assert text.unread_share(page) == 0.0


def test_a_capture_beyond_all_measure_says_how_much_is_left_out() -> None:
    page = Page(index=0, label="scroll", pixels=np.zeros((30_000, 400, 3), np.uint8))
    assert 0.4 < text.unread_share(page) < 0.6


def test_an_empty_page_has_no_lines() -> None:
    assert text.read(page_of()) == ()


def test_the_second_reader_reads_boxes_in_their_order_light_or_dark() -> None:
    if not second_reader.available():
        pytest.skip("no Tesseract engine here")
    for dark in (False, True):
        page = page_of(("12,214", 60, 40), ("3,908", 60, 120), dark=dark)
        boxes = (Box(left=55, top=115, right=150, bottom=155), Box(left=55, top=35, right=165, bottom=75))
        assert second_reader.reread(page, boxes) == ("3,908", "12,214")


def test_the_second_reader_that_is_not_there_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_reader, "available", lambda: False)
    box = Box(left=0, top=0, right=50, bottom=50)
    assert second_reader.reread(page_of(), (box, box)) == ("", "")


@pytest.mark.parametrize(
    ("first", "second", "dissents"),
    [
        ("12,214", "12,244", True),
        ("12,214", "", False),
        ("75.1%", "751%", False),
        ("389", "4389", False),
        ("72", "n", False),
    ],
)
def test_only_other_digits_are_dissent(first: str, second: str, dissents: bool) -> None:
    assert second_reader.dissents(first, second) is dissents


def test_exhausted_memory_is_told_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise RuntimeError("[ONNXRuntimeError] : 6 : RUNTIME_EXCEPTION : std::bad_alloc")

    monkeypatch.setattr(rapidocr.RapidOCR, "recognize_txt", refuse)
    with pytest.raises(MemoryError):
        text.read(page_of(("Sent 1", 10, 10)))


def test_small_print_of_a_small_capture_is_read_enlarged() -> None:
    picture = Image.new("RGB", (420, 160), "white")
    draw = ImageDraw.Draw(picture)
    for at, cells in enumerate((("8", "32.79%", "7"), ("1,471", "98.66%", "0"), ("5,806", "13.48%", "1"))):
        for text_, left in zip(cells, (20, 120, 260), strict=True):
            draw.text((left, 20 + 25 * at), text_, fill="#999999", font=ImageFont.load_default(8))
    read = {line.text for line in text.read(Page(index=0, label="drawn", pixels=np.asarray(picture)))}
    assert read == {"8", "32.79%", "7", "1,471", "98.66%", "0", "5,806", "13.48%", "1"}
