"""Reading what a portal uploads: part by part, refused as soon as a limit is passed, never all of it in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from tempfile import SpooledTemporaryFile

from fastapi import Request
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect

from verifier.api.problems import Refusal

_MOST_FACTS = 1_000_000  # bytes
_IN_MEMORY = 256 * 1024  # of one file; what is larger waits on the disk until the form is whole


@dataclass(frozen=True, slots=True, kw_only=True)
class FormLimits:
    """Sizes in bytes; `seconds` is how long an upload may take."""

    request_bytes: int
    file_bytes: int
    files: int
    seconds: float = 300.0


@dataclass(slots=True, kw_only=True)
class Upload:
    """One uploaded file under the name that its sender gave it."""

    name: str
    file: SpooledTemporaryFile[bytes]
    size: int = 0

    def read(self) -> bytes:
        """All of it."""
        self.file.seek(0)
        return self.file.read()


@dataclass(slots=True, kw_only=True)
class Form:
    """The parts of a request: what is said (of a claim, of a brand), and the files."""

    facts: bytearray | None = None
    files: list[Upload] = field(default_factory=list)


@asynccontextmanager
async def received(request: Request, limits: FormLimits, part: str = "claim") -> AsyncIterator[Form]:
    """The form, whole: a `part` that says what it is about, and `files`, which are gone afterwards.

    Raises Refusal: 400, 408, 413, 415 or 422.
    """
    boundary = _boundary(request, part)
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limits.request_bytes:
        raise _too_large("the request", limits.request_bytes)
    reader = _Reader(limits, part)
    try:
        try:
            async with asyncio.timeout(limits.seconds):
                await _read(request, boundary, reader, limits.request_bytes)
        except TimeoutError:
            took = f"the upload took over {limits.seconds:.0f} s"
            raise Refusal(408, "upload-too-slow", took, "send it again") from None
        yield reader.form
    finally:
        for upload in reader.form.files:
            upload.file.close()


async def _read(request: Request, boundary: bytes, reader: _Reader, most: int) -> None:
    total = 0
    try:
        parser = MultipartParser(boundary, reader.callbacks())  # type: ignore[arg-type]
        async for chunk in request.stream():
            total += len(chunk)
            if total > most:
                raise _too_large("the request", most)
            parser.write(chunk)
        parser.finalize()
    except FormParserError as error:
        raise _malformed(f"the form cannot be read: {error}") from None
    except ClientDisconnect:
        raise _malformed("the upload broke off") from None
    if not reader.whole:
        raise _malformed("the form breaks off before its end")


def _boundary(request: Request, part: str) -> bytes:
    kind, parameters = parse_options_header(request.headers.get("content-type", ""))
    if kind != b"multipart/form-data":
        raise Refusal(
            415,
            "unsupported-media-type",
            f"the body is {kind.decode('latin-1') or 'of no stated type'}, not multipart/form-data",
            f"send a form with a part `{part}` and a part `files` for each file",
            headers={"Accept": "multipart/form-data"},
        )
    boundary = parameters.get(b"boundary", b"")
    if not boundary:
        raise _malformed("the form's content type names no boundary")
    return boundary


class _Reader:
    """Takes the parser's events. A part is named `claim` (or as `part` says), once, or `files`, with a file name."""

    def __init__(self, limits: FormLimits, part: str) -> None:
        self.form = Form()
        self.whole = False
        self._limits, self._part = limits, part
        self._header = (bytearray(), bytearray())
        self._disposition = b""
        self._upload: Upload | None = None

    def callbacks(self) -> dict[str, object]:
        """By the parser's names."""
        return {name: getattr(self, name) for name in dir(self) if name.startswith("on_")}

    def on_part_begin(self) -> None:
        self._disposition, self._upload = b"", None

    def on_header_field(self, data: bytes, start: int, end: int) -> None:
        self._header[0].extend(data[start:end])

    def on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header[1].extend(data[start:end])

    def on_header_end(self) -> None:
        name, value = self._header
        if name.lower() == b"content-disposition":
            self._disposition = bytes(value)
        self._header = (bytearray(), bytearray())

    def on_headers_finished(self) -> None:
        _, options = parse_options_header(self._disposition)
        name = _text(options.get(b"name", b""))
        if name == self._part:
            if self.form.facts is not None:
                raise _misfit(name, "it stands twice", f"send one {name} in a request")
            self.form.facts = bytearray()
        elif name == "files" and options.get(b"filename"):
            self._begin_file(_text(options[b"filename"]))
        elif name == "files":
            raise _misfit(
                "files", "a part has no file name", f"give each file the name by which the {self._part} calls it"
            )
        else:
            raise _misfit(
                name[:64] or "(unnamed)", "is not a part of this form", f"send `{self._part}` and `files` only"
            )

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        if self._upload is not None:
            self._upload.size += end - start
            if self._upload.size > self._limits.file_bytes:
                raise _too_large(f"file {len(self.form.files)}", self._limits.file_bytes)
            self._upload.file.write(data[start:end])
        elif self.form.facts is not None:
            self.form.facts += data[start:end]
            if len(self.form.facts) > _MOST_FACTS:
                raise _too_large(f"the {self._part}", _MOST_FACTS)

    def on_end(self) -> None:
        self.whole = True

    def _begin_file(self, name: str) -> None:
        if len(self.form.files) >= self._limits.files:
            raise Refusal(
                413,
                "too-many-files",
                f"more than {self._limits.files} files",
                "send the ones that prove the activity",
                fields={"files": f"at most {self._limits.files} are taken"},
            )
        if any(name == other.name for other in self.form.files):
            raise _misfit("files", f"two files have the name {name!r}", "give each its own name")
        self._upload = Upload(name=name, file=SpooledTemporaryFile(_IN_MEMORY))  # noqa: SIM115 - `received` closes it
        self.form.files.append(self._upload)


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _malformed(detail: str) -> Refusal:
    return Refusal(400, "form-malformed", detail, "send the form again")


def _misfit(part: str, detail: str, remedy: str) -> Refusal:
    return Refusal(422, "form-invalid", f"{part}: {detail}", remedy, fields={part: detail})


def _too_large(what: str, most: int) -> Refusal:
    remedy = "send it at a smaller size, or only the pages that matter"
    return Refusal(413, "too-large", f"{what} has more than {most / 1e6:.1f} MB", remedy)
