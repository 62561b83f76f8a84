"""`verifier models`: a logo embedding of the operator's own is checked, put in use, named in reports, and taken out."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml
from click.testing import CliRunner, Result

from models.brand_presence import embedding
from models.logo_embedding import sheet
from verifier.assembly import versions
from verifier.cli import commands
from verifier.errors import ArchiveError, ModelError
from verifier.instruments import slot
from verifier.instruments.looks import load_looks
from verifier.settings import Settings

SETTINGS = Settings()
OURS = SETTINGS.models / "logo_embedding"
SIDE = 32
SCORECARD = json.loads((SETTINGS.models / "brand_presence" / "scorecard.json").read_text())


def tagged(number: int, value: bytes | int | str) -> bytes:
    """One field of a protocol buffer: a number, or bytes with their length."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value


def varint(value: int) -> bytes:
    return bytes([value]) if value < 128 else bytes([value & 127 | 128]) + varint(value >> 7)


def node(kind: str, given: str, gives: str, **attributes: list[int]) -> bytes:
    named = b"".join(
        tagged(5, tagged(1, key) + b"".join(tagged(8, value) for value in values) + tagged(20, 7))
        for key, values in attributes.items()
    )
    return tagged(1, tagged(1, given) + tagged(2, gives) + tagged(4, kind) + named)


def value(field: int, name: str, *sizes: int | str) -> bytes:
    """An input (field 11) or an output (12) of floats; a size by name is free."""
    shape = b"".join(tagged(1, tagged(2, size) if isinstance(size, str) else tagged(1, size)) for size in sizes)
    return tagged(field, tagged(1, name) + tagged(2, tagged(1, tagged(1, 1) + tagged(2, shape))))


def network(*last: bytes, batch: int | str = "n", gives: tuple[int, ...] = (48,)) -> bytes:
    """ONNX: the mean of 8 x 8 pixels in each channel, then the nodes of `last`, from `pooled` to `vector`."""
    pool = node("AveragePool", "pixels", "pooled", kernel_shape=[8, 8], strides=[8, 8])
    graph = pool + b"".join(last or (node("Flatten", "pooled", "vector"),)) + tagged(2, "tower")
    graph += value(11, "pixels", batch, 3, SIDE, SIDE) + value(12, "vector", batch, *gives)
    return tagged(1, 8) + tagged(7, graph) + tagged(8, tagged(2, 17))


def made(folder: Path, data: bytes | None = None, **tower: object) -> Path:
    """A card.yaml and its tower in a folder of that name; `tower` overrides what the card says of it."""
    folder.mkdir(parents=True)
    data = network() if data is None else data
    (folder / "tower.onnx").write_bytes(data)
    facts = {"file": "tower.onnx", "input": "pixels", "output": "vector", "side": SIDE, "dimensions": 48}
    facts |= {"mean": [120, 118, 110], "deviation": 60.0}
    said = dict.fromkeys(("purpose", "training_data", "metrics", "limits"), "for a test")
    card = said | {"name": folder.name, "licence": "licensed to us", "tower": facts | tower}
    card["files"] = {"tower.onnx": hashlib.sha256(data).hexdigest()}
    (folder / "card.yaml").write_text(yaml.safe_dump(card))
    return folder / "card.yaml"


@pytest.fixture
def fitted(tmp_path: Path) -> Path:
    card = made(tmp_path / "theirs")
    embedding.keep(card, SCORECARD, "none", "a test")
    return card


def run(*arguments: object) -> Result:
    said = ["models", *map(str, arguments)]
    return CliRunner().invoke(commands, said, standalone_mode=False, catch_exceptions=False)


def test_a_tower_that_runs_is_told_with_its_licence(tmp_path: Path) -> None:
    card = made(tmp_path / "theirs", output=0)
    assert "theirs: runs and gives 48 numbers a picture, licensed to us" in run("check", card).output
    assert "theirs" in run("check", card.parent).output


@pytest.mark.parametrize(
    ("data", "tower", "why"),
    [
        (None, {"side": None}, "does not state side"),
        (None, {"dimensions": 64}, r"shape \(2, 48\) and not \(2, 64\)"),
        (None, {"input": "picture"}, "has no input 'picture', but pixels"),
        (None, {"output": "logits"}, "has no output 'logits', but vector"),
        (None, {"output": 3}, "has no output 3"),
        (None, {"side": 224}, "does not run on pictures of 224 pixels"),
        (None, {"side": "large"}, "tower.side is 'large'"),
        (None, {"mean": [0.48, 0.46], "deviation": 1}, "tower.mean"),
        (None, {"deviation": [0.26, 0.26, 0.27]}, "grey levels of 0..255"),
        (None, {"file": "other.onnx"}, "no checksum of the tower's other.onnx"),
        (b"no network", {}, "does not run"),
        (network(batch=1), {}, "does not run"),
        (network(node("Identity", "pooled", "vector"), gives=(3, 4, 4)), {}, r"shape \(2, 3, 4, 4\)"),
        (network(node("Sqrt", "pooled", "x"), node("Flatten", "x", "vector")), {}, "not finite"),
        (network(node("Shape", "pooled", "x"), node("Shape", "pooled", "vector")), {}, "does not run"),
    ],
)  # fmt: skip
def test_a_tower_that_is_not_what_its_card_says_is_refused(
    tmp_path: Path, data: bytes | None, tower: dict[str, object], why: str
) -> None:
    card = made(tmp_path / "theirs", data, **tower)
    with pytest.raises(ModelError, match=why) as refused:
        run("check", card)
    assert "\n" not in str(refused.value)


def test_a_tower_of_one_picture_at_a_time_runs_where_its_card_says_so(tmp_path: Path) -> None:
    assert "48 numbers" in run("check", made(tmp_path / "theirs", network(batch=1), batch=1)).output


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    card = made(tmp_path / "theirs")
    (card.parent / "tower.onnx").write_bytes(network() + b"\0")
    with pytest.raises(ModelError, match=r"tower.onnx is not the file"):
        run("check", card)


def test_an_embedding_is_used_by_its_archive_named_in_reports_and_taken_out(fitted: Path, tmp_path: Path) -> None:
    at = f"sqlite:///{tmp_path}/a/archive.db"
    assert "theirs is in use" in run("use", fitted, "--archive", at).output
    assert "in use: theirs" in run("list", "--archive", at).output
    assert "theirs, the logo embedding in use" in run("check", "--archive", at).output
    plain = replace(SETTINGS, archive=at)
    settled = slot.settled(plain)
    assert settled.embedding == fitted
    assert versions(settled, {}).models["theirs"]
    assert versions(settled, {}).pipeline != versions(plain, {}).pipeline
    assert slot.settled(replace(SETTINGS, archive=f"sqlite:///{tmp_path}/b/archive.db")).embedding is None
    assert "comes along" in run("use", "logo_embedding", "--archive", at).output
    assert slot.settled(plain).embedding is None


def test_other_means_are_another_pipeline(fitted: Path) -> None:
    before = versions(replace(SETTINGS, embedding=fitted), {}).pipeline
    fitted.write_text(fitted.read_text().replace("- 120", "- 121"))
    assert versions(replace(SETTINGS, embedding=fitted), {}).pipeline != before


def test_an_embedding_that_changed_since_it_was_put_in_use_is_refused(fitted: Path, tmp_path: Path) -> None:
    settings = replace(SETTINGS, archive=f"sqlite:///{tmp_path}/a/archive.db")
    slot.use(settings, fitted)
    fitted.write_text(fitted.read_text().replace("- 120", "- 121"))
    with pytest.raises(ModelError, match="changed since it was put in use"):
        slot.settled(settings)


def test_a_claim_that_is_filed_nowhere_is_looked_at_with_the_embedding_of_the_settings_archive(
    fitted: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at, photo = f"sqlite:///{tmp_path}/a/archive.db", tmp_path / "photo.png"
    photo.write_bytes(b"")
    slot.use(replace(SETTINGS, archive=at), fitted)
    fitted.write_text(fitted.read_text().replace("- 120", "- 121"))
    monkeypatch.setenv("VERIFIER_ARCHIVE", at)
    verify = ["verify", str(photo), "--activity", "in_store_display"]
    with pytest.raises(ModelError, match="changed since it was put in use"):
        CliRunner().invoke(commands, verify, standalone_mode=False, catch_exceptions=False)


def test_an_embedding_without_weights_of_its_own_is_refused(tmp_path: Path) -> None:
    card = made(tmp_path / "theirs")
    with pytest.raises(ModelError, match="brand presence was not fitted for it") as refused:
        run("use", card, "--archive", f"sqlite:///{tmp_path}/archive.db")
    assert "models.brand_presence.fit" in refused.value.remedy


def test_a_benchmark_of_an_embedding_without_weights_says_how_they_are_fitted(tmp_path: Path, fitted: Path) -> None:
    with pytest.raises(SystemExit, match=r"models.brand_presence.fit --data DIR --embedding"):
        embedding.weights_of(made(tmp_path / "another"))
    assert embedding.weights_of(fitted) == fitted.parent / "fusion"
    assert embedding.weights_of(OURS / "card.yaml") == SETTINGS.models / "brand_presence"


def test_weights_that_are_none_are_refused_before_they_are_used(tmp_path: Path) -> None:
    card = made(tmp_path / "theirs")
    embedding.keep(card, {"bias": -3.0}, "none", "a test")
    with pytest.raises(ModelError, match="not a scorecard"):
        slot.use(replace(SETTINGS, archive=f"sqlite:///{tmp_path}/archive.db"), card)


def test_weights_that_were_fitted_for_another_tower_are_refused(fitted: Path, tmp_path: Path) -> None:
    other = made(tmp_path / "another", network() + tagged(2, "maker"))
    (fitted.parent / "fusion").rename(other.parent / "fusion")
    with pytest.raises(ModelError, match="fitted for other files"):
        slot.checked(other, SETTINGS.models)


def test_the_name_of_a_model_that_comes_along_is_refused(tmp_path: Path) -> None:
    card = made(tmp_path / "scene")
    embedding.keep(card, SCORECARD, "none", "a test")
    with pytest.raises(ModelError, match="scene is the name of a model that comes along"):
        slot.checked(card, SETTINGS.models)


def test_the_sheet_of_other_logos_holds_two_views_of_each_mark() -> None:
    tiles = sheet.pictures()
    assert len(tiles) == sheet.MARKS * sheet.VIEWS
    assert {tile.shape for tile in tiles} == {(sheet.SIDE, sheet.SIDE, 3)}
    small = [tile[::8, ::8].astype(float).ravel() for tile in tiles[:200]]
    alike = np.corrcoef(small)
    assert np.mean([alike[n, n + 1] for n in range(0, 200, 2)]) > np.mean(alike[::2, 1::2]) + 0.05


def test_a_card_that_is_not_there_is_named(tmp_path: Path) -> None:
    for command in ("check", "use"):
        with pytest.raises(ModelError, match="not a readable card"):
            run(command, tmp_path / "none.yaml")


def test_an_archive_that_keeps_nothing_keeps_no_choice(fitted: Path) -> None:
    with pytest.raises(ArchiveError):
        slot.use(replace(SETTINGS, archive="memory:"), fitted)


def test_another_tower_gives_vectors_of_length_one_beside_our_map(fitted: Path) -> None:
    looks = load_looks(fitted.parent, OURS)
    pictures = [np.full((40, 60, 3), 200, np.uint8), np.zeros((20, 20, 3), np.uint8)]
    found = looks.embed(pictures)
    assert found.shape == (2, 48)
    assert np.array_equal(embedding.looks_of(fitted).embed(pictures), found)
    assert np.allclose(np.linalg.norm(found, axis=1), 1)
    (fitted.parent / "fusion" / "cohort.npy").write_bytes(b"x")
    with pytest.raises(ModelError, match="not the file"):
        load_looks(fitted.parent, OURS)
