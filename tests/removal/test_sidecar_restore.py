"""Undoing what a removal wrote to a sidecar."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import Any

import pytest

from explorer.removal import part_files
from explorer.removal.sidecar_restore import delete_left_part, has_changed, restore_sidecar
from explorer.removal.sidecar_writer import write
from tests.fixtures.small_library import hash_of
from tests.removal.test_metadata_merger import merged_at, names, note_path


def test_a_new_sidecar_is_deleted_and_an_old_one_restored(
    sidecar_file: Path, keeper_photo: str
) -> None:
    merged = merged_at(sidecar_file)
    note = note_path(merged)
    write(note, merged, keeper_photo)
    assert restore_sidecar(note, keeper_photo) == "" and names(sidecar_file) == {"a.jpg"}
    sidecar_file.write_bytes(b"old")
    os.utime(sidecar_file, ns=(1_500_000_000_000_000_000, 1_500_000_001_000_000_000))
    merged = merged_at(sidecar_file)
    note = note_path(merged)
    write(note, merged, keeper_photo)
    assert restore_sidecar(note, keeper_photo) == "" and sidecar_file.read_bytes() == b"old"
    assert sidecar_file.stat().st_mtime_ns == 1_500_000_001_000_000_000 and names(sidecar_file) == {
        "a.jpg",
        "a.jpg.xmp",
    }


@pytest.mark.parametrize("old", [None, b"old"])
def test_a_sidecar_changed_since_is_kept(
    sidecar_file: Path, keeper_photo: str, old: bytes | None
) -> None:
    if old:
        sidecar_file.write_bytes(old)
    merged = merged_at(sidecar_file)
    note = note_path(merged)
    write(note, merged, keeper_photo)
    sidecar_file.write_bytes(b"new, and edited")
    assert (
        restore_sidecar(note, keeper_photo)
        == "the sidecar a.jpg.xmp has changed since, and was left as it is"
    )
    assert sidecar_file.read_bytes() == b"new, and edited"


@pytest.mark.parametrize("spelled", ["IMG_1.JPG", "img_1.jpg"])
def test_capitals_in_the_name_of_a_photo_do_not_matter(tmp_path: Path, spelled: str) -> None:
    """Cameras write them, and where case does not matter, a journal may spell them otherwise."""
    sidecar = tmp_path / "IMG_1.JPG.xmp"
    (tmp_path / "IMG_1.JPG").write_bytes(b"photo")
    merged = merged_at(sidecar)
    note = note_path(merged)
    write(note, merged, str(tmp_path / "IMG_1.JPG"))
    assert restore_sidecar(note, str(tmp_path / spelled)) == ""
    assert names(sidecar) == {"IMG_1.JPG"}


def test_a_sidecar_never_written_is_not_reported(sidecar_file: Path, keeper_photo: str) -> None:
    sidecar_file.write_bytes(b"old")
    note = note_path(merged_at(sidecar_file))
    Path(note["part"]).write_bytes(b"ha")
    assert (
        restore_sidecar(note, keeper_photo) == ""
        and sidecar_file.read_bytes() == b"old"
        and names(sidecar_file) == {"a.jpg", "a.jpg.xmp"}
    )
    sidecar_file.unlink()
    assert (
        restore_sidecar(note, keeper_photo) == ""
        and restore_sidecar(note | {"before": None}, keeper_photo) == ""
    )


@pytest.mark.parametrize(
    "name",
    ["a.jpg", ".a.jpg.xmp.part", "photo-explorer-0123456789abcdef.part", "sub/{ours}", "x{ours}"],
)
def test_only_a_part_file_of_our_own_beside_the_sidecar_is_deleted(
    sidecar_file: Path, keeper_photo: str, name: str
) -> None:
    """A journal may name anything."""
    note = note_path(merged_at(sidecar_file))
    theirs = sidecar_file.parent / name.format(ours=Path(note["part"]).name)
    theirs.parent.mkdir(exist_ok=True)
    theirs.write_bytes(b"theirs")
    delete_left_part(note | {"part": str(theirs)})
    assert theirs.read_bytes() == b"theirs"
    Path(note["part"]).write_bytes(b"ours")
    delete_left_part(note)
    delete_left_part(note)
    assert not Path(note["part"]).exists() and theirs.exists()


def test_an_unreadable_sidecar_is_kept(sidecar_file: Path, keeper_photo: str) -> None:
    merged = merged_at(sidecar_file)
    note = note_path(merged)
    sidecar_file.mkdir()
    assert restore_sidecar(note, keeper_photo).startswith(
        "the sidecar a.jpg.xmp could not be restored: "
    )
    assert sidecar_file.is_dir()


def test_a_concurrent_change_is_kept(
    sidecar_file: Path, keeper_photo: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sidecar_file.write_bytes(b"old")
    merged = merged_at(sidecar_file)
    note = note_path(merged)
    write(note, merged, keeper_photo)
    create = part_files.create_file

    def late(part: str, fill: Any) -> None:
        create(part, fill)
        sidecar_file.write_bytes(b"another's")

    monkeypatch.setattr(part_files, "create_file", late)
    assert (
        "has changed since" in restore_sidecar(note, keeper_photo)
        and sidecar_file.read_bytes() == b"another's"
    )


def test_an_entry_for_any_other_file_is_ignored(
    sidecar_file: Path, keeper_photo: str, tmp_path: Path
) -> None:
    merged = merged_at(sidecar_file)
    note = note_path(merged)
    write(note, merged, keeper_photo)
    victim = tmp_path / "victim"
    victim.write_bytes(b"new")
    for wrong, keeper in (
        (note | {"path": str(victim)}, keeper_photo),
        (note, str(tmp_path / "b.jpg")),
        (note, None),
        (None, keeper_photo),
    ):
        assert restore_sidecar(wrong, keeper) == ""
    assert victim.exists() and sidecar_file.exists()
    elsewhere = tmp_path / "deep" / "file"
    elsewhere.parent.mkdir()
    elsewhere.write_bytes(b"x")
    assert (
        restore_sidecar(note | {"part": str(elsewhere)}, keeper_photo) == ""
        and elsewhere.exists()
        and not sidecar_file.exists()
    )


def test_entries_of_older_versions_are_read(sidecar_file: Path, keeper_photo: str) -> None:
    sidecar_file.write_bytes(b"new")
    old = {
        "path": str(sidecar_file),
        "before": base64.b64encode(b"old").decode(),
        "after": hash_of(b"new"),
        "times": [10**18, 10**18],
    }
    assert restore_sidecar(old, keeper_photo) == "" and sidecar_file.read_bytes() == b"old"


@pytest.mark.parametrize("old", [None, b"old"])
def test_a_sidecar_has_changed_if_it_has_neither_content(
    sidecar_file: Path, keeper_photo: str, old: bytes | None
) -> None:
    if old is not None:
        sidecar_file.write_bytes(old)
    merged = merged_at(sidecar_file)
    note = note_path(merged)
    assert not has_changed(note)
    write(note, merged, keeper_photo)
    assert not has_changed(note)
    sidecar_file.write_bytes(b"another's")
    assert has_changed(note)
    sidecar_file.write_bytes(b"old")
    assert has_changed(note) is (old is None)
    # It is not there, or cannot be read.
    sidecar_file.unlink()
    assert not has_changed(note)
    sidecar_file.mkdir()
    assert not has_changed(note)
