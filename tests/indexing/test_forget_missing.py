from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from explorer.indexing import forget_missing
from explorer.indexing.forget_missing import forget_missing_files
from explorer.library.file_rows import FileStat
from explorer.library.stores.file_store import files_below, put_failed, put_present
from explorer.library.stores.photo_store import add_photo
from explorer.library.stores.root_store import add_root
from explorer.scanning.drive_timeouts import DriveTimeouts, DriveUnresponsive
from explorer.scanning.path_probes import inode_of
from tests.factory import decoded, digest_of
from tests.fixtures.drives import UnresponsiveDrives
from tests.fixtures.indexing import IndexingSetup


def vanish(setup: IndexingSetup, *names: str) -> None:
    """Have these photos vanish, together with so many that the user is asked."""
    for number, name in enumerate([*names, *(f"{each}.png" for each in range(12))]):
        setup.paint(name, f"#0000{number:02x}")
    setup.draw("stays.jpg")
    setup.run()
    for path in [*(setup.photos / name for name in names), *setup.photos.glob("*.png")]:
        path.unlink()
    assert setup.run().away == 12 + len(names)


def test_inaccessible_files_are_not_forgotten(
    setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    vanish(setup)
    real = inode_of
    locked = str(setup.photos / "3.png")
    with monkeypatch.context() as patched:
        patched.setattr(
            forget_missing, "inode_of", lambda path: None if path == locked else real(path)
        )
        assert forget_missing_files(setup.library.catalog, setup.writer) == 11
    assert set(setup.present()) == {"3.png", "stays.jpg"}
    assert forget_missing_files(setup.library.catalog, setup.writer) == 1


def test_an_unresponsive_drive_keeps_all_its_files(setup: IndexingSetup) -> None:
    vanish(setup)

    class Dumb(DriveTimeouts):
        def call(
            self, root: str, function: Callable[..., Any], tick: Callable[[], None] = lambda: None
        ) -> Any:
            raise DriveUnresponsive(root)

    assert forget_missing_files(setup.library.catalog, setup.writer, drives=Dumb()) == 0
    assert len(setup.present()) == 13


def test_missing_files_are_forgotten_below_a_folder_or_in_its_root(setup: IndexingSetup) -> None:
    vanish(setup, "sub/x.png", "sub/deep/y.png", "subway/z.png")
    assert (
        forget_missing_files(setup.library.catalog, setup.writer, str(setup.photos / "elsewhere"))
        == 0
    )
    assert (
        forget_missing_files(
            setup.library.catalog, setup.writer, str(setup.photos.parent / "other")
        )
        == 0
    )
    assert forget_missing_files(setup.library.catalog, setup.writer, str(setup.photos / "sub")) == 2
    assert forget_missing_files(setup.library.catalog, setup.writer, str(setup.photos.parent)) == 13
    assert set(setup.present()) == {"stays.jpg"}
    assert forget_missing_files(setup.library.catalog, setup.writer) == 0


def test_connected_drives_forget_only_vanished_files_and_disconnected_drives_all(
    setup: IndexingSetup,
) -> None:
    setup.draw("a.jpg")
    setup.run()
    (setup.photos / "a.jpg").rename(setup.photos.parent / "aside.jpg")
    setup.draw("../b.jpg", 1).rename(setup.photos / "b.jpg")
    # Nobody has looked since: it is for a scan to say that it vanished.
    assert forget_missing_files(setup.library.catalog, setup.writer) == 0
    (setup.photos / "b.jpg").unlink()
    assert forget_missing_files(setup.library.catalog, setup.writer) == 1
    assert not setup.present()


def test_files_already_decided_do_not_count_when_others_vanish(setup: IndexingSetup) -> None:
    vanish(setup)
    forget_missing_files(setup.library.catalog, setup.writer)
    (file,) = [
        file for file in files_below(setup.writer, setup.root).values() if file.path == "3.png"
    ]
    (then,) = setup.writer.connection.execute(
        "select max(gone_at) from file where state = 'present' or path = 'stays.jpg'"
    ).fetchall()[0]
    assert file.state == "missing" and then is None
    from explorer.indexing.vanished_files import SAME_DELETION
    from explorer.library import missing_files

    assert missing_files.recently_missing(setup.writer, setup.root, SAME_DELETION) == []


def test_a_drive_signals_progress_while_its_files_are_checked(setup: IndexingSetup) -> None:
    vanish(setup)
    heard = list[int]()

    class CountingDrives(DriveTimeouts):
        def call(
            self, root: str, function: Callable[..., Any], tick: Callable[[], None] = lambda: None
        ) -> Any:
            return function(lambda: heard.append(1))

    assert forget_missing_files(setup.library.catalog, setup.writer, drives=CountingDrives()) == 12
    assert len(heard) >= 12


def test_each_library_folder_is_decided_by_itself(setup: IndexingSetup, tmp_path: Path) -> None:
    """One whose drive does not respond, or of which nothing was chosen, ends nothing."""
    photos, absent = dict[str, int](), [str(tmp_path / name) for name in ("one", "two", "three")]
    for path in absent:
        Path(path).mkdir()
    roots = [add_root(setup.writer, path) for path in absent]
    for path in absent:
        Path(path).rmdir()
    for number, root in enumerate(roots):
        photos[absent[number]] = add_photo(setup.writer, digest_of(number), 1, decoded())
        put_present(setup.writer, root, FileStat("a.jpg", 1, 1, 0), photos[absent[number]])
        put_failed(setup.writer, root, FileStat("bad.jpg", 1, 1, 0), "torn")

    def states(root: int) -> dict[str, str]:
        return {path: file.state for path, file in files_below(setup.writer, root).items()}

    catalog, writer = setup.library.catalog, setup.writer
    assert forget_missing_files(catalog, writer, absent[2]) == 1
    assert [states(root)["a.jpg"] for root in roots] == ["present", "present", "missing"]
    drives = UnresponsiveDrives(Path(absent[0]))
    assert forget_missing_files(catalog, writer, drives=drives) == 1
    assert [states(root)["a.jpg"] for root in roots] == ["present", "missing", "missing"]
    # A file that was never a photo of the library is none that went.
    assert {states(root)["bad.jpg"] for root in roots} == {"failed"}
    assert forget_missing_files(catalog, writer) == 1
