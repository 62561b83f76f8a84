"""Provenance: which programs had the file in their hands, and does it say that a machine or an editor made it?

Only what the file states is read here; no pixel is searched for traces. On real photos such searches find 2 to 16% of
edits at 1% false alarms, and no edited figures at all, which is not enough to weigh against anybody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from verifier.casefile import Brief, Evidence, Finding, Item, Kind, Status, Table
from verifier.instruments import container, credentials, exif, generators, screens, software, trailer, xmp
from verifier.instruments.credentials import Grade
from verifier.instruments.readings import Readings
from verifier.instruments.software import Role

_GRADE_NOTES = {
    Grade.TRUSTED: "signed, unchanged, and the signer is on the trust list",
    Grade.INTACT: "unchanged since it was signed; without a trust list anyone may have signed it",
    Grade.CHANGED: "no longer the file that was signed: saving it anew is enough for that",
    Grade.UNVERIFIED: "the signature cannot be confirmed, which is common for genuine captures too",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Reads what programs wrote into the file: generators, editors, signatures, screenshots, messengers, appendices."""

    name: str = "provenance"
    version: str = "1"
    codes: frozenset[str] = field(
        default=frozenset(
            f"provenance.{measure}"
            for measure in ("ai_marker", "editor", "credentials", "trailing_bytes", "screenshot", "messenger")
        )
    )

    def applies(self, item: Item, brief: Brief) -> bool:  # noqa: ARG002 - every brief
        return item.kind is Kind.IMAGE

    def inspect(self, item: Item, brief: Brief, readings: Readings) -> Iterable[Finding]:  # noqa: ARG002
        evidence = readings.evidence
        yield _ai_marker(readings.take(generators.read, evidence))
        yield _editor(readings)
        yield _credentials(readings.take(credentials.read, evidence))
        count, note = readings.take(trailer.unexplained, evidence)
        yield Finding(code="provenance.trailing_bytes", value=count, note=note)
        yield _screenshot(item, readings)
        through = screens.messenger(item.name, evidence.raw)
        note = "messengers shrink pictures and drop when and where they were taken" if through else ""
        yield Finding(code="provenance.messenger", value=through or "none", note=note)


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


def _editor(readings: Readings) -> Finding:
    """The first pixel editor among the programs that the file names."""
    named = _programs(readings)
    if not named:
        return Finding(code="provenance.editor", status=Status.ABSENT, note="the file names no program")
    roles = {name: software.role_of(name) for _, name in named}
    rows = tuple((where, name, roles[name].value) for where, name in named)
    edited = tuple(number for number, row in enumerate(rows) if row[2] == Role.EDITOR)
    table = Table(header=("Field", "Program", "What it is"), rows=rows, highlighted=edited)
    return Finding(code="provenance.editor", value=rows[edited[0]][1] if edited else "none", marks=(table,))


def _programs(readings: Readings) -> tuple[tuple[str, str], ...]:
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
        ("C2PA generator", readings.take(credentials.read, evidence).generator),
    )
    return tuple(dict.fromkeys((where, name[:120]) for where, name in stated if name))


def _credentials(signed: credentials.Credentials) -> Finding:
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


def _screenshot(item: Item, readings: Readings) -> Finding:
    """True on a stated sign or a screen's exact size, False where a camera is named, and otherwise no answer."""
    evidence = readings.evidence
    walked, fields = readings.take(container.read, evidence), readings.take(exif.read, evidence)
    code = "provenance.screenshot"
    said = _said_screenshot(item, evidence, readings)
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


def _said_screenshot(item: Item, evidence: Evidence, readings: Readings) -> str:
    packet = readings.take(xmp.read, evidence)
    if packet.comment.casefold() == "screenshot":
        return "the system wrote that it is a screenshot"
    captured = next((name for _, name in _programs(readings) if software.role_of(name) is Role.CAPTURE), "")
    if captured:
        return f"made by {captured}"
    return f"the file is called {item.name}" if screens.named_as_screenshot(item.name) else ""
