"""The demo: a folder of sample photos as a person might have it, with all that goes wrong in one.

Real photographs (`demo_photos`) in albums by year and place; then what gathers beside them: copies,
edited versions, bursts, blurred and dark ones, files that are broken or lie about their date,
scans, screenshots, and every format that can be read.
Dates, places and cameras are made up. The same packages give the same files.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pillow_heif
from filelock import FileLock
from PIL import Image, ImageOps

from explorer import demo_photos as pictures
from explorer.config import data_dir
from explorer.errors import FolderError

# Raised when other files are made: a demo that nobody changed since is then made anew.
VERSION = 1
# Lies in the photos folder; a name with a dot in front is never taken for a photo.
MARKER = ".photo-explorer-demo.json"
_SEED = 20190512

_Place = tuple[float, float] | None


# Camera, folder, and what was taken: file name, photograph, when, where.
_Shot = tuple[str, str, str, _Place]
_ALBUMS: list[tuple[pictures.Camera, str, list[_Shot]]] = [
    (pictures.COMPACT, "2012 First camera", [
        ("IMG_0007.JPG", "cabin", "2012-07-21 15:20:11", None),
        ("IMG_0012.JPG", "pavilion", "2012-10-04 11:02:45", None),
        ("IMG_0031.JPG", "dahlia", "2013-08-30 17:41:09", None),
    ]),
    (pictures.COMPACT, "2015 America", [
        ("IMG_1204.JPG", "cliffs", "2015-09-03 10:12:40", (37.7216, -119.6466)),
        ("IMG_1251.JPG", "canyon", "2015-09-08 16:55:02", (36.8791, -111.5104)),
        ("IMG_1302.JPG", "rocket", "2015-09-15 19:33:27", (28.5620, -80.5772)),
    ]),
    (pictures.REFLEX, "2016 Scotland", [
        ("DSC_0118.JPG", "hills", "2016-05-14 10:21:33", (57.6436, -6.2654)),
        ("DSC_0142.JPG", "lake", "2016-05-16 06:48:10", (57.3229, -4.4244)),
        ("DSC_0163.JPG", "dusk", "2016-05-17 21:50:58", None),
    ]),
    (pictures.REFLEX, "2017 Amsterdam",
    [("DSC_0420.JPG", "canals", "2017-04-28 13:15:20", (52.3738, 4.8967))]),
    (pictures.REFLEX, "2018 Bavaria & Bohemia", [
        ("DSC_0901.JPG", "castle", "2018-08-11 12:04:51", (47.5576, 10.7498)),
        ("DSC_0977.JPG", "old library", "2018-08-15 15:37:29", (50.0864, 14.3893)),
    ]),
    (pictures.PHONE, "2019 Italy", [
        ("IMG_2011.HEIC", "coffee", "2019-05-12 08:31:05", (40.8359, 14.2488)),
        ("IMG_2019.JPG", "coast", "2019-05-12 18:20:44", (40.6281, 14.4850)),
        ("IMG_2024.JPG", "coins", "2019-05-13 11:47:12", (40.8534, 14.2505)),
    ]),
    (pictures.MIRRORLESS, "2023 Asia", [
        ("DSC01182.JPG", "temple", "2023-01-19 17:58:31", (16.7951, 96.1660)),
        ("DSC01240.JPG", "city", "2023-01-25 20:41:17", (13.7563, 100.5018)),
        ("天幕.jpg", "tents", "2023-01-28 22:10:03", None),
    ]),
    (pictures.MIRRORLESS, "Friends", [
        ("Zoë.jpg", "laughing", "2020-02-22 14:03:37", None),
        ("DSC00311.JPG", "stripes", "2020-02-22 14:40:51", None),
        ("DSC00334.JPG", "yellow cap", "2020-11-07 16:22:48", None),
        ("DSC00340.JPG", "red jumper", "2020-11-07 16:58:19", None),
        ("DSC00402.JPG", "football shirt", "2021-06-05 12:30:00", None),
        ("DSC00419.JPG", "blue wall", "2021-06-05 15:11:26", None),
        ("portraits/DSC00512.JPG", "orange wall", "2022-03-12 13:08:54", None),
        ("portraits/DSC00513.JPG", "parka", "2022-03-12 13:29:02", None),
        ("portraits/DSC00514.JPG", "beanie", "2022-03-12 13:44:40", None),
        ("portraits/DSC00515.JPG", "glasses", "2022-03-12 14:02:15", None),
    ]),
    (pictures.ANDROID, "Phone", [
        ("PXL_20220617_101530.jpg", "leaves", "2022-06-17 10:15:30", (48.1372, 11.5756)),
        ("PXL_20220617_154409.jpg", "sunglasses", "2022-06-17 15:44:09", (48.1391, 11.5802)),
        ("PXL_20220702_183012.jpg", "garden", "2022-07-02 18:30:12", None),
        ("PXL_20220903_193355.jpg", "blue room", "2022-09-03 19:33:55", (48.1517, 11.5822)),
        ("tea.avif", "tea", "2025-02-09 09:12:00", None),
    ]),
    (pictures.PHONE, "Phone",
    [("IMG_3301.HEIC", "cat", "2021-12-24 16:09:21", (48.1351, 11.5820))]),
    (pictures.PHONE, "Work", [
        ("IMG_4102.JPG", "meeting", "2024-03-05 10:30:18", (52.5200, 13.4050)),
        ("IMG_4110.JPG", "office", "2024-03-05 14:47:33", (52.5200, 13.4050)),
        ("IMG_4119.JPG", "glass room", "2024-04-11 09:05:57", (52.5163, 13.3777)),
        ("IMG_4131.JPG", "laptops", "2024-06-20 16:18:42", None),
        ("IMG_4140.JPG", "empty office", "2025-05-02 08:01:13", (52.5200, 13.4050)),
        ("lounge.webp", "lounge", "2025-05-02 08:04:40", None),
    ]),
    (pictures.SCANNER, "Scans", [
        ("scan0001.jpg", "photographer", "2014-12-27 15:00:10", None),
        ("scan0002.tif", "astronaut", "2014-12-27 15:04:22", None),
    ]),
    (pictures.SCANNER, "Downloads", [("wallpaper.bmp", "galaxies", "2022-10-30 21:14:00", None)]),
]  # fmt: skip

# Clocks that were never set, ran out, or ran ahead.
MISDATED = [
    ("Old phone/100MEDIA/IMAG0001.jpg", "bricks", "1970-01-01 00:00:00"),
    ("Old phone/100MEDIA/IMAG0002.jpg", "grass", "2038-01-19 03:14:07"),
    ("Old phone/100MEDIA/IMAG0003.jpg", "gravel", "0000-00-00 00:00:00"),
    ("Old phone/100MEDIA/IMAG0004.jpg", "clock", "2099-06-01 12:00:00"),
]
# Photos held sideways or upside down: the pixels lie as the sensor saw them, EXIF says how to turn
# them.
_HELD = {"IMG_2019.JPG": 3, "DSC00334.JPG": 8, "PXL_20220903_193355.jpg": 6, "IMG_1204.JPG": 6}
_AS_SEEN = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}

# A file, the one it comes from, what was done to it, and the quality it was saved with.
_Change = Callable[[Image.Image], Image.Image]
ALIKE: list[tuple[str, str, _Change | None, int]] = [
    ("Edited/castle-small.jpg", "2018 Bavaria & Bohemia/DSC_0901.JPG", pictures.halved, 82),
    ("Edited/castle-frame.jpg", "2018 Bavaria & Bohemia/DSC_0901.JPG", pictures.bordered, 88),
    ("Edited/castle-light.jpg", "2018 Bavaria & Bohemia/DSC_0901.JPG", pictures.brighter, 88),
    ("Edited/canals-crop.jpg", "2017 Amsterdam/DSC_0420.JPG", pictures.cropped, 90),
    ("Edited/canyon-light.jpg", "2015 America/IMG_1251.JPG", pictures.brighter, 85),
    ("Edited/temple-crop.jpg", "2023 Asia/DSC01182.JPG", pictures.cropped, 90),
    ("Edited/temple-email.jpg", "2023 Asia/DSC01182.JPG", None, 38),
    ("Edited/hills-frame.jpg", "2016 Scotland/DSC_0118.JPG", pictures.bordered, 88),
    ("Edited/dahlia-light.png", "2012 First camera/IMG_0031.JPG", pictures.brighter, 0),
    ("Phone/WhatsApp/IMG-20190512-WA0003.jpg", "2019 Italy/IMG_2019.JPG", pictures.halved, 60),
    ("Phone/WhatsApp/IMG-20200222-WA0001.jpg", "Friends/DSC00311.JPG", pictures.halved, 60),
    ("Phone/WhatsApp/IMG-20230119-WA0007.jpg", "2023 Asia/DSC01182.JPG", pictures.halved, 60),
    ("Phone/WhatsApp/IMG-20211224-WA0000.jpg", "Phone/IMG_3301.HEIC", None, 55),
]
COPIES = [
    ("2016 Scotland/DSC_0142 (1).JPG", "2016 Scotland/DSC_0142.JPG"),
    ("Downloads/photo.jpg", "Friends/DSC00311.JPG"),
    ("Downloads/photo (1).jpg", "Friends/DSC00311.JPG"),
    ("Backup 2018/castle.jpg", "2018 Bavaria & Bohemia/DSC_0901.JPG"),
    ("Backup 2018/DSC_0118.JPG", "2016 Scotland/DSC_0118.JPG"),
    ("Backup 2018/DSC_0163.JPG", "2016 Scotland/DSC_0163.JPG"),
    ("Old phone/cat.heic", "Phone/IMG_3301.HEIC"),
]
# Name with the second in it, photograph, the first second, how many.
BURSTS = [
    ("Phone/PXL_20210814_1742{:02}.jpg", "smoke", "2021-08-14 17:42:10", 5),
    ("2023 Asia/DSC012{:02}.JPG", "city", "2023-01-25 20:41:41", 3),
]
POOR: list[tuple[str, str, _Change, str]] = [
    ("Phone/PXL_20220903_193402.jpg", "blue room", pictures.out_of_focus, "2022-09-03 19:34:02"),
    ("Phone/PXL_20221111_080815.jpg", "desk", pictures.out_of_focus, "2022-11-11 08:08:15"),
    ("Phone/PXL_20230401_121944.jpg", "canals", pictures.shaken, "2023-04-01 12:19:44"),
    ("Phone/PXL_20230401_122001.jpg", "football shirt", pictures.shaken, "2023-04-01 12:20:01"),
    ("Phone/PXL_20231231_235958.jpg", "tents", pictures.dark, "2023-12-31 23:59:58"),
    ("Phone/PXL_20231231_235959.jpg", "office", pictures.dark, "2023-12-31 23:59:59"),
    ("Phone/PXL_20240630_131313.jpg", "lake", pictures.overexposed, "2024-06-30 13:13:13"),
    ("Phone/PXL_20240630_131320.jpg", "coast", pictures.overexposed, "2024-06-30 13:13:20"),
    ("Phone/PXL_20241009_201107.jpg", "old library", pictures.grainy, "2024-10-09 20:11:07"),
]
BROKEN = (
    "Old disk/DSC_0901.JPG", "Old disk/DSC_0902.JPG", "Old disk/DSC_0903.JPG",
    "Old disk/DSC_0904.JPG", "Old disk/recovered.jpg",
    "Old disk/holiday.png", "Downloads/beach.jpg", "Downloads/page.jpg",
)  # fmt: skip


def demo_dirs(library: Path | None) -> tuple[Path, Path]:
    """The demo's photos folder and library folder, side by side.

    library: where the library is wanted, as an absolute path; the photos then lie beside it. None:
    in the user-data folder.
    """
    if library is None:
        return data_dir() / "demo" / "photos", data_dir() / "demo" / "library"
    return library.parent / f"{library.name}-photos", library


def make_demo(photos: Path, progress: Callable[[str], None]) -> int:
    """Make the sample photos if they are not there yet; gives the number of files.

    They appear all at once or not at all. A folder that holds anything else, or in which somebody
    changed, added or deleted a file, is left as it is. Raises FolderError where the folder cannot
    be written.
    """
    try:
        if not _wanted(photos):
            return len(_listing(photos))
        photos.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(photos.with_name(f".{photos.name}.lock")):
            if _wanted(photos):
                progress(f"Making the sample photos in {photos}")
                _put(photos)
        return len(_listing(photos))
    except OSError as error:
        raise FolderError(
            f"the sample photos cannot be made in {photos}: {error.strerror or error}"
        ) from error


def _wanted(photos: Path) -> bool:
    """Whether there is nothing yet, or an older demo that nobody touched."""
    if not photos.exists():
        return True
    try:
        marker = json.loads((photos / MARKER).read_text(encoding="utf-8"))
        return int(marker["version"]) < VERSION and marker["files"] == _listing(photos)
    except FileNotFoundError:
        return not any(photos.iterdir())
    except (ValueError, TypeError, KeyError):
        return False


def _listing(photos: Path) -> dict[str, list[int]]:
    """Size and time of every file but the marker, by its path in the folder."""
    found = {
        file.relative_to(photos).as_posix(): file.stat()
        for file in sorted(photos.rglob("*"))
        if file.is_file()
    }
    return {
        path: [facts.st_size, facts.st_mtime_ns] for path, facts in found.items() if path != MARKER
    }


def _put(photos: Path) -> None:
    scratch = photos.with_name(f".{photos.name}.part")
    shutil.rmtree(scratch, ignore_errors=True)
    made = scratch / "made"
    made.mkdir(parents=True)
    try:
        _Maker(made).make()
        (made / MARKER).write_text(
            json.dumps({"version": VERSION, "files": _listing(made)}), encoding="utf-8"
        )
        if photos.exists():
            photos.rename(scratch / "before")
        made.rename(photos)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


class _Maker:
    """Fills one folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.random = np.random.default_rng(_SEED)

    def make(self) -> None:
        """Write all files; later ones are made from earlier ones."""
        for camera, folder, shots in _ALBUMS:
            for name, photograph, taken, place in shots:
                picture = pictures.photograph(photograph, camera.side)
                self.shot(
                    f"{folder}/{name}",
                    picture,
                    camera,
                    taken,
                    place=place,
                    orientation=_HELD.get(name, 1),
                )
        for path, photograph, taken in MISDATED:
            self.shot(path, pictures.photograph(photograph), pictures.OLD_PHONE, taken)
        for path, photograph, begin, count in BURSTS:
            self._burst(path, pictures.photograph(photograph, 1400), begin, count)
        for path, photograph, effect, taken in POOR:
            self.shot(path, effect(pictures.photograph(photograph, 1200)), pictures.ANDROID, taken)
        self._turned()
        self._alike()
        self._drawn()
        self._odd()
        self._broken()

    def shot(
        self,
        path: str,
        picture: Image.Image,
        camera: pictures.Camera | None,
        taken: str,
        *,
        place: _Place = None,
        orientation: int = 1,
    ) -> Path:
        """Write a picture in the format its name says. camera None: without EXIF. The file's own
        time is that of the photo."""
        facts = pictures.exif_of(camera, taken, place, orientation) if camera else b""
        if orientation > 1:
            picture = picture.transpose(_AS_SEEN[orientation])
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
                pictures.moment(scene, self.random),
                pictures.ANDROID if "PXL" in name else pictures.MIRRORLESS,
                taken,
            )

    def _turned(self) -> None:
        """One photo in all eight orientations; upright, all are the same."""
        picture = pictures.photograph("desk", 640)
        for orientation in range(1, 9):
            self.shot(
                f"Sorting/Turned/desk-{orientation}.jpg",
                picture,
                pictures.COMPACT,
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
            pictures.chat(),
            None,
            "2023-04-15 18:42:10",
        )
        self.shot(
            "Downloads/Screenshot 2023-09-02 at 11.20.41.png",
            pictures.window(),
            None,
            "2023-09-02 11:20:41",
        )
        self.shot("Scans/letter.jpg", pictures.letter(), pictures.SCANNER, "2019-06-03 10:00:00")
        self.shot("Scans/receipt.png", pictures.receipt(), None, "2021-02-11 18:30:00")

    def _odd(self) -> None:
        """Files that are fine, yet not what a program expects."""
        flower, cat = pictures.photograph("dahlia"), pictures.photograph("cat", 400)
        self.shot("Scans/postcard-cmyk.jpg", flower.convert("CMYK"), None, "2018-01-05 12:00:00")
        deep = np.asarray(pictures.photograph("bricks"), np.uint16) * 257
        self.shot("Scans/wall-16bit.png", Image.fromarray(deep), None, "2018-01-05 12:10:00")
        # A PNG that somebody renamed.
        png = self.shot(
            "Downloads/rocket.png", pictures.photograph("rocket", 500), None, "2021-03-03 08:00:00"
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
        """Files that cannot be read, or in part only: see BROKEN."""
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
            b"<!DOCTYPE html><html><head><title>404 Not Found</title></head><body>Not Found</body></html>\n",
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
    """Unix seconds of a date; for one that cannot be the file's own, a day on which the old phone
    was emptied."""
    try:
        date = dt.datetime.fromisoformat(taken).replace(tzinfo=dt.UTC)
    except ValueError:
        date = dt.datetime.min.replace(tzinfo=dt.UTC)
    fallback = dt.datetime(2014, 3, 8, 18, tzinfo=dt.UTC)
    return (date if 1980 <= date.year <= 2030 else fallback).timestamp()
