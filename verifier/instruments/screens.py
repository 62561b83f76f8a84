"""Screenshots and messengers: signs in names, sizes and fields that tell how a picture reached us."""

from __future__ import annotations

import re

HANDHELD = frozenset({  # width and height in pixels of phones and tablets, upright; no camera writes these sizes
    (640, 1136), (750, 1334), (828, 1792), (1080, 2340), (1125, 2436), (1170, 2532), (1179, 2556), (1206, 2622),
    (1242, 2208), (1242, 2688), (1260, 2736), (1284, 2778), (1290, 2796), (1320, 2868), (720, 1440), (720, 1520),
    (720, 1560), (720, 1600), (720, 1612), (1080, 2160), (1080, 2220), (1080, 2244), (1080, 2280), (1080, 2310),
    (1080, 2376), (1080, 2388), (1080, 2400), (1080, 2408), (1080, 2412), (1080, 2460), (1080, 2520), (1116, 2480),
    (1176, 2400), (1200, 2670), (1220, 2712), (1224, 2700), (1240, 2772), (1256, 2760), (1280, 2856), (1344, 2992),
    (1440, 2880), (1440, 2960), (1440, 3040), (1440, 3088), (1440, 3120), (1440, 3168), (1440, 3200), (1536, 2048),
    (1620, 2160), (1488, 2266), (1640, 2360), (1668, 2224), (1668, 2388), (2048, 2732), (1200, 2000), (1600, 2560),
})  # fmt: skip
DESKTOP = frozenset({  # width and height of monitors; (1920, 1080) and (3840, 2160) are also sizes of video stills
    (1280, 720), (1280, 800), (1280, 1024), (1360, 768), (1366, 768), (1440, 900), (1536, 864), (1600, 900),
    (1680, 1050), (1920, 1080), (1920, 1200), (2560, 1080), (2560, 1440), (2560, 1600), (2880, 1620), (2880, 1800),
    (3024, 1964), (3072, 1920), (3440, 1440), (3456, 2234), (3840, 2160), (5120, 2880),
})  # fmt: skip
_SCREENSHOT_NAME = re.compile(
    r"screen[ _-]?shot|screen[ _-]?capture|bildschirmfoto|capture[ _-]d.[ée]cran|captura de pantalla|schermafbeelding|"
    r"skjermbilde|sk[äa]rmavbild|zrzut ekranu|istantanea",
    re.IGNORECASE,
)
_MESSENGER_NAMES = (
    ("WhatsApp", re.compile(r"IMG-\d{8}-WA\d{4}|WhatsApp[ _-]Image", re.IGNORECASE)),
    ("Signal", re.compile(r"^signal-\d{4}-\d{2}-\d{2}", re.IGNORECASE)),
    ("Telegram", re.compile(r"^photo_\d{4}-\d{2}-\d{2}_\d{2}-\d{2}-\d{2}|^telegram-", re.IGNORECASE)),
    ("Messenger", re.compile(r"^received_\d{12,}|^FB_IMG_\d+", re.IGNORECASE)),
    ("Viber", re.compile(r"^(viber_image|0-02-\w{2}-[0-9a-f]{20,})", re.IGNORECASE)),
    ("WeChat", re.compile(r"^(mmexport\d{13}|wx_camera_\d{13})", re.IGNORECASE)),
)
SERVICE_SIDES = {  # longest side in pixels of the copies that services make -> who makes them
    960: "Facebook or WeChat", 1280: "Telegram or WhatsApp", 1440: "WeChat", 1600: "WhatsApp, Viber or Signal",
    2048: "Facebook, Signal or X", 2560: "Telegram", 4096: "WhatsApp (HD) or X",
}  # fmt: skip
_META_TAG = b"FBMD"  # Facebook and Instagram keep an identity of their own in IPTC SpecialInstructions


def named_as_screenshot(name: str) -> bool:
    """Whether the file is called what systems call their screenshots."""
    return _SCREENSHOT_NAME.search(name) is not None


def is_handheld_size(width: int, height: int) -> bool:
    """Whether a phone or tablet has a screen of exactly this size, either way up."""
    return (min(width, height), max(width, height)) in HANDHELD


def is_desktop_size(width: int, height: int) -> bool:
    """Whether a monitor has exactly this size."""
    return (width, height) in DESKTOP


def messenger(name: str, raw: bytes) -> str:
    """The messenger or network that the file came through, "" where nothing shows one."""
    for title, pattern in _MESSENGER_NAMES:
        if pattern.search(name):
            return title
    return "Facebook or Instagram" if _META_TAG in raw[:65536] else ""


def reduced_for(format_: str, size: tuple[int, int] | None) -> str:
    """Who makes copies of this size, "" where nobody known does. Says something only of a file without camera data."""
    return SERVICE_SIDES.get(max(size), "") if size and format_ in ("jpeg", "webp") else ""
