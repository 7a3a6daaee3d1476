"""The demo's pictures: photographs out of installed packages, what cameras, editors and
accidents do to a photo, and a few drawn ones.

No package is imported for its photographs; they are read from its folder. docs/demo-photos.md has
the same table for readers.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import (
    ExifTags,
    Image,
    ImageDraw,
    ImageEnhance,
    ImageFilter,
    ImageFont,
    ImageOps,
    TiffImagePlugin,
)

from explorer.errors import ExplorerError

_TAG, _GPS = ExifTags.Base, ExifTags.GPS
_SEED = 12

_MATERIAL, _SOFT = "theme_material_kit/static/assets/img", "theme_soft_design/static/img"
_SKIMAGE, _SKLEARN = "skimage/data", "sklearn/datasets/images"
_DISTRIBUTION = {
    "theme_material_kit": "django-theme-material-kit",
    "theme_soft_design": "django-theme-soft-design",
    "skimage": "scikit-image",
    "sklearn": "scikit-learn",
}
_UNKNOWN, _MIT = "not stated", "MIT, as part of the package"
_CC0, _CC_BY, _PUBLIC = "CC0", "CC BY 2.0", "public domain"


@dataclass(frozen=True)
class Photograph:
    """Where a photograph lies, and whose it is. path: begins with the name of the package that
    holds it."""

    path: str
    author: str = _UNKNOWN
    licence: str = _MIT

    @property
    def distribution(self) -> str:
        """What pip calls the package."""
        return _DISTRIBUTION[self.path.split("/", 1)[0]]


PHOTOGRAPHS = {
    # landscapes and towns
    "lake": Photograph(f"{_MATERIAL}/bg.jpg"),
    "smoke": Photograph(f"{_MATERIAL}/bg0.jpg"),
    "old library": Photograph(f"{_MATERIAL}/bg10.jpg"),
    "dusk": Photograph(f"{_MATERIAL}/bg2.jpg"),
    "hills": Photograph(f"{_MATERIAL}/bg3.jpg"),
    "castle": Photograph(f"{_MATERIAL}/bg5.jpg"),
    "tents": Photograph(f"{_MATERIAL}/bg9.jpg"),
    "city": Photograph(f"{_MATERIAL}/city-profile.jpg"),
    "cabin": Photograph(f"{_MATERIAL}/examples/blog-9-4.jpg"),
    "cliffs": Photograph(f"{_MATERIAL}/examples/blog2.jpg"),
    "canals": Photograph(f"{_SOFT}/anastasia.jpg"),
    "canyon": Photograph(f"{_SOFT}/blog7-1.jpg"),
    "coast": Photograph(f"{_SOFT}/blog7-2.jpg"),
    "temple": Photograph(f"{_SOFT}/blog7-3.jpg"),
    "pavilion": Photograph(f"{_SKLEARN}/china.jpg", "danielbuechele", _CC_BY),
    # rooms and work
    "glass room": Photograph(f"{_MATERIAL}/examples/testimonial-6-2.jpg"),
    "laptops": Photograph(f"{_MATERIAL}/examples/testimonial-6-3.jpg"),
    "meeting": Photograph(f"{_SOFT}/annie-spratt.jpg"),
    "tea": Photograph(f"{_SOFT}/card-2.jpg"),
    "desk": Photograph(f"{_SOFT}/card-3.jpg"),
    "blue room": Photograph(f"{_SOFT}/ivancik.jpg"),
    "office": Photograph(f"{_SOFT}/meeting.jpg"),
    "empty office": Photograph(f"{_SOFT}/nastuh.jpg"),
    "lounge": Photograph(f"{_SOFT}/toa-heftiba.jpg"),
    # people
    "beanie": Photograph(f"{_MATERIAL}/bruce-mars.jpg"),
    "glasses": Photograph(f"{_MATERIAL}/ivana-square.jpg"),
    "leaves": Photograph(f"{_MATERIAL}/team-1.jpg"),
    "sunglasses": Photograph(f"{_MATERIAL}/team-2.jpg"),
    "garden": Photograph(f"{_MATERIAL}/team-5.jpg"),
    "red jumper": Photograph(f"{_SOFT}/brooke.jpg"),
    "football shirt": Photograph(f"{_SOFT}/charles.jpg"),
    "laughing": Photograph(f"{_SOFT}/ivana.jpg"),
    "yellow cap": Photograph(f"{_SOFT}/jordan.jpg"),
    "stripes": Photograph(f"{_SOFT}/kal-visuals.jpg"),
    "blue wall": Photograph(f"{_SOFT}/marie.jpg"),
    "orange wall": Photograph(f"{_SOFT}/team-2.jpg"),
    "parka": Photograph(f"{_SOFT}/team-3.jpg"),
    "astronaut": Photograph(f"{_SKIMAGE}/astronaut.png", "NASA", _PUBLIC),
    "photographer": Photograph(f"{_SKIMAGE}/camera.png", "Lav Varshney", _CC0),
    # animals, food, things
    "cat": Photograph(f"{_SKIMAGE}/chelsea.png", "Stefan van der Walt", _CC0),
    "coffee": Photograph(f"{_SKIMAGE}/coffee.png", "Rachel Michetti", _CC0),
    "dahlia": Photograph(f"{_SKLEARN}/flower.jpg", "vultilion", _CC_BY),
    "coins": Photograph(
        f"{_SKIMAGE}/coins.png", "Brooklyn Museum", "no known copyright restrictions"
    ),
    "galaxies": Photograph(f"{_SKIMAGE}/hubble_deep_field.jpg", "NASA", _PUBLIC),
    "rocket": Photograph(f"{_SKIMAGE}/rocket.jpg", "SpaceX", _PUBLIC),
    "clock": Photograph(f"{_SKIMAGE}/clock_motion.png", "Stefan van der Walt", _PUBLIC),
    "bricks": Photograph(f"{_SKIMAGE}/brick.png", "CC0Textures", _CC0),
    "grass": Photograph(f"{_SKIMAGE}/grass.png", "linolafett", _CC0),
    "gravel": Photograph(f"{_SKIMAGE}/gravel.png", "CC0Textures", _CC0),
}


def photograph(name: str, side: int = 1600) -> Image.Image:
    """One of PHOTOGRAPHS, in RGB or grey, its longest side at most `side`. Raises ExplorerError
    where its package lacks it."""
    source = PHOTOGRAPHS[name]
    package, inside = source.path.split("/", 1)
    spec = importlib.util.find_spec(package)
    folder = Path(next(iter(spec.submodule_search_locations or ["."]))) if spec else None
    if folder is None or not (folder / inside).is_file():
        raise ExplorerError(
            f"the demo needs the photograph {source.path} of the package {source.distribution}, which is not there: "
            "install what requirements.txt lists"
        )
    with Image.open(folder / inside) as picture:
        picture.thumbnail((side, side), Image.Resampling.LANCZOS)
        return picture.copy() if picture.mode in ("RGB", "L") else picture.convert("RGB")


# --- cameras, and what they write


@dataclass(frozen=True)
class Camera:
    """A camera, and how large and well its photos are saved here."""

    make: str
    model: str
    f_number: float = 2.8
    focal_length: float = 35.0
    side: int = 1600
    quality: int = 85


COMPACT = Camera("Canon", "Canon PowerShot S95", 4.0, 8.5, 1280, 80)
REFLEX = Camera("NIKON CORPORATION", "NIKON D5300", 8.0, 24.0)
MIRRORLESS = Camera("SONY", "ILCE-7M3", 2.2, 85.0)
PHONE = Camera("Apple", "iPhone 12", 1.6, 4.2)
ANDROID = Camera("Google", "Pixel 6", 1.85, 6.8)
SCANNER = Camera("Canon", "CanoScan LiDE 220", side=1000)
OLD_PHONE = Camera("HTC", "HTC Desire", side=1024, quality=75)


def exif_of(
    camera: Camera, taken: str, place: tuple[float, float] | None, orientation: int
) -> bytes:
    """What a camera writes into a photo. taken: `2019-05-12 10:15:30`; place: latitude and
    longitude in degrees."""
    exif = Image.Exif()
    date = taken.replace("-", ":")
    exif.update(
        {
            _TAG.Make: camera.make,
            _TAG.Model: camera.model,
            _TAG.DateTime: date,
            _TAG.Orientation: orientation,
        }
    )
    details = exif.get_ifd(ExifTags.IFD.Exif)
    details.update({_TAG.DateTimeOriginal: date, _TAG.DateTimeDigitized: date})
    if camera is not SCANNER:
        # Some value or other, the same for the same second.
        light = sum(map(ord, taken))
        details[_TAG.ExposureTime] = TiffImagePlugin.IFDRational(
            1, (30, 60, 125, 250, 500)[light % 5]
        )
        details[_TAG.ISOSpeedRatings] = (100, 200, 400, 800)[light % 4]
        details.update({_TAG.FNumber: camera.f_number, _TAG.FocalLength: camera.focal_length})
    if place:
        north, east = place
        where = exif.get_ifd(ExifTags.IFD.GPSInfo)
        where.update(
            {_GPS.GPSLatitudeRef: "N" if north >= 0 else "S", _GPS.GPSLatitude: _degrees(north)}
        )
        where.update(
            {_GPS.GPSLongitudeRef: "E" if east >= 0 else "W", _GPS.GPSLongitude: _degrees(east)}
        )
    return exif.tobytes()


def _degrees(value: float) -> tuple[TiffImagePlugin.IFDRational, ...]:
    """Degrees, minutes, and seconds to four places."""
    whole = round(abs(value) * 3600 * 10_000)
    parts = ((whole // 36_000_000, 1), (whole // 600_000 % 60, 1), (whole % 600_000, 10_000))
    return tuple(TiffImagePlugin.IFDRational(*part) for part in parts)


# --- the same photo again, by way of an editor or a messenger


def halved(picture: Image.Image) -> Image.Image:
    """At half the size."""
    return picture.resize((picture.width // 2, picture.height // 2), Image.Resampling.LANCZOS)


def cropped(picture: Image.Image) -> Image.Image:
    """With a few per cent cut off on each side."""
    width, height = picture.size
    return picture.crop(
        (round(width * 0.02), round(height * 0.03), round(width * 0.97), round(height * 0.98))
    )


def brighter(picture: Image.Image) -> Image.Image:
    """A quarter brighter, with a little more contrast."""
    return ImageEnhance.Contrast(ImageEnhance.Brightness(picture).enhance(1.25)).enhance(1.08)


def bordered(picture: Image.Image) -> Image.Image:
    """In a white frame, as some apps add it."""
    return ImageOps.expand(picture, round(max(picture.size) * 0.03), "white")


# --- what goes wrong when a photo is taken


def out_of_focus(picture: Image.Image) -> Image.Image:
    """Sharp nowhere."""
    return picture.filter(ImageFilter.GaussianBlur(max(picture.size) / 150))


def shaken(picture: Image.Image) -> Image.Image:
    """Taken while the hand moved sideways and a little down."""
    pixels = np.asarray(picture, np.float32)
    steps = max(picture.size) // 40
    moved = np.zeros_like(pixels)
    for step in range(steps):
        moved += np.roll(pixels, (step // 4, step), (0, 1))
    whole = Image.fromarray(_bytes(moved / np.float32(steps)))
    return whole.crop((steps, steps // 4, picture.width, picture.height))


def dark(picture: Image.Image) -> Image.Image:
    """Taken with far too little light, so with noise too."""
    pixels = np.asarray(picture, np.float32) * 0.09
    return Image.fromarray(_bytes(pixels + _noise(2.5, pixels.shape)))


def overexposed(picture: Image.Image) -> Image.Image:
    """Taken with far too much light."""
    pixels = np.asarray(picture, np.float32) * 2.4 + 70
    return Image.fromarray(_bytes(pixels))


def grainy(picture: Image.Image) -> Image.Image:
    """Taken at a high ISO."""
    pixels = np.asarray(picture, np.float32)
    return Image.fromarray(_bytes(pixels + _noise(28, pixels.shape)))


def moment(picture: Image.Image, random: np.random.Generator) -> Image.Image:
    """The scene as the next photo of a burst has it: the hand has moved a little, the zoom and the
    focus too."""
    width, height = picture.size
    share = random.uniform(0.955, 0.985)
    left, top = random.uniform(0, (1 - share) * width), random.uniform(0, (1 - share) * height)
    box = (left, top, left + share * width, top + share * height)
    return picture.resize(picture.size, Image.Resampling.BICUBIC, box).filter(
        ImageFilter.GaussianBlur(random.uniform(0, 1.2))
    )


def _noise(strength: float, shape: tuple[int, ...]) -> npt.NDArray[np.float32]:
    return np.random.default_rng(_SEED).standard_normal(shape, np.float32) * np.float32(strength)


def _bytes(pixels: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    return np.clip(pixels, 0, 255).astype(np.uint8)


# --- pictures that no camera took


def chat() -> Image.Image:
    """A screenshot of a phone: some messages."""
    picture = Image.new("RGB", (720, 1280), "#efe7dd")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, 720, 150), fill="#075e54")
    pen.text(
        (40, 16), "18:42                                        81 %", fill="white", font=_font(28)
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
    """A screenshot of a computer: a table with a bar chart."""
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
    """A typed letter as a scanner sees it: a little askew, the paper not quite white."""
    text = "We thank you for your stay with us in May and hope that you enjoyed the days by the lake. Enclosed you find the bill"
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
    return Image.fromarray(_bytes(pixels + shade + _noise(3, pixels.shape)))


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)
