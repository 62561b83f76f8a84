"""The decoder: an item's original bytes become evidence. Its door turns every library's failure into an ItemError."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

from verifier.casefile import Evidence, Item, Kind, Page
from verifier.decode.documents import read_document
from verifier.decode.endings import trailing_bytes
from verifier.decode.messages import read_message
from verifier.decode.packages import read_package
from verifier.decode.pictures import RESEND, read_picture
from verifier.decode.signatures import is_pdf, picture_type
from verifier.decode.tables import read_csv, read_workbook
from verifier.errors import DamagedItem, EmptyItem, ItemError, UnsupportedType

_LEAST_SIDE = 64  # pixels: what is smaller inside a message is an icon or a tracking pixel

_REMEDIES: Mapping[Kind, str] = {
    Kind.IMAGE: RESEND,
    Kind.DOCUMENT: "send the original file again; if it looks the same, print it to a new PDF",
    Kind.TABLE: "send the original file again; if it looks the same, save it anew as CSV or XLSX",
    Kind.MESSAGE: "save the message again as .eml, or print it to a PDF",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoder:
    """Decodes items by the kind and media type that intake told by their content.

    `max_pixels` bounds one picture, `max_pages` a document or a message with all its attachments, `max_rows` a sheet.
    """

    max_pixels: int
    max_pages: int
    max_rows: int

    def __call__(self, item: Item, data: bytes) -> Evidence:
        """The item's evidence; links, audio and video have no pages: they are kept, and not read.

        Raises ItemError, its message naming the file, and MemoryError (the worker's limit, which the pool names).
        """
        read = self._readers().get(item.kind)
        if item.kind is not Kind.LINK and not data:
            raise EmptyItem(f"{item.name} is empty", "send the file again: it holds no bytes at all")
        if read is None:
            return Evidence(kind=item.kind, media_type=item.media_type, raw=data)
        try:
            with _quiet():
                return read(item, data)
        except (ItemError, MemoryError):
            raise
        except Exception as error:
            remedy = _REMEDIES.get(item.kind, RESEND)
            raise DamagedItem(f"{item.name} is broken ({_brief(error)})", remedy) from error

    def _readers(self) -> Mapping[Kind, Callable[[Item, bytes], Evidence]]:
        return {
            Kind.IMAGE: self._image,
            Kind.DOCUMENT: self._document,
            Kind.SLIDES: self._package,
            Kind.TABLE: self._table,
            Kind.MESSAGE: self._message,
            Kind.REFUSED: _refuse,
        }

    def _image(self, item: Item, data: bytes) -> Evidence:
        pixels, frames = read_picture(item.name, item.media_type, data, max_pixels=self.max_pixels)
        return Evidence(
            kind=item.kind,
            media_type=item.media_type,
            raw=data,
            pages=(Page(index=0, label="photo", pixels=pixels),),
            trailing_bytes=trailing_bytes(item.media_type, data),
            frames=frames,
        )

    def _document(self, item: Item, data: bytes) -> Evidence:
        if not is_pdf(data):
            return self._package(item, data)
        pages, left_out = read_document(item.name, data, max_pages=self.max_pages)
        text = "\n".join(" ".join(word.text for word in page.words) for page in pages)
        return Evidence(
            kind=item.kind, media_type=item.media_type, raw=data, pages=pages, text=text, pages_left_out=left_out
        )

    def _package(self, item: Item, data: bytes) -> Evidence:
        """Words of a text document or slides, and as pages the pictures that were set into it."""
        text, pictures, beyond = read_package(item.name, data, most=self.max_pages)
        pages, left_out, unread = self._inside((f"picture {name}", content) for name, content in pictures)
        return Evidence(
            kind=item.kind,
            media_type=item.media_type,
            raw=data,
            pages=pages,
            text=text,
            pages_left_out=beyond + left_out + unread,
        )

    def _table(self, item: Item, data: bytes) -> Evidence:
        read = read_csv if item.media_type == "text/csv" else read_workbook
        sheets = read(item.name, data, max_rows=self.max_rows)
        return Evidence(kind=item.kind, media_type=item.media_type, raw=data, sheets=sheets)

    def _message(self, item: Item, data: bytes) -> Evidence:
        message = read_message(data)
        files = ((f"attachment {attachment.name}", content) for attachment, content in message.files)
        pages, left_out, _ = self._inside(files)  # those not read are told by their names
        return Evidence(
            kind=item.kind,
            media_type=item.media_type,
            raw=data,
            pages=pages,
            text=message.text,
            attachments=tuple(attachment for attachment, _ in message.files),
            pages_left_out=left_out,
            headers=message.headers,
        )

    def _inside(self, files: Iterable[tuple[str, bytes]]) -> tuple[tuple[Page, ...], int, int]:
        """The pages of files in a file, by their labels; how many did not fit; and how many files could not be read."""
        pages: list[Page] = []
        left_out = unread = 0
        for label, content in files:
            try:
                more, left = self._attached(label, content, self.max_pages - len(pages))
            except MemoryError:
                raise
            except Exception:  # noqa: BLE001 - a broken attachment must not cost the message
                unread += 1
                continue
            left_out += left
            pages.extend(more)
        return tuple(replace(page, index=index) for index, page in enumerate(pages)), left_out, unread

    def _attached(self, label: str, data: bytes, room: int) -> tuple[tuple[Page, ...], int]:
        """The pages of one of them, and how many did not fit; none of an icon. Raises what its reader raises."""
        if media_type := picture_type(data):
            pixels, _ = read_picture(label, media_type, data, max_pixels=self.max_pixels)
            if min(pixels.shape[:2]) < _LEAST_SIDE:
                return (), 0
            return ((Page(index=0, label=label, pixels=pixels),), 0) if room > 0 else ((), 1)
        if is_pdf(data):
            pages, left = read_document(label, data, max_pages=max(0, room))
            return tuple(replace(page, label=f"{label}, {page.label}") for page in pages), left
        raise UnsupportedType(f"{label} is neither a picture nor a PDF", RESEND)


def _refuse(item: Item, _: bytes) -> Evidence:
    problem = item.problem
    raise UnsupportedType(
        problem.message if problem else f"{item.name} was refused", problem.remedy if problem else RESEND
    )


def _brief(error: Exception) -> str:
    """One line about a library's error, without addresses of objects, so that the same bytes give the same words."""
    text = " ".join(str(error).split()).partition(" <")[0].rstrip(": ")
    return (text or type(error).__name__)[:120]


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep libraries' warnings from people's terminals: libjpeg, libtiff and PDFium write to descriptor 2."""
    kept = os.dup(2)
    try:
        with warnings.catch_warnings(), open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - not a path of ours
            warnings.simplefilter("ignore")
            os.dup2(nowhere.fileno(), 2)
            yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
