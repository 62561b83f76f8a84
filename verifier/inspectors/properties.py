"""Properties: what does the file say of itself beside its content, part by part: present, absent or unreadable?

A part that is there and cannot be read is no empty part, and says so. People, serial numbers and identifiers have
findings of their own, so that they can be left out where a report is passed on (`reporting.redaction`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from verifier.casefile import Brief, Finding, Item, Kind, Status, Table
from verifier.instruments import container, document_info, exif, iptc, maker_notes, message_info, office_info, xmp
from verifier.instruments.container import State
from verifier.instruments.readings import Readings

_STATUS = {State.PRESENT: Status.MEASURED, State.ABSENT: Status.ABSENT, State.UNREADABLE: Status.UNDETERMINED}
_SHOWN = 300  # characters of one text in a table
_MOST_ROWS = 40
_MEASURES = (
    "parts", "unreadable", "exif", "xmp", "iptc", "icc", "jfif", "texts", "maker_note", "document", "headers",
    "created", "modified", "program", "revisions", "stations", "signed", "people", "serials", "identifiers",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A part of the file: its state, and what it says in a word."""

    name: str
    state: State
    says: str = ""
    note: str = ""
    rows: tuple[tuple[str, str], ...] = ()  # the fields themselves, where a reviewer wants to read them


@dataclass(frozen=True, slots=True, kw_only=True)
class Properties:
    """Reads every part of pictures, PDFs, Office packages and messages that is not their content."""

    name: str = "properties"
    version: str = "2"
    codes: frozenset[str] = field(default=frozenset(f"properties.{measure}" for measure in _MEASURES))

    def applies(self, item: Item, brief: Brief) -> bool:  # noqa: ARG002 - every brief
        return item.kind in _READERS

    def inspect(self, item: Item, brief: Brief, readings: Readings) -> Iterable[Finding]:  # noqa: ARG002
        return _READERS[item.kind](readings)


def _image(readings: Readings) -> Iterator[Finding]:
    evidence = readings.evidence
    walked = readings.take(container.read, evidence)
    fields = readings.take(exif.read, evidence)
    packet = readings.take(xmp.read, evidence)
    records = readings.take(iptc.read, evidence)
    note = readings.take(maker_notes.read, evidence)
    yield from _parts(
        _Part(name="exif", state=fields.state, says=fields.model or fields.make, note=fields.note),
        _Part(name="maker_note", state=note.state, says=note.maker, note=note.note),
        _Part(name="xmp", state=packet.state, says=packet.creator_tool, note=packet.note or _steps(packet)),
        _Part(name="iptc", state=records.state, says=_count(records), note=records.note, rows=_rows(records)),
        _Part(name="icc", state=walked.icc.state, says=walked.profile, note=walked.icc.note),
        _Part(name="jfif", state=State.PRESENT if walked.jfif else State.ABSENT, says=walked.jfif),
        _texts(walked),
    )
    yield from _optional("modified", walked.changed)
    yield _listed(
        "people",
        (
            ("EXIF Artist", fields.artist),
            ("EXIF CameraOwnerName", fields.owner),
            ("EXIF Copyright", fields.copyright),
            ("Maker note OwnerName", note.fields.get("owner", "")),
            ("XMP creator", packet.creator),
            ("XMP OwnerName", packet.owner),
            ("XMP rights", packet.rights),
            *(("IPTC " + name, text) for name, text in _rows(records) if name in _IPTC_PEOPLE),
            *(("PNG text " + name, text) for name, text in walked.texts if name in _PNG_PEOPLE),
        ),
    )
    yield _listed(
        "serials",
        (
            ("EXIF BodySerialNumber", fields.body_serial),
            ("EXIF LensSerialNumber", fields.lens_serial),
            ("Main directory", fields.main_serial),
            ("XMP SerialNumber", packet.body_serial),
            *((f"Maker note {name}", note.fields.get(name, "")) for name in _MAKER_SERIALS),
        ),
    )
    yield _listed(
        "identifiers",
        (
            ("EXIF ImageUniqueID", fields.image_unique_id),
            ("XMP DocumentID", packet.document_id),
            ("XMP InstanceID", packet.instance_id),
            ("XMP OriginalDocumentID", packet.original_document_id),
            ("XMP DerivedFrom", packet.derived_from),
            *((f"Maker note {name}", note.fields.get(name, "")) for name in _MAKER_IDENTIFIERS),
        ),
    )


_IPTC_PEOPLE = frozenset({"By-line", "By-lineTitle", "Contact", "CopyrightNotice", "Writer-Editor"})
_PNG_PEOPLE = frozenset({"Artist", "Author", "Copyright", "Creator"})
_MAKER_SERIALS = ("serial", "internal_serial", "lens_serial")
_MAKER_IDENTIFIERS = (
    "content_id", "image_id", "photo_id", "file_number", "shutter_count", "image_count", "since_power_up",
)  # fmt: skip


def _steps(packet: xmp.Xmp) -> str:
    return f"an edit history of {len(packet.history)} steps" if packet.history else ""


def _rows(records: iptc.Iptc) -> tuple[tuple[str, str], ...]:
    return tuple((name, text) for name, texts in records.fields.items() for text in texts)


def _stated(**fields: str) -> tuple[tuple[str, str], ...]:
    return tuple((name.replace("_", " "), text) for name, text in fields.items() if text)


def _count(records: iptc.Iptc) -> str:
    return f"{len(records.fields)} fields" if records.fields else ""


def _texts(walked: container.Container) -> _Part:
    """Texts of a PNG, and comments of a JPEG or GIF."""
    rows = (*walked.texts, *(("comment", comment) for comment in walked.comments))
    names = tuple(dict.fromkeys(name for name, _ in rows))
    torn = dict(walked.torn).get("texts", "")
    state = State.UNREADABLE if torn else State.PRESENT if names else State.ABSENT
    return _Part(name="texts", state=state, says=", ".join(names), note=torn, rows=rows)


def _document(readings: Readings) -> Iterator[Finding]:
    if office_info.is_package(readings.evidence):
        yield from _package(readings)
        return
    facts = readings.take(document_info.read, readings.evidence)
    packet = xmp.of(readings.take(document_info.packet, readings.evidence))
    yield from _parts(
        _Part(
            name="document", state=facts.state, says=facts.producer, note=facts.note, rows=_stated(title=facts.title)
        ),
        _Part(name="xmp", state=packet.state, says=packet.creator_tool, note=packet.note or _steps(packet)),
    )
    yield from _optional("created", facts.created or packet.created)
    yield from _optional("modified", facts.modified or packet.modified)
    yield from _optional("program", facts.creator or packet.creator_tool or facts.producer)
    if facts.revisions:
        yield _measured(
            "revisions", facts.revisions, "how often the file was written; each time but the first added to"
        )
    yield _listed("people", (("Author", facts.author), ("XMP creator", packet.creator)))
    yield _listed(
        "identifiers",
        (
            ("File identifier", facts.identifier),
            ("XMP DocumentID", packet.document_id),
            ("XMP InstanceID", packet.instance_id),
            ("XMP OriginalDocumentID", packet.original_document_id),
        ),
    )


def _package(readings: Readings) -> Iterator[Finding]:
    facts = readings.take(office_info.read, readings.evidence)
    rows = _stated(title=facts.title, template=facts.template, editing_time=facts.minutes, printed=facts.printed)
    yield from _parts(_Part(name="document", state=facts.state, says=facts.application, note=facts.note, rows=rows))
    yield from _optional("created", facts.created)
    yield from _optional("modified", facts.modified)
    yield from _optional("program", f"{facts.application} {facts.version}".strip())
    yield from _optional("revisions", facts.revision)
    yield _listed(
        "people",
        (
            ("creator", facts.creator),
            ("last modified by", facts.modified_by),
            ("company", facts.company),
            ("manager", facts.manager),
        ),
    )


def _message(readings: Readings) -> Iterator[Finding]:
    facts = readings.take(message_info.read, readings.evidence)
    yield from _parts(_Part(name="headers", state=facts.state, says=facts.sender_domain, note=facts.note))
    yield from _optional("created", facts.date)
    yield from _optional("program", facts.program)
    way = tuple(row for row in facts.stations if any(row))
    table = Table(header=("Received", "By"), rows=way)
    note = "stations that wrote when they received it; a saved draft or a print has none"
    yield Finding(code="properties.stations", value=len(facts.stations), marks=(table,) if way else (), note=note)
    if facts.signers:
        yield _measured("signed", ", ".join(facts.signers), "a DKIM signature is there; it is not checked")
    else:
        yield Finding(code="properties.signed", status=Status.ABSENT, note="no DKIM signature")
    yield _listed("people", (("From", facts.sender),))
    yield _listed("identifiers", (("Message-ID", facts.message_id),))


_READERS: Mapping[Kind, Callable[[Readings], Iterator[Finding]]] = {
    Kind.IMAGE: _image,
    Kind.DOCUMENT: _document,
    Kind.TABLE: _package,
    Kind.SLIDES: _package,
    Kind.MESSAGE: _message,
}


def _parts(*parts: _Part) -> Iterator[Finding]:
    """A finding per part, one of them all, and one of those that cannot be read."""
    rows = tuple((part.name.replace("_", " "), part.state.value, part.says or part.note) for part in parts)
    here = tuple(part.name for part in parts if part.state is State.PRESENT)
    table = Table(header=("Part", "State", "It says"), rows=_short(rows), caption="What the file carries")
    yield Finding(code="properties.parts", value=here, marks=(table,) if len(parts) > 1 else ())
    torn = [part for part in parts if part.state is State.UNREADABLE]
    names = ", ".join(part.name.replace("_", " ") for part in torn)
    yield _measured("unreadable", len(torn), f"{names}: {torn[0].note}"[:_SHOWN] if torn else "")
    for part in parts:
        yield Finding(
            code=f"properties.{part.name}",
            status=_STATUS[part.state],
            value=(part.says or "present")[:_SHOWN] if part.state is State.PRESENT else None,
            marks=_table(part),
            note=part.note[:_SHOWN],
        )


def _table(part: _Part) -> tuple[Table, ...]:
    caption = part.name.upper() if part.name == "iptc" else part.name.capitalize()
    return (Table(header=("Field", "It says"), rows=_short(part.rows), caption=caption),) if part.rows else ()


def _measured(name: str, value: int | str, note: str = "") -> Finding:
    return Finding(code=f"properties.{name}", value=value, note=note)


def _optional(name: str, value: str) -> Iterator[Finding]:
    if value:
        yield _measured(name, value)
    else:
        yield Finding(code=f"properties.{name}", status=Status.ABSENT, note="the file does not say")


def _listed(name: str, stated: Sequence[tuple[str, str]]) -> Finding:
    """What was stated, each thing once, with the fields that say so; ABSENT where nothing was."""
    rows = _short(tuple(dict.fromkeys((where, text) for where, text in stated if text)))
    if not rows:
        return Finding(code=f"properties.{name}", status=Status.ABSENT, note="the file names none")
    table = Table(header=("Field", "It says"), rows=rows, caption=name.capitalize())
    return Finding(code=f"properties.{name}", value=tuple(dict.fromkeys(text for _, text in rows)), marks=(table,))


def _short(rows: Sequence[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(text[:_SHOWN] for text in row) for row in rows[:_MOST_ROWS])
