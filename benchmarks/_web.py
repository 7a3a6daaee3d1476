"""Changes to pictures that are common on web sites and phones and in editors. Each takes a picture
and a random generator, and returns a changed copy."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont, ImageOps

Picture = Image.Image
Random = np.random.Generator


def _font(size: float) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(max(8, size))


def sticker(picture: Picture, random: Random) -> Picture:
    """Add an opaque smiling face."""
    side = int(random.uniform(0.12, 0.25) * min(picture.size))
    face = Image.new("RGBA", (4 * side, 4 * side))
    draw, s = ImageDraw.Draw(face), 4 * side
    draw.ellipse((0, 0, s - 1, s - 1), fill=(255, 205, 40, 255))
    for left in (0.25, 0.62):
        draw.ellipse((left * s, 0.3 * s, (left + 0.13) * s, 0.48 * s), fill=(60, 40, 10, 255))
    draw.arc((0.25 * s, 0.4 * s, 0.75 * s, 0.8 * s), 20, 160, fill=(60, 40, 10, 255), width=s // 16)
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
    """Add a repeated semi-transparent text, mostly slanted."""
    width, height = picture.size
    overlay, size, text = (
        Image.new("RGBA", (2 * width, 2 * height)),
        random.uniform(0.05, 0.09) * width,
        "www.example.com",
    )
    draw, opacity = ImageDraw.Draw(overlay), int(random.integers(50, 140))
    for row, y in enumerate(np.arange(0, 2 * height, size * random.uniform(2.2, 4))):
        for x in np.arange(-(row % 2) * 5 * size, 2 * width, 10 * size):
            draw.text((x, y), text, fill=(255, 255, 255, opacity), font=_font(size))
    overlay = overlay.rotate(float(random.choice([0, 30, -30]))).crop(
        (width // 2, height // 2, width // 2 + width, height // 2 + height)
    )
    return Image.alpha_composite(picture.convert("RGBA"), overlay).convert("RGB")


def meme(picture: Picture, random: Random) -> Picture:
    """Add white text with black outlines at the top and the bottom."""
    copy, size = picture.copy(), picture.width / random.uniform(9, 14)
    draw, outline = ImageDraw.Draw(copy), max(1, int(size / 14))
    for y, text in (
        (0.02 * copy.height, "ONE DOES NOT"),
        (copy.height - 1.4 * size, "SIMPLY TAKE IT"),
    ):
        draw.text(
            (0.05 * copy.width, y),
            text,
            fill="white",
            font=_font(size),
            stroke_width=outline,
            stroke_fill="black",
        )
    return copy


def caption(picture: Picture, random: Random) -> Picture:
    """Add a white bar with two lines of text above the picture."""
    bar = int(picture.height * random.uniform(0.12, 0.3))
    copy = ImageOps.expand(picture, (0, bar, 0, 0), "white")
    draw = ImageDraw.Draw(copy)
    draw.text(
        (0.03 * copy.width, 0.15 * bar),
        "when you finally\nget it right",
        fill="black",
        font=_font(0.28 * bar),
    )
    return copy


def code(picture: Picture, random: Random) -> Picture:
    """Add a random pattern like a QR code in a corner."""
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
    """Pixelate or blur a region, as for license plates and faces."""
    side = random.uniform(0.08, 0.2) * min(picture.size)
    left, top = (
        int(random.uniform(0.1, 0.7) * picture.width),
        int(random.uniform(0.1, 0.7) * picture.height),
    )
    part = picture.crop((left, top, int(left + side), int(top + side)))
    cells = int(random.integers(5, 9))
    coarse = part.resize((cells, cells), Image.Resampling.BOX).resize(
        part.size, Image.Resampling.NEAREST
    )
    copy = picture.copy()
    copy.paste(
        coarse if random.random() < 0.6 else part.filter(ImageFilter.GaussianBlur(side / 8)),
        (left, top),
    )
    return copy


def filtered(picture: Picture, random: Random) -> Picture:
    """Apply a color filter, as in photo apps: sepia, faded, or high contrast and saturation."""
    method = int(random.integers(3))
    if method == 0:
        return ImageOps.colorize(picture.convert("L"), (40, 20, 0), (255, 240, 200), (150, 110, 70))
    if method == 1:
        faded = ImageEnhance.Color(ImageEnhance.Contrast(picture).enhance(0.7)).enhance(0.7)
        return Image.blend(faded, Image.new("RGB", picture.size, (255, 200, 120)), 0.2)
    return ImageEnhance.Color(ImageEnhance.Contrast(picture).enhance(1.6)).enhance(1.6)


def vignette(picture: Picture, random: Random) -> Picture:
    """Darken the picture toward the corners."""
    y, x = np.ogrid[-1 : 1 : picture.height * 1j, -1 : 1 : picture.width * 1j]
    light = 1 - random.uniform(0.4, 0.8) * ((x**2 + y**2) / 2) ** random.uniform(0.8, 1.6)
    return Image.fromarray((np.asarray(picture) * light[..., None]).clip(0, 255).astype(np.uint8))


def sharpened(picture: Picture, random: Random) -> Picture:
    return picture.filter(
        ImageFilter.UnsharpMask(random.uniform(0.8, 2), int(random.uniform(60, 180)), 0)
    )


def blurred(picture: Picture, random: Random) -> Picture:
    """Blur the picture slightly, by a Gaussian or a median filter."""
    if random.random() < 0.5:
        return picture.filter(ImageFilter.GaussianBlur(random.uniform(0.5, 1.2)))
    return picture.filter(ImageFilter.MedianFilter(3))


def upscaled(picture: Picture, random: Random) -> Picture:
    factor = random.uniform(1.3, 2.5)
    return picture.resize(
        (round(picture.width * factor), round(picture.height * factor)), Image.Resampling.BICUBIC
    )


def squeezed(picture: Picture, random: Random) -> Picture:
    """Reduce the width or the height by 5 to 15%."""
    factor, horizontal = 1 - random.uniform(0.05, 0.15), random.random() < 0.5
    size = (
        (round(picture.width * factor), picture.height)
        if horizontal
        else (picture.width, round(picture.height * factor))
    )
    return picture.resize(size, Image.Resampling.LANCZOS)


def rounded(picture: Picture, random: Random) -> Picture:
    """Round the corners, with white outside."""
    mask = Image.new("L", picture.size)
    ImageDraw.Draw(mask).rounded_rectangle(
        (0, 0, *picture.size), random.uniform(0.05, 0.15) * min(picture.size), fill=255
    )
    return Image.composite(picture, Image.new("RGB", picture.size, "white"), mask)


def blurred_sides(picture: Picture, random: Random) -> Picture:
    """Center the picture on a canvas with another aspect ratio, filled with the picture itself,
    enlarged and blurred."""
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
    """Show the picture on a phone's screen, with bars above and below, a status line at the top and
    buttons at the bottom."""
    width, landscape = max(picture.width, 120), picture.width >= picture.height
    height = round(
        width * random.uniform(1.6, 2.1)
        if landscape
        else picture.height * random.uniform(1.15, 1.4)
    )
    screen, dark = (
        Image.new("RGB", (width, max(height, round(picture.height * 1.15))), "black"),
        random.random() < 0.7,
    )
    if not dark:
        screen.paste((250, 250, 250), (0, 0, *screen.size))
    screen.paste(picture, ((width - picture.width) // 2, (screen.height - picture.height) // 2))
    draw, ink, size = ImageDraw.Draw(screen), "white" if dark else "black", 0.035 * width
    draw.text((0.05 * width, 0.4 * size), "12:34", fill=ink, font=_font(size))
    draw.rectangle((0.88 * width, 0.5 * size, 0.95 * width, 1.3 * size), fill=ink)
    low = screen.height - 1.6 * size
    for x in (0.2 * width, 0.5 * width, 0.8 * width):
        draw.ellipse((x - size, low - size, x + size, low + size), outline=ink, width=2)
    return screen
