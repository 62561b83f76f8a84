import numpy as np
import onnxruntime
import pytest

onnx = pytest.importorskip("onnx", reason="the training packages are not installed")

from onnx import ModelProto, TensorProto, helper, numpy_helper  # noqa: E402


def padded(value: float = 0.0, width: tuple[int, ...] = (0, 0, 0, 1, 0, 0, 2, 1)) -> ModelProto:
    """A convolution behind padding: begin and end of (n, channels, height, width)."""
    kernel = np.random.default_rng(0).normal(size=(3, 2, 3, 3)).astype(np.float32)
    stored = [
        numpy_helper.from_array(kernel, "kernel"),
        numpy_helper.from_array(np.array(width, np.int64), "width"),
        numpy_helper.from_array(np.array(value, np.float32), "value"),
    ]
    given = ["picture", "width", "value"] if value else ["picture", "width"]
    nodes = [
        helper.make_node("Pad", given, ["wide"]),
        helper.make_node("Conv", ["wide", "kernel"], ["map"], strides=[2, 2]),
    ]
    picture, found = (
        helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
        for name, shape in (("picture", [1, 2, 8, 8]), ("map", [1, 3, "height", "width"]))
    )
    graph = helper.make_graph(nodes, "padded", [picture], [found], stored)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def answers(model: ModelProto) -> np.ndarray:
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    picture = np.random.default_rng(1).normal(size=(1, 2, 8, 8)).astype(np.float32)
    return np.asarray(session.run(None, {"picture": picture})[0])


def test_folded_padding_gives_the_same_map_without_a_step_of_its_own() -> None:
    from models.logo_embedding.folding import fold

    before = answers(padded())
    folded = fold(padded())
    assert [node.op_type for node in folded.graph.node] == ["Conv"]
    assert [one.name for one in folded.graph.initializer] == ["kernel"]
    np.testing.assert_allclose(answers(folded), before, atol=1e-6)


@pytest.mark.parametrize("kept", [padded(value=127.0), padded(width=(0, 0, -1, 0, 0, 0, 0, 0))])
def test_padding_that_a_convolution_cannot_express_stays(kept: ModelProto) -> None:
    from models.logo_embedding.folding import fold

    assert [node.op_type for node in fold(kept).graph.node] == ["Pad", "Conv"]
