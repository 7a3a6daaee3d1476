from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from explorer.photos.metadata.exif_header import ExifHeader, is_editing_software, read_header
from tests import pictures


def exif(software: str = "", size: tuple[int, int] | None = None, **camera: Any) -> bytes:
    block = Image.Exif()
    block[0x010F], block[0x0110] = camera.get("make", "Acme"), camera.get("model", "Acme Z1")
    if software:
        block[0x0131] = software
    if size:
        block.get_ifd(0x8769).update({0xA002: size[0], 0xA003: size[1]})
    return block.tobytes()


@pytest.mark.parametrize("ending", [".jpg", ".heic", ".tif"])
def test_software_and_size_in_a_header(tmp_path: Path, ending: str) -> None:
    picture = pictures.draw(1, (40, 30))
    path = pictures.write(tmp_path / f"a{ending}", picture, exif=exif("GIMP 2.10.8", (40, 30)))
    assert read_header(path) == ExifHeader("GIMP 2.10.8", (40, 30))
    plain = pictures.write(tmp_path / f"b{ending}", picture, exif=exif("Ver.1.00 "))
    assert read_header(plain) == ExifHeader("", None)


def test_files_without_a_header(tmp_path: Path) -> None:
    png = pictures.write(
        tmp_path / "a.png", pictures.draw(1, (40, 30)), exif=exif("GIMP", (40, 30))
    )
    assert read_header(png) is None
    assert read_header(tmp_path / "absent.jpg") is None
    (tmp_path / "b.jpg").write_bytes(b"\xff\xd8\xff no photo")
    assert read_header(tmp_path / "b.jpg") is None
    none = pictures.write(tmp_path / "c.jpg", pictures.draw(1, (40, 30)))
    assert read_header(none) == ExifHeader("", None)


@pytest.mark.parametrize(("size", "stated"), [((40, 0), None), ((0, 30), None), ((1, 1), (1, 1))])
def test_a_stated_size_has_two_positive_numbers(
    tmp_path: Path, size: tuple[int, int], stated: tuple[int, int] | None
) -> None:
    path = pictures.write(tmp_path / "a.jpg", pictures.draw(1, (40, 30)), exif=exif(size=size))
    assert read_header(path) == ExifHeader("", stated)


@pytest.mark.parametrize(
    ("software", "camera", "program"),
    [
        ("Adobe Photoshop CS6 (Windows)", "Canon EOS 80D", True),
        ("GIMP 2.10.8", "NIKON CORPORATION NIKON D90", True),
        ("digiKam-7.1.0", "Acme Z1", True),
        ("Picasa", "", True),
        ("VSCO", "", True),
        ("Snapseed_2", "", True),
        ("paint.net 4.2", "", True),
        ("15.1", "Apple iPhone 8", False),
        ("Ver.1.00 ", "NIKON CORPORATION NIKON D90", False),
        ("Firmware Version 1.0.2", "Canon EOS 80D", False),
        ("Digital Camera X-T2 Ver1.10", "FUJIFILM X-T2", False),
        ("HDR+ 1.0.220943774zd", "Google Pixel 3", False),
        ("G960FXXU2BRJ3", "samsung SM-G960F", False),
        ("ILCE-7M3 v3.10", "SONY ILCE-7M3", False),
        ("NIKON D90 Ver.1.00", "NIKON CORPORATION NIKON D90", False),
        ("", "Acme Z1", False),
    ],
)
def test_programs_are_distinguished_from_firmware_versions(
    software: str, camera: str, program: bool
) -> None:
    assert is_editing_software(software, camera) is program
