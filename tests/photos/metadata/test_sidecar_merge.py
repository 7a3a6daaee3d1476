from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from explorer.photos.metadata import sidecar_merge
from explorer.photos.metadata.fields import MetadataFields
from explorer.photos.metadata.sidecar_merge import MergedSidecar, merge_sidecars
from explorer.photos.metadata.xmp import read_fields
from tests import pictures
from tests.photos.metadata.packets import xmp

PICTURE = pictures.draw(1, (64, 48))
PLAIN = pictures.encoded(PICTURE)


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    """A photo that goes, and the one that is kept."""
    (tmp_path / "gone.jpg").write_bytes(PLAIN)
    (tmp_path / "kept.jpg").write_bytes(pictures.encoded(PICTURE, quality=95))
    return tmp_path / "gone.jpg", tmp_path / "kept.jpg"


def merge(
    pair: tuple[Path, Path], *, same: bool = False, target: Path | None = None
) -> MergedSidecar:
    """With everything of those names that lies beside the two."""
    gone, kept = pair

    def beside(photo: Path) -> list[str]:
        return sorted(
            str(each)
            for each in photo.parent.iterdir()
            if each.name.startswith(photo.stem) and each != photo
        )

    return merge_sidecars(
        str(gone),
        beside(gone),
        str(kept),
        beside(kept),
        str(target or kept) + ("" if target else ".xmp"),
        same_bytes=same,
    )


def fields_after(pair: tuple[Path, Path], **facts: Any) -> MetadataFields:
    found = merge(pair, **facts)
    assert not found.refused and found.after is not None, found
    return read_fields(found.after).fields


# --- two photos


def test_without_missing_fields_nothing_is_written(pair: tuple[Path, Path]) -> None:
    assert merge(pair) == merge(pair, same=True) == MergedSidecar()
    (pair[0].parent / "gone.xmp").write_text(xmp('xmp:Rating="4"'))
    (pair[0].parent / "kept.xmp").write_text(xmp('xmp:Rating="2"'))
    assert merge(pair) == MergedSidecar()


def test_missing_fields_are_added(pair: tuple[Path, Path]) -> None:
    (pair[0].parent / "gone.xmp").write_text(
        xmp('xmp:Rating="4" exif:DateTimeOriginal="1987-06-05"')
    )
    assert merge(pair).before is None and fields_after(pair) == MetadataFields(
        "1987-06-05", rating=4
    )
    sidecar = pair[1].with_name("kept.jpg.xmp")
    sidecar.write_text(xmp('xmp:Rating="2" darktable:flag="on"'))
    found = merge(pair)
    assert (
        found.before == sidecar.read_bytes()
        and found.after is not None
        and b"darktable:flag" in found.after
    )
    assert fields_after(pair) == MetadataFields("1987-06-05", rating=2)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("gone.xmp", "no xml"),
        ("gone.jpg.json", "{"),
        ("gone.xmp", xmp('xmp:Rating="good"')),
        ("gone.xmp", xmp('exif:DateTimeOriginal="once"')),
        ("gone.jpg.json", '{"geoData": "Paris"}'),
        ("gone.jpg", "no photo"),
    ],
)
def test_an_unreadable_field_prevents_the_removal(
    pair: tuple[Path, Path], name: str, text: str
) -> None:
    (pair[0].parent / name).write_text(text)
    found = merge(pair)
    assert found.after is None and name in found.refused and "would be lost" in found.refused


def test_an_unreadable_field_that_the_kept_photo_has_is_no_loss(pair: tuple[Path, Path]) -> None:
    (pair[0].parent / "gone.xmp").write_text(xmp('xmp:Rating="good"'))
    (pair[0].parent / "kept.xmp").write_text(xmp('xmp:Rating="3"'))
    assert merge(pair) == MergedSidecar()


def test_a_message_names_three_unreadable_fields_at_most(pair: tuple[Path, Path]) -> None:
    for number in range(5):
        (pair[0].parent / f"gone{number}.xmp").write_text("no xml")
    text = merge(pair).refused
    assert text.count("it is not XMP") == 3 and text.endswith("; and 2 more")
    (pair[0].parent / "gone4.xmp").unlink()
    (pair[0].parent / "gone3.xmp").unlink()
    assert merge(pair).refused.count("it is not XMP") == 3 and "more" not in merge(pair).refused


@pytest.mark.parametrize("text", ["", "no xml", "<a/>", '<!DOCTYPE x [<!ENTITY e "e">]>' + xmp()])
def test_a_malformed_kept_sidecar_prevents_the_removal(pair: tuple[Path, Path], text: str) -> None:
    (pair[0].parent / "gone.xmp").write_text(xmp('xmp:Rating="4"'))
    pair[1].with_name("kept.jpg.xmp").write_text(text)
    found = merge(pair)
    assert found.after is None and "kept.jpg.xmp cannot be updated" in found.refused
    (pair[0].parent / "gone.xmp").unlink()
    assert merge(pair) == MergedSidecar()


def test_a_kept_sidecar_that_cannot_be_opened_prevents_the_removal(pair: tuple[Path, Path]) -> None:
    (pair[0].parent / "gone.xmp").write_text(xmp('xmp:Rating="4"'))
    pair[1].with_name("kept.jpg.xmp").mkdir()
    found = merge(pair)
    assert (
        found.after is None and "kept.jpg.xmp, cannot be updated: it is a folder" in found.refused
    )


def test_an_unreadable_field_of_the_kept_sidecar_is_not_replaced(pair: tuple[Path, Path]) -> None:
    (pair[0].parent / "gone.xmp").write_text(xmp('xmp:Rating="4" exif:DateTimeOriginal="2015"'))
    sidecar = pair[1].with_name("kept.jpg.xmp")
    for attributes in ('xmp:Rating="good"', 'exif:DateTimeOriginal="once"'):
        sidecar.write_text(xmp(attributes))
        assert "has another value" in merge(pair).refused
    sidecar.write_text(xmp('exif:GPSLatitude="48"'))
    assert fields_after(pair).rating == 4
    # In the photo itself it stays as it is.
    sidecar.unlink()
    pair[1].write_bytes(pictures.encoded(PICTURE, xmp=xmp('xmp:Rating="good"').encode()))
    assert fields_after(pair).rating == 4


def test_a_sidecar_is_inherited_word_for_word_by_a_copy_with_the_same_bytes(
    pair: tuple[Path, Path],
) -> None:
    gone, kept = pair
    kept.write_bytes(PLAIN)
    words = xmp('darktable:flag="on"').encode() + b"\n<!-- mine -->"
    gone.with_name("gone.xmp").write_bytes(words)
    assert merge(pair, same=True) == MergedSidecar(after=words)
    assert merge(pair) == MergedSidecar()
    # Only sidecars that are there count, and nothing else that is.
    kept.with_name("kept.jpg.json").write_text("{}")
    absent, export = str(kept) + ".xmp", str(kept) + ".json"
    beside = [str(gone.with_name("absent.xmp")), str(gone.with_name("gone.xmp"))]
    assert merge_sidecars(
        str(gone), beside, str(kept), [absent, export], absent, same_bytes=True
    ) == MergedSidecar(after=words)
    # What an export says comes on top.
    gone.with_name("gone.jpg.json").write_text(
        json.dumps({"geoData": {"latitude": 1, "longitude": 2}})
    )
    found = merge(pair, same=True)
    assert (
        found.before is None
        and found.after is not None
        and b"darktable:flag" in found.after
        and read_fields(found.after).fields.place == (1, 2)
    )
    # Where the kept one has a sidecar of its own, only facts are added to it.
    kept.with_name("kept.xmp").write_text(xmp())
    found = merge(pair, same=True)
    assert found.after is not None and b"darktable:flag" not in found.after


def test_an_unreadable_sidecar_is_inherited_too(pair: tuple[Path, Path]) -> None:
    gone, kept = pair
    kept.write_bytes(PLAIN)
    gone.with_name("gone.xmp").write_bytes(b"a format of its own")
    assert merge(pair, same=True) == MergedSidecar(after=b"a format of its own")
    gone.with_name("gone.jpg.json").write_text(
        json.dumps({"geoData": {"latitude": 1, "longitude": 2}})
    )
    assert "gone.xmp cannot be updated" in merge(pair, same=True).refused
    gone.with_name("gone.jpg.json").write_text("{")
    assert "gone.jpg.json" in merge(pair, same=True).refused


def test_an_empty_or_unopenable_sidecar_is_not_inherited(pair: tuple[Path, Path]) -> None:
    gone, kept = pair
    kept.write_bytes(PLAIN)
    gone.with_name("gone.jpg.xmp").write_bytes(b"")
    gone.with_name("gone.xmp").write_text(xmp())
    assert merge(pair, same=True).after == xmp().encode()
    gone.with_name("gone.jpg.xmp").unlink()
    gone.with_name("gone.jpg.xmp").mkdir()
    assert "gone.jpg.xmp" in merge(pair, same=True).refused


def test_metadata_within_the_same_bytes_is_not_lost(pair: tuple[Path, Path]) -> None:
    both = pictures.encoded(PICTURE, xmp=b"no xml")
    for path in pair:
        path.write_bytes(both)
    assert merge(pair, same=True) == MergedSidecar()
    assert "gone.jpg: its XMP data" in merge(pair).refused


def test_a_sidecar_that_would_not_read_back_is_not_written(
    pair: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    (pair[0].parent / "gone.xmp").write_text(xmp('xmp:Rating="4"'))
    monkeypatch.setattr(sidecar_merge, "update_sidecar", lambda before, fields: xmp().encode())
    assert "cannot be written" in merge(pair).refused


def test_requests_from_another_process_are_answered(pair: tuple[Path, Path]) -> None:
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
        return sidecar_merge.answer_request({**paths, **beside, "same": False, "edits": []})

    head, body = ask()
    assert (
        head == {"before": None, "after": True, "refused": ""}
        and read_fields(body).fields.rating == 4
    )
    target.write_text(xmp())
    head, body = ask()
    assert head == {"before": len(xmp()), "after": True, "refused": ""}
    assert (
        body[: len(xmp())] == xmp().encode() and read_fields(body[len(xmp()) :]).fields.rating == 4
    )
    sidecar.write_text("no xml")
    head, body = ask()
    assert head["refused"].startswith("metadata that only it may have") and (
        head["before"],
        head["after"],
        body,
    ) == (None, False, b"")
