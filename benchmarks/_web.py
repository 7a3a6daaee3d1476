"""Changes as web sites, phones and editors make them, by rule; each takes a picture and a random
generator and gives another picture."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont, ImageOps

Picture = Image.Image
Random = np.random.Generator


def _font(size: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(max(8, size))


def sticker(picture: Picture, random: Random) -> Picture:
    """A smiling face, opaque, with soft edges."""
    side = int(random.uniform(0.12, 0.25) * min(picture.size))
    face = Image.new("RGBA", (4 * side, 4 * side))
    pen, s = ImageDraw.Draw(face), 4 * side
    pen.ellipse((0, 0, s - 1, s - 1), fill=(255, 205, 40, 255))
    for left in (0.25, 0.62):
        pen.ellipse((left * s, 0.3 * s, (left + 0.13) * s, 0.48 * s), fill=(60, 40, 10, 255))
    pen.arc((0.25 * s, 0.4 * s, 0.75 * s, 0.8 * s), 20, 160, fill=(60, 40, 10, 255), width=s // 16)
    face = face.resize((side, side), Image.Resampling.LANCZOS)
    copy = picture.copy()
    copy.paste(
        face,
        (
            int(random.uniform(0.05, 0.7) * picture.width),
            int(random.uniform(0.05, 0.7) * picture.height),
        ),
        face,
    )
    return copy


def tiled(picture: Picture, random: Random) -> Picture:
    """Half-transparent words, over and over, mostly aslant."""
    width, height = picture.size
    over, size, word = (
        Image.new("RGBA", (2 * width, 2 * height)),
        random.uniform(0.05, 0.09) * width,
        "www.example.com",
    )
    pen, strength = ImageDraw.Draw(over), int(random.integers(50, 140))
    for row, y in enumerate(np.arange(0, 2 * height, size * random.uniform(2.2, 4))):
        for x in np.arange(-(row % 2) * 5 * size, 2 * width, 10 * size):
            pen.text((x, y), word, fill=(255, 255, 255, strength), font=_font(size))
    over = over.rotate(float(random.choice([0, 30, -30]))).crop(
        (width // 2, height // 2, width // 2 + width, height // 2 + height)
    )
    return Image.alpha_composite(picture.convert("RGBA"), over).convert("RGB")


def meme(picture: Picture, random: Random) -> Picture:
    """White words with black rims above and below."""
    copy, size = picture.copy(), picture.width / random.uniform(9, 14)
    pen, rim = ImageDraw.Draw(copy), max(1, int(size / 14))
    for y, words in (
        (0.02 * copy.height, "ONE DOES NOT"),
        (copy.height - 1.4 * size, "SIMPLY TAKE IT"),
    ):
        pen.text(
            (0.05 * copy.width, y),
            words,
            fill="white",
            font=_font(size),
            stroke_width=rim,
            stroke_fill="black",
        )
    return copy


def caption(picture: Picture, random: Random) -> Picture:
    """A white bar with two lines of words above the picture."""
    bar = int(picture.height * random.uniform(0.12, 0.3))
    copy = ImageOps.expand(picture, (0, bar, 0, 0), "white")
    pen = ImageDraw.Draw(copy)
    pen.text(
        (0.03 * copy.width, 0.15 * bar),
        "when you finally\nget it right",
        fill="black",
        font=_font(0.28 * bar),
    )
    return copy


def code(picture: Picture, random: Random) -> Picture:
    """A square of black and white fields in a corner."""
    side = int(random.uniform(0.1, 0.2) * min(picture.size))
    fields = Image.fromarray(((random.random((21, 21)) < 0.5) * 255).astype(np.uint8)).resize(
        (side, side), Image.Resampling.NEAREST
    )
    copy = picture.copy()
    copy.paste(
        ImageOps.expand(fields.convert("RGB"), max(1, side // 10), "white"),
        (side // 6, copy.height - side - side // 3),
    )
    return copy


def pixelated(picture: Picture, random: Random) -> Picture:
    """A place made unrecognisable, as number plates and faces are."""
    side = random.uniform(0.08, 0.2) * min(picture.size)
    left, top = (
        int(random.uniform(0.1, 0.7) * picture.width),
        int(random.uniform(0.1, 0.7) * picture.height),
    )
    part = picture.crop((left, top, int(left + side), int(top + side)))
    few = int(random.integers(5, 9))
    coarse = part.resize((few, few), Image.Resampling.BOX).resize(
        part.size, Image.Resampling.NEAREST
    )
    copy = picture.copy()
    copy.paste(
        coarse if random.random() < 0.6 else part.filter(ImageFilter.GaussianBlur(side / 8)),
        (left, top),
    )
    return copy


def filtered(picture: Picture, random: Random) -> Picture:
    """Sepia, or faded, or hard and gaudy, as photo apps offer it."""
    how = int(random.integers(3))
    if how == 0:
        return ImageOps.colorize(picture.convert("L"), (40, 20, 0), (255, 240, 200), (150, 110, 70))
    if how == 1:
        faded = ImageEnhance.Color(ImageEnhance.Contrast(picture).enhance(0.7)).enhance(0.7)
        return Image.blend(faded, Image.new("RGB", picture.size, (255, 200, 120)), 0.2)
    return ImageEnhance.Color(ImageEnhance.Contrast(picture).enhance(1.6)).enhance(1.6)


def vignette(picture: Picture, random: Random) -> Picture:
    """Darker towards the corners."""
    y, x = np.ogrid[-1 : 1 : picture.height * 1j, -1 : 1 : picture.width * 1j]
    light = 1 - random.uniform(0.4, 0.8) * ((x**2 + y**2) / 2) ** random.uniform(0.8, 1.6)
    return Image.fromarray((np.asarray(picture) * light[..., None]).clip(0, 255).astype(np.uint8))


def sharpened(picture: Picture, random: Random) -> Picture:
    return picture.filter(
        ImageFilter.UnsharpMask(random.uniform(0.8, 2), int(random.uniform(60, 180)), 0)
    )


def softened(picture: Picture, random: Random) -> Picture:
    """A little blur, or noise taken out."""
    if random.random() < 0.5:
        return picture.filter(ImageFilter.GaussianBlur(random.uniform(0.5, 1.2)))
    return picture.filter(ImageFilter.MedianFilter(3))


def upscaled(picture: Picture, random: Random) -> Picture:
    factor = random.uniform(1.3, 2.5)
    return picture.resize(
        (round(picture.width * factor), round(picture.height * factor)), Image.Resampling.BICUBIC
    )


def squeezed(picture: Picture, random: Random) -> Picture:
    """Narrower or lower by 5 to 15 %."""
    factor, across = 1 - random.uniform(0.05, 0.15), random.random() < 0.5
    size = (
        (round(picture.width * factor), picture.height)
        if across
        else (picture.width, round(picture.height * factor))
    )
    return picture.resize(size, Image.Resampling.LANCZOS)


def rounded(picture: Picture, random: Random) -> Picture:
    """White outside rounded corners."""
    mask = Image.new("L", picture.size)
    ImageDraw.Draw(mask).rounded_rectangle(
        (0, 0, *picture.size), random.uniform(0.05, 0.15) * min(picture.size), fill=255
    )
    return Image.composite(picture, Image.new("RGB", picture.size, "white"), mask)


def blurred_sides(picture: Picture, random: Random) -> Picture:
    """On a canvas of another shape, filled with the picture itself, enlarged and blurred."""
    longest = max(picture.size)
    canvas = (
        (longest, round(longest * 1.4))
        if picture.width >= picture.height
        else (round(longest * 1.4), longest)
    )
    whole = ImageOps.fit(picture, canvas).filter(
        ImageFilter.GaussianBlur(random.uniform(0.03, 0.06) * longest)
    )
    whole.paste(picture, ((canvas[0] - picture.width) // 2, (canvas[1] - picture.height) // 2))
    return whole


def screenshot(picture: Picture, random: Random) -> Picture:
    """On a phone's screen: black above and below, a line of signs at the top, buttons at the
    bottom."""
    width, flat = max(picture.width, 120), picture.width >= picture.height
    height = round(
        width * random.uniform(1.6, 2.1) if flat else picture.height * random.uniform(1.15, 1.4)
    )
    screen, dark = (
        Image.new("RGB", (width, max(height, round(picture.height * 1.15))), "black"),
        random.random() < 0.7,
    )
    if not dark:
        screen.paste((250, 250, 250), (0, 0, *screen.size))
    screen.paste(picture, ((width - picture.width) // 2, (screen.height - picture.height) // 2))
    pen, ink, size = ImageDraw.Draw(screen), "white" if dark else "black", 0.035 * width
    pen.text((0.05 * width, 0.4 * size), "12:34", fill=ink, font=_font(size))
    pen.rectangle((0.88 * width, 0.5 * size, 0.95 * width, 1.3 * size), fill=ink)
    low = screen.height - 1.6 * size
    for place in (0.2 * width, 0.5 * width, 0.8 * width):
        pen.ellipse((place - size, low - size, place + size, low + size), outline=ink, width=2)
    return screen
