"""Provenance: which programs had the file in their hands, and does it say that a machine or an editor made it?

Only what the file states is read here; no pixel is searched for traces. On real photos such searches find 2 to 16% of
edits at 1% false alarms, and no edited figures at all, which is not enough to weigh against anybody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from verifier.casefile import Brief, Evidence, Finding, Item, Kind, Span, Status, Table, Timeline
from verifier.instruments import container, credentials, exif, generators, screens, software, trailer, xmp
from verifier.instruments.credentials import Credentials, Grade
from verifier.instruments.readings import Readings
from verifier.instruments.software import Role

_MEASURES = (
    "ai_marker", "editor", "history", "credentials", "trailing_bytes", "polyglot", "screenshot", "messenger",
    "reduced_copy",
)  # fmt: skip
_MOST_STEPS = 24  # of a history, on the timeline; the table holds all
_GRADE_NOTES = {
    Grade.TRUSTED: "signed, unchanged, and the signer is on the trust list",
    Grade.INTACT: "unchanged since it was signed; without a trust list anyone may have signed it",
    Grade.CHANGED: "no longer the file that was signed: saving it anew is enough for that",
    Grade.BROKEN: "what was signed is not what stands there now: a program that did not know them spoils them",
    Grade.UNVERIFIED: "the signature cannot be confirmed, which is common for genuine captures too",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Reads what programs wrote into the file: generators, editors, signatures, screenshots, messengers, appendices.

    `anchors` are the certificates (PEM) of an operator's trust list, "" without one.
    """

    anchors: str = ""
    name: str = "provenance"
    version: str = field(default_factory=lambda: f"3+{software.digest()[:12]}")
    codes: frozenset[str] = field(default=frozenset(f"provenance.{measure}" for measure in _MEASURES))

    def applies(self, item: Item, brief: Brief) -> bool:  # noqa: ARG002 - every brief
        return item.kind is Kind.IMAGE

    def inspect(self, item: Item, brief: Brief, readings: Readings) -> Iterable[Finding]:  # noqa: ARG002
        evidence = readings.evidence
        signed = readings.take(credentials.read, evidence, self.anchors)
        yield _ai_marker(_marks(readings, signed))
        yield _editor(readings, signed)
        yield _history(readings.take(xmp.read, evidence))
        yield _credentials(signed)
        count, note = readings.take(trailer.unexplained, evidence)
        yield Finding(code="provenance.trailing_bytes", value=count, note=note)
        others = readings.take(trailer.also, evidence)
        yield Finding(code="provenance.polyglot", value=", ".join(others) or "none")
        yield _screenshot(item, readings, signed)
        through = screens.messenger(item.name, evidence.raw)
        note = "messengers shrink pictures and drop when and where they were taken" if through else ""
        yield Finding(code="provenance.messenger", value=through or "none", note=note)
        yield _reduced_copy(readings)


def _marks(readings: Readings, signed: Credentials) -> tuple[generators.Marker, ...]:
    evidence = readings.evidence
    walked, named = readings.take(container.read, evidence), readings.take(exif.read, evidence)
    return generators.of(walked, named, readings.take(xmp.read, evidence), signed)


def _ai_marker(markers: tuple[generators.Marker, ...]) -> Finding:
    if not markers:
        return Finding(code="provenance.ai_marker", value="none", note="no mark; most generated pictures carry none")
    whole = any(marker.kind == "generated" for marker in markers)
    table = Table(header=("Field", "It says"), rows=tuple((marker.where, marker.says) for marker in markers))
    return Finding(
        code="provenance.ai_marker",
        value="generated" if whole else "edited",
        marks=(table,),
        note=f"{markers[0].where}: {markers[0].says}",
    )


def _editor(readings: Readings, signed: Credentials) -> Finding:
    """The first pixel editor among the programs that the file names."""
    named = _programs(readings, signed)
    if not named:
        return Finding(code="provenance.editor", status=Status.ABSENT, note="the file names no program")
    roles = {name: software.role_of(name) for _, name in named}
    rows = tuple((where, name, roles[name].value) for where, name in named)
    edited = tuple(number for number, row in enumerate(rows) if row[2] == Role.EDITOR)
    table = Table(header=("Field", "Program", "What it is"), rows=rows, highlighted=edited)
    return Finding(code="provenance.editor", value=rows[edited[0]][1] if edited else "none", marks=(table,))


def _history(packet: xmp.Xmp) -> Finding:
    """The steps of the file's making, as its programs wrote them down: a timeline, and a table of what was done."""
    code = "provenance.history"
    if not packet.history:
        return Finding(code=code, status=Status.ABSENT, note="the file carries no history of edits; few do")
    rows = tuple((step.when, step.action, step.agent, step.changed or step.parameters) for step in packet.history)
    edits = tuple(n for n, step in enumerate(packet.history) if software.role_of(step.agent) is Role.EDITOR)
    table = Table(
        header=("When", "What", "Program", "Changed"), rows=rows, highlighted=edits, caption="History of edits (XMP)"
    )
    spans = tuple(
        Span(label=f"{step.action or 'step'} ({step.agent})" if step.agent else step.action, start=when, end=when)
        for step in packet.history[:_MOST_STEPS]
        if (when := _moment(step.when))
    )
    marks = (Timeline(spans=spans), table) if len(spans) > 1 else (table,)
    programs = ", ".join(dict.fromkeys(step.agent for step in packet.history if step.agent))
    return Finding(code=code, value=len(packet.history), marks=marks, note=programs)


def _moment(text: str) -> str:
    """The text if it is a moment in ISO 8601, "" if not."""
    try:
        return text if datetime.fromisoformat(text) else ""
    except ValueError:
        return ""


def _reduced_copy(readings: Readings) -> Finding:
    """Whether a picture without camera data has the size of the copies that messengers and portals make."""
    evidence = readings.evidence
    walked, fields = readings.take(container.read, evidence), readings.take(exif.read, evidence)
    by = screens.reduced_for(walked.format, walked.size)
    if fields.make or fields.original or not by:
        return Finding(code="provenance.reduced_copy", value="none")
    note = f"no data of a camera, and {max(walked.size or (0,))} pixels at the longest side, as {by} make copies"
    return Finding(code="provenance.reduced_copy", value=by, note=note)


def _programs(readings: Readings, signed: Credentials) -> tuple[tuple[str, str], ...]:
    """Field and name of every program that the file names, once each, in order."""
    evidence = readings.evidence
    walked = readings.take(container.read, evidence)
    packet = readings.take(xmp.read, evidence)
    stated = (
        ("EXIF Software", readings.take(exif.read, evidence).software),
        ("XMP CreatorTool", packet.creator_tool),
        *(("XMP history", agent) for agent in packet.agents),
        *((f"PNG text {keyword}", text) for keyword, text in walked.texts if keyword == "Software"),
        *(("JPEG comment", comment) for comment in walked.comments if software.role_of(comment) is not Role.OTHER),
        ("C2PA generator", signed.generator),
    )
    return tuple(dict.fromkeys((where, name[:120]) for where, name in stated if name))


def _credentials(signed: Credentials) -> Finding:
    code = "provenance.credentials"
    if signed.grade is Grade.ABSENT:
        return Finding(code=code, status=Status.ABSENT, note="the file carries no content credentials; few do")
    if signed.grade is Grade.UNREADABLE:
        return Finding(code=code, status=Status.UNDETERMINED, note=signed.note)
    rows = (
        ("signer", signed.signer),
        ("program", signed.generator),
        ("actions", ", ".join(signed.actions)),
        ("not confirmed", ", ".join(signed.codes)),
    )
    table = Table(header=("Credentials", ""), rows=tuple(row for row in rows if row[1]))
    return Finding(code=code, value=signed.grade.value, marks=(table,), note=_GRADE_NOTES[signed.grade])


def _screenshot(item: Item, readings: Readings, signed: Credentials) -> Finding:
    """True on a stated sign or a screen's exact size, False where a camera is named, and otherwise no answer."""
    evidence = readings.evidence
    walked, fields = readings.take(container.read, evidence), readings.take(exif.read, evidence)
    code = "provenance.screenshot"
    said = _said_screenshot(item, evidence, readings, signed)
    if said:
        return Finding(code=code, value=True, confidence=0.97, note=said)
    if fields.make and fields.model:
        return Finding(code=code, value=False, confidence=0.9, note=f"a camera is named: {fields.make} {fields.model}")
    width, height = walked.size or (0, 0)
    if walked.format == "png" and screens.is_handheld_size(width, height):
        return Finding(
            code=code, value=True, confidence=0.9, note=f"a PNG of a phone screen's size, {width} x {height}"
        )
    if walked.format == "png" and screens.is_desktop_size(width, height):
        return Finding(code=code, value=True, confidence=0.7, note=f"a PNG of a monitor's size, {width} x {height}")
    note = "no camera is named, and nothing shows a screenshot"
    return Finding(code=code, status=Status.UNDETERMINED, note=note)


def _said_screenshot(item: Item, evidence: Evidence, readings: Readings, signed: Credentials) -> str:
    packet = readings.take(xmp.read, evidence)
    if packet.comment.casefold() == "screenshot":
        return "the system wrote that it is a screenshot"
    captured = next((name for _, name in _programs(readings, signed) if software.role_of(name) is Role.CAPTURE), "")
    if captured:
        return f"made by {captured}"
    return f"the file is called {item.name}" if screens.named_as_screenshot(item.name) else ""
