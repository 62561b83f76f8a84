"""A pool that the tests of a module share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pool_tasks import Context, a_context, limits

from verifier.workers import Pool


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool[Context]]:
    with Pool(a_context, workers=2, limits=limits()) as pool:
        yield pool
