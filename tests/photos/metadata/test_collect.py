from __future__ import annotations

import json
import os
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from explorer.errors import PhotoError
from explorer.photos.metadata import collect
from explorer.photos.metadata.collect import Merged, contents, merged, of_files, of_photo
from explorer.photos.metadata.merge import Facts
from explorer.photos.metadata.xmp import read
from tests import pictures
from tests.photos.metadata.packets import subject, xmp
from tests.photos.metadata.test_iptc import data, jpeg

PICTURE = pictures.draw(1, (64, 48))
PLAIN = pictures.encoded(PICTURE)
PLACE = (48.85, 2.29)


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    """A photo that goes, and the one that is kept."""
    (tmp_path / "gone.jpg").write_bytes(PLAIN)
    (tmp_path / "kept.jpg").write_bytes(pictures.encoded(PICTURE, quality=95))
    return tmp_path / "gone.jpg", tmp_path / "kept.jpg"


def merge(pair: tuple[Path, Path], *, same: bool = False, target: Path | None = None) -> Merged:
    """With everything of those names that lies beside the two."""
    gone, kept = pair

    def beside(photo: Path) -> list[str]:
        return sorted(
            str(each)
            for each in photo.parent.iterdir()
            if each.name.startswith(photo.stem) and each != photo
        )

    return merged(
        str(gone),
        beside(gone),
        str(kept),
        beside(kept),
        str(target or kept) + ("" if target else ".xmp"),
        same=same,
    )


def said(pair: tuple[Path, Path], **facts: Any) -> Facts:
    found = merge(pair, **facts)
    assert not found.refused and found.after is not None, found
    return read(found.after).facts


# --- one photo


def test_everything_in_a_photo() -> None:
    exif = pictures.exif(taken="2015:08:22 10:08:59", place=PLACE)
    made = jpeg(data(((2, 25), b"K\xf6ln"), ((2, 55), b"19870605")))
    segment = made[2 : 4 + struct.unpack(">H", made[4:6])[0]]
    whole = pictures.encoded(PICTURE, exif=exif, xmp=xmp('xmp:Rating="4"', subject("sea")).encode())
    found = of_photo(whole[:2] + segment + whole[2:])
    assert found.unread == () and found.facts.place == pytest.approx(PLACE, abs=1e-4)
    assert (found.facts.taken_at, found.facts.rating, found.facts.keywords) == (
        "2015-08-22T10:08:59",
        4,
        ("sea", "Köln"),
    )


def test_the_best_date_of_all_is_taken() -> None:
    """Photoshop's time of saving, and a scanner's, come behind what a person said of an old photo."""
    block = Image.Exif()
    block[0x0132] = "2016:01:02 03:04:05"
    made = jpeg(data(((2, 55), b"19870605")))
    segment = made[2 : 4 + struct.unpack(">H", made[4:6])[0]]
    whole = pictures.encoded(PICTURE, exif=block.tobytes())
    assert of_photo(whole).facts.taken_at == "2016-01-02T03:04:05"
    assert of_photo(whole[:2] + segment + whole[2:]).facts.taken_at == "1987-06-05"


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def test_text_behind_a_pngs_pixels_is_read() -> None:
    png = pictures.encoded(PICTURE, "PNG")
    late = png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + xmp('xmp:Rating="4"').encode())
    assert of_photo(png[:-12] + late + png[-12:]).facts.rating == 4


@pytest.mark.parametrize("kind", [b"zTXt", b"iTXt"])
def test_a_text_that_swells_is_refused(kind: bytes) -> None:
    png, bomb = pictures.encoded(PICTURE, "PNG"), zlib.compress(bytes(100_000_000), 9)
    head = b"a\0\0" if kind == b"zTXt" else b"XML:com.adobe.xmp\0\1\0\0\0"
    found = of_photo(png[:33] + png_chunk(kind, head + bomb) + png[33:])
    assert found.facts == Facts() and [each.about for each in found.unread] == ["all"]


def test_what_a_png_says_beside_a_text_that_is_too_long_is_still_read() -> None:
    made = Image.Exif()
    made.get_ifd(0x8769)[0x9003] = "2015:08:22 10:08:59"
    png, bomb = (
        pictures.encoded(PICTURE, "PNG", exif=made.tobytes()),
        zlib.compress(bytes(100_000_000), 9),
    )
    assert of_photo(png).unread == ()
    found = of_photo(png[:33] + png_chunk(b"zTXt", b"a\0\0" + bomb) + png[33:])
    assert found.facts.taken_at == "2015-08-22T10:08:59" and [
        each.about for each in found.unread
    ] == ["all"]


def test_only_a_pngs_pixels_are_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """A JPEG that is cut off in its pixels says all that it says in front of them."""
    cut = pictures.encoded(PICTURE, xmp=xmp('xmp:Rating="4"').encode())
    assert of_photo(cut[: len(cut) - 200]).facts.rating == 4
    assert of_photo(cut[: len(cut) - 200]).unread == ()


@pytest.mark.parametrize("made", [b"", b"no photo", PLAIN[:30], b"\0" * 50])
def test_what_is_no_photo_is_unread(made: bytes) -> None:
    assert [each.about for each in of_photo(made).unread] == ["all"]


def test_memory_that_runs_out_is_not_the_photos_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: bytes) -> None:
        raise MemoryError

    monkeypatch.setattr("explorer.photos.decode._open", full)
    with pytest.raises(MemoryError):
        of_photo(PLAIN)


# --- files


def test_only_what_is_not_there_is_absent(tmp_path: Path) -> None:
    assert (
        contents(str(tmp_path / "no.xmp")) is None
        and contents(str(tmp_path / "no" / "a.xmp")) is None
    )
    (tmp_path / "a.xmp").write_bytes(b"x")
    assert (
        contents(str(tmp_path / "a.xmp")) == b"x"
        and contents(str(tmp_path / "a.xmp" / "b")) is None
    )
    (tmp_path / "link.xmp").symlink_to("nowhere")
    (tmp_path / "loop.xmp").symlink_to("loop.xmp")
    (tmp_path / "folder.xmp").mkdir()
    for name in ("link.xmp", "loop.xmp", "folder.xmp", "x" * 300):
        with pytest.raises(PhotoError):
            contents(str(tmp_path / name))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no such pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.xmp")
    with pytest.raises(PhotoError):
        contents(str(tmp_path / "a.xmp"))


def test_files_beside_a_photo(pair: tuple[Path, Path]) -> None:
    gone, _ = pair
    paths = [
        gone.with_name(name) for name in ("gone.jpg.xmp", "gone.xmp", "gone.jpg.JSON", "absent.xmp")
    ]
    paths[0].write_text(xmp('xmp:Rating="4"'))
    paths[1].write_text(xmp('xmp:Rating="2" exif:DateTimeOriginal="2015"'))
    paths[2].write_text(json.dumps({"geoData": {"latitude": 1, "longitude": 2}}))
    found = of_files(str(gone), [str(path) for path in paths])
    assert found.facts == Facts("2015", (1, 2), 4) and found.unread == ()
    paths[0].write_text("no xml")
    paths[2].write_text("no json")
    found = of_files(str(gone), [str(path) for path in paths])
    assert [(Path(each.path).name, each.about) for each in found.unread] == [
        ("gone.jpg.xmp", "all"),
        ("gone.jpg.JSON", "all"),
    ]
    assert [each.what.split(":")[0] for each in found.unread] == ["gone.jpg.xmp", "gone.jpg.JSON"]


def test_a_long_json_is_not_read(pair: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    export = pair[0].with_name("gone.jpg.json")
    export.write_text(json.dumps({"geoData": {"latitude": 1, "longitude": 2}}))
    size = export.stat().st_size
    monkeypatch.setattr(collect, "_LARGEST_JSON", size)
    assert of_files(str(pair[0]), [str(export)]).facts.place == (1, 2)
    monkeypatch.setattr(collect, "_LARGEST_JSON", size - 1)
    assert [each.about for each in of_files(str(pair[0]), [str(export)]).unread] == ["all"]


# --- two photos


def test_nothing_is_missing(pair: tuple[Path, Path]) -> None:
    assert merge(pair) == merge(pair, same=True) == Merged()
    (pair[0].parent / "gone.xmp").write_text(xmp('xmp:Rating="4"'))
    (pair[0].parent / "kept.xmp").write_text(xmp('xmp:Rating="2"'))
    assert merge(pair) == Merged()


def test_what_is_missing_is_added(pair: tuple[Path, Path]) -> None:
    (pair[0].parent / "gone.xmp").write_text(
        xmp('xmp:Rating="4" exif:DateTimeOriginal="1987-06-05"')
    )
    assert merge(pair).before is None and said(pair) == Facts("1987-06-05", rating=4)
    sidecar = pair[1].with_name("kept.jpg.xmp")
    sidecar.write_text(xmp('xmp:Rating="2" darktable:flag="on"'))
    found = merge(pair)
    assert (
        found.before == sidecar.read_bytes()
        and found.after is not None
        and b"darktable:flag" in found.after
    )
    assert said(pair) == Facts("1987-06-05", rating=2)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("gone.xmp", "no xml"), ("gone.jpg.json", "{"), ("gone.xmp", xmp('xmp:Rating="good"')),
        ("gone.xmp", xmp('exif:DateTimeOriginal="once"')),
        ("gone.jpg.json", '{"geoData": "Paris"}'), ("gone.jpg", "no photo"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_keeps_its_carrier(
    pair: tuple[Path, Path], name: str, text: str
) -> None:
    (pair[0].parent / name).write_text(text)
    found = merge(pair)
    assert found.after is None and name in found.refused and "would be lost" in found.refused


def test_what_the_kept_one_says_itself_is_no_loss(pair: tuple[Path, Path]) -> None:
    (pair[0].parent / "gone.xmp").write_text(xmp('xmp:Rating="good"'))
    (pair[0].parent / "kept.xmp").write_text(xmp('xmp:Rating="3"'))
    assert merge(pair) == Merged()


def test_only_some_of_many_are_told(pair: tuple[Path, Path]) -> None:
    for number in range(5):
        (pair[0].parent / f"gone{number}.xmp").write_text("no xml")
    text = merge(pair).refused
    assert text.count("it is no XMP") == 3 and text.endswith("; and 2 more")
    (pair[0].parent / "gone4.xmp").unlink()
    (pair[0].parent / "gone3.xmp").unlink()
    assert merge(pair).refused.count("it is no XMP") == 3 and "more" not in merge(pair).refused


@pytest.mark.parametrize("text", ["", "no xml", "<a/>", '<!DOCTYPE x [<!ENTITY e "e">]>' + xmp()])
def test_a_kept_sidecar_that_is_not_understood_stops_it(pair: tuple[Path, Path], text: str) -> None:
    (pair[0].parent / "gone.xmp").write_text(xmp('xmp:Rating="4"'))
    pair[1].with_name("kept.jpg.xmp").write_text(text)
    found = merge(pair)
    assert found.after is None and "kept.jpg.xmp cannot be added to" in found.refused
    (pair[0].parent / "gone.xmp").unlink()
    assert merge(pair) == Merged()


def test_a_kept_sidecar_that_cannot_be_opened_stops_it(pair: tuple[Path, Path]) -> None:
    (pair[0].parent / "gone.xmp").write_text(xmp('xmp:Rating="4"'))
    pair[1].with_name("kept.jpg.xmp").mkdir()
    found = merge(pair)
    assert (
        found.after is None and "kept.jpg.xmp, cannot be added to: it is a folder" in found.refused
    )


def test_an_unreadable_fact_of_the_kept_sidecar_is_not_replaced(pair: tuple[Path, Path]) -> None:
    (pair[0].parent / "gone.xmp").write_text(xmp('xmp:Rating="4" exif:DateTimeOriginal="2015"'))
    sidecar = pair[1].with_name("kept.jpg.xmp")
    for attributes in ('xmp:Rating="good"', 'exif:DateTimeOriginal="once"'):
        sidecar.write_text(xmp(attributes))
        assert "says something else" in merge(pair).refused
    sidecar.write_text(xmp('exif:GPSLatitude="48"'))
    assert said(pair).rating == 4
    # In the photo itself it stays as it is.
    sidecar.unlink()
    pair[1].write_bytes(pictures.encoded(PICTURE, xmp=xmp('xmp:Rating="good"').encode()))
    assert said(pair).rating == 4


def test_a_sidecar_of_the_same_photo_holds_word_for_word(pair: tuple[Path, Path]) -> None:
    gone, kept = pair
    kept.write_bytes(PLAIN)
    words = xmp('darktable:flag="on"').encode() + b"\n<!-- mine -->"
    gone.with_name("gone.xmp").write_bytes(words)
    assert merge(pair, same=True) == Merged(after=words)
    assert merge(pair) == Merged()
    # Only sidecars that are there count, and nothing else that is.
    kept.with_name("kept.jpg.json").write_text("{}")
    absent, export = str(kept) + ".xmp", str(kept) + ".json"
    beside = [str(gone.with_name("absent.xmp")), str(gone.with_name("gone.xmp"))]
    assert merged(str(gone), beside, str(kept), [absent, export], absent, same=True) == Merged(
        after=words
    )
    # What an export says comes on top.
    gone.with_name("gone.jpg.json").write_text(
        json.dumps({"geoData": {"latitude": 1, "longitude": 2}})
    )
    found = merge(pair, same=True)
    assert (
        found.before is None
        and found.after is not None
        and b"darktable:flag" in found.after
        and read(found.after).facts.place == (1, 2)
    )
    # Where the kept one has a sidecar of its own, only facts are added to it.
    kept.with_name("kept.xmp").write_text(xmp())
    found = merge(pair, same=True)
    assert found.after is not None and b"darktable:flag" not in found.after


def test_an_unreadable_sidecar_of_the_same_photo_is_copied_too(pair: tuple[Path, Path]) -> None:
    gone, kept = pair
    kept.write_bytes(PLAIN)
    gone.with_name("gone.xmp").write_bytes(b"a format of its own")
    assert merge(pair, same=True) == Merged(after=b"a format of its own")
    gone.with_name("gone.jpg.json").write_text(
        json.dumps({"geoData": {"latitude": 1, "longitude": 2}})
    )
    assert "gone.xmp cannot be added to" in merge(pair, same=True).refused
    gone.with_name("gone.jpg.json").write_text("{")
    assert "gone.jpg.json" in merge(pair, same=True).refused


def test_an_empty_or_closed_sidecar_is_no_sidecar_to_copy(pair: tuple[Path, Path]) -> None:
    gone, kept = pair
    kept.write_bytes(PLAIN)
    gone.with_name("gone.jpg.xmp").write_bytes(b"")
    gone.with_name("gone.xmp").write_text(xmp())
    assert merge(pair, same=True).after == xmp().encode()
    gone.with_name("gone.jpg.xmp").unlink()
    gone.with_name("gone.jpg.xmp").mkdir()
    assert "gone.jpg.xmp" in merge(pair, same=True).refused


def test_what_the_same_bytes_hold_is_not_lost(pair: tuple[Path, Path]) -> None:
    both = pictures.encoded(PICTURE, xmp=b"no xml")
    for path in pair:
        path.write_bytes(both)
    assert merge(pair, same=True) == Merged()
    assert "gone.jpg: its XMP data" in merge(pair).refused


def test_what_would_not_be_read_again_is_not_written(
    pair: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    (pair[0].parent / "gone.xmp").write_text(xmp('xmp:Rating="4"'))
    monkeypatch.setattr(collect, "with_facts", lambda before, facts: xmp().encode())
    assert "cannot be written" in merge(pair).refused


def test_as_an_answer(pair: tuple[Path, Path]) -> None:
    gone, kept = pair
    sidecar, target = gone.with_name("gone.xmp"), kept.with_name("kept.jpg.xmp")
    sidecar.write_text(xmp('xmp:Rating="4"'))

    def ask() -> tuple[dict[str, Any], bytes]:
        paths = {
            name: os.fsencode(path).hex()
            for name, path in (("gone", gone), ("keeper", kept), ("target", target))
        }
        beside = {
            "gone_beside": [os.fsencode(sidecar).hex()],
            "keeper_beside": [os.fsencode(target).hex()],
        }
        return collect.answer({**paths, **beside, "same": False})

    head, body = ask()
    assert head == {"before": None, "after": True, "refused": ""} and read(body).facts.rating == 4
    target.write_text(xmp())
    head, body = ask()
    assert head == {"before": len(xmp()), "after": True, "refused": ""}
    assert body[: len(xmp())] == xmp().encode() and read(body[len(xmp()) :]).facts.rating == 4
    sidecar.write_text("no xml")
    head, body = ask()
    assert head["refused"].startswith("what only it may know") and (
        head["before"],
        head["after"],
        body,
    ) == (None, False, b"")
