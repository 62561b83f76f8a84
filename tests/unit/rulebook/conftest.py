"""A small rulebook of the tests' own, written file by file."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

REQUIREMENTS = """
clear: {title: "The photo is clear", axis: completeness, across: best}
fresh: {title: "The photo is new", axis: authenticity, across: worst}
"""
POLICY = """
prior: {value: 0, why: as likely as not}
default_cap: {value: 10, why: a test's}
support_cap: {value: 20, why: a test's}
quick_look: {value: 0.5, why: a test's}
fast_track: {value: 0.9, why: a test's}
groups:
  twins: {cap: 8, why: "they come together"}
"""
ACTIVITY = """
title: A walk
deadline_days: 30
slots:
  - {id: photo, title: A photo, kinds: [image], ask: Send a photo., required: [clear]}
requirements: [clear, fresh]
required: [clear]
why: a test's
"""
SHARP = """
id: eye.sharp
title: "Sharp ({eye.sharpness:.1f})"
requirement: clear
bearing: supports
weight: 4
when: {finding: eye.sharpness, above: 2}
why: a test's
"""

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a rulebook and returns its folder; keywords replace or add files ("eye/dull.yaml": text)."""

    def write_files(files: Mapping[str, str] | None = None) -> Path:
        folder = tmp_path / "rules"
        shipped = {
            "requirements.yaml": REQUIREMENTS,
            "policy.yaml": POLICY,
            "activities/walk.yaml": ACTIVITY,
            "eye/sharp.yaml": SHARP,
        }
        for name, text in {**shipped, **(files or {})}.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        return folder

    return write_files
