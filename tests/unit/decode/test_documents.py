"""PDF pages are rendered, with the words of their text layer where they stand."""

from __future__ import annotations

import io

import numpy as np
import pypdfium2 as pdfium
import pytest
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from verifier.casefile import Evidence, Item, Kind, Page
from verifier.decode import Decoder
from verifier.errors import DamagedItem, ItemError, ProtectedItem

DECODER = Decoder(max_pixels=80_000_000, max_pages=3, max_rows=100)
A4 = (595, 842)


def a_pdf(*pages: str, size: tuple[float, float] = A4, password: str = "") -> bytes:
    out = io.BytesIO()
    encryption = StandardEncryption(password, strength=128) if password else None
    canvas = Canvas(out, pagesize=size, encrypt=encryption)
    for text in pages:
        canvas.setFont("Helvetica", 14)
        canvas.drawString(100, size[1] - 100, text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def decode(data: bytes, decoder: Decoder = DECODER) -> Evidence:
    item = Item(
        id="c/r1/1", name="report.pdf", kind=Kind.DOCUMENT, media_type="application/pdf", digest="", size=len(data)
    )
    return decoder(item, data)


def ink(page: Page, left: float, top: float, right: float, bottom: float) -> float:
    """The share of dark pixels in a box."""
    return float((page.pixels[int(top) : int(bottom) + 1, int(left) : int(right) + 1] < 128).mean())


def assert_words_stand_on_their_ink(page: Page) -> None:
    rest = page.pixels.copy()
    for word in page.words:
        box = word.box
        assert ink(page, box.left, box.top, box.right, box.bottom) > 0.1
        rest[int(box.top) - 1 : int(box.bottom) + 2, int(box.left) - 1 : int(box.right) + 2] = 255
    assert (rest > 128).all()


def test_pages_are_rendered_at_150_dpi_with_their_words() -> None:
    evidence = decode(a_pdf("Sent: 12,400 of 12,650", "Second Größe"))
    first, second = evidence.pages
    assert (first.width, first.height) == (1240, 1755)
    assert (first.index, first.label, second.label) == (0, "page 1", "page 2")
    assert [word.text for word in first.words] == ["Sent:", "12,400", "of", "12,650"]
    assert [word.text for word in second.words] == ["Second", "Größe"]
    assert evidence.text == "Sent: 12,400 of 12,650\nSecond Größe"
    assert_words_stand_on_their_ink(first)


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_words_stand_right_on_turned_and_cropped_pages(angle: int) -> None:
    document = pdfium.PdfDocument(a_pdf("Sent 12,400"))
    document[0].set_rotation(angle)
    document[0].set_cropbox(50, 400, 500, 842)
    out = io.BytesIO()
    document.save(out)
    document.close()
    (page,) = decode(out.getvalue()).pages
    assert [word.text for word in page.words] == ["Sent", "12,400"]
    assert (page.width > page.height) == (angle == 180)
    assert_words_stand_on_their_ink(page)


def test_words_outside_of_the_page_are_left_out() -> None:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4)
    canvas.drawString(100, 5000, "hidden")
    canvas.drawString(100, 500, "seen")
    canvas.save()
    assert [word.text for word in decode(out.getvalue()).pages[0].words] == ["seen"]


def test_a_poster_is_scaled_down_to_a_bounded_size() -> None:
    (page,) = decode(a_pdf("A poster", size=(5000, 3000))).pages
    assert (page.width, page.height) == (3000, 1800)


def test_more_pages_than_the_limit_are_counted_and_left() -> None:
    evidence = decode(a_pdf(*"abcde"))
    assert (len(evidence.pages), evidence.pages_left_out) == (3, 2)
    assert evidence.pages[-1].label == "page 3 of 5"


def test_a_scan_without_a_text_layer_has_pixels_and_no_words() -> None:
    picture = Image.fromarray(np.full((100, 200, 3), (10, 120, 30), np.uint8))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(200, 100))
    canvas.drawImage(ImageReader(picture), 0, 0, 200, 100)
    canvas.save()
    (page,) = decode(out.getvalue()).pages
    assert page.words == ()
    assert np.abs(page.pixels[50, 50].astype(int) - (10, 120, 30)).max() < 5  # red is not blue


def test_a_password_is_asked_for_in_one_line() -> None:
    with pytest.raises(ProtectedItem, match=r"report\.pdf asks for a password: save it without") as caught:
        decode(a_pdf("secret", password="hunter2"))  # noqa: S106
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6])
def test_a_truncated_document_is_an_item_error_that_names_it(share: float) -> None:
    data = a_pdf("one", "two")
    with pytest.raises(ItemError, match=r"report\.pdf") as caught:
        decode(data[: int(len(data) * share)])
    assert "PDF" in caught.value.remedy
    assert "\n" not in str(caught.value)


def test_a_document_of_no_pages_is_damaged() -> None:
    document = pdfium.PdfDocument.new()
    out = io.BytesIO()
    document.save(out)
    document.close()
    with pytest.raises(DamagedItem, match="PDF"):
        decode(out.getvalue())
