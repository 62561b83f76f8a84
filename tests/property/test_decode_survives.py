"""Whatever is done to the bytes, decoding answers with evidence or with an ItemError, and nothing else."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress
from email.message import EmailMessage

import openpyxl
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from verifier.casefile import Evidence, Item
from verifier.decode import Decoder
from verifier.errors import ItemError
from verifier.intake import Content, sniff

DECODER = Decoder(max_pixels=250_000, max_pages=3, max_rows=200)
SURVIVAL = settings(max_examples=400, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def picture(form: str, mode: str = "RGB", **options: object) -> bytes:
    out = io.BytesIO()
    gradient = Image.linear_gradient("L").resize((40, 30))
    Image.merge("RGB", (gradient, gradient.rotate(90), gradient.rotate(180))).convert(mode).save(out, form, **options)
    return out.getvalue()


def a_pdf() -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(120, 80), invariant=1)
    canvas.drawString(10, 40, "Sent 12,400")
    canvas.rect(5, 5, 50, 20, fill=1)
    canvas.save()
    return out.getvalue()


def a_workbook() -> bytes:
    """Stored, not deflated, so that mutations reach the XML."""
    packed, out = io.BytesIO(), io.BytesIO()
    book = openpyxl.Workbook()
    for row in (["name", "n"], ["Ada", 3], ["Bob", 4.5]):
        book.active.append(row)
    book.save(packed)
    with zipfile.ZipFile(packed) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as target:
        for member in source.namelist():
            target.writestr(zipfile.ZipInfo(member), source.read(member))
    return out.getvalue()


def a_message() -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Ä <a@example.com>", "b@example.com", "Grüße"
    message["Date"] = "Tue, 12 May 2026 09:30:00 +0200"
    message.set_content("plain")
    message.add_alternative("<p>Größe</p>", subtype="html")
    message.add_attachment(picture("PNG"), maintype="image", subtype="png", filename="x.png")
    for number, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"boundary-{number}")  # else it is drawn by chance
    return bytes(message)


SEEDS: dict[str, bytes] = {
    "jpeg": picture("JPEG"),
    "progressive jpeg": picture("JPEG", progressive=True, exif=b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0"),
    "cmyk jpeg": picture("JPEG", "CMYK"),
    "png": picture("PNG"),
    "palette png": picture("PNG", "P", transparency=3),
    "webp": picture("WEBP"),
    "gif": picture("GIF", save_all=True, append_images=[Image.new("RGB", (40, 30))]),
    "tiff": picture("TIFF"),
    "deflated tiff": picture("TIFF", compression="tiff_adobe_deflate"),
    "bmp": picture("BMP"),
    "avif": picture("AVIF"),
    "pdf": a_pdf(),
    "workbook": a_workbook(),
    "csv": 'name;city\n"Ada; C.";Köln\nBob;Bonn\n'.encode(),
    "message": a_message(),
}


@st.composite
def mutations(draw: st.DrawFn) -> tuple[Content, bytes]:
    """One of the seeds with some bytes changed, a stretch doubled or dropped, and perhaps its end cut off."""
    original = SEEDS[draw(st.sampled_from(sorted(SEEDS)))]
    content = sniff("seed", original)
    data = bytearray(original)
    for _ in range(draw(st.integers(0, 6))):
        # half of the blows fall into the first 64 bytes, where headers are
        at = draw(st.integers(0, len(data) - 1) | st.integers(0, min(63, len(data) - 1)))
        data[at] = draw(st.sampled_from([0, 1, 0x7F, 0x80, 0xFF]) | st.integers(0, 255))
    start, length = draw(st.integers(0, len(data))), draw(st.integers(0, 40))
    stretch = draw(st.sampled_from(["keep", "keep", "double", "drop"]))
    if stretch == "double":
        data[start:start] = data[start : start + length]
    elif stretch == "drop":
        del data[start : start + length]
    if draw(st.booleans()):
        del data[draw(st.integers(1, max(1, len(data)))) :]
    return content, bytes(data)


def look(content: Content, data: bytes) -> None:
    """Decode; the answer is sound evidence, or an ItemError of one line with a remedy."""
    item = Item(id="c/r1/1", name="x", kind=content.kind, media_type=content.media_type, digest="", size=len(data))
    try:
        answer: Evidence | ItemError = DECODER(item, data)
    except ItemError as error:
        answer = error
    if isinstance(answer, ItemError):
        assert answer.remedy
        assert "\n" not in str(answer)
        return
    for page in answer.pages:
        assert page.pixels.shape == (page.height, page.width, 3)
        assert page.pixels.dtype == "uint8"
        assert all(0 <= word.box.left < word.box.right <= page.width for word in page.words)
    assert 0 <= answer.trailing_bytes <= len(data)


@SURVIVAL
@given(mutations())
def test_mutated_files_give_evidence_or_an_item_error(mutation: tuple[Content, bytes]) -> None:
    look(*mutation)


@SURVIVAL
@given(mutations())
def test_mutated_files_are_told_by_content_or_refused(mutation: tuple[Content, bytes]) -> None:
    _, data = mutation
    with suppress(ItemError):
        look(sniff("x", data), data)


@settings(SURVIVAL, max_examples=150)
@given(st.binary(max_size=300), st.sampled_from(sorted(SEEDS)))
@example(b"II*\0\xff\xff\xff\xff", "tiff")
@example(b"\0\0\0\x18ftypheic", "avif")
@example(b"", "csv")
def test_noise_of_a_claimed_kind_gives_evidence_or_an_item_error(noise: bytes, claimed: str) -> None:
    look(sniff("seed", SEEDS[claimed]), noise)


@settings(SURVIVAL, max_examples=150)
@given(st.text(max_size=200), st.sampled_from(["utf-8", "utf-16", "cp1252", "utf-32"]))
def test_any_text_is_told_by_content_or_refused(text: str, encoding: str) -> None:
    data = text.encode(encoding, "replace")
    with suppress(ItemError):
        look(sniff("x", data), data)
