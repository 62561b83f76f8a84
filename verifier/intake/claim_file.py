"""Claim files: YAML or JSON that states a claim's facts and names its items; and claims made without one."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from verifier.casefile import Claim, Submission
from verifier.errors import ClaimError, ItemError, MissingItem, TooLarge, UnsupportedType
from verifier.intake.claim_facts import ItemEntry, parse_claim
from verifier.intake.intake import problem_of
from verifier.intake.names import inert_name

_MOST_CLAIM_BYTES = 1_000_000
_MOST_READ = 1 << 30  # bytes: beyond any sensible setting, so that a disk image never fills the memory


def read_claim(path: Path) -> tuple[Claim, tuple[Submission, ...]]:
    """The claim and its items, whose paths are relative to the claim file and stay inside its folder.

    An item that is not there comes back with its problem. Raises ClaimError, which names the file and line or field.
    """
    return _claim(path, _load(path))


def read_facts(path: Path) -> tuple[Claim, tuple[ItemEntry, ...]]:
    """The claim and the names of its items, none of which is opened. Raises ClaimError as `read_claim` does."""
    return _facts(path, _load(path))


def read_case(path: Path) -> tuple[Claim, tuple[Submission, ...], Mapping[str, Any]]:
    """A sample claim, which stands under `claim:`, and what else the file says of it. Raises ClaimError."""
    data = _load(path)
    if not isinstance(data, dict) or "claim" not in data:
        raise ClaimError(f"{path.name}: no claim in it", "put the claim's facts under `claim:`")
    return *_claim(path, data["claim"]), {key: value for key, value in data.items() if key != "claim"}


def read_submission(path: Path, *, slot: str | None = None) -> Submission:
    """The file as it is; a missing file, a folder or a device becomes a submission with its problem."""
    name = inert_name(str(path), "unnamed")
    try:
        return Submission(name=name, data=_read(path, name), slot=slot)
    except ItemError as error:
        return Submission(name=name, slot=slot, problem=problem_of(error))


def bare_claim(activity: str, submissions: Sequence[Submission] = ()) -> Claim:
    """A claim of which only the activity is known; its id follows from its files: other files are another claim."""
    seen = hashlib.sha256()
    for submission in submissions:
        seen.update(hashlib.sha256(submission.data or (submission.link or "").encode()).digest())
    return Claim(id=f"bare-{seen.hexdigest()[:12]}" if submissions else "bare", activity=activity)


def _claim(path: Path, data: Any) -> tuple[Claim, tuple[Submission, ...]]:
    claim, entries = _facts(path, data)
    return claim, tuple(fetch(path.parent, entry) for entry in entries)


def _facts(path: Path, data: Any) -> tuple[Claim, tuple[ItemEntry, ...]]:
    try:
        return parse_claim(data)
    except ClaimError as error:
        raise ClaimError(f"{path.name}: {error.message}", error.remedy) from error


def fetch(folder: Path, entry: ItemEntry) -> Submission:
    """The file or link of an entry. A file that is not there, or lies outside the folder, comes with its problem."""
    if entry.link is not None:
        return Submission(name=entry.link, link=entry.link, slot=entry.slot)
    path = folder / str(entry.file)
    try:
        inside = path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError, ValueError):  # a circle of links, or a name that no file can have
        inside = False
    if inside:
        return read_submission(path, slot=entry.slot)
    name = inert_name(str(entry.file), "unnamed")
    error = MissingItem(f"{name} lies outside the claim's folder", "put the file beside the claim file")
    return Submission(name=name, slot=entry.slot, problem=problem_of(error))


def _read(path: Path, name: str) -> bytes:
    try:
        if path.is_dir():
            raise UnsupportedType(f"{name} is a folder", "name the files in it one by one")
        if path.exists() and not path.is_file():
            raise UnsupportedType(f"{name} is not a file", "name a file")
        if path.stat().st_size > _MOST_READ:
            raise TooLarge(f"{name} has more than 1 GB", "send it at a smaller size, or only the pages that matter")
        return path.read_bytes()
    except FileNotFoundError:
        raise MissingItem(f"{name} is not there", "check the name and the folder") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise MissingItem(f"{name} cannot be opened ({reason})", "check the name and who may read it") from None


def _load(path: Path) -> Any:
    try:
        data = _read(path, path.name)
    except ItemError as error:
        raise ClaimError(error.message, error.remedy) from None
    if len(data) > _MOST_CLAIM_BYTES:
        raise ClaimError(f"{path.name} has {len(data)} bytes: that is no claim file", "name the claim file")
    try:
        return yaml.load(data.decode("utf-8-sig"), Loader=_Loader)  # noqa: S506 - a SafeLoader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{path.name}:{mark.line + 1}" if mark else path.name
        raise ClaimError(f"{where}: {_one_line(error.problem or 'not YAML')}", _CORRECT) from None
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise ClaimError(f"{path.name}: {_one_line(error)}", _CORRECT) from None


_CORRECT = "correct it: a claim file is YAML or JSON in UTF-8"


def _one_line(text: object) -> str:
    return " ".join(str(text).split())[:200]


class _Loader(yaml.SafeLoader):
    """Refuses a key that stands twice, which YAML readers pass over, and says where a date is none."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Hashable] = set()
        for key, _ in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else None
            if name is not None and name in seen:
                raise yaml.constructor.ConstructorError(problem=f"{name!r} stands twice", problem_mark=key.start_mark)
            seen.add(name)
        return super().construct_mapping(node, deep)

    def construct_yaml_timestamp(self, node: yaml.ScalarNode) -> Any:
        try:
            return super().construct_yaml_timestamp(node)
        except ValueError as error:
            problem = f"{node.value!r} is no date ({error})"
            raise yaml.constructor.ConstructorError(problem=problem, problem_mark=node.start_mark) from None


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _Loader.construct_yaml_timestamp)
