"""Explicit marks of machine-made pictures: what generators write into their files when nobody stops them.

Sources: IPTC Photo Metadata 2025.1 (DigitalSourceType), C2PA 2.1 actions, and the text chunks of the open generators.
Their absence says nothing, since one re-save removes them all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from verifier.casefile import Evidence
from verifier.instruments import container, credentials, exif, software, xmp
from verifier.instruments.container import Container
from verifier.instruments.credentials import Credentials
from verifier.instruments.exif import Exif
from verifier.instruments.software import Role
from verifier.instruments.xmp import Xmp

_GENERATED = frozenset({"trainedAlgorithmicMedia", "algorithmicMedia"})
_EDITED = frozenset({"compositeWithTrainedAlgorithmicMedia", "compositeSynthetic"})
_PNG_KEYS = {  # keyword -> (generator, what its text must hold, since some keywords are common words)
    "parameters": ("Stable Diffusion web UI", ("Steps: ", "Sampler: ", '"sampler')),
    "prompt": ("ComfyUI", ('"class_type"',)),
    "workflow": ("ComfyUI", ('"nodes"', '"class_type"')),
    "invokeai_metadata": ("InvokeAI", ()),
    "invokeai_workflow": ("InvokeAI", ()),
    "invokeai_graph": ("InvokeAI", ()),
    "sd-metadata": ("InvokeAI", ()),
    "Dream": ("InvokeAI", ("-s", "-S")),
    "fooocus_scheme": ("Fooocus", ()),
    "sui_image_params": ("SwarmUI", ()),
}
_COMMENT_SIGNS = (
    "Sampler: ",
    '"sui_image_params"',
    '"fooocus_scheme"',
)  # JPEG and WebP hold the same text in UserComment


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """One mark: `kind` tells wholly generated from partly edited, `where` names the field, `says` quotes it."""

    kind: Literal["generated", "edited"]
    where: str
    says: str


def read(evidence: Evidence) -> tuple[Marker, ...]:
    """Every mark that the item's original bytes carry, in the order of the places looked at."""
    return of(container.read(evidence), exif.read(evidence), xmp.read(evidence), credentials.read(evidence))


def of(walked: Container, named: Exif, packet: Xmp, signed: Credentials) -> tuple[Marker, ...]:
    """The marks in what was read already."""
    return (
        *_source_type("IPTC DigitalSourceType", packet.source_type),
        *(mark for source in signed.source_types for mark in _source_type("C2PA digitalSourceType", source)),
        *_names(
            {
                "XMP AISystemUsed": packet.ai_system,
                "XMP Credit": packet.credit,
                "XMP CreatorTool": packet.creator_tool,
                "EXIF Software": named.software,
                "EXIF Make": named.make,
                "C2PA generator": signed.generator,
            }
        ),
        *_texts(walked),
        *_comment(walked),
    )


def _source_type(where: str, value: str) -> Iterator[Marker]:
    if value in _GENERATED:
        yield Marker(kind="generated", where=where, says=value)
    elif value in _EDITED:
        yield Marker(kind="edited", where=where, says=value)


def _names(stated: dict[str, str]) -> Iterator[Marker]:
    for where, name in stated.items():
        if software.role_of(name) is Role.GENERATOR or (where == "XMP AISystemUsed" and name):
            edited = name.casefold().startswith("edited")  # "Edited with Google AI": a part of a photo
            yield Marker(kind="edited" if edited else "generated", where=where, says=name)


def _texts(walked: Container) -> Iterator[Marker]:
    for keyword, text in walked.texts:
        generator, signs = _PNG_KEYS.get(keyword, ("", ()))
        if generator and (not signs or any(sign in text for sign in signs)):
            yield Marker(kind="generated", where=f"PNG text {keyword}", says=f"{generator}: {text[:80]}")
        elif keyword in ("Software", "Source", "Title") and (
            software.role_of(text) is Role.GENERATOR or text == "AI generated image"
        ):
            yield Marker(kind="generated", where=f"PNG text {keyword}", says=text[:80])


def _comment(walked: Container) -> Iterator[Marker]:
    """EXIF UserComment in either of its encodings; looked for as bytes, as it may hold tens of kilobytes."""
    for sign in _COMMENT_SIGNS if walked.format != "tiff" else ():  # there the block is the whole file
        if any(sign.encode(encoding) in walked.exif.data for encoding in ("ascii", "utf-16-be", "utf-16-le")):
            yield Marker(kind="generated", where="EXIF UserComment", says=sign.strip('": '))
            return
