"""SVG logos: drawn, or refused with the reason and what to do about it."""

from __future__ import annotations

import base64
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from verifier.errors import KitError
from verifier.programs import drawings
from verifier.programs.brands import load_kits
from verifier.programs.kit_pictures import picture_of

SHAPE = '<path d="M10 10h40v60h-40z" fill="#19b79a"/><circle cx="150" cy="40" r="30" fill="#10204f"/>'
PIXEL = base64.b64encode(cv2.imencode(".png", np.zeros((2, 2), np.uint8))[1].tobytes()).decode()


def svg(inside: str = SHAPE, about: str = 'viewBox="0 0 200 80"') -> bytes:
    spaces = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f"<svg {spaces} {about}>{inside}</svg>".encode()


def decoded(data: bytes) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)


def test_a_drawing_becomes_a_picture_with_its_colours_and_nothing_around_them() -> None:
    drawn = decoded(drawings.draw(svg()))
    height, width = drawn.shape[:2]
    assert (width, height) == (drawings.SIDE, round(drawings.SIDE * 80 / 200))
    assert tuple(drawn[height // 2, round(width * 30 / 200)]) == (0x9A, 0xB7, 0x19, 255)
    assert drawn[0, 0, 3] == 0


def test_a_tall_drawing_is_as_long_as_a_wide_one() -> None:
    height, width = decoded(drawings.draw(svg(about='width="20mm" height="50mm"'))).shape[:2]
    assert height == pytest.approx(drawings.SIDE, abs=8)
    assert width == pytest.approx(height * 0.4, abs=2)


@pytest.mark.parametrize(
    ("inside", "reason"),
    [
        ("<script>alert(1)</script>", "script"),
        ('<rect width="9" height="9" onload="x()"/>', "script"),
        ('<a href="javascript:x()"><rect width="9" height="9"/></a>', "script"),
        ("<foreignObject><p/></foreignObject>", "foreign"),
        ('<image href="https://example.com/a.png" width="9" height="9"/>', "outside"),
        ('<image xlink:href="/etc/hostname" width="9" height="9"/>', "outside"),
        ('<image href="data:image/svg+xml;base64,AAAA" width="9" height="9"/>', "outside"),
        ('<use href="other.svg#a"/>', "outside"),
        ('<rect width="9" height="9" fill="url(https://example.com/a.svg#b)"/>', "outside"),
        ("<style>@import 'a.css';</style>", "elsewhere"),
        ("<style>rect{fill:url(http://example.com/x)}</style>", "outside"),
        ('<image href="data:image/png;base64,AAAA" width="9" height="9"/>', "cannot be read"),
        ("<text>Nordlicht</text>", "text"),
        ("<g>" * 80 + "</g>" * 80, "nested"),
        ('<g id="a"><use href="#a"/></g>', "nested"),
        ("<g/>" * 20_001, "shapes"),
        ("<filter/>" * 41, "filters"),
    ],
)
def test_what_does_more_than_draw_is_refused(inside: str, reason: str) -> None:
    with pytest.raises(KitError, match=reason) as caught:
        drawings.draw(svg(inside))
    assert caught.value.remedy


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'<!DOCTYPE svg [<!ENTITY a "b">]>' + svg(), "DOCTYPE"),
        (b'<!DOCTYPE svg SYSTEM "http://example.com/svg.dtd">' + svg(), "DOCTYPE"),
        (b'<?xml-stylesheet href="a.css"?>' + svg(), "style sheet"),
        (b"<svg", "not readable"),
        (b"<html><svg/></html>", "not an SVG"),
        (b"\x1f\x8b\x08\x00", "compressed"),
        (svg() + b" " * 2_100_000, "more than 2 MB"),
        (svg(about=""), "no size"),
        (svg(about='viewBox="0 0 1e9 1"'), "1e\\+09"),
        (svg(about='viewBox="0 0 nan 1"'), "by"),
        ('<?xml version="1.0" encoding="utf-16"?><svg/>'.encode("utf-16"), "not readable"),
    ],
)
def test_what_is_no_plain_drawing_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(KitError, match=reason) as caught:
        drawings.draw(data)
    assert caught.value.remedy


def test_a_bomb_of_references_is_refused_without_drawing_it() -> None:
    levels = "".join(f'<g id="g{n}">{f"""<use href="#g{n - 1}"/>""" * 10}</g>' for n in range(1, 12))
    started = time.process_time()
    with pytest.raises(KitError, match="shapes"):
        drawings.draw(svg(f'<rect id="g0" width="9" height="9"/>{levels}'))
    assert time.process_time() - started < 0.5


def test_a_picture_inside_and_what_editors_leave_behind_are_drawn() -> None:
    inside = f'<image href="data:image/png;base64,{PIXEL}" width="60" height="60"/><title>C:\\logo</title>{SHAPE}'
    assert decoded(drawings.draw(svg(inside)))[..., 3].any()


def test_an_empty_logo_and_one_of_one_colour_are_refused() -> None:
    plain = cv2.imencode(".png", np.full((40, 40, 3), 200, np.uint8))[1].tobytes()
    for data, reason in (
        (svg(""), "empty"),
        (plain, "one colour"),
        (svg('<rect width="200" height="80"/>'), "one col"),
    ):
        with pytest.raises(KitError, match=reason):
            picture_of("logo.svg", "logo", "current", data)


def test_black_on_nothing_is_a_logo() -> None:
    assert picture_of("logo.svg", "logo", "current", svg('<path d="M10 10h40v60z"/>')).data


def test_a_picture_of_too_many_pixels_is_refused_by_its_header() -> None:
    bomb = cv2.imencode(".png", np.zeros((7000, 7000), np.uint8))[1].tobytes()
    with pytest.raises(KitError, match="7000 x 7000"):
        picture_of("a.png", "sample", "current", bomb)


def test_a_kit_of_one_drawing_and_a_name_is_read(tmp_path: Path) -> None:
    place = tmp_path / "nordlicht"
    place.mkdir()
    (place / "logo.svg").write_bytes(svg())
    (place / "old.svg").write_bytes(svg(SHAPE + '<path d="M60 10h40v60z"/>'))
    (place / "badge.svg").write_bytes(svg(SHAPE + '<path d="M160 10h40v60z"/>'))
    logos = "[logo.svg, {file: badge.svg, variant: badge}, {file: old.svg, variant: retired}]"
    text = f"names: [Nordlicht]\naliases: [NL Leuchten, Nordlicht]\nlogos: {logos}\ncompetitors: [pardalo]\n"
    (place / "brand.yaml").write_text(f"{text}minimum: {{share: 0.02, pixels: 120}}\n")
    kit = load_kits(tmp_path)["nordlicht"]
    assert [(one.name, one.role, one.variant) for one in kit.pictures] == [
        ("logo.svg", "logo", "current"),
        ("badge.svg", "logo", "badge"),
        ("old.svg", "retired", "current"),
    ]
    assert kit.names == ("Nordlicht", "NL Leuchten")
    assert (kit.min_share, kit.min_pixels, kit.competitors) == (0.02, 120, ("pardalo",))


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("names: [N, N]\nlogo: [a.svg]", "logo"),
        ("names: [Nordlicht]\nlogos: [{file: a.svg, kind: old}]", "logos.0.kind"),
        ("names: [Nordlicht]\nlogos: [{file: a.svg, variant: newest}]", "logos.0.variant"),
        ("names: [Nordlicht]\nminimum: {pixels: 0}", "minimum.pixels"),
        ("names: [Nordlicht]\nnames: [Pardalo]", "twice"),
        ("names: &n [Nordlicht]\naliases: *n", "refers back"),
        ("names: ['-']", "names"),
    ],
)
def test_a_wrong_line_of_a_kit_is_named(tmp_path: Path, text: str, field: str) -> None:
    place = tmp_path / "nordlicht"
    place.mkdir()
    (place / "a.svg").write_bytes(svg())
    (place / "brand.yaml").write_text(text)
    with pytest.raises(KitError) as caught:
        load_kits(tmp_path)
    assert "brand.yaml" in caught.value.message
    assert field in caught.value.message
    assert caught.value.remedy
