"""Write the demo's sample files."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from pathlib import Path

import numpy as np
import pillow_heif
from PIL import Image, ImageOps

from explorer.demo import drawings, effects
from explorer.demo.albums import (
    ALBUMS,
    ALIKE,
    AS_SEEN,
    BROKEN,
    BURSTS,
    COPIES,
    HELD,
    MISDATED,
    POOR,
    Place,
)
from explorer.demo.cameras import ANDROID, COMPACT, MIRRORLESS, OLD_PHONE, SCANNER, Camera, exif_of
from explorer.demo.photographs import photograph

_SEED = 20190512


class SampleWriter:
    """Writes all sample files into one folder. With the same packages, the files are the same."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.random = np.random.default_rng(_SEED)

    def make(self) -> None:
        """Write all files; some are made from files written before."""
        for camera, folder, shots in ALBUMS:
            for name, subject, taken, place in shots:
                picture = photograph(subject, camera.side)
                self.shot(
                    f"{folder}/{name}",
                    picture,
                    camera,
                    taken,
                    place=place,
                    orientation=HELD.get(name, 1),
                )
        for path, subject, taken in MISDATED:
            self.shot(path, photograph(subject), OLD_PHONE, taken)
        for path, subject, begin, count in BURSTS:
            self._burst(path, photograph(subject, 1400), begin, count)
        for path, subject, effect, taken in POOR:
            self.shot(path, effect(photograph(subject, 1200)), ANDROID, taken)
        self._turned()
        self._alike()
        self._drawn()
        self._odd()
        self._broken()

    def shot(
        self,
        path: str,
        picture: Image.Image,
        camera: Camera | None,
        taken: str,
        *,
        place: Place = None,
        orientation: int = 1,
    ) -> Path:
        """Write a picture in the format that its name implies; returns its path. camera: None for a
        file without EXIF. The file's modification time is that of the photo."""
        facts = exif_of(camera, taken, place, orientation) if camera else b""
        if orientation > 1:
            picture = picture.transpose(AS_SEEN[orientation])
        return self._save(path, picture, camera.quality if camera else 85, facts, _timestamp(taken))

    def _save(
        self, path: str, picture: Image.Image, quality: int, exif: bytes, timestamp: float
    ) -> Path:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        match target.suffix.lower():
            case ".heic":
                pillow_heif.from_pillow(picture.convert("RGB")).save(
                    target, quality=70, exif=exif or None
                )
            case ".tif":
                picture.save(target, dpi=(300, 300), exif=exif)
            case ".bmp":
                picture.save(target)
            case ".avif":
                picture.save(target, quality=65, speed=9, exif=exif)
            case _:
                picture.save(target, quality=quality, exif=exif)
        return self._stamp(target, timestamp)

    def _stamp(self, target: Path, timestamp: float) -> Path:
        os.utime(target, (timestamp, timestamp))
        return target

    def _burst(self, path: str, scene: Image.Image, begin: str, count: int) -> None:
        first = dt.datetime.fromisoformat(begin)
        for number in range(count):
            taken = str(first + dt.timedelta(seconds=number))
            name = path.format(first.second + number)
            self.shot(
                name,
                effects.moment(scene, self.random),
                ANDROID if "PXL" in name else MIRRORLESS,
                taken,
            )

    def _turned(self) -> None:
        """One photo in all eight EXIF orientations; all look the same once they are turned
        upright."""
        picture = photograph("desk", 640)
        for orientation in range(1, 9):
            self.shot(
                f"Sorting/Turned/desk-{orientation}.jpg",
                picture,
                COMPACT,
                "2014-09-09 09:09:09",
                orientation=orientation,
            )

    def _alike(self) -> None:
        for path, source, change, quality in ALIKE:
            with _open(self.root / source) as picture:
                messenger = "WhatsApp" in path  # these turn the pixels upright and drop EXIF
                exif = b"" if messenger else picture.info.get("exif", b"")
                plain = ImageOps.exif_transpose(picture) if messenger else picture
                edited = change(plain) if change else plain
                self._save(
                    path, edited, quality, exif, (self.root / source).stat().st_mtime + 86400
                )
        for path, source in COPIES:
            (self.root / path).parent.mkdir(exist_ok=True)
            shutil.copy2(self.root / source, self.root / path)

    def _drawn(self) -> None:
        """Screenshots and scanned papers."""
        self.shot(
            "Phone/Screenshots/Screenshot_20230415-184210.png",
            drawings.chat(),
            None,
            "2023-04-15 18:42:10",
        )
        self.shot(
            "Downloads/Screenshot 2023-09-02 at 11.20.41.png",
            drawings.window(),
            None,
            "2023-09-02 11:20:41",
        )
        self.shot("Scans/letter.jpg", drawings.letter(), SCANNER, "2019-06-03 10:00:00")
        self.shot("Scans/receipt.png", drawings.receipt(), None, "2021-02-11 18:30:00")

    def _odd(self) -> None:
        """Intact files that are not what a program expects."""
        flower, cat = photograph("dahlia"), photograph("cat", 400)
        self.shot("Scans/postcard-cmyk.jpg", flower.convert("CMYK"), None, "2018-01-05 12:00:00")
        deep = np.asarray(photograph("bricks"), np.uint16) * 257
        self.shot("Scans/wall-16bit.png", Image.fromarray(deep), None, "2018-01-05 12:10:00")
        # A PNG file renamed to .jpg.
        png = self.shot(
            "Downloads/rocket.png", photograph("rocket", 500), None, "2021-03-03 08:00:00"
        )
        png.rename(png.with_suffix(".jpg"))
        self.shot("Downloads/cat.webp", cat, None, "2021-12-25 09:30:00")
        target = self.root / "Downloads/cat-zoom.gif"
        frames = [
            cat.crop((n * 6, n * 4, cat.width - n * 6, cat.height - n * 4)).resize((300, 200))
            for n in range(8)
        ]
        frames[0].save(target, save_all=True, append_images=frames[1:], duration=120, loop=0)
        self._stamp(target, _timestamp("2021-12-25 09:31:00"))

    def _broken(self) -> None:
        """Files that cannot be read, or only in part; see BROKEN."""
        jpeg = (self.root / "2018 Bavaria & Bohemia/DSC_0901.JPG").read_bytes()
        png = (self.root / "Downloads/rocket.jpg").read_bytes()
        half, noise = len(jpeg) // 2, self.random.bytes(2000)
        contents = (
            jpeg[:half],  # the copy stopped
            jpeg[:700],  # it stopped before the first pixel
            b"",
            jpeg[:half] + noise + jpeg[half + 2000 :],
            bytes(40_000),  # what recovery programs give back of an erased file
            png[: len(png) // 2] + noise + png[len(png) // 2 + 2000 :],
            b"The photos of the beach are on the other disk.\n",
            b"<!DOCTYPE html><html><head><title>404 Not Found</title></head>"
            b"<body>Not Found</body></html>\n",
        )
        for path, content in zip(BROKEN, contents, strict=True):
            target = self.root / path
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(content)
            self._stamp(target, _timestamp("2020-08-01 20:00:00"))


def _open(path: Path) -> Image.Image:
    return (
        pillow_heif.open_heif(path).to_pillow()
        if path.suffix.lower() == ".heic"
        else Image.open(path)
    )


def _timestamp(taken: str) -> float:
    """The Unix time of a date; for a date that a file cannot have, that of a fixed day, as if the
    old phone was emptied then."""
    try:
        date = dt.datetime.fromisoformat(taken).replace(tzinfo=dt.UTC)
    except ValueError:
        date = dt.datetime.min.replace(tzinfo=dt.UTC)
    fallback = dt.datetime(2014, 3, 8, 18, tzinfo=dt.UTC)
    return (date if 1980 <= date.year <= 2030 else fallback).timestamp()
