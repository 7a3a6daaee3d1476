"""Where removed files are to go: nothing is taken that is there, and no folder is chosen in which
photos would be found again."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from explorer.library.paths import inside
from explorer.removal import destinations, file_identity, trash
from explorer.removal.checked_files import CheckedFile, CheckedPhoto, RemovalRefused
from explorer.removal.destinations import Destination, Destinations
from explorer.removal.file_state import FileStamp
from explorer.removal.results import TRASH
from explorer.removal.trash import TrashEntry


class DestinationSetup:
    """A watched folder `photos`, a library, and what was remembered for undo."""

    def __init__(self, base: Path, patch: pytest.MonkeyPatch) -> None:
        self.base, self.remembered = base, list[str]()
        for name in ("photos/sub", "library"):
            (base / name).mkdir(parents=True)
        patch.setattr(destinations, "remember_removal_folder", self._remember)

    def _remember(self, catalog: str, journal: str, folder: str) -> None:
        assert (catalog, journal) == ("catalog", "journal")
        self.remembered.append(folder)

    def open(self, to: str) -> Destinations:
        library: Any = SimpleNamespace(dir=self.base / "library", catalog="catalog")
        photos = str(self.base / "photos")
        check: Any = SimpleNamespace(
            folders=lambda: [photos],
            in_library=lambda folder: inside(os.path.realpath(folder), photos),
        )
        return Destinations(library, "journal", check, to, "run")  # type: ignore[arg-type]

    def checked(self, name: str = "sub/a.jpg", *along: str) -> CheckedPhoto:
        photo, *others = (self._part(each) for each in (name, *along))
        return CheckedPhoto(str(self.base / "photos"), photo, tuple(others), (), "")

    def _part(self, name: str) -> CheckedFile:
        return CheckedFile(
            str(self.base / "photos" / name), "0" * 32, FileStamp(1, 2, 3, 4, 5), 0, {}
        )


@pytest.fixture
def setup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DestinationSetup:
    return DestinationSetup(tmp_path, monkeypatch)


def test_files_are_moved_below_the_name_of_the_watched_folder(setup: DestinationSetup) -> None:
    to = setup.base / "aside"
    found = setup.open(str(to)).choose(setup.checked("sub/a.jpg", "sub/a.mov", "sub/a.jpg.xmp"))
    assert found == Destination(
        str(to), [f"{to}/photos/sub/{name}" for name in ("a.mov", "a.jpg.xmp", "a.jpg")], [None] * 3
    )
    assert (to / "photos/sub").is_dir() and list((to / "photos/sub").iterdir()) == []


@pytest.mark.parametrize("taken", ["a.jpg", "a.mov"])
@pytest.mark.parametrize("dangling", [False, True])
def test_a_photo_and_its_film_are_renamed_together(
    setup: DestinationSetup, taken: str, dangling: bool
) -> None:
    folder = setup.base / "aside/photos/sub"
    folder.mkdir(parents=True)
    if dangling:
        (folder / taken).symlink_to("nowhere")
    else:
        (folder / taken).write_text("a stranger's")
    found = setup.open(str(setup.base / "aside")).choose(setup.checked("sub/a.jpg", "sub/a.mov"))
    assert [Path(target).name for target in found.targets] == ["a (2).mov", "a (2).jpg"]


def test_a_long_name_leaves_room_for_the_longer_sidecar_name(setup: DestinationSetup) -> None:
    """Where both have to be called otherwise, both are cut alike."""
    photo, folder = "x" * 247 + ".jpg", setup.base / "aside/photos"
    folder.mkdir(parents=True)
    (folder / photo).write_text("a stranger's")
    found = [
        Path(target).name
        for target in setup.open(str(setup.base / "aside"))
        .choose(setup.checked(photo, f"{photo}.xmp"))
        .targets
    ]
    assert found[0] == f"{found[1]}.xmp" and len(found[0]) == 255 and found[1].endswith(" (2).jpg")


def test_the_destination_is_remembered_once_before_anything_is_moved(
    setup: DestinationSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    probed, real = list[str](), file_identity.folder_showing
    monkeypatch.setattr(
        file_identity,
        "folder_showing",
        lambda folder, *given: probed.append(folder) or real(folder, *given),
    )
    opened, to = setup.open(str(setup.base / "aside")), str(setup.base / "aside")
    for _ in range(2):
        opened.choose(setup.checked())
        assert setup.remembered == [to] == probed


def stat_on_another_drive(folder: Path) -> os.stat_result:
    facts = list(folder.stat())
    # The device number is the third.
    facts[2] += 1
    return os.stat_result(facts)


def test_an_alias_of_a_watched_folder_is_rejected(setup: DestinationSetup) -> None:
    (setup.base / "alias").symlink_to("photos")
    with pytest.raises(RemovalRefused, match=r"is .*/photos under another path"):
        setup.open(str(setup.base / "alias")).choose(setup.checked())
    assert setup.remembered == [] and [path.name for path in (setup.base / "photos").iterdir()] == [
        "sub"
    ]


@pytest.mark.parametrize("is_removed", [True, False])
def test_nothing_is_moved_below_the_mount_point_of_a_drive_that_was_disconnected(
    setup: DestinationSetup, monkeypatch: pytest.MonkeyPatch, is_removed: bool
) -> None:
    to = setup.base / "drive" / "aside"
    opened = setup.open(str(to))
    opened.choose(setup.checked())
    real, other = os.stat, stat_on_another_drive(to)
    shutil.rmtree(to)
    if not is_removed:
        # The drive's mount point has a folder of that name, too.
        to.mkdir()
        monkeypatch.setattr(
            os, "stat", lambda path, **more: other if path == str(to) else real(path, **more)
        )
    with pytest.raises(RemovalRefused, match="its drive may no longer be connected"):
        opened.choose(setup.checked("sub/b.jpg"))
    assert not (to / "photos").exists()


def test_a_subfolder_that_leads_into_the_library_is_rejected(setup: DestinationSetup) -> None:
    (setup.base / "aside").mkdir()
    (setup.base / "aside/photos").symlink_to(setup.base / "photos")
    with pytest.raises(RemovalRefused, match="is in the library"):
        setup.open(str(setup.base / "aside")).choose(setup.checked("new/a.jpg"))
    assert not (setup.base / "photos/new").exists()


@pytest.mark.parametrize("at", ["aside", "aside/photos"])
def test_a_folder_that_cannot_be_created_is_rejected(setup: DestinationSetup, at: str) -> None:
    (setup.base / at).parent.mkdir(exist_ok=True)
    (setup.base / at).write_text("a file")
    with pytest.raises(RemovalRefused, match="cannot be created"):
        setup.open(str(setup.base / "aside")).choose(setup.checked())


def test_a_read_only_folder_is_rejected(
    setup: DestinationSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(file_identity, "folder_showing", full)
    with pytest.raises(RemovalRefused, match=r"folder .* cannot be written to .*No space left"):
        setup.open(str(setup.base / "aside")).choose(setup.checked())
    assert setup.remembered == []


def test_each_file_gets_its_own_name_in_the_trash(
    setup: DestinationSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trash, "is_supported", lambda: True)
    monkeypatch.setattr(
        trash,
        "free_slot",
        lambda path: TrashEntry(f"/t/files/{Path(path).name}", f"/t/info/{Path(path).name}"),
    )
    found = setup.open(TRASH).choose(setup.checked("a.jpg", "a.mov"))
    assert found == Destination(
        TRASH, ["/t/files/a.mov", "/t/files/a.jpg"], ["/t/info/a.mov", "/t/info/a.jpg"]
    )
    # Undo finds it again where another trash is in use by then.
    assert setup.remembered == ["/t/files"]


def test_an_unusable_trash_is_reported(
    setup: DestinationSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(path: str) -> TrashEntry:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(trash, "is_supported", lambda: True)
    monkeypatch.setattr(trash, "free_slot", locked)
    with pytest.raises(RemovalRefused, match=r"trash cannot be used .Permission denied"):
        setup.open(TRASH).choose(setup.checked())


def test_each_run_has_its_own_removal_folder_if_the_trash_cannot_be_read(
    setup: DestinationSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trash, "is_supported", lambda: False)
    own = setup.base / "own"
    monkeypatch.setattr(trash, "own_folder", lambda path: str(own))
    found = setup.open(TRASH).choose(setup.checked())
    assert found == Destination(f"{own}/run", [f"{own}/run/photos/sub/a.jpg"], [None])
    assert setup.remembered == [str(own)]


def test_a_removal_is_refused_if_no_removal_folder_can_be_found(
    setup: DestinationSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Windows, where the drive of the home folder may not be connected."""

    def absent(path: str) -> os.stat_result:
        raise FileNotFoundError(2, "No such file or directory")

    monkeypatch.setattr(trash, "is_supported", lambda: False)
    chosen, checked = setup.open(TRASH), setup.checked()
    monkeypatch.setattr(os, "stat", absent)
    with pytest.raises(RemovalRefused, match=r"can be found .No such file"):
        chosen.choose(checked)


@pytest.mark.skipif(sys.platform == "win32", reason="paths of POSIX")
def test_the_removal_folder_at_the_top_of_a_watched_drive_is_never_indexed(
    setup: DestinationSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trash, "is_supported", lambda: False)
    own = setup.base / "photos" / trash.OWN_FOLDER
    monkeypatch.setattr(trash, "own_folder", lambda path: str(own))
    assert setup.open(TRASH).choose(setup.checked()).targets == [f"{own}/run/photos/sub/a.jpg"]
