"""The metadata of RAW files, by container."""

from __future__ import annotations

import pytest
from PIL import ExifTags, Image

from explorer.photos.readers.raw_metadata import is_cut_off, read_raw_metadata
from tests import pictures
from tests.fixtures.raws import EXIF, Directory, Field, cr3, dng, preview_jpeg, raf, tiff_file

SMALL = pictures.draw(1, (64, 48))
XMP = b"<x:xmpmeta/>"


def settings(exif: Image.Exif) -> tuple[object, object]:
    inner = exif.get_ifd(ExifTags.IFD.Exif)
    return inner.get(ExifTags.Base.DateTimeOriginal), inner.get(ExifTags.Base.LensModel)


def test_tiff_inside() -> None:
    found = read_raw_metadata(dng(SMALL, orientation=6, xmp=XMP), "DNG")
    assert found.exif[271] == "Acme" and settings(found.exif)[0] == "2019:07:12 14:30:00"
    assert found.exif.get_ifd(ExifTags.IFD.GPSInfo)[1] == "N" and found.xmp == XMP
    assert ExifTags.Base.Orientation not in found.exif


@pytest.mark.parametrize(("start", "name"), [(b"IIRO", "ORF"), (b"IIU\0", "RW2")])
def test_tiff_with_another_signature(start: bytes, name: str) -> None:
    data = tiff_file(Directory({271: ("s", b"Maker")}, {34665: EXIF}), start)
    found = read_raw_metadata(data, name)
    assert found.exif[271] == "Maker" and settings(found.exif)[1] == "Acme 35mm"


def test_canons_boxes() -> None:
    found = read_raw_metadata(cr3(XMP), "CR3")
    assert found.exif[272] == "Canon EOS R6" and settings(found.exif)[1] == "Acme 35mm"
    assert found.exif.get_ifd(ExifTags.IFD.GPSInfo)[3] == "E" and found.xmp == XMP
    assert ExifTags.Base.Orientation not in found.exif
    assert not read_raw_metadata(cr3(), "CR3").xmp


def test_fujifilms_jpeg() -> None:
    jpeg = pictures.encoded(SMALL, exif=pictures.exif("2019:07:12 14:30:00", None, ("F", "X100")))
    found = read_raw_metadata(raf(jpeg), "RAF")
    assert found.exif[272] == "X100" and settings(found.exif)[0] == "2019:07:12 14:30:00"


@pytest.mark.parametrize("name", ["DNG", "CR3", "RAF", "ORF", "CRW", "X3F"])
def test_broken_metadata_is_absent(name: str) -> None:
    for data in (b"", b"II*\0", bytes(200), b"FUJIFILMCCD-RAW " + b"\xff" * 200):
        assert not read_raw_metadata(data, name).exif and not is_cut_off(data, "CRW")


class TestCutOff:
    def test_sensor_data_beyond_the_end(self) -> None:
        whole = dng(SMALL, preview=preview_jpeg(SMALL))
        assert not is_cut_off(whole, "DNG")
        assert is_cut_off(whole[:-1000], "DNG") and is_cut_off(dng(SMALL)[:4000], "DNG")

    def test_only_sensor_data_with_a_known_place_counts(self) -> None:
        where: dict[int, Field] = {273: ("I", (0xFFFFFFFF,)), 279: ("I", (0xFFFFFFFF,))}
        far: dict[int, Field] = {273: ("I", (10**8,)), 279: ("I", (1000,))}
        for name in ("RW2", "ORF", "SRW", "RAW", "DNG", "NEF"):
            assert not is_cut_off(tiff_file(Directory({262: ("H", (32803,)), **where})), name)
        for name in ("DNG", "NEF", "ARW", "PEF"):
            assert is_cut_off(tiff_file(Directory({262: ("H", (32803,)), **far})), name)
            # That of a preview.
            assert not is_cut_off(tiff_file(Directory({262: ("H", (6,)), **far})), name)
        assert is_cut_off(tiff_file(Directory(far)), "CR2")
        assert not is_cut_off(tiff_file(Directory({262: ("H", (32803,)), **far})), "RW2")

    def test_boxes_beyond_the_end(self) -> None:
        whole = cr3(XMP)
        assert not is_cut_off(whole, "CR3") and not is_cut_off(whole + bytes(16), "CR3")
        assert is_cut_off(whole[:-1], "CR3") and is_cut_off(whole[:40], "CR3")

    def test_spans_in_a_header_beyond_the_end(self) -> None:
        whole = raf(preview_jpeg(SMALL))
        assert not is_cut_off(whole, "RAF") and is_cut_off(whole[:-1], "RAF")

    @pytest.mark.parametrize("name", ["DNG", "CR3", "RAF", "ORF", "RAW"])
    def test_a_header_alone_proves_nothing(self, name: str) -> None:
        assert not is_cut_off(b"II*\0", name) and not is_cut_off(b"ARRI" + bytes(30), name)
