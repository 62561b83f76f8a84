"""`python -m verifier.rulebook [FOLDER]`: lint rules alone; `verifier rules lint` also holds them against the codes."""

import sys
from pathlib import Path

from verifier.rulebook import lint
from verifier.settings import Settings


def main() -> int:
    """Print every fault; 0 if there is none, else 3."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Settings().rules
    faults = lint(folder)
    for fault in faults:
        print(fault)  # noqa: T201 - a face
    return 3 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
