"""Programs are known by name; firmware and strangers mean nothing."""

from __future__ import annotations

import pytest

from verifier.instruments.software import Role, role_of


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Adobe Photoshop CS6 (Windows)", Role.EDITOR),
        ("GIMP 2.10.32", Role.EDITOR),
        ("Snapseed 2.0", Role.EDITOR),
        ("paint.net 5.0.11", Role.EDITOR),
        ("Adobe Photoshop Lightroom 6.0", Role.ORGANISER),
        ("Adobe Photoshop Camera Raw 15.4", Role.ORGANISER),
        ("Picasa", Role.ORGANISER),
        ("ComfyUI", Role.GENERATOR),
        ("Made with Google AI", Role.GENERATOR),
        ("gnome-screenshot", Role.CAPTURE),
        ("Greenshot", Role.CAPTURE),
        ("HDR+ 1.0.585804376zd", Role.FIRMWARE),
        ("17.5.1", Role.FIRMWARE),
        ("V 05.50", Role.FIRMWARE),
        ("G930FXXU1BPHJ", Role.FIRMWARE),
        ("FK7.26.2.11", Role.FIRMWARE),
        ("Adobe Photoshop Album Starter Edition 3.0", Role.ORGANISER),
        ("ACME 17", Role.OTHER),
        ("Corelia 3", Role.OTHER),
        ("", Role.OTHER),
    ],
)
def test_a_program_has_the_role_that_its_name_stands_for(name: str, role: Role) -> None:
    assert role_of(name) is role
