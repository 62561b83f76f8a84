"""Settings come from the environment, and one that would stop the work is refused before it begins."""

import pytest

from verifier.errors import VerifierError
from verifier.settings import Settings


def test_what_the_environment_says_overrides_the_default() -> None:
    settings = Settings.from_environment({"VERIFIER_WORKERS": "3", "VERIFIER_INSPECTION_BUDGET": "0.5", "HOME": "/"})
    assert (settings.workers, settings.inspection_budget, settings.tenant) == (3, 0.5, "default")


@pytest.mark.parametrize("text", ["0", "-1", "two", "1.5"])
def test_no_workers_or_half_a_worker_is_refused_by_name(text: str) -> None:
    with pytest.raises(VerifierError, match="VERIFIER_WORKERS"):
        Settings.from_environment({"VERIFIER_WORKERS": text})


@pytest.mark.parametrize("text", ["0", "nan", "-2.5"])
def test_a_limit_that_leaves_nothing_is_refused_by_name(text: str) -> None:
    with pytest.raises(VerifierError, match="VERIFIER_WORKER_WALL"):
        Settings.from_environment({"VERIFIER_WORKER_WALL": text})
