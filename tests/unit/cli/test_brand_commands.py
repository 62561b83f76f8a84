"""`verifier brand`: checked, filed, listed, shown and removed; bad input is one line and an exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from verifier.cli import commands
from verifier.errors import InputError, KitError
from verifier.programs.kit_strength import Level

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 100"><path d="M10 10h80v80h-80z" fill="#19b79a"/>'
    '<path d="M120 80L160 20L200 80z"/><circle cx="250" cy="50" r="30"/></svg>'
)


@pytest.fixture
def kit(tmp_path: Path) -> Path:
    place = tmp_path / "nordlicht"
    place.mkdir()
    (place / "logo.svg").write_text(SVG)
    (place / "brand.yaml").write_text("names: [Nordlicht]\nlogos: [logo.svg]\n")
    return place


def run(*arguments: object) -> Result:
    return CliRunner().invoke(commands, ["brand", *map(str, arguments)], standalone_mode=False)


def test_a_kit_is_filed_listed_shown_and_removed(kit: Path, tmp_path: Path) -> None:
    at = ("--archive", f"sqlite:///{tmp_path}/a/archive.db", "--tenant", "acme")
    assert "nordlicht, version 1" in run("add", kit, *at).output
    (kit / "brand.yaml").write_text("names: [Nordlicht, NL]\nlogos: [logo.svg]\n")
    assert "version 2" in run("add", kit / "brand.yaml", *at).output
    assert "nordlicht  version 2" in run("list", *at).output
    assert run("list", *at[:2]).output == ""
    assert run("show", "nordlicht", *at).output == (kit / "brand.yaml").read_text()
    assert "NL" not in run("show", "nordlicht", "--version", 1, *at).output
    run("show", "nordlicht", "--out", tmp_path / "out", *at)
    assert (tmp_path / "out" / "logo.svg").read_text() == SVG
    assert run("remove", "nordlicht", *at).exit_code == 0
    assert isinstance(run("remove", "nordlicht", *at).exception, InputError)
    assert isinstance(run("show", "nordlicht", *at).exception, InputError)


def test_a_check_tells_pictures_and_what_to_add(kit: Path) -> None:
    told = run("check", kit).output
    assert "logo.svg" in told
    assert "flat figurative logo: expect to find it on" in told
    strength = json.loads(run("check", kit, "--json").output)
    assert strength["level"] == "figure"
    assert strength["pictures"][0]["points"] > 0


def test_a_check_quotes_no_figure_of_another_embedding(
    kit: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VERIFIER_EMBEDDING", str(tmp_path / "theirs" / "card.yaml"))
    assert "not measured with the embedding in use" in run("check", kit).output
    figures = {level: {"k": 1, "n": 4, "low": 0.1, "high": 0.6} for level in Level}
    (tmp_path / "theirs" / "fusion").mkdir(parents=True)
    (tmp_path / "theirs" / "fusion" / "recall.json").write_text(json.dumps({"levels": figures}))
    assert "expect to find it on 25%" in run("check", kit).output


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("brand.yaml", "names: [Nordlicht]\nlogo: [logo.svg]\n", "did you mean logos"),
        ("brand.yaml", "names: [Nordlicht]\nlogos: [gone.svg]\n", "is not there"),
        ("logo.svg", "<svg><script/></svg>", "script"),
    ],
)
def test_a_kit_that_cannot_be_used_is_one_line(kit: Path, file: str, text: str, told: str) -> None:
    (kit / file).write_text(text)
    error = run("check", kit).exception
    assert isinstance(error, KitError)
    assert told in str(error)
    assert "\n" not in str(error)
    assert error.exit_code == 2
