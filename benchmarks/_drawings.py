"""Generate pictures that are not photos: screenshots, documents, charts, diagrams, icons and
posters, in many variations."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from itertools import pairwise

import matplotlib.font_manager
from PIL import Image, ImageDraw, ImageFilter, ImageFont

_WORDS = [
    "the", "of", "and", "to", "in", "photo", "order", "total", "page", "march", "address", "please",
    "name", "street", "water", "light",
    "house", "invoice", "summer", "travel", "number", "system", "open", "file", "edit", "view",
    "window", "help", "price", "about",
    "meeting", "notes", "report", "chapter", "figure", "table", "answer", "letter", "delivery",
    "account", "message",
]  # fmt: skip
_PAPER = ["white", "#fdfdfb", "#f4f1ea", "#fff8e1", "#eceff1"]
_DARK = ["#202124", "#1e1e2e", "#0d1117", "#263238"]
_BRIGHT = [
    "#1c7ed6",
    "#e03131",
    "#2f9e44",
    "#f59f00",
    "#7048e8",
    "#0ca678",
    "#d6336c",
    "#495057",
    "#ff922b",
    "#22b8cf",
]


def _font(chance: random.Random, size: int) -> ImageFont.FreeTypeFont:
    family = chance.choice(["DejaVu Sans", "DejaVu Serif", "DejaVu Sans Mono"])
    return ImageFont.truetype(matplotlib.font_manager.findfont(family), size)


def _line(chance: random.Random, words: int) -> str:
    return " ".join(chance.choice(_WORDS) for _ in range(words))


def _text(
    draw: ImageDraw.ImageDraw,
    box: tuple[int, int, int, int],
    chance: random.Random,
    ink: str,
    size: int,
) -> None:
    """Fill a box with paragraphs of random words."""
    font, y = _font(chance, size), box[1]
    while y + size < box[3]:
        if chance.random() > 0.12:
            draw.text(
                (box[0], y),
                _line(chance, max(2, int((box[2] - box[0]) / size / 3.4))),
                fill=ink,
                font=font,
            )
        y += round(size * 1.5)


def document(chance: random.Random) -> Image.Image:
    """A page with a heading, paragraphs and perhaps a table, as from a scanner or a program."""
    width, height = chance.choice([(1240, 1754), (1754, 1240), (900, 1200), (2480, 3508)])
    size = max(12, width // chance.randint(50, 90))
    picture = Image.new("RGB", (width, height), chance.choice(_PAPER))
    draw, edge = ImageDraw.Draw(picture), width // 10
    draw.text(
        (edge, edge // 2), _line(chance, 4).title(), fill="black", font=_font(chance, size * 2)
    )
    _text(
        draw,
        (edge, edge + size * 2, width - edge, int(height * chance.uniform(0.5, 0.95))),
        chance,
        chance.choice(["black", "#222", "#334"]),
        size,
    )
    if chance.random() < 0.5:
        for row in range(7):
            y = int(height * 0.7) + row * size * 2
            draw.line((edge, y, width - edge, y), fill="#888")
            draw.text(
                (edge + 4, y + 4),
                f"{_line(chance, 2)}    {chance.randint(1, 999)}.{chance.randint(10, 99)}",
                fill="black",
                font=_font(chance, size),
            )
    return picture.filter(ImageFilter.GaussianBlur(chance.choice([0, 0, 0.6])))


def screenshot(chance: random.Random) -> Image.Image:
    """A window or a phone's screen, with bars, a list of rows, buttons and text."""
    width, height = chance.choice(
        [(1920, 1080), (1280, 800), (1080, 2340), (750, 1334), (1440, 900)]
    )
    dark = chance.random() < 0.4
    ground, ink = (chance.choice(_DARK), "#e8eaed") if dark else (chance.choice(_PAPER), "#202124")
    picture = Image.new("RGB", (width, height), ground)
    draw, bar, color = ImageDraw.Draw(picture), max(40, height // 18), chance.choice(_BRIGHT)
    draw.rectangle(
        (0, 0, width, bar),
        fill=color if chance.random() < 0.6 else ("#3c4043" if dark else "#dee2e6"),
    )
    draw.text(
        (20, bar // 4),
        _line(chance, 3).title(),
        fill="white" if not dark else ink,
        font=_font(chance, bar // 2),
    )
    left = int(width * chance.choice([0, 0.2, 0.25])) if width > height else 0
    if left:
        draw.rectangle((0, bar, left, height), fill="#2b2f36" if dark else "#f1f3f5")
        for row in range(2, height // bar - 1):
            draw.text((16, row * bar), _line(chance, 2), fill=ink, font=_font(chance, bar // 3))
    step = bar * chance.choice([1, 2, 3])
    for y in range(bar + 20, height - step, step + 10):
        draw.rounded_rectangle(
            (left + 20, y, width - 20, y + step - 8),
            8,
            fill=None if chance.random() < 0.5 else ("#2f333b" if dark else "white"),
            outline="#80868b",
        )
        if chance.random() < 0.6:
            draw.ellipse(
                (left + 32, y + 8, left + 32 + step // 2, y + 8 + step // 2),
                fill=chance.choice(_BRIGHT),
            )
        draw.text(
            (left + 48 + step // 2, y + 6),
            _line(chance, chance.randint(3, 9)),
            fill=ink,
            font=_font(chance, max(11, bar // 3)),
        )
    return picture


def chart(chance: random.Random) -> Image.Image:
    """A bar chart, a line chart, a scatter plot or a pie chart."""
    width, height = chance.choice([(800, 600), (1200, 700), (640, 480), (1600, 900)])
    dark = chance.random() < 0.2
    picture = Image.new("RGB", (width, height), chance.choice(_DARK if dark else _PAPER))
    draw, ink, colors = (
        ImageDraw.Draw(picture),
        "#ddd" if dark else "black",
        chance.sample(_BRIGHT, 5),
    )
    left, top, right, bottom = width // 10, height // 10, width - width // 20, height - height // 8
    draw.text((width // 3, 8), _line(chance, 3).title(), fill=ink, font=_font(chance, height // 25))
    kind = chance.randrange(4)
    if kind == 3:
        start, radius = 0.0, min(width, height) // 3
        for number in range(5):
            angle = chance.uniform(30, 110)
            box = (
                width // 2 - radius,
                height // 2 - radius,
                width // 2 + radius,
                height // 2 + radius,
            )
            draw.pieslice(
                box, start, min(360.0, start + angle), fill=colors[number], outline="white"
            )
            start = min(360.0, start + angle)
        return picture
    draw.line((left, top, left, bottom, right, bottom), fill=ink, width=2)
    for tick in range(6):
        y = top + (bottom - top) * tick // 6
        draw.line((left, y, right, y), fill="#9996" if chance.random() < 0.5 else "#999")
        draw.text((8, y), str(chance.randint(0, 500)), fill=ink, font=_font(chance, height // 40))
    count = chance.randint(5, 24)
    at = [left + (right - left) * (i + 1) // (count + 1) for i in range(count)]
    for color in colors[: chance.randint(1, 4)]:
        high = [chance.randint(top, bottom) for _ in at]
        if kind == 0:
            for x, y in zip(at, high, strict=True):
                draw.rectangle((x, y, x + (right - left) // (2 * count), bottom), fill=color)
        elif kind == 1:
            draw.line([*zip(at, high, strict=True)], fill=color, width=3)
        else:
            for x, y in zip(at, high, strict=True):
                draw.ellipse((x - 5, y - 5, x + 5, y + 5), fill=color)
    return picture


def diagram(chance: random.Random) -> Image.Image:
    """Labeled boxes and ellipses that are joined by lines."""
    picture = Image.new(
        "RGB", chance.choice([(800, 600), (1000, 1000), (1400, 800)]), chance.choice(_PAPER)
    )
    draw, (width, height) = ImageDraw.Draw(picture), picture.size
    spots = [
        (chance.randint(60, width - 120), chance.randint(40, height - 60))
        for _ in range(chance.randint(5, 16))
    ]
    for one, two in pairwise(spots):
        draw.line((*one, *two), fill=chance.choice(["black", "#666"]), width=2)
    for x, y in spots:
        box, color = (x - 46, y - 24, x + 46, y + 24), chance.choice([*_BRIGHT, "white"])
        (draw.ellipse if chance.random() < 0.5 else draw.rectangle)(
            box, fill=color, outline="black", width=2
        )
        draw.text((x - 30, y - 8), chance.choice(_WORDS), fill="black", font=_font(chance, 14))
    return picture


def icon(chance: random.Random) -> Image.Image:
    """Simple shapes on a background of one color."""
    side = chance.choice([128, 256, 512, 1024])
    picture = Image.new("RGB", (side, side), chance.choice([*_PAPER, *_BRIGHT]))
    draw, middle = ImageDraw.Draw(picture), side / 2
    for _ in range(chance.randint(1, 4)):
        reach, corners, turn = (
            side * chance.uniform(0.15, 0.45),
            chance.randint(3, 8),
            chance.uniform(0, 3),
        )
        if chance.random() < 0.4:
            draw.ellipse(
                (middle - reach, middle - reach, middle + reach, middle + reach),
                fill=chance.choice(_BRIGHT),
            )
        else:
            star = chance.choice([1.0, 0.5])
            points = []
            for n in range(2 * corners):
                length, angle = reach * (1 if n % 2 else star), turn + math.pi * n / corners
                points.append(
                    (middle + length * math.cos(angle), middle + length * math.sin(angle))
                )
            draw.polygon(points, fill=chance.choice([*_BRIGHT, "white", "black"]))
    return picture


def poster(chance: random.Random) -> Image.Image:
    """An illustration or a card: flat hills and a circle in few colors over a gradient, perhaps
    with large text."""
    width, height = chance.choice([(1000, 1000), (1600, 900), (900, 1600)])
    top, low = (tuple(chance.randint(0, 255) for _ in range(3)) for _ in range(2))
    column = Image.new("RGB", (1, height))
    for y in range(height):
        column.putpixel(
            (0, y), tuple(round(a + (b - a) * y / height) for a, b in zip(top, low, strict=True))
        )
    picture = column.resize((width, height))
    draw = ImageDraw.Draw(picture)
    for layer in range(chance.randint(1, 6)):
        base, swing, phase = (
            height * (0.3 + 0.12 * layer),
            height * chance.uniform(0.02, 0.2),
            chance.uniform(0, 6),
        )
        bend = chance.uniform(2, 9)
        ridge = [
            (x, base + swing * math.sin(bend * x / width + phase)) for x in range(0, width + 20, 20)
        ]
        draw.polygon(
            [(0, height), *ridge, (width, height)],
            fill=chance.choice(_BRIGHT)
            if chance.random() < 0.6
            else tuple(chance.randint(0, 255) for _ in range(3)),
        )
    reach = height * chance.uniform(0.03, 0.15)
    left, high = chance.uniform(0, width), chance.uniform(0, height * 0.4)
    draw.ellipse(
        (left - reach, high - reach, left + reach, high + reach),
        fill=chance.choice([*_BRIGHT, "white", "#ffe066"]),
    )
    if chance.random() < 0.4:
        draw.text(
            (width * 0.1, height * 0.4),
            _line(chance, 2).upper(),
            fill="white",
            font=_font(chance, height // 10),
        )
    return picture


KINDS: tuple[Callable[[random.Random], Image.Image], ...] = (
    document,
    screenshot,
    chart,
    diagram,
    icon,
    poster,
)


def drawings(number: int, seed: int = 0) -> Iterator[tuple[str, Image.Image]]:
    """That many pictures, the same number of each kind, as (kind, picture). The same seed gives
    the same pictures."""
    for at in range(number):
        chance = random.Random(seed * 1_000_003 + at)
        make = KINDS[at % len(KINDS)]
        yield make.__name__, make(chance)
