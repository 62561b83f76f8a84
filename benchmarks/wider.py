"""Fields beyond the labels of the metadata benchmark, against an exiftool that is installed: XMP, IPTC, ICC, notes."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from verifier.instruments import container, iptc, maker_notes, xmp
from verifier.instruments.container import Container, State

_XMP = {
    "CreatorTool": "creator_tool", "DocumentID": "document_id", "InstanceID": "instance_id",
    "OriginalDocumentID": "original_document_id",
}  # fmt: skip
_IPTC = ("By-line", "Headline", "City", "Credit", "Source", "SpecialInstructions", "CopyrightNotice")
_NOTES = {
    "SerialNumber": "serial", "InternalSerialNumber": "internal_serial", "OwnerName": "owner",
    "FileNumber": "file_number",
}  # fmt: skip


def against_exiftool(files: Sequence[Path]) -> dict[str, str] | str:
    """Field -> how many of the values that exiftool reads are read too, "k/n"; or why that was not measured.

    Files whose container or block is said to be unreadable have no part. Serial numbers are compared without leading
    zeros, which their printed form adds.
    """
    if shutil.which("exiftool") is None:
        return "exiftool is not installed"
    both: defaultdict[str, Counter[bool]] = defaultdict(Counter)
    for path, stated in zip(files, _told(files), strict=True):
        walked = container.walk(path.read_bytes())
        if walked.damage:
            continue
        for name, found in _ours(walked).items():
            value = stated.get(name)
            if value is not None and found is not None:
                both[name][_same(value, found)] += 1
    return {name: f"{counts[True]}/{counts.total()}" for name, counts in sorted(both.items())}


def _told(files: Sequence[Path]) -> list[Mapping[str, Any]]:
    command = ["exiftool", "-q", "-json", "-G0", "-s", "-fast", *map(str, files)]
    answer = subprocess.run(command, check=False, capture_output=True)
    told = {Path(one["SourceFile"]).name: one for one in json.loads(answer.stdout.decode("utf-8", "replace"))}
    return [told.get(path.name, {}) for path in files]


def _ours(walked: Container) -> dict[str, str | None]:
    """By exiftool's names; None where the block is said to be unreadable."""
    packet, records, note = xmp.of(walked.xmp), iptc.of(walked.iptc), maker_notes.of(walked.exif)
    history = ", ".join(step.action for step in packet.history)
    found: dict[str, str | None] = {"ICC_Profile:ProfileDescription": walked.profile}
    for group, block, values in (
        ("XMP", packet, {name: getattr(packet, ours) for name, ours in _XMP.items()} | {"HistoryAction": history}),
        ("IPTC", records, {name: records.first(name) for name in _IPTC}),
        ("MakerNotes", note, {name: note.fields.get(ours, "") for name, ours in _NOTES.items()}),
    ):
        for name, value in values.items():
            found[f"{group}:{name}"] = None if block.state is State.UNREADABLE else value
    return found


def _same(stated: object, found: str) -> bool:
    """Lists count whole where the reading is one, and by their first value where it is one."""
    texts = [str(one) for one in stated] if isinstance(stated, list) else [str(stated)]
    plain = found.strip().lstrip("0")
    return plain in {text.strip().lstrip("0") for text in (", ".join(texts), texts[0])}
