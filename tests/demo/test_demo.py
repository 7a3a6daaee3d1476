"""The demo: its photographs are real and different, its oddities are all there, and it is made
once."""

from __future__ import annotations

import datetime as dt
from itertools import combinations
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from PIL import ExifTags, Image

from explorer.demo import albums, sample_files, sample_folder
from explorer.demo.photographs import PHOTOGRAPHS, photograph
from explorer.demo.sample_files import SampleWriter
from explorer.photos.hashing import perceptual_hash

JPEG = (".jpg", ".jpeg")


def silent(_: str) -> None:
    """A progress that nobody sees."""


def never(message: str) -> None:
    raise AssertionError(f"nothing should have been made: {message}")


def files(folder: Path) -> list[Path]:
    return sorted(
        file for file in folder.rglob("*") if file.is_file() and file.name != sample_folder.MARKER
    )


def state(folder: Path) -> dict[str, tuple[int, int]]:
    """Everything in a folder, with size and time."""
    return {
        str(entry.relative_to(folder)): (entry.stat().st_size, entry.stat().st_mtime_ns)
        for entry in folder.rglob("*")
    }


def taken(file: Path) -> str:
    with Image.open(file) as picture:
        return str(picture.getexif().get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """The demo, made once, and the number it gave; no test may change it."""
    pillow_heif.register_heif_opener(thumbnails=False)
    photos = tmp_path_factory.mktemp("demo") / "photos"
    return photos, sample_folder.make_demo(photos, silent)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A folder for a demo of one photo, for what has nothing to do with its pictures."""

    def make(maker: SampleWriter) -> None:
        maker.shot("album/grass.jpg", photograph("grass", 64), None, "2020-02-02 02:02:02")
        maker.shot("album/cat.jpg", photograph("cat", 64), None, "2020-02-02 02:02:03")

    monkeypatch.setattr(SampleWriter, "make", make)
    return tmp_path / "photos"


def test_the_demo_has_the_intended_number_and_size_of_photos(made: tuple[Path, int]) -> None:
    photos, count = made
    assert count == len(files(photos))
    assert 90 <= count <= 130
    assert sum(file.stat().st_size for file in files(photos)) < 25e6
    assert [
        entry.name for entry in photos.parent.iterdir() if not entry.name.endswith(".lock")
    ] == ["photos"]


def test_photographs_are_numerous_and_distinct() -> None:
    assert len(PHOTOGRAPHS) >= 30
    hashes = {}
    for name in PHOTOGRAPHS:
        picture = photograph(name, 512)
        assert min(picture.size) >= 200, name
        hashes[name] = np.unpackbits(np.frombuffer(perceptual_hash(picture), np.uint8))
    for one, other in combinations(hashes, 2):
        assert np.count_nonzero(hashes[one] != hashes[other]) > 50, (one, other)


def test_every_photograph_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    used = set()

    def tiny(name: str, side: int = 1600) -> Image.Image:
        used.add(name)
        return photograph(name, min(side, 160))

    monkeypatch.setattr(sample_files, "photograph", tiny)
    sample_folder.make_demo(tmp_path / "photos", silent)
    assert used == set(PHOTOGRAPHS)


def test_every_photograph_is_in_the_docs() -> None:
    docs = (Path(__file__).parents[2] / "docs/demo-photos.md").read_text(encoding="utf-8")
    for name, source in PHOTOGRAPHS.items():
        assert (
            f"| {name} | {source.distribution} | `{source.path}` | {source.author} |"
            f" {source.licence} |" in docs
        )


def test_broken_files_are_included(made: tuple[Path, int]) -> None:
    photos, _ = made
    assert len(albums.BROKEN) == 8
    assert (photos / "Old disk/DSC_0903.JPG").stat().st_size == 0
    for path in albums.BROKEN:
        with pytest.raises(OSError), Image.open(photos / path) as picture:
            picture.load()


def test_all_other_files_can_be_read(made: tuple[Path, int]) -> None:
    photos, _ = made
    formats = set()
    for file in files(photos):
        if file.relative_to(photos).as_posix() not in albums.BROKEN:
            with Image.open(file) as picture:
                picture.load()
                formats.add(picture.format)
    assert formats == {"JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "HEIF", "AVIF"}


def test_special_files_have_the_intended_properties(made: tuple[Path, int]) -> None:
    photos, _ = made
    with Image.open(photos / "Downloads/rocket.jpg") as picture:
        assert picture.format == "PNG"
    with Image.open(photos / "Scans/postcard-cmyk.jpg") as picture:
        assert picture.mode == "CMYK"
    with Image.open(photos / "Scans/wall-16bit.png") as picture:
        assert picture.mode == "I;16"
    with Image.open(photos / "Downloads/cat-zoom.gif") as picture:
        assert getattr(picture, "n_frames", None) == 8


def test_copies_are_exact_and_edited_ones_are_not(made: tuple[Path, int]) -> None:
    photos, _ = made
    for path, source in albums.COPIES:
        assert (photos / path).read_bytes() == (photos / source).read_bytes()
    for path, source, *_ in albums.ALIKE:
        assert (photos / path).read_bytes() != (photos / source).read_bytes()


def test_bursts_are_a_second_apart(made: tuple[Path, int]) -> None:
    photos, _ = made
    for path, _, begin, count in albums.BURSTS:
        first = dt.datetime.fromisoformat(begin)
        times = [first + dt.timedelta(seconds=number) for number in range(count)]
        assert [taken(photos / path.format(time.second)) for time in times] == [
            f"{time:%Y:%m:%d %H:%M:%S}" for time in times
        ]


def test_dates_are_as_intended(made: tuple[Path, int]) -> None:
    photos, _ = made
    assert [taken(photos / path)[:4] for path, *_ in albums.MISDATED] == [
        "1970",
        "2038",
        "0000",
        "2099",
    ]
    years = {
        taken(file)[:4]
        for file in files(photos / "Work")
        + files(photos / "Friends")
        + files(photos / "2012 First camera")
    }
    assert {"2012", "2013", "2020", "2021", "2022", "2024", "2025"} <= years


def test_positions_are_as_intended(made: tuple[Path, int]) -> None:
    with Image.open(made[0] / "2015 America/IMG_1251.JPG") as picture:
        where = picture.getexif().get_ifd(ExifTags.IFD.GPSInfo)
    degrees, minutes, seconds = (float(part) for part in where[ExifTags.GPS.GPSLongitude])
    assert where[ExifTags.GPS.GPSLongitudeRef] == "W"
    assert degrees + minutes / 60 + seconds / 3600 == pytest.approx(111.5104, abs=1e-6)


def test_all_eight_orientations_look_the_same_upright(made: tuple[Path, int]) -> None:
    from PIL import ImageOps

    upright = []
    for orientation in range(1, 9):
        with Image.open(made[0] / f"Sorting/Turned/desk-{orientation}.jpg") as picture:
            assert picture.getexif()[ExifTags.Base.Orientation] == orientation
            upright.append(np.asarray(ImageOps.exif_transpose(picture), np.float32))
    for other in upright[1:]:
        assert np.abs(other - upright[0]).mean() < 4
