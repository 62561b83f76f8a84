"""An archive of either kind, for what both must do alike."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from verifier.archive.opening import open_archive
from verifier.archive.protocol import Archive


@pytest.fixture(params=["memory", "sqlite"])
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Archive]:
    url = "memory:" if request.param == "memory" else f"sqlite:///{tmp_path}/deep/er/archive.db"
    with closing(open_archive(url)) as opened:
        yield opened
