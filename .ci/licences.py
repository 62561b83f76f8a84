"""Licence gate: fails when an installed package that users get is under the GPL or AGPL, or bundles a library that is.

Reads each locked distribution's metadata and the names of the libraries inside its wheel. The LGPL is allowed: its
libraries (libheif and libde265 inside pi-heif) are separate shared objects that a user can replace.
"""

from __future__ import annotations

import re
import sys
from importlib import metadata
from pathlib import Path

COPYLEFT = re.compile(r"(?<![L])\bA?GPL|(?<!Lesser )(?<!Library )General Public License", re.IGNORECASE)
EITHER = re.compile(r"\bOR\b", re.IGNORECASE)
GPL_LIBRARIES = re.compile(r"(x264|x265|libpostproc|fftw3|readline|exiv2|mupdf)", re.IGNORECASE)
# Compiled with an exception that lets any program link them: GCC's runtime libraries (GCC Runtime Library Exception)
RUNTIME_EXCEPTION = re.compile(r"lib(gcc_s|stdc\+\+|gomp|gfortran|quadmath)")


def locked(lock: Path) -> list[str]:
    """Names of the distributions in a lock file, with those left out that the environment does not need."""
    return re.findall(r"^([A-Za-z0-9._-]+)==", lock.read_text(), re.MULTILINE)


def faults(name: str) -> list[str]:
    """What is wrong with one distribution; nothing where it is not installed here (another platform's)."""
    try:
        distribution = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return []
    about = distribution.metadata
    stated = [about.get("License-Expression") or "", *(about.get_all("Classifier") or [])]
    if not any(stated) or not any("License" in line for line in stated[1:]):
        stated.append((about.get("License") or "").splitlines()[0] if about.get("License") else "")
    licences = [line for line in stated if line and (line.startswith("License ::") or not line.count(" :: "))]
    found = [f"{name}: {line}" for line in licences if COPYLEFT.search(line) and not EITHER.search(line)]
    libraries = [file.name for file in distribution.files or [] if ".so" in file.name]
    found += [
        f"{name}: bundles {library}"
        for library in libraries
        if GPL_LIBRARIES.search(library) and not RUNTIME_EXCEPTION.search(library)
    ]
    return found


def main() -> int:
    """Exit code 1 when anything is found."""
    names = locked(Path(sys.argv[1]))
    found = [fault for name in names for fault in faults(name)]
    for fault in found:
        print(f"licence not allowed: {fault}")
    print(f"{len(names)} locked packages, {len(found)} under the GPL or AGPL")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
