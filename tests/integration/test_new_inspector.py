"""An inspector is one file and its rules: a new one joins here without a line changed anywhere else."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from verifier.assembly import assemble, declared_codes
from verifier.casefile import Brief, Finding, Item, Kind, Submission, Truth
from verifier.decode import Decoder
from verifier.inspection import Inspectorate
from verifier.instruments.readings import Readings
from verifier.intake import bare_claim
from verifier.rulebook import load_rulebook
from verifier.settings import Settings

RULE = """\
id: colour.colourless
title: "Hardly any colour ({colour.saturation:.2f})"
requirement: unaltered
bearing: contradicts
weight: 3
when: {finding: colour.saturation, below: 0.05}
why: "A test's rule; nobody measured it."
examples: {speaks: [], silent: [display/honest#1]}
"""


@dataclass(frozen=True)
class Colour:
    """How much colour is in the picture?"""

    name: str = "colour"
    version: str = "1"
    codes: frozenset[str] = frozenset({"colour.saturation"})

    def applies(self, item: Item, brief: Brief) -> bool:
        return item.kind is Kind.IMAGE

    def inspect(self, item: Item, brief: Brief, readings: Readings) -> Iterable[Finding]:
        pixels = readings.evidence.pages[0].pixels.astype(np.float32)
        yield Finding(code="colour.saturation", value=float(np.ptp(pixels, axis=2).mean() / 255))


def in_this_process(inspectorate: Inspectorate) -> Any:
    def inspect(item: Item, data: bytes, brief: Brief) -> Future[Any]:
        answer: Future[Any] = Future()
        answer.set_result(inspectorate.inspect(item, data, brief))
        return answer

    return inspect


def test_a_new_inspector_is_measured_judged_weighed_and_reported(tmp_path: Path) -> None:
    settings = replace(Settings(), archive="memory:", rules=tmp_path / "rules")
    shutil.copytree(Settings().rules, settings.rules)
    (settings.rules / "colour").mkdir()
    (settings.rules / "colour" / "colourless.yaml").write_text(RULE)
    rulebook = load_rulebook(settings.rules, {**declared_codes(settings), "colour": Colour().codes})
    decoder = Decoder(max_pixels=10**7, max_pages=1, max_rows=10)
    Image.effect_noise((640, 480), 60).convert("RGB").save(tmp_path / "grey.png")
    sent = (Submission(name="grey.png", data=(tmp_path / "grey.png").read_bytes()),)
    inspectorate = Inspectorate(decode=decoder, inspectors=(Colour(),), budget=60)
    with assemble(replace(settings, rules=Settings().rules)) as standing:
        verifier = replace(standing, rulebook=rulebook, inspect=in_this_process(inspectorate))
        report = verifier.verify(bare_claim("in_store_display", sent), sent)
    (hit,) = [hit for hit in report.items[0].hits if hit.rule == "colour.colourless"]
    assert hit.truth is Truth.HOLDS
    assert hit.title == "Hardly any colour (0.00)"
    assert any(point.rule == hit.rule and point.decibans == -3 for point in report.assessment.points)
