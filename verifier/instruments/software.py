"""Software names: what a program that left its name in a file does to pictures.

Two thirds of untouched camera files carry a Software tag and most of those name firmware, so a name counts only where
it is known. The lists are kept here as data; a name that no list knows is "other" and means nothing.
"""

from __future__ import annotations

import re
from enum import StrEnum


class Role(StrEnum):
    """What a program is for."""

    GENERATOR = "generator"  # makes pictures from words
    EDITOR = "editor"  # changes pixels at will
    ORGANISER = "organiser"  # sorts, crops, develops: honest hands use it daily
    CAPTURE = "capture"  # takes screenshots
    OTHER = "other"


_GENERATORS = (
    "stable diffusion", "comfyui", "invokeai", "novelai", "fooocus", "automatic1111", "midjourney", "dall-e",
    "dall·e", "dalle", "adobe firefly", "draw things", "swarmui", "easy diffusion", "leonardo.ai", "ideogram",
    "imagen", "made with google ai", "edited with google ai", "openai", "chatgpt", "gpt-4o", "bing image creator",
    "flux.1", "diffusionbee", "playground ai", "dreamstudio", "recraft",
)  # fmt: skip
_ORGANISERS = (
    "lightroom", "camera raw", "bridge", "picasa", "photo gallery", "photo mechanic", "digikam", "darktable",
    "rawtherapee", "capture one", "apple photos", "photos 1", "photos 2", "photos 3", "photos 4", "photos 5",
    "acdsee", "idimager", "photo supreme", "digital photo professional", "viewnx", "nx studio", "capture nx",
    "iphoto", "aperture", "irfanview", "xnview", "faststone", "google photos", "photo viewer", "windows photo",
    "exiftool", "imagemagick", "shotwell", "gthumb", "zoombrowser", "image data converter", "playmemories",
    "silkypix",
)  # fmt: skip
_EDITORS = (
    "photoshop", "gimp", "affinity photo", "pixelmator", "paint.net", "paintshop", "paint shop", "paint tool",
    "photopea", "picsart", "snapseed", "facetune", "canva", "corel", "fireworks", "illustrator", "inkscape", "krita",
    "photodirector", "luminar", "photoscape", "pixlr", "fotor", "meitu", "beautyplus", "airbrush", "lightx",
    "procreate", "imageready", "microsoft paint", "mspaint", "photoimpact", "polarr", "remini", "touchretouch",
    "vsco", "zoner photo", "acorn", "seashore", "befunky", "picmonkey", "adobe express",
)  # fmt: skip
_CAPTURES = (
    "screenshot", "screen shot", "snipping tool", "greenshot", "snagit", "sharex", "lightshot", "flameshot",
    "spectacle", "screencapture", "screen capture", "ksnip", "shutter",
)  # fmt: skip
_ORDER = (  # Photoshop Lightroom and Photoshop Camera Raw are organisers, so these are asked before the editors
    (Role.GENERATOR, _GENERATORS),
    (Role.CAPTURE, _CAPTURES),
    (Role.ORGANISER, _ORGANISERS),
    (Role.EDITOR, _EDITORS),
)
_PATTERNS = tuple(
    (role, re.compile("|".join(rf"(?<![a-z]){re.escape(name)}(?![a-z])" for name in names))) for role, names in _ORDER
)


def role_of(name: str) -> Role:
    """The role of the program called `name`, whatever its version. Whole words only: "Corelia" is not Corel."""
    lowered = name.casefold()
    return next((role for role, pattern in _PATTERNS if pattern.search(lowered)), Role.OTHER)
