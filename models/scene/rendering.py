"""Rendered artwork and screens, from a seed: what flat pictures look like when nobody's logo is in them."""

from __future__ import annotations

import io
from random import Random

from PIL import Image, ImageDraw

Picture = Image.Image
Colour = tuple[int, ...]
_WORDS = ("Sale", "summer", "open", "new", "fresh", "Market", "every day", "north", "light", "Studio", "free", "save")


def artwork(random: Random) -> Picture:
    """A mark on a plain ground, or a flyer of blocks and large words."""
    size = random.choice(((400, 300), (600, 600), (800, 500), (500, 700), (1200, 800)))
    plain = random.random() < 0.6
    ground = random.choice(((255, 255, 255), (0, 0, 0), _colour(random), _colour(random)))
    canvas = Image.new("RGB", size, ground)
    draw = ImageDraw.Draw(canvas)
    if not plain:
        _blocks(draw, size, random)
    inks = [_colour(random) for _ in range(random.randint(1, 3))]
    for _ in range(random.randint(1, 4)):
        _shape(draw, size, random.choice(inks), random)
    for _ in range(random.randint(1, 2) if plain else random.randint(2, 5)):
        _word(draw, size, random.choice(inks), random)
    return _sent(canvas, random)


def screen(random: Random) -> Picture:
    """A page of a program or a web site: bars, boxes, lines of small text, a chart."""
    size = random.choice(((1280, 800), (1024, 768), (800, 600), (540, 960), (1440, 900)))
    dark = random.random() < 0.2
    ground, ink = ((24, 26, 32), (220, 222, 226)) if dark else ((255, 255, 255), (50, 52, 58))
    accent = _colour(random)
    canvas = Image.new("RGB", size, ground)
    draw = ImageDraw.Draw(canvas)
    wide, tall = size
    draw.rectangle((0, 0, wide, tall // 14), fill=random.choice((accent, (240, 240, 242), (36, 40, 52))))
    if random.random() < 0.5:
        draw.rectangle((0, tall // 14, wide // 6, tall), fill=random.choice(((246, 246, 248), (40, 44, 56))))
    for row in range(random.randint(5, 16)):
        top, left = tall // 9 + row * tall // 18, wide // 5
        text = " ".join(random.choice(_WORDS) for _ in range(random.randint(2, 9)))
        draw.text((left, top), text, fill=ink, font_size=random.choice((14, 16, 20)))
    for _ in range(random.randint(0, 4)):
        left, top = random.randrange(wide // 5, wide * 3 // 4), random.randrange(tall // 8, tall * 3 // 4)
        box = (left, top, left + wide // 6, top + tall // 8)
        draw.rounded_rectangle(box, 6, fill=random.choice((ground, accent)), outline=(190, 190, 196))
        draw.text((left + 12, top + 12), str(random.randrange(99_999)), fill=ink, font_size=28)
    if random.random() < 0.5:
        points = [(wide // 5 + n * wide // 20, tall - random.randint(20, tall // 4)) for n in range(14)]
        draw.line(points, fill=accent, width=3)
    return _sent(canvas, random)


def _blocks(draw: ImageDraw.ImageDraw, size: tuple[int, int], random: Random) -> None:
    wide, tall = size
    for _ in range(random.randint(2, 5)):
        left, top = random.randrange(wide), random.randrange(tall)
        draw.rectangle((left, top, left + random.randrange(wide), top + random.randrange(tall)), fill=_colour(random))


def _shape(draw: ImageDraw.ImageDraw, size: tuple[int, int], ink: Colour, random: Random) -> None:
    side = round(min(size) * random.uniform(0.15, 0.6))
    left, top = random.randint(0, size[0] - side), random.randint(0, size[1] - side)
    box = (left, top, left + side, top + side)
    kind = random.randrange(4)
    if kind == 0:
        draw.ellipse(box, fill=ink)
    elif kind == 1:
        draw.rounded_rectangle(box, side // 5, fill=ink)
    elif kind == 2:
        corners = [(left + random.random() * side, top + random.random() * side) for _ in range(random.randint(3, 6))]
        draw.polygon(corners, fill=ink)
    else:
        draw.arc(box, random.randrange(360), random.randrange(360), fill=ink, width=max(4, side // 6))


def _word(draw: ImageDraw.ImageDraw, size: tuple[int, int], ink: Colour, random: Random) -> None:
    text = random.choice(_WORDS)
    text = text.upper() if random.random() < 0.5 else text.title()
    tall = round(min(size) * random.uniform(0.08, 0.3))
    place = (random.uniform(0, 0.5) * size[0], random.uniform(0, 0.8) * size[1])
    draw.text(place, text, fill=ink, font_size=tall, stroke_width=random.choice((0, 0, tall // 20)), stroke_fill=ink)


def _colour(random: Random) -> Colour:
    return tuple(random.randrange(256) for _ in range(3))


def _sent(canvas: Picture, random: Random) -> Picture:
    """Shrunk or not, and through JPEG or not, as such pictures arrive."""
    share = random.choice((1.0, 1.0, 0.7, 0.4))
    canvas = canvas.resize((round(canvas.width * share), round(canvas.height * share)), Image.Resampling.LANCZOS)
    if random.random() < 0.3:
        return canvas
    out = io.BytesIO()
    canvas.save(out, "JPEG", quality=random.randint(55, 95))
    return Image.open(out).convert("RGB")
