import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from verifier.errors import ClaimError, InputError, KitError
from verifier.programs.brands import choose, load_kits
from verifier.programs.kit_facts import parse

PICTURE = cv2.imencode(".png", np.eye(8, dtype=np.uint8) * 200)[1].tobytes()


def kit(folder: Path, brand: str, facts: object, *, file: str = "kit.json", pictures: tuple[str, ...] = ()) -> Path:
    place = folder / brand
    place.mkdir()
    (place / file).write_text(facts if isinstance(facts, str) else json.dumps(facts))
    for name in pictures:
        (place / name).write_bytes(PICTURE)
    return folder


def test_a_kit_holds_names_pictures_by_role_and_what_the_program_asks(tmp_path: Path) -> None:
    facts = {
        "names": ["Nordlicht"], "logos": ["a.png"], "packs": ["b.jpg"], "retired": ["old.png"],
        "colours": ["#19b79a"], "forbidden": ["Nordlichter"], "min_share": 0.05,
    }  # fmt: skip
    loaded = load_kits(kit(tmp_path, "nordlicht", facts, pictures=("a.png", "b.jpg", "old.png")))["nordlicht"]
    assert loaded.id == "nordlicht"
    assert loaded.names == ("Nordlicht",)
    assert [(one.role, one.name, one.data) for one in loaded.pictures] == [
        ("logo", "a.png", PICTURE),
        ("pack", "b.jpg", PICTURE),
        ("retired", "old.png", PICTURE),
    ]
    assert loaded.forbidden == ("Nordlichter",)
    assert loaded.min_share == 0.05
    assert not loaded.competitor


def test_a_kit_may_be_yaml(tmp_path: Path) -> None:
    kits = load_kits(kit(tmp_path, "pardalo", "names: [Pardalo]\ncompetitor: true\n", file="kit.yaml"))
    assert kits["pardalo"].competitor


def test_kits_come_in_the_order_of_their_ids(tmp_path: Path) -> None:
    for brand in ("zemira", "alto", "nord"):
        kit(tmp_path, brand, {"names": [brand]})
    assert list(load_kits(tmp_path)) == ["alto", "nord", "zemira"]


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"names": "Nordlicht"}, "names"),
        ({"names": ["Nordlicht"], "logos": ["missing.png"]}, "logos"),
        ({"names": ["Nordlicht"], "logos": ["../other/a.png"]}, "logos"),
        ({"names": ["Nordlicht"], "colours": ["green"]}, "colours"),
        ({"names": ["Nordlicht"], "min_share": 5}, "min_share"),
        ({"names": ["Nordlicht"], "min_share": True}, "min_share"),
        ({"names": ["Nordlicht"], "competitor": "yes"}, "competitor"),
        ({"names": ["Nordlicht"], "nmaes": []}, "nmaes"),
        ({"names": []}, "names"),
    ],
)
def test_a_wrong_field_is_named_with_its_file(tmp_path: Path, facts: object, field: str) -> None:
    with pytest.raises(InputError) as caught:
        load_kits(kit(tmp_path, "nordlicht", facts))
    assert "kit.json" in caught.value.message
    assert field in caught.value.message
    assert caught.value.remedy


@pytest.mark.parametrize("text", ["{", "[1, 2]", "\x00"])
def test_a_kit_that_cannot_be_read_is_named(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match=r"kit\.json"):
        load_kits(kit(tmp_path, "nordlicht", text))


def test_an_empty_picture_is_refused(tmp_path: Path) -> None:
    folder = kit(tmp_path, "nordlicht", {"names": ["n"], "logos": ["a.png"]})
    (folder / "nordlicht" / "a.png").write_bytes(b"")
    with pytest.raises(InputError, match="logos"):
        load_kits(folder)


def test_a_folder_without_a_kit_and_no_folder_at_all_are_refused(tmp_path: Path) -> None:
    (tmp_path / "brand").mkdir()
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(InputError):
            load_kits(folder)


def test_a_claim_is_searched_for_its_brand_and_the_competitors_it_names(tmp_path: Path) -> None:
    for brand in ("nordlicht", "pardalo", "zemira"):
        kit(tmp_path, brand, {"names": [brand.title()], "competitor": brand == "pardalo"})
    kits = load_kits(tmp_path)
    assert [(one.id, one.competitor) for one in choose(kits, "Nordlicht", ["zemira"])] == [
        ("nordlicht", False),
        ("zemira", True),
    ]
    assert [one.id for one in choose(kits, "nordlicht")] == ["nordlicht", "pardalo"]  # the one that calls itself so
    assert [(one.id, one.competitor) for one in choose(kits, "pardalo")] == [("pardalo", False)]
    assert [one.id for one in choose(kits, "Pardalo")] == ["pardalo"]  # by whatever name: nobody competes with oneself
    assert [one.id for one in choose(kits, "nordlicht", ["Pardalo", "pardalo"])] == ["nordlicht", "pardalo"]
    assert choose(kits, None) == ()
    with pytest.raises(ClaimError, match="brand"):
        choose(kits, "nordlyst")


def test_a_picture_that_cannot_be_read_is_named_before_any_photo_is_looked_at(tmp_path: Path) -> None:
    kit(tmp_path, "nordlicht", {"names": ["Nordlicht"], "logos": ["a.png"]}, pictures=("a.png",))
    (tmp_path / "nordlicht" / "a.png").write_bytes(b"no picture")
    with pytest.raises(InputError, match=r"a\.png.*no picture"):
        load_kits(tmp_path)


def test_json_is_read_as_json_whatever_the_file_is_called() -> None:
    assert parse("brand.yaml", b'{"names": ["\\ud83d\\udca1 Licht"]}') == {"names": ["\U0001f4a1 Licht"]}


@pytest.mark.parametrize("name", ["kit.json", "brand.yaml"])
def test_half_a_character_is_refused(name: str) -> None:
    with pytest.raises(KitError, match="cannot be read"):
        parse(name, b'{"names": ["\\ud83d"]}')


@pytest.mark.parametrize("name", ["kit.json", "brand.yaml"])
def test_json_with_a_key_twice_is_refused(name: str) -> None:
    with pytest.raises(KitError, match="stands twice"):
        parse(name, b'{"names": ["A"], "names": ["B"]}')
