from __future__ import annotations

import json
import os
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from explorer.errors import PhotoError
from explorer.photos.metadata.field_reader import read_files, read_if_exists, read_photo
from explorer.photos.metadata.fields import MetadataFields
from tests import pictures
from tests.photos.metadata.packets import subject, xmp
from tests.photos.metadata.test_iptc import data, jpeg

PICTURE = pictures.draw(1, (64, 48))
PLAIN = pictures.encoded(PICTURE)
PLACE = (48.85, 2.29)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    (tmp_path / "photo.jpg").write_bytes(PLAIN)
    return tmp_path / "photo.jpg"


# --- one photo


def test_everything_in_a_photo() -> None:
    exif = pictures.exif(taken="2015:08:22 10:08:59", place=PLACE)
    made = jpeg(data(((2, 25), b"K\xf6ln"), ((2, 55), b"19870605")))
    segment = made[2 : 4 + struct.unpack(">H", made[4:6])[0]]
    whole = pictures.encoded(PICTURE, exif=exif, xmp=xmp('xmp:Rating="4"', subject("sea")).encode())
    found = read_photo(whole[:2] + segment + whole[2:])
    assert found.unread == () and found.fields.place == pytest.approx(PLACE, abs=1e-4)
    assert (found.fields.taken_at, found.fields.rating, found.fields.keywords) == (
        "2015-08-22T10:08:59",
        4,
        ("sea", "Köln"),
    )


def test_the_best_date_of_all_sources_is_used() -> None:
    """Times of saving and scanning rank behind the date that a person gave an old photo."""
    block = Image.Exif()
    block[0x0132] = "2016:01:02 03:04:05"
    made = jpeg(data(((2, 55), b"19870605")))
    segment = made[2 : 4 + struct.unpack(">H", made[4:6])[0]]
    whole = pictures.encoded(PICTURE, exif=block.tobytes())
    assert read_photo(whole).fields.taken_at == "2016-01-02T03:04:05"
    assert read_photo(whole[:2] + segment + whole[2:]).fields.taken_at == "1987-06-05"


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def test_text_behind_a_pngs_pixels_is_read() -> None:
    png = pictures.encoded(PICTURE, "PNG")
    late = png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp('xmp:Rating="4"').encode())
    assert read_photo(png[:-12] + late + png[-12:]).fields.rating == 4


@pytest.mark.parametrize("kind", [b"zTXt", b"iTXt"])
def test_a_decompression_bomb_in_a_text_is_refused(kind: bytes) -> None:
    png, bomb = pictures.encoded(PICTURE, "PNG"), zlib.compress(bytes(100_000_000), 9)
    head = b"a\0\0" if kind == b"zTXt" else b"XML:com.adobe.xmp\0\1\0\0\0"
    found = read_photo(png[:33] + png_chunk(kind, head + bomb) + png[33:])
    assert found.fields == MetadataFields() and [each.about for each in found.unread] == ["all"]


def test_other_metadata_of_a_png_with_a_text_that_is_too_long_is_read() -> None:
    made = Image.Exif()
    made.get_ifd(0x8769)[0x9003] = "2015:08:22 10:08:59"
    png, bomb = (
        pictures.encoded(PICTURE, "PNG", exif=made.tobytes()),
        zlib.compress(bytes(100_000_000), 9),
    )
    assert read_photo(png).unread == ()
    found = read_photo(png[:33] + png_chunk(b"zTXt", b"a\0\0" + bomb) + png[33:])
    assert found.fields.taken_at == "2015-08-22T10:08:59" and [
        each.about for each in found.unread
    ] == ["all"]


def test_metadata_of_a_truncated_jpeg_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """A JPEG that is cut off in its pixels says all that it says in front of them."""
    cut = pictures.encoded(PICTURE, xmp=xmp('xmp:Rating="4"').encode())
    assert read_photo(cut[: len(cut) - 200]).fields.rating == 4
    assert read_photo(cut[: len(cut) - 200]).unread == ()


@pytest.mark.parametrize("made", [b"", b"no photo", PLAIN[:30], b"\0" * 50])
def test_files_that_are_not_photos_are_unreadable(made: bytes) -> None:
    assert [each.about for each in read_photo(made).unread] == ["all"]


def test_running_out_of_memory_is_not_blamed_on_the_photo(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: bytes) -> None:
        raise MemoryError

    monkeypatch.setattr("explorer.photos.metadata.field_reader.open_picture", full)
    with pytest.raises(MemoryError):
        read_photo(PLAIN)


# --- files


def test_only_a_missing_file_counts_as_missing(tmp_path: Path) -> None:
    assert (
        read_if_exists(str(tmp_path / "no.xmp")) is None
        and read_if_exists(str(tmp_path / "no" / "a.xmp")) is None
    )
    (tmp_path / "a.xmp").write_bytes(b"x")
    assert (
        read_if_exists(str(tmp_path / "a.xmp")) == b"x"
        and read_if_exists(str(tmp_path / "a.xmp" / "b")) is None
    )
    (tmp_path / "link.xmp").symlink_to("nowhere")
    (tmp_path / "loop.xmp").symlink_to("loop.xmp")
    (tmp_path / "folder.xmp").mkdir()
    for name in ("link.xmp", "loop.xmp", "folder.xmp", "x" * 300):
        with pytest.raises(PhotoError):
            read_if_exists(str(tmp_path / name))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no such pipes")
def test_a_pipe_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.xmp")
    with pytest.raises(PhotoError):
        read_if_exists(str(tmp_path / "a.xmp"))


def test_sidecars_of_a_photo(photo: Path) -> None:
    paths = [
        photo.with_name(name)
        for name in ("photo.jpg.xmp", "photo.xmp", "photo.jpg.JSON", "absent.xmp")
    ]
    paths[0].write_text(xmp('xmp:Rating="4"'))
    paths[1].write_text(xmp('xmp:Rating="2" exif:DateTimeOriginal="2015"'))
    paths[2].write_text(json.dumps({"geoData": {"latitude": 1, "longitude": 2}}))
    found = read_files(str(photo), [str(path) for path in paths])
    assert found.fields == MetadataFields("2015", (1, 2), 4) and found.unread == ()
    paths[0].write_text("no xml")
    paths[2].write_text("no json")
    found = read_files(str(photo), [str(path) for path in paths])
    assert [(Path(each.path).name, each.about) for each in found.unread] == [
        ("photo.jpg.xmp", "all"),
        ("photo.jpg.JSON", "all"),
    ]
    assert [each.what.split(":")[0] for each in found.unread] == ["photo.jpg.xmp", "photo.jpg.JSON"]


def test_an_export_of_more_than_5_mb_is_not_read(photo: Path) -> None:
    export = photo.with_name("photo.jpg.json")
    export.write_bytes(b"{}".ljust(5_000_000))
    assert read_files(str(photo), [str(export)]).unread == ()
    export.write_bytes(b"{}".ljust(5_000_001))
    (unread,) = read_files(str(photo), [str(export)]).unread
    assert "it has more than 5 MB" in unread.what
