"""Brand kits from folders: one sub-folder per brand, with `kit.json` (or `kit.yaml`) and the pictures that it names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import yaml

from verifier.casefile import BrandKit, Picture
from verifier.errors import ClaimError, InputError

KIT_FILES = ("kit.json", "kit.yaml", "kit.yml")
MAX_PICTURE_BYTES = 16 * 1024 * 1024  # kits travel inside the brief to every worker; a reference needs far less
MAX_PICTURES = 64  # each is looked for on every photo, so a kit's size is paid for per item

_ROLES = {"logos": "logo", "samples": "sample", "packs": "pack", "retired": "retired", "forbidden_logos": "forbidden"}
_FIELDS = {"names", "colours", "forbidden", "competitor", "min_share", *_ROLES}
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def load_kits(folder: Path) -> Mapping[str, BrandKit]:
    """The kits of a folder by id (the sub-folder's name), in the order of ids.

    Raises InputError when there is no such folder, or when a kit does not say what it must; the message names file
    and field.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder of brand kits", "name a folder with one sub-folder per brand")
    kits = {}
    for place in sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")):
        file = next((place / name for name in KIT_FILES if (place / name).is_file()), None)
        if file is None:
            raise InputError(f"{place}: holds no kit.json or kit.yaml", "describe the brand in one, or move it away")
        kits[place.name] = load_kit(file)
    return kits


def load_kit(file: Path) -> BrandKit:
    """One kit; its id is the name of the folder that the file lies in. Raises InputError naming file and field."""
    facts = _read(file)
    unknown = sorted(set(facts) - _FIELDS)
    if unknown:
        raise _wrong(file, unknown[0], "is not a field of a brand kit", f"use {', '.join(sorted(_FIELDS))}")
    names = _texts(file, facts, "names")
    pictures = tuple(
        _picture(file, field, role, name) for field, role in _ROLES.items() for name in _texts(file, facts, field)
    )
    if not names and not pictures:
        raise _wrong(file, "names", "is empty and there are no pictures", "say what the brand can be known by")
    if len(pictures) > MAX_PICTURES:
        raise _wrong(file, "samples", f"too many pictures ({len(pictures)})", f"keep the best {MAX_PICTURES}")
    return BrandKit(
        id=file.parent.name,
        names=names,
        pictures=pictures,
        colours=_colours(file, facts),
        forbidden=_texts(file, facts, "forbidden"),
        competitor=_flag(file, facts, "competitor"),
        min_share=_share(file, facts, "min_share"),
    )


def choose(kits: Mapping[str, BrandKit], brand: str | None, competitors: Iterable[str] = ()) -> tuple[BrandKit, ...]:
    """The kits that a claim's photos are searched for: its brand's, and its competitors' marked as such.

    Without named competitors, every kit that calls itself one is taken. Raises ClaimError on a name without a kit.
    """
    if brand is None:
        return ()
    ours = _kit(kits, brand, "brand")
    named = tuple(competitors) or tuple(kit.id for kit in kits.values() if kit.competitor)
    rivals = {kit.id: kit for kit in (_kit(kits, name, "competitors") for name in named) if kit.id != ours.id}
    return (replace(ours, competitor=False), *(replace(kit, competitor=True) for kit in rivals.values()))


def _kit(kits: Mapping[str, BrandKit], name: str, field: str) -> BrandKit:
    """A kit by its id or by one of its names, whatever the case."""
    wanted = name.casefold()
    for kit in kits.values():
        if wanted == kit.id.casefold() or wanted in (known.casefold() for known in kit.names):
            return kit
    known = ", ".join(sorted(kits)) or "none"
    raise ClaimError(f"{field}: there is no brand kit for {name!r}", f"add one, or use a known one ({known})")


def _read(file: Path) -> Mapping[str, Any]:
    try:
        text = file.read_text(encoding="utf-8")
        facts = json.loads(text) if file.suffix == ".json" else yaml.safe_load(text)
    except (OSError, UnicodeDecodeError, ValueError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise InputError(f"{file}: cannot be read: {reason}", "write it as plain JSON or YAML in UTF-8") from None
    if not isinstance(facts, Mapping):
        raise InputError(f"{file}: does not hold fields with values", 'start with "names": [...]')
    return facts


def _picture(file: Path, field: str, role: str, name: str) -> Picture:
    path = file.parent / name
    if Path(name).name != name:
        raise _wrong(file, field, f"{name!r} leaves the kit's folder", "put the picture beside the kit file")
    if not path.is_file():
        raise _wrong(file, field, f"{name!r} is not there", "add the picture or leave it out")
    if not 0 < path.stat().st_size <= MAX_PICTURE_BYTES:
        raise _wrong(file, field, f"{name!r} is empty or too large", f"keep it under {MAX_PICTURE_BYTES >> 20} MB")
    data = path.read_bytes()
    if cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_REDUCED_GRAYSCALE_8) is None:
        raise _wrong(file, field, f"{name!r} is no picture that can be read", "save it as PNG or JPEG")
    return Picture(name=name, role=role, data=data)


def _texts(file: Path, facts: Mapping[str, Any], field: str) -> tuple[str, ...]:
    value = facts.get(field) or []
    if not isinstance(value, list) or not all(isinstance(text, str) and text.strip() for text in value):
        raise _wrong(file, field, "is not a list of texts", f'write it as "{field}": ["...", "..."]')
    return tuple(text.strip() for text in value)


def _colours(file: Path, facts: Mapping[str, Any]) -> tuple[str, ...]:
    colours = _texts(file, facts, "colours")
    for colour in colours:
        if not _COLOUR.fullmatch(colour):
            raise _wrong(file, "colours", f"{colour!r} is no colour", 'write it as "#rrggbb"')
    return colours


def _flag(file: Path, facts: Mapping[str, Any], field: str) -> bool:
    value = facts.get(field, False)
    if not isinstance(value, bool):
        raise _wrong(file, field, "is neither true nor false", "write true or false")
    return value


def _share(file: Path, facts: Mapping[str, Any], field: str) -> float | None:
    value = facts.get(field)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
        raise _wrong(file, field, f"{value!r} is no share", "give a number above 0 and at most 1, e.g. 0.05")
    return float(value)


def _wrong(file: Path, field: str, what: str, remedy: str) -> InputError:
    return InputError(f"{file}: {field}: {what}", remedy)
