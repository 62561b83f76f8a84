"""Text documents and slides: their words, and the pictures set into them as pages, bounded against bombs."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest
from PIL import Image

from verifier.casefile import Item, Kind
from verifier.decode import Decoder
from verifier.errors import DamagedItem, ItemError

DECODER = Decoder(max_pixels=10_000_000, max_pages=3, max_rows=1)
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
LETTER = (
    f'<w:document xmlns:w="{_W}"><w:body><w:p><w:r><w:t>Two pictures </w:t></w:r><w:r><w:t>of the stand</w:t></w:r>'
    "</w:p><w:p/><w:p><w:r><w:t>Kind regards</w:t></w:r></w:p></w:body></w:document>"
).encode()


def picture(width: int = 120, grey: int = 90) -> bytes:
    out = io.BytesIO()
    Image.fromarray(np.full((80, width, 3), grey, np.uint8)).save(out, "PNG")
    return out.getvalue()


def package(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def item(kind: Kind = Kind.DOCUMENT) -> Item:
    return Item(id="c/r1/1", name="proof.docx", kind=kind, media_type="", digest="", size=0)


def test_a_text_document_gives_its_words_and_its_pictures_as_pages() -> None:
    data = package(**{"word/document.xml": LETTER, "word/media/image1.png": picture()})
    evidence = DECODER(item(), data)
    assert evidence.text == "Two pictures of the stand\nKind regards"
    (page,) = evidence.pages
    assert (page.label, page.pixels.shape, int(page.pixels[0, 0, 0])) == ("picture image1.png", (80, 120, 3), 90)


def test_pictures_of_slides_come_in_the_order_of_their_numbers_and_those_beyond_the_limit_are_counted() -> None:
    names = [f"ppt/media/image{number}.png" for number in (10, 2, 1, 30)]
    data = package(**{name: picture(100 + 10 * n) for n, name in enumerate(names)})
    evidence = DECODER(item(Kind.SLIDES), data)
    assert [page.label for page in evidence.pages] == [
        "picture image1.png",
        "picture image2.png",
        "picture image10.png",
    ]
    assert [page.index for page in evidence.pages] == [0, 1, 2]
    assert evidence.pages_left_out == 1


def test_open_documents_are_read_alike() -> None:
    said = b'<c xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><text:h>Proof</text:h></c>'
    evidence = DECODER(item(), package(**{"content.xml": said, "Pictures/1000.jpg": picture()}))
    assert (evidence.text, len(evidence.pages)) == ("Proof", 1)


def test_icons_and_pictures_that_cannot_be_read_cost_nothing_else() -> None:
    parts = {"word/media/image1.png": picture(20), "word/media/image2.png": b"no picture", "word/document.xml": LETTER}
    evidence = DECODER(item(), package(**parts))
    assert (evidence.pages, evidence.text.splitlines()[-1]) == ((), "Kind regards")
    assert evidence.pages_left_out == 1  # the broken one is told; nobody misses an icon


def test_a_document_of_billions_of_characters_is_refused_before_it_is_unpacked() -> None:
    bomb = package(**{"word/document.xml": bytes(21 * 1024 * 1024)})
    with pytest.raises(DamagedItem, match="export it as PDF"):
        DECODER(item(), bomb)


def test_entities_are_not_expanded() -> None:
    laughs = b'<!DOCTYPE a [<!ENTITY b "ha">]><a><p>&b;</p></a>'
    with pytest.raises(DamagedItem, match="broken"):
        DECODER(item(), package(**{"word/document.xml": laughs}))


def test_a_package_that_breaks_off_is_damaged_wherever_it_breaks() -> None:
    data = package(**{"word/document.xml": LETTER, "word/media/image1.png": picture()})
    for end in range(4, len(data) - 1, 7):
        with pytest.raises(ItemError):
            DECODER(item(), data[:end])


def test_a_picture_that_unpacks_to_more_than_it_declares_is_left_alone() -> None:
    data = bytearray(package(**{"word/document.xml": LETTER, "word/media/image1.png": picture() + bytes(5000)}))
    real, declared = (len(picture()) + 5000).to_bytes(4, "little"), (40).to_bytes(4, "little")
    assert data.count(real) == 2  # in the part's own header and in the directory
    lie = bytes(data.replace(real, declared))
    evidence = DECODER(item(), lie)
    assert (evidence.pages, evidence.pages_left_out) == ((), 1)
