"""The rejects file: JSONL, one reject a line, written anew by every run; there is none when nothing was rejected."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Self, TextIO

from verifier.batch.lines import Reject
from verifier.errors import InputError


class Rejects:
    """Inside `with`: rejects go to `path`, each of them at once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: TextIO | None = None

    def __enter__(self) -> Self:
        try:
            self._path.unlink(missing_ok=True)
        except OSError as error:
            raise self._unwritable(error) from None
        return self

    def write(self, reject: Reject) -> None:
        """One more line. Raises InputError when it cannot be written."""
        try:
            if self._file is None:
                self._file = self._path.open("w", encoding="utf-8")
            self._file.write(json.dumps(asdict(reject), ensure_ascii=False) + "\n")
            self._file.flush()
        except OSError as error:
            raise self._unwritable(error) from None

    def _unwritable(self, error: OSError) -> InputError:
        return InputError(f"{self._path} cannot be written ({error.strerror})", "name another with --rejects")

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()
