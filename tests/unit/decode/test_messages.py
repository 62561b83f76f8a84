"""Messages: headers, the text a reader sees, attachments noted and, where they are pictures or PDF, looked at."""

from __future__ import annotations

import hashlib
import io
from email.message import EmailMessage

import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from verifier.casefile import Evidence, Item, Kind
from verifier.decode import Decoder
from verifier.decode.messages import text_of_html

DECODER = Decoder(max_pixels=1_000_000, max_pages=4, max_rows=10)


def a_picture(width: int = 100, height: int = 80) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "navy").save(out, "PNG")
    return out.getvalue()


def a_pdf(pages: int = 1) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(200, 100))
    for number in range(pages):
        canvas.drawString(20, 20, f"invoice {number + 1}")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def a_message(text: str = "Dear partner,\nsee below.", html: str = "") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Ünal <a@example.com>"
    message["To"] = "b@example.com"
    message["Subject"] = "Grüße aus Köln"
    message["Date"] = "Tue, 12 May 2026 09:30:00 +0200"
    if text:
        message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html") if text else message.set_content(html, subtype="html")
    return message


def decode(data: bytes | EmailMessage) -> Evidence:
    raw = bytes(data) if isinstance(data, EmailMessage) else data
    item = Item(id="c/r1/1", name="m.eml", kind=Kind.MESSAGE, media_type="message/rfc822", digest="", size=len(raw))
    return DECODER(item, raw)


def test_headers_are_decoded_and_found_in_lower_case() -> None:
    headers = decode(a_message()).headers
    assert headers["subject"] == "Grüße aus Köln"
    assert headers["from"] == "Ünal <a@example.com>"
    assert headers["date"].startswith("Tue, 12 May 2026 09:30:00")


def test_a_repeated_header_keeps_its_lines_in_order() -> None:
    raw = b"Received: from a\r\n by b\r\nReceived: from c\r\n" + bytes(a_message())
    assert decode(raw).headers["received"] == "from a by b\nfrom c"


def test_plain_text_goes_before_html_and_html_before_nothing() -> None:
    assert decode(a_message(html="<p>other</p>")).text == "Dear partner,\nsee below."
    assert decode(a_message(text="", html="<h1>Offer</h1><p>20&nbsp;% off</p>")).text == "Offer\n20 % off"


def test_html_is_what_a_reader_sees() -> None:
    html = (
        "<html><head><title>t</title><style>p {color: red}</style></head><body><script>alert(1)</script>"
        "<p>One\n two<br>three</p><img src='x' alt='Nordlicht logo'>"
        "<table><tr><td>Sent</td><td>12,400</td></tr></table>&lt;b&gt;</body></html>"
    )
    assert text_of_html(html) == "One two\nthree\nNordlicht logo\nSent 12,400\n<b>"


def test_attachments_are_noted_with_their_digest_and_pictures_and_pdf_become_pages() -> None:
    message = a_message()
    message.add_attachment(a_picture(), maintype="image", subtype="png", filename="shop.png")
    message.add_attachment(a_pdf(2), maintype="application", subtype="octet-stream", filename="invoice.pdf")
    message.add_attachment(b"hello", maintype="application", subtype="zip", filename="a.zip")
    evidence = decode(message)
    assert [(a.name, a.size) for a in evidence.attachments][:1] == [("shop.png", len(a_picture()))]
    assert evidence.attachments[0].digest == hashlib.sha256(a_picture()).hexdigest()
    assert evidence.attachments[2].media_type == "application/zip"
    assert [(page.index, page.label) for page in evidence.pages] == [
        (0, "attachment shop.png"),
        (1, "attachment invoice.pdf, page 1"),
        (2, "attachment invoice.pdf, page 2"),
    ]
    assert [word.text for word in evidence.pages[2].words] == ["invoice", "2"]


def test_pages_beyond_the_limit_are_counted_over_all_attachments() -> None:
    message = a_message()
    message.add_attachment(a_pdf(3), maintype="application", subtype="pdf", filename="a.pdf")
    message.add_attachment(a_pdf(3), maintype="application", subtype="pdf", filename="b.pdf")
    message.add_attachment(a_picture(), maintype="image", subtype="png", filename="c.png")
    evidence = decode(message)
    assert (len(evidence.pages), evidence.pages_left_out) == (4, 3)


def test_icons_are_noted_and_not_looked_at() -> None:
    message = a_message()
    message.add_attachment(a_picture(16, 16), maintype="image", subtype="png", filename="icon.png")
    evidence = decode(message)
    assert (len(evidence.attachments), evidence.pages) == (1, ())


def test_a_broken_attachment_does_not_cost_the_message() -> None:
    message = a_message()
    message.add_attachment(a_picture()[:60], maintype="image", subtype="png", filename="broken.png")
    message.add_attachment(a_picture(2000, 2000), maintype="image", subtype="png", filename="large.png")
    message.add_attachment(a_picture(), maintype="image", subtype="png", filename="good.png")
    evidence = decode(message)
    assert [page.label for page in evidence.pages] == ["attachment good.png"]
    assert len(evidence.attachments) == 3


def test_a_forwarded_message_is_opened_and_a_chain_of_them_is_bounded() -> None:
    message = a_message("innermost")
    message.add_attachment(a_picture(), maintype="image", subtype="png", filename="shop.png")
    outer = a_message("outer")
    outer.add_attachment(message)
    evidence = decode(outer)
    assert "innermost" in evidence.text
    assert len(evidence.pages) == 1
    for _ in range(30):
        around = a_message("around")
        around.add_attachment(outer)
        outer = around
    assert "innermost" not in decode(outer).text


@pytest.mark.parametrize(
    "raw",
    [
        b"From: a\r\nTo: b\r\nContent-Type: text/plain; charset=martian\r\n\r\nGr\xfc\xdfe",
        b"From: a\r\nTo: b\r\nContent-Type: text/plain; charset=utf\0-8\r\n\r\nGr\xfc\xdfe",
        b"From: a\r\nTo: b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nGr\xfc\xdfe",
    ],
)
def test_a_text_in_a_wrong_or_unknown_encoding_is_still_read(raw: bytes) -> None:
    assert decode(raw).text == "Grüße"


@pytest.mark.parametrize(
    "raw",
    [
        b"From: a\r\nDate: =?x?q?\r\nTo: <<>>@@;;,\r\nSubject: =?utf-8?b?////?=\r\n\r\nbody",
        b"From: a\r\nContent-Type: multipart/mixed\r\n\r\nbody",
        b"From: a\r\nContent-Type: ;;;=\r\nContent-Disposition: attachment; filename*=x'y'%ff\r\n\r\nbody",
        b"From: a\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!",
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: message/rfc822\r\n\r\n--x--",
    ],
)
def test_broken_headers_and_parts_are_left_out(raw: bytes) -> None:
    assert decode(raw).kind is Kind.MESSAGE
