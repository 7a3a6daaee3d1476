"""Draw pictures that no camera took: screenshots and scanned papers."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from explorer.demo.effects import noise, to_bytes


def chat() -> Image.Image:
    """A phone screenshot of a chat."""
    picture = Image.new("RGB", (720, 1280), "#efe7dd")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, 720, 150), fill="#075e54")
    pen.text(
        (40, 16), "18:42                                        81%", fill="white", font=_font(28)
    )
    pen.text((40, 80), "Family", fill="white", font=_font(44))
    said = [
        (False, "Did you find the photos\nfrom the castle?"),
        (True, "Still looking. They are\non the old disk."),
        (False, "The one with the fog\nwas so beautiful!"), (True, "That was the lake :)"),
        (False, "Then send me both."),
        (True, "As soon as I have\nsorted them."),
    ]  # fmt: skip
    top = 190
    for mine, words in said:
        left, height = (230 if mine else 30), 50 + 46 * len(words.split("\n"))
        pen.rounded_rectangle(
            (left, top, left + 460, top + height), 22, fill="#dcf8c6" if mine else "white"
        )
        pen.multiline_text((left + 26, top + 18), words, fill="#222222", font=_font(34), spacing=10)
        top += height + 26
    return picture


def window() -> Image.Image:
    """A computer screenshot of a table with a bar chart."""
    picture = Image.new("RGB", (1280, 800), "#2f5d8a")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((90, 60, 1190, 730), fill="white", outline="#888888")
    pen.rectangle((90, 60, 1190, 104), fill="#e4e4e4")
    pen.text((110, 68), "Holiday budget 2023 - Table", fill="#333333", font=_font(24))
    rows = [("Train", 412), ("Hotel", 980), ("Food", 640), ("Museums", 155), ("Gifts", 90)]
    for number, (name, amount) in enumerate(rows):
        top = 150 + number * 56
        pen.line((120, top + 44, 520, top + 44), fill="#cccccc")
        pen.text((130, top), name, fill="black", font=_font(28))
        pen.text((430, top), str(amount), fill="black", font=_font(28))
        left = 600 + number * 110
        pen.rectangle((left, 620 - amount * 0.45, left + 70, 620), fill="#d0743c")
        pen.text((left, 632), name, fill="#333333", font=_font(18))
    return picture


def letter() -> Image.Image:
    """A typed letter as a scanner sees it: slightly askew, on paper that is not quite white."""
    text = (
        "We thank you for your stay with us in May and hope that you enjoyed the days by the lake."
        " Enclosed you find the bill"
    )
    words = text.split()
    page = Image.new("L", (1000, 1414), 238)
    pen = ImageDraw.Draw(page)
    pen.text((110, 110), "Hotel Seeblick", fill=40, font=_font(46))
    pen.text((110, 180), "Am Ufer 12    Phone 0123 4567", fill=70, font=_font(22))
    pen.text((110, 330), "Dear guest,", fill=30, font=_font(28))
    for line in range(16):
        if line % 6 != 5:
            begin = line * 5 % (len(words) - 9)
            pen.text(
                (110, 400 + line * 44), " ".join(words[begin : begin + 9]), fill=30, font=_font(26)
            )
    pen.text((110, 1180), "Yours sincerely", fill=30, font=_font(28))
    pen.line([(110 + x, 1270 + int(22 * np.sin(x / 17))) for x in range(220)], fill=60, width=4)
    return _scanned(page, 0.9)


def receipt() -> Image.Image:
    """A till receipt as a scanner sees it."""
    slip = Image.new("L", (520, 900), 246)
    pen = ImageDraw.Draw(slip)
    pen.text((130, 40), "CITY MARKET", fill=50, font=_font(38))
    items = [
        ("Bread", 2.4),
        ("Milk 1 l", 1.19),
        ("Apples", 3.05),
        ("Coffee", 6.49),
        ("Cheese", 4.8),
        ("Batteries", 5.99),
    ]
    for number, (name, price) in enumerate([*items, ("TOTAL", sum(price for _, price in items))]):
        top = 150 + number * 62 + (40 if name == "TOTAL" else 0)
        pen.text((50, top), name, fill=50, font=_font(32))
        pen.text((380, top), f"{price:.2f}", fill=50, font=_font(32))
    for stripe in range(60, 460, 5):
        pen.line((stripe, 720, stripe, 820), fill=40, width=1 + stripe * stripe % 4)
    return _scanned(slip, -1.6)


def _scanned(page: Image.Image, angle: float) -> Image.Image:
    turned = page.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=205)
    pixels = np.asarray(turned, np.float32)
    shade = np.linspace(-6, 6, pixels.shape[1], dtype=np.float32)
    return Image.fromarray(to_bytes(pixels + shade + noise(3, pixels.shape)))


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
