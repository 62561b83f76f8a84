"""What another embedding needs beside its card before it is used: a cohort, and weights of brand presence.

`fit.py --embedding CARD` calls this. The cohort is what the embedding makes of the sheet of other logos
(models/logo_embedding/sheet.py); cohort, scorecard and a card of their own are written into `fusion` beside CARD.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from numpy.typing import NDArray

from models.logo_embedding import sheet
from verifier.instruments import looks, network, tower
from verifier.instruments.looks import CARD, COHORT, FUSION, LOGO_NESS, Looks, load_looks
from verifier.instruments.tower import Tower
from verifier.settings import MODELS

OURS = MODELS / "logo_embedding"


def looks_of(card: Path) -> Looks:
    """Ours, or another embedding with a fresh cohort. Raises ModelError when the card's checks fail."""
    if is_ours(card):
        return load_looks(OURS)
    found = tower.check(card)
    return Looks(found, network.load(OURS / LOGO_NESS), cohort_of(found))


def weights_of(card: Path) -> Path:
    """The folder of the scorecard that goes with an embedding; an end of the program where it was not fitted."""
    folder = MODELS / "brand_presence" if is_ours(card) else card.parent / FUSION
    if not (folder / CARD).is_file():
        raise SystemExit(f"{card}: fit it first: python -m models.brand_presence.fit --data DIR --embedding {card}")
    return folder


def is_ours(card: Path) -> bool:
    """Whether it is the card of the embedding that comes along."""
    return card.resolve() == (OURS / CARD).resolve()


def cohort_of(found: Tower) -> NDArray[np.float32]:
    """(960, dimensions): unit vectors of the sheet's pictures."""
    return looks.unit(found.vectors(sheet.pictures()))


def keep(card: Path, scorecard: Mapping[str, Any], metrics: str, data: str) -> Path:
    """Write `fusion` beside another embedding's card; returns the folder."""
    found, folder = tower.read_tower(card), card.parent / FUSION
    folder.mkdir(exist_ok=True)
    np.save(folder / COHORT, cohort_of(found).astype(np.float16))
    (folder / "recall.json").unlink(missing_ok=True)  # measured with other weights (benchmarks/kit_recall.py)
    (folder / "scorecard.json").write_text(json.dumps(scorecard, indent=2) + "\n", encoding="utf-8")
    described = {
        "name": f"{found.card.name}_brand_presence",
        "purpose": f"Weighs what speaks for a brand on a photo, with the embedding {found.card.name}.",
        "training_data": f"Weights by kind of kit, and two thresholds, were fitted on the pairs of {data}.",
        "metrics": metrics,
        "limits": "Those of models/brand_presence, and the embedding's own; measure it with benchmarks.display.",
        "licence": found.card.licence,
        "embedding": found.card.digest,
        "files": {name: _checksum(folder / name) for name in (COHORT, "scorecard.json")},
    }
    (folder / CARD).write_text(yaml.safe_dump(described, sort_keys=False, width=110), encoding="utf-8")
    return folder


def _checksum(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
