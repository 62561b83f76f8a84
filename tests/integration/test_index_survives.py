"""kill -9 while two processes index: nothing acknowledged is lost, and no segment is ever torn."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROUNDS = os.environ.get("VERIFIER_KILLS", "10")  # `make kill-index` sets 50


def test_two_processes_killed_while_they_index_lose_nothing(tmp_path: Path) -> None:
    script = Path(__file__).with_name("killed_index.py")
    answer = subprocess.run(
        [sys.executable, str(script), str(tmp_path), ROUNDS],
        capture_output=True,
        text=True,
        timeout=300,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert answer.returncode == 0, answer.stderr
    told = json.loads(answer.stdout)
    assert told["acknowledged"] >= int(ROUNDS)
    assert told["lost"] == []
    assert told["torn"] == []
    assert told["complaints"] == []
