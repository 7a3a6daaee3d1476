from __future__ import annotations

import unicodedata

import pytest

from explorer.library.system_folders import (
    is_derived,
    kind_of,
    system_folder_of_file,
    system_folder_of_folder,
)

UUID = "0a1b2c3d-0a1b-4a1b-8a1b-0a1b2c3d4e5f"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("$RECYCLE.BIN", "a bin"), ("$Recycle.Bin", "a bin"), ("RECYCLER", "a bin"), ("Recycled",
        "a bin"), ("#recycle", "a bin"),
        ("@Recycle", "a bin"), (".Trash-1000", "a bin"), (".Trashes", "a bin"),
        ("Network Recycle Bin 1", "a bin"), (".dtrash", "a bin"),
        ("Network Trash Folder", "a bin"), (".photo-explorer-removed", "a bin"), ("files_trashbin",
        "a bin"), ("trashbox", "a bin"),
        ("#snapshot", "a snapshot"), ("@Recently-Snapshot", "a snapshot"),
        (".snapshots", "a snapshot"), (".snapshot", "a snapshot"),
        (".zfs", "a snapshot"), ("~snapshot", "a snapshot"),
        ("@GMT-2024.01.02-03.04.05", "a snapshot"), ("Windows.old", "a snapshot"),
        ("Windows.old(1)", "a snapshot"), ("Windows.old.000", "a snapshot"), ("Backups.backupdb",
        "a snapshot"),
        ("Mac.sparsebundle", "a snapshot"),
        ("@eaDir", "thumbnails"), ("@EADIR", "thumbnails"), ("@__thumb", "thumbnails"),
        (".@__thumb", "thumbnails"),
        (".thumbnails", "thumbnails"), ("appdata_ocabc123", "thumbnails"),
        ("FOUND.000", "the system's own folder"), ("found.123", "the system's own folder"),
        ("lost+found", "the system's own folder"),
        ("System Volume Information", "the system's own folder"),
        ("__MACOSX", "the system's own folder"),
        ("Photos Library.photoslibrary", "another program's own store"), ("X.PHOTOSLIBRARY",
        "another program's own store"),
        ("Fotos-Mediathek é.photoslibrary", "another program's own store"), ("a.aplibrary",
        "another program's own store"),
        ("a.migratedphotolibrary", "another program's own store"),
        ("iPhoto.photolibrary", "another program's own store"),
        ("Catalog Previews.lrdata", "another program's own store"),
        ("L.lrlibrary", "another program's own store"),
        ("C1.cocatalog", "another program's own store"),
    ],
)  # fmt: skip
def test_system_and_program_folders_are_recognized(name: str, kind: str) -> None:
    for spelled in (name, name.upper(), name.lower(), unicodedata.normalize("NFD", name)):
        assert kind_of([spelled]) == kind
        assert kind_of(["Photos", "2020", spelled]) == kind
        description = f"“{spelled}”, which is {kind}"
        assert (
            system_folder_of_file(f"/mnt/x/{spelled}/S-1-5-21/$R1A2B3C.jpg")
            == system_folder_of_file(f"{spelled}/a.jpg")
            == description
        )
        assert (
            system_folder_of_folder(f"a/{spelled}")
            == system_folder_of_folder(f"{spelled}/")
            == system_folder_of_folder(f"{spelled}/b/c")
            == description
        )
        assert system_folder_of_file(f"a/{spelled}") is None
        # Above a folder, it says nothing of that folder's own name.
        assert kind_of([spelled, "x"]) is None


@pytest.mark.parametrize(
    "path",
    [
        "Recycled"
        " art/a.jpg", "My recycler/a.jpg", "snapshot 2019/a.jpg", "Snapshots/a.jpg",
        "snapshot/a.jpg", "recycle/a.jpg",
        "$RECYCLE.BIN"
        " 2/a.jpg", "photoslibrary/a.jpg", ".photoslibrary/a.jpg", "lrdata/a.jpg",
        "my.lrdata.bak/a.jpg", "FOUND.00/a.jpg",
        "FOUND.0000/a.jpg", "found/a.jpg", "thumbs/a.jpg", "thumbs/2019/a.jpg", "profile/a.jpg",
        "encoded-video/a.jpg", "@home/a.jpg",
        "Trash/a.jpg", "Windows/a.jpg", "Windows.older/a.jpg", "share/Trash/a.jpg",
        "snapshots/a.jpg", "thumbnails/a.jpg",
        "timeshift/a.jpg", "cache/a.jpg", "#1/a.jpg", "@GMT/a.jpg", "appdata/a.jpg", "a.jpg",
        "/a.jpg", "", "/", "sparsebundle/a.jpg",
        f"{UUID}/a.jpg", f"x/thumbs/{UUID[1:]}/a.jpg", "a\\\\@eaDir.jpg", ".hidden/a.jpg",
    ],
)  # fmt: skip
def test_ordinary_folders_are_not_system_folders(path: str) -> None:
    assert system_folder_of_file(path) is None
    assert system_folder_of_folder(path) is None


def test_some_names_count_only_in_a_certain_folder() -> None:
    assert (
        kind_of(["upload", "thumbs", UUID]) == "thumbnails"
        and kind_of(["encoded-video", UUID.upper()]) == "thumbnails"
    )
    assert (
        kind_of(["albums", UUID]) is None
        and system_folder_of_folder(f"thumbs/{UUID}") == f"“{UUID}”, which is thumbnails"
    )
    assert (
        system_folder_of_file(f"/srv/immich/thumbs/{UUID}/0a/1b/{UUID}-preview.jpeg")
        == f"“{UUID}”, which is thumbnails"
    )
    assert (
        system_folder_of_file("/home/x/.local/share/Trash/files/a.jpg") == "“Trash”, which is a bin"
    )
    assert (
        system_folder_of_file("/mnt/timeshift/snapshots/2020/home/a.jpg")
        == "“snapshots”, which is a snapshot"
    )
    assert (
        system_folder_of_file("photoprism/Cache/Thumbnails/0/a.jpg")
        == "“Thumbnails”, which is thumbnails"
    )


def test_the_outermost_system_folder_is_named_at_any_depth() -> None:
    assert system_folder_of_file("#snapshot/@Recycle/a.jpg") == "“#snapshot”, which is a snapshot"
    assert system_folder_of_file("a/" * 3000 + "@Recycle/a.jpg") == "“@Recycle”, which is a bin"
    assert system_folder_of_file("a/" * 3000 + "a.jpg") is None


@pytest.mark.parametrize(
    ("path", "derived"),
    [
        ("Family.photoslibrary/resources", True),
        ("Pictures/Family.PhotosLibrary/Previews", True),
        ("Old.aplibrary/Thumbnails", True),
        ("Family.photoslibrary/originals", False),
        ("Pictures/Old.aplibrary/Masters", False),
        ("Family.photoslibrary/originals/0", False),
        ("Family.photoslibrary", False),
        ("Pictures/resources", False),
    ],
)
def test_only_originals_of_a_photo_package_are_not_derived(path: str, derived: bool) -> None:
    """A person who adds such a package wants its originals, and none of the previews beside."""
    assert is_derived(path.split("/")) == derived
