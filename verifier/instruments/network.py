"""The one door to ONNX Runtime for networks of our own: one thread, so that the same bytes give the same answer."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray


class Network:
    """A loaded network: named float32 arrays in, the named outputs out, in the order asked for."""

    def __init__(self, file: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False  # it never gives back, and pictures of many shapes would fill the worker
        options.log_severity_level = 3  # warnings of exporters' leftovers help nobody
        self._session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])

    @property
    def inputs(self) -> tuple[str, ...]:
        return tuple(one.name for one in self._session.get_inputs())

    @property
    def outputs(self) -> tuple[str, ...]:
        return tuple(one.name for one in self._session.get_outputs())

    def run(self, outputs: tuple[str, ...], **inputs: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """Raises MemoryError where the worker's limit was reached, which ONNX Runtime tells by an error of its own."""
        try:
            return [np.asarray(found) for found in self._session.run(list(outputs), inputs)]
        except Exception as error:
            if "bad_alloc" in str(error) or "Failed to allocate" in str(error):
                raise MemoryError(str(error)) from error
            raise


@cache
def load(file: Path) -> Network:
    """The network of that file, loaded once a process. Its checksum is the card's business (`cards.Card.check`)."""
    return Network(file)
