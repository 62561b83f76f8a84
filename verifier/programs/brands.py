"""Brand kits from files: one folder per brand, with `brand.yaml` (or an older `kit.json`) and the pictures it names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from verifier.casefile import BrandKit, Picture
from verifier.errors import ClaimError, InputError, KitError
from verifier.instruments import brands, names
from verifier.programs.kit_facts import parse, wrong
from verifier.programs.kit_pictures import picture_of

KIT_FILES = ("brand.yaml", "brand.yml", "kit.json", "kit.yaml", "kit.yml")
MAX_PICTURES = 64  # each is looked for on every photo, so a kit's size is paid for per item

_ROLES = {"logos": "logo", "samples": "sample", "packs": "pack", "retired": "retired", "forbidden_logos": "forbidden"}
_VARIANTS = ("current", "badge")  # of the role logo; the other variants are roles of their own
_LEAST_LETTERS = 2  # a letter alone is read everywhere

Files = Callable[[str], bytes]
"""The bytes of a file beside the kit file. Raises KitError where there is none of that name."""


def load_kits(folder: Path) -> Mapping[str, BrandKit]:
    """The kits of a folder by id (the sub-folder's name), in the order of ids.

    Raises InputError when there is no such folder, or when a kit does not say what it must; the message names file
    and field.
    """
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder of brand kits", "name a folder with one sub-folder per brand")
    places = sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))
    return {place.name: load_kit(kit_file(place)) for place in places}


def kit_file(place: Path) -> Path:
    """The kit file in a brand's folder. Raises InputError."""
    found = next((place / name for name in KIT_FILES if (place / name).is_file()), None)
    if found is None:
        raise InputError(f"{place}: holds no brand.yaml", "describe the brand in one, or move it away")
    return found


def load_kit(file: Path) -> BrandKit:
    """One kit; its id is the name of the folder that the file lies in. Raises KitError naming file and field."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise KitError(f"{file}: cannot be read: {error.strerror}", "check who may read it") from None
    return read_kit(file.resolve().parent.name, str(file), data, beside(file.parent))


def beside(folder: Path) -> Files:
    """The files of a folder, and of no other."""

    def read(name: str) -> bytes:
        path = folder / name
        if Path(name).name != name:
            raise KitError("leaves the kit's folder", "put the picture beside the kit file")
        if not path.is_file():
            raise KitError("is not there", "add the picture or leave it out")
        return path.read_bytes()

    return read


def read_kit(id_: str, name: str, data: bytes, files: Files) -> BrandKit:
    """The kit in the file called `name`. Raises KitError naming that file, the field and the picture."""
    facts = parse(name, data)
    listed = named_pictures(facts)
    if len(listed) > MAX_PICTURES:
        raise wrong(name, "samples", f"too many pictures ({len(listed)})", f"keep the best {MAX_PICTURES}")
    minimum = facts.get("minimum") or {}
    kit = BrandKit(
        id=id_,
        names=_once([*_texts(facts, "names"), *_texts(facts, "aliases")]),
        pictures=tuple(_picture(name, *entry, files) for entry in listed),
        colours=tuple(facts.get("colours") or ()),
        forbidden=_texts(facts, "forbidden"),
        competitor=facts.get("competitor", False),
        competitors=_texts(facts, "competitors"),
        min_share=minimum.get("share", facts.get("min_share")),
        min_pixels=minimum.get("pixels"),
    )
    if not is_usable(kit):
        what = "is empty, and on no picture is there enough to know the brand by"
        raise wrong(name, "names", what, "say how the brand is written, or add a logo or a photo of it")
    return kit


def named_pictures(facts: Mapping[str, Any]) -> Sequence[tuple[str, str, str, str]]:
    """(field, role, variant, file) of every picture that a kit's facts name, in the order in which they are kept."""
    found = []
    for field, role in _ROLES.items():
        for number, entry in enumerate(facts.get(field) or ()):
            said = entry if isinstance(entry, Mapping) else {"file": entry}
            variant = said.get("variant", "current")
            what = (role, variant) if variant in _VARIANTS else (variant, "current")
            found.append((f"{field}.{number}", *what, said["file"]))
    return found


def is_usable(kit: BrandKit) -> bool:
    """Whether the brand can be known by anything at all: a name that can be read, or a picture with enough on it."""
    if any(names.letters(name) >= _LEAST_LETTERS for name in kit.names):
        return True
    return any(brands.points_on(picture) >= brands.CLEAR[picture.role] for picture in kit.pictures)


def choose(kits: Mapping[str, BrandKit], brand: str | None, competitors: Iterable[str] = ()) -> tuple[BrandKit, ...]:
    """The kits that a claim's photos are searched for: its brand's, and its competitors' marked as such.

    Where the claim names no competitors its brand's kit may, and else every kit that calls itself one is taken.
    Raises ClaimError on a name of the claim's without a kit.
    """
    if brand is None:
        return ()
    ours = _kit(kits, brand, "brand")
    named = [_kit(kits, name, "competitors") for name in competitors] or (
        [kit for name in ours.competitors if (kit := _known(kits, name))]
        if ours.competitors
        else [kit for kit in kits.values() if kit.competitor]
    )
    rivals = {kit.id: kit for kit in named if kit.id != ours.id}
    return (replace(ours, competitor=False), *(replace(kit, competitor=True) for kit in rivals.values()))


def _kit(kits: Mapping[str, BrandKit], name: str, field: str) -> BrandKit:
    kit = _known(kits, name)
    if kit is not None:
        return kit
    known = ", ".join(sorted(kits)) or "none"
    raise ClaimError(f"{field}: there is no brand kit for {name!r}", f"add one, or use a known one ({known})")


def _known(kits: Mapping[str, BrandKit], name: str) -> BrandKit | None:
    """A kit by its id or by one of its names, whatever the case."""
    wanted = name.casefold()
    for kit in kits.values():
        if wanted == kit.id.casefold() or wanted in (known.casefold() for known in kit.names):
            return kit
    return None


def _picture(name: str, field: str, role: str, variant: str, file: str, files: Files) -> Picture:
    try:
        return picture_of(file, role, variant, files(file))
    except KitError as error:
        raise wrong(name, field, f"{file!r} {error.message}", error.remedy) from None


def _texts(facts: Mapping[str, Any], field: str) -> tuple[str, ...]:
    return _once(text.strip() for text in facts.get(field) or ())


def _once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))
