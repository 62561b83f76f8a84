"""How often a brand that is there is found, by what its kit holds: the figures that `verifier brand check` quotes.

    python -m benchmarks.kit_recall --data DIR [--embedding CARD] [--limit N] [--write] [--record]

DIR is labelled as `benchmarks/brand_evidence.py` says. Each photo of a brand is shown to the display inspector with
that brand's kit alone, cut down to one level: the name; with the flat logo; with one and with all samples; the packs
alone. A logo counts as a word mark where its own name, read in it, takes most of its width. Samples that are cut from
the very photo are left out with it. --write keeps the figures beside the scorecard: ours, or that of another embedding.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2

from benchmarks.brand_evidence import cut_from, photos, pixels_of
from benchmarks.record import parser, progress, share, tell
from models.brand_presence import embedding
from verifier.assembly import inspectors
from verifier.casefile import BrandKit, Brief, Evidence, Item, Kind, Page
from verifier.inspection import Inspector
from verifier.instruments.readings import Readings
from verifier.programs.brands import load_kits
from verifier.programs.kit_strength import Level, is_wordmark
from verifier.settings import MODELS, Settings

_TWO = 2


def cut_down(kit: BrandKit) -> Iterator[tuple[Level, BrandKit]]:
    """The kit at each level that it reaches."""
    by_role = {role: [one for one in kit.pictures if one.role == role] for role in ("logo", "sample", "pack")}
    if kit.names:
        yield Level.NAME, replace(kit, pictures=())
    if by_role["logo"]:
        flat = by_role["logo"][:1]
        level = Level.WORDMARK if is_wordmark(flat[0], kit.names) else Level.FIGURE
        yield level, replace(kit, pictures=tuple(flat))
        if len(by_role["sample"]) >= _TWO:
            yield Level.SAMPLE, replace(kit, pictures=(*flat, by_role["sample"][0]))
            yield Level.SAMPLES, replace(kit, pictures=(*flat, *by_role["sample"][:_TWO]))
    if by_role["pack"]:
        yield Level.PACKS, replace(kit, pictures=tuple(by_role["pack"]))


def look(inspector: Inspector, readings: Readings, kit: BrandKit) -> bool:
    """Does the inspector say that the brand is there?"""
    item = Item(id="c/r1/1", name="photo", kind=Kind.IMAGE, media_type="image/jpeg", digest="", size=0)
    brief = Brief(activity="in_store_display", questions=frozenset({"display"}), brand_kits=(kit,))
    found = {finding.code: finding for finding in inspector.inspect(item, brief, readings)}
    return found["display.brand_present"].value is True


def measure(data: Path, limit: int | None, seed: int, settings: Settings) -> Mapping[str, Any]:
    """k of n by level."""
    levels = {name: list(cut_down(kit)) for name, kit in load_kits(data / "kits").items()}
    (inspector,) = (one for one in inspectors(settings) if one.name == "display")
    counts = {level: [0, 0] for level in Level}
    shown = [label for label in photos(data, None, seed) if label["brands"]]
    if limit is not None and limit < len(shown):
        shown = random.Random(seed).sample(shown, limit)
    for label in progress(shown, "photos with a brand"):
        pixels = pixels_of(data / label["file"])
        page = Page(index=0, label="photo", pixels=pixels)
        evidence = Evidence(kind=Kind.IMAGE, media_type="image/jpeg", raw=b"", pages=(page,))
        with Readings(evidence) as readings:
            for level, kit in (entry for name in label["brands"] for entry in levels.get(name, ())):
                if not cut_from(pixels, kit):
                    counts[level][0] += look(inspector, readings, kit)
                    counts[level][1] += 1
    return {level.value: share(k, n) for level, (k, n) in counts.items()}


def main() -> None:
    """Measure, print and perhaps keep."""
    options = parser(__doc__ or "")
    options.add_argument("--write", action="store_true", help="keep the figures beside the scorecard")
    options.add_argument("--embedding", type=Path, default=MODELS / "logo_embedding" / "card.yaml")
    given = options.parse_args()
    cv2.setNumThreads(1)
    other = None if embedding.is_ours(given.embedding) else given.embedding
    levels = measure(given.data, given.limit, given.seed, Settings(embedding=other))
    if given.write:
        about = f"python -m benchmarks.kit_recall on {given.data.name}"
        kept = embedding.weights_of(given.embedding) / "recall.json"
        kept.write_text(json.dumps({"measured": about, "levels": levels}, indent=1) + "\n", encoding="utf-8")
    tell("kit_recall", {"levels": levels}, data=given.data.name, write=given.record)


if __name__ == "__main__":
    main()
