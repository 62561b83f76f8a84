"""What a kit file says, as plain facts: read as YAML or JSON, and held against `rules/schema/brand.json`."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from typing import Any

import jsonschema
import yaml

from verifier.errors import KitError
from verifier.settings import RULES

MAX_KIT_BYTES = 65_536
_EXPECTED = (  # by the schema's path, what to write
    ("names|aliases|forbidden|competitors", "names: [Nordlicht, Nordlicht Lighting]"),
    ("logos", "logos: [logo.svg, {file: old.png, variant: retired}]; variants are current, badge, retired, forbidden"),
    ("samples|packs|retired|forbidden_logos", "samples: [crop1.jpg, crop2.jpg], files beside the kit file"),
    ("colours", 'colours: ["#0b6e4f"]'),
    ("competitor", "competitor: true, or leave it out"),
    ("minimum|min_share", "minimum: {share: 0.02, pixels: 120}, a share above 0 and at most 1, whole pixels"),
)


class _Plain(yaml.SafeLoader):
    """YAML without aliases (a few bytes of which unfold to gigabytes), and with each key once."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("it refers back to another part of itself (*name)")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = next((key for key in keys if keys.count(key) > 1), None)
        if twice is not None:
            raise yaml.YAMLError(f"{twice!r} stands twice")
        return super().construct_mapping(node, deep)


@cache
def brand_schema() -> Mapping[str, Any]:
    """The JSON schema (draft 2020-12) of a kit's facts."""
    schema: Mapping[str, Any] = json.loads((RULES / "schema" / "brand.json").read_text(encoding="utf-8"))
    return schema


def parse(name: str, data: bytes) -> Mapping[str, Any]:
    """The facts in a kit file called `name`. Raises KitError naming file and field."""
    if len(data) > MAX_KIT_BYTES:
        raise KitError(f"{name}: has more than {MAX_KIT_BYTES >> 10} kB", "name the pictures, keep them beside it")
    try:
        text = data.decode("utf-8-sig")
        facts = _loaded(text, is_json=name.endswith(".json"))
        json.dumps(facts, ensure_ascii=False, default=str).encode()  # half a surrogate pair is no text
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise KitError(f"{name}: cannot be read: {reason}", "write it as plain YAML or JSON in UTF-8") from None
    if not isinstance(facts, Mapping) or not all(isinstance(key, str) for key in facts):
        raise KitError(f"{name}: does not hold fields with values", "begin with names: [...]")
    faults = sorted(_validator().iter_errors(facts), key=lambda error: [str(part) for part in error.absolute_path])
    if faults:
        raise _complaint(name, faults[0])
    return facts


def _loaded(text: str, *, is_json: bool) -> Any:
    """JSON as JSON even under the other name: YAML takes its pairs of escapes (emoji) for two characters."""
    if not is_json and text.lstrip().startswith("{"):
        with suppress(ValueError):
            return json.loads(text, object_pairs_hook=_once)
    return json.loads(text, object_pairs_hook=_once) if is_json else yaml.load(text, _Plain)  # noqa: S506 - a safe loader


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [key for key, _ in pairs]
    if twice := next((key for key in keys if keys.count(key) > 1), ""):
        raise ValueError(f"{twice!r} stands twice")
    return dict(pairs)


def wrong(name: str, field: str, what: str, remedy: str) -> KitError:
    """One fault of one field."""
    return KitError(f"{name}: {field}: {what}", remedy, {field: what})


@cache
def _validator() -> Any:
    return jsonschema.Draft202012Validator(brand_schema())


def _complaint(name: str, error: jsonschema.ValidationError) -> KitError:
    path = [str(part) for part in error.absolute_path]
    if error.validator == "additionalProperties" and isinstance(error.instance, Mapping):
        assert isinstance(error.schema, Mapping)  # noqa: S101 - a schema with that keyword is an object
        known = sorted(error.schema["properties"])
        stray = next(key for key in error.instance if key not in known)
        near = difflib.get_close_matches(stray, known, n=1)
        what = "is not a field of a brand kit" + (f" (did you mean {near[0]}?)" if near else "")
        return wrong(name, ".".join((*path, stray)), what, f"known here: {', '.join(known)}")
    remedy = next((text for fields, text in _EXPECTED if path and re.fullmatch(fields, path[0])), "see the README")
    what = " ".join(error.message.split())
    return wrong(name, ".".join(path), what if len(what) <= 120 else f"{what[:120]}...", f"write {remedy}")
