"""YAML files read with the line of every key, and the faults found in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml, where it is, is 10 x faster

Key = tuple[str | int, ...]
"""The way to a value inside a document: `("slots", 0, "kinds")`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something a file of the rulebook does not say as it must. `line` counts from 1; `where` is the dotted key."""

    file: str
    line: int
    where: str
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}: {self.where}: " if self.where else f"{self.file}:{self.line}: "
        return place + self.message + (f"; {self.remedy}" if self.remedy else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One YAML file: `data` in plain values, and the line on which each of them begins."""

    name: str  # as faults show it: "rules/claim/late.yaml"
    path: Path
    data: Any
    lines: dict[Key, int]

    def fault(self, key: Key, message: str, remedy: str = "") -> Fault:
        """A fault at that key, or at the nearest key around it that has a line."""
        at = key
        while at and at not in self.lines:
            at = at[:-1]
        return Fault(
            file=self.name, line=self.lines.get(at, 1), where=".".join(map(str, key)), message=message, remedy=remedy
        )


def read(path: Path, name: str) -> tuple[Document | None, list[Fault]]:
    """The document at `path`, and what YAML itself has against it (then None)."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return None, [Fault(file=name, line=1, where="", message=f"cannot be read: {error}", remedy="save it as UTF-8")]
    loader = _LOADER(text)
    try:
        node = loader.get_single_node()
        reader = _Reader(loader)
        data = reader.value(node, ()) if node is not None else None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        line = mark.line + 1 if mark else 1
        return None, [Fault(file=name, line=line, where="", message=f"not YAML: {problem}", remedy="mend the syntax")]
    finally:
        loader.dispose()
    document = Document(name=name, path=path, data=data, lines=reader.lines)
    if node is None:
        return None, [document.fault((), "is empty", "delete it or fill it in")]
    if reader.problems:
        return None, [document.fault(key, message, remedy) for key, message, remedy in reader.problems]
    return document, []


class _Reader:
    """Turns composed nodes into plain values and notes lines on the way. Aliases are followed, circles are not."""

    def __init__(self, loader: yaml.SafeLoader) -> None:
        self._loader = loader
        self._open: set[int] = set()
        self.lines: dict[Key, int] = {}
        self.problems: list[tuple[Key, str, str]] = []

    def value(self, node: yaml.Node, key: Key) -> Any:
        self.lines.setdefault(key, node.start_mark.line + 1)
        if id(node) in self._open:
            self.problems.append((key, "refers to itself", "write the value out"))
            return None
        self._open.add(id(node))
        try:
            if isinstance(node, yaml.MappingNode):
                return dict(self._pairs(node, key))
            if isinstance(node, yaml.SequenceNode):
                return [self.value(child, (*key, index)) for index, child in enumerate(node.value)]
            return self._loader.construct_object(node)
        finally:
            self._open.discard(id(node))

    def _pairs(self, node: yaml.MappingNode, key: Key) -> Iterator[tuple[str, Any]]:
        seen: dict[str, int] = {}
        for name_node, value_node in node.value:
            line = name_node.start_mark.line + 1
            name = str(name_node.value) if isinstance(name_node, yaml.ScalarNode) else ""
            inner = (*key, name)
            if not name:
                self.problems.append((key, f"line {line} has a key that is not a word", "use plain words as keys"))
                continue
            if name in seen:
                self.problems.append((inner, f"is said twice, on lines {seen[name]} and {line}", "keep one of them"))
            seen[name] = line
            self.lines[inner] = line
            yield name, self.value(value_node, inner)
