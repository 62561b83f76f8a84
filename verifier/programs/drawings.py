"""SVG logos: refused where they could do more than draw, drawn to a picture where not.

A logo may come from anybody, so it has no scripts, no entities and nothing from elsewhere, and what drawing it would
cost is bounded before it is drawn. Text is refused too: it would look as the fonts of this machine have it.
"""

from __future__ import annotations

import base64
import binascii
import io
import math
import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

import resvg_py
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from PIL import Image

from verifier.errors import KitError

SIDE = 1024  # pixels, the longer side as drawn: twice what a reference is searched by
_MOST_BYTES = 2 * 1024 * 1024
_MOST_NODES = 20_000  # drawn, `use` unfolded; a national coat of arms has some 5,000
_MOST_COSTLY = 40  # filters, patterns and masks: each may redraw the whole picture
_MOST_NESTED = 64
_SLIMMEST = 20  # longer over shorter side
_MOST_INSIDE = 16_000_000  # pixels of a picture inside
_SVG = "{http://www.w3.org/2000/svg}"
_COSTLY = {"filter", "pattern", "mask", "feTurbulence", "feGaussianBlur", "feMorphology", "feConvolveMatrix"}
_ACTIVE = {"script", "foreignObject", "iframe", "audio", "video", "embed", "object", "handler", "listener"}
_LETTERS = {"text", "tspan", "textPath", "tref", "flowRoot"}
_ADDRESS = re.compile(r"url\s*\(\s*['\"]?\s*([^)'\"\s]*)", re.IGNORECASE)
_LENGTH = re.compile(r"\s*([0-9.]+(?:e[0-9]+)?)\s*(px|pt|pc|mm|cm|in)?\s*", re.IGNORECASE)
_INLINE = re.compile(r"data:image/(?:png|jpe?g);base64,", re.IGNORECASE)


def is_drawing(data: bytes) -> bool:
    """Whether the bytes are meant as SVG (or as gzipped SVG, which is refused)."""
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    return data[:2] == b"\x1f\x8b" or (head[:1] == b"<" and b"<svg" in data[:65_536])


def draw(data: bytes) -> bytes:
    """The logo as PNG with transparency, its longer side `SIDE`. Raises KitError with the reason."""
    root = _parsed(data)
    _refuse_activity(root)
    _refuse_cost(root)
    width, height = _size(root)
    try:
        drawn = resvg_py.svg_to_bytes(
            svg_string=data.decode("utf-8-sig"),
            skip_system_fonts=True,
            dpi=96.0,  # of CSS; without it lengths in millimetres are none
            width=SIDE if width >= height else max(1, round(SIDE * width / height)),
            height=SIDE if height > width else max(1, round(SIDE * height / width)),
        )
    except (ValueError, OSError) as error:
        raise KitError(f"cannot be drawn: {error}", "export it again as plain SVG, or as PNG") from None
    return bytes(drawn)


def _parsed(data: bytes) -> Element:
    plain = "export it again as plain SVG in UTF-8, or as PNG"
    if data[:2] == b"\x1f\x8b":
        raise KitError("is compressed SVG", "unpack it (gunzip), then hand it in as .svg")
    if len(data) > _MOST_BYTES:
        raise KitError(f"has more than {_MOST_BYTES >> 20} MB", "simplify it, or export it as PNG")
    if re.search(rb"<\?xml-stylesheet", data):
        raise KitError("refers to a style sheet", "export it with its styles inside")
    try:
        data.decode("utf-8-sig")
        root: Element = fromstring(data, forbid_dtd=True)
    except DefusedXmlException:
        raise KitError("holds a DOCTYPE or entities", "save it as plain SVG without DOCTYPE") from None
    except (ParseError, ValueError, LookupError, RecursionError) as error:
        raise KitError(f"is not readable SVG: {error}", plain) from None
    if root.tag not in (f"{_SVG}svg", "svg"):
        raise KitError("is not an SVG drawing", plain)
    return root


def _refuse_activity(root: Element) -> None:
    """Scripts, letters, and whatever points outside the file."""
    for node in root.iter():
        tag = _tag(node)
        if tag in _ACTIVE:
            raise KitError(f"holds a script or foreign content (<{tag}>)", "export it as plain SVG")
        if tag in _LETTERS:
            remedy = "convert text to outlines (paths) before exporting"
            raise KitError("holds text, which other machines would draw in other fonts", remedy)
        for name, value in node.attrib.items():
            bare = name.rpartition("}")[2].lower()
            if bare.startswith("on") or "javascript:" in value.lower():
                raise KitError(f"holds a script ({bare})", "export it as plain SVG")
            if bare in ("href", "src"):
                _refuse_address(value, tag)
            _refuse_addresses(value)
        if tag == "style":
            _refuse_styles(node.text or "")


def _refuse_styles(text: str) -> None:
    if "@import" in text.lower() or "\\" in text:  # an escape may spell it otherwise
        raise KitError("loads styles from elsewhere", "export it with its styles inside")
    _refuse_addresses(text)


def _refuse_addresses(text: str) -> None:
    for address in _ADDRESS.findall(text):
        if not address.startswith("#"):
            raise KitError(f"refers to something outside itself ({address[:40]})", "export it with everything inside")


def _refuse_address(address: str, tag: str) -> None:
    address = address.strip()
    if address.startswith("#") or not address:
        return
    found = _INLINE.match(address) if tag in ("image", "feImage") else None
    if found is None:
        raise KitError(f"refers to something outside itself ({address[:40]})", "export it with everything inside")
    try:
        width, height = Image.open(io.BytesIO(base64.b64decode(address[found.end() :]))).size
    except (OSError, ValueError, binascii.Error, Image.DecompressionBombError):
        raise KitError("holds a picture that cannot be read", "export it as PNG") from None
    if width * height > _MOST_INSIDE:
        raise KitError("holds a picture of too many pixels", "export it as PNG")


def _refuse_cost(root: Element) -> None:
    """What would be drawn, with every `use` unfolded: ten lines may stand for a billion shapes."""
    named = {node.attrib["id"]: node for node in root.iter() if "id" in node.attrib}
    costly = sum(_tag(node) in _COSTLY for node in root.iter())
    if costly > _MOST_COSTLY:
        raise KitError(f"has {costly} filters, patterns and masks", "flatten the effects, or export it as PNG")
    counts: dict[int, float] = {}

    def count(node: Element, depth: int) -> float:
        if depth > _MOST_NESTED:
            raise KitError(f"is nested more than {_MOST_NESTED} deep, or holds itself", "flatten it, or save it as PNG")
        if id(node) not in counts:
            used = [named[name] for name in _references(node) if name in named]
            counts[id(node)] = 1 + sum(count(child, depth + 1) for child in [*node, *used])
        return counts[id(node)]

    if count(root, 0) > _MOST_NODES:
        raise KitError(f"draws more than {_MOST_NODES:,} shapes", "simplify it, or export it as PNG")


def _references(node: Element) -> Iterator[str]:
    """The ids of what is drawn in the place of this element, or upon it."""
    for name, value in node.attrib.items():
        if name.rpartition("}")[2] == "href" and value.strip().startswith("#"):
            yield value.strip()[1:]
        yield from (address[1:] for address in _ADDRESS.findall(value) if address.startswith("#"))


def _size(root: Element) -> tuple[float, float]:
    """Width and height in whatever unit both have."""
    lengths = [_LENGTH.fullmatch(root.attrib.get(name, "")) for name in ("width", "height")]
    box = re.split(r"[\s,]+", root.attrib.get("viewBox", "").strip())
    try:
        if all(lengths) and len({(found[2] or "px").lower() for found in lengths if found}) == 1:
            width, height = (float(found[1]) for found in lengths if found)
        else:
            width, height = float(box[2]), float(box[3])
    except (ValueError, IndexError):
        raise KitError("states no size", 'give it a viewBox, such as viewBox="0 0 300 100"') from None
    if not (0 < width < math.inf and 0 < height < math.inf) or max(width / height, height / width) > _SLIMMEST:
        raise KitError(f"is {width:g} by {height:g}", f"crop it to the logo, at most {_SLIMMEST} times as long as high")
    return width, height


def _tag(node: Element) -> str:
    return str(node.tag).rpartition("}")[2]
