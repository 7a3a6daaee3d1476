"""Undo does nothing outside its bounds, whatever the journal says, and takes back what it wrote."""

from __future__ import annotations

import base64
import shutil
from pathlib import Path
from typing import Any

import pytest

from explorer.library.connection import write_transaction
from explorer.library.removals import removal_folders
from explorer.library.removals.removal_folders import removal_folders as known_folders
from explorer.library.removals.removal_journal import RemovalJournal
from explorer.library.stores.root_store import add_root, remove_root
from explorer.library.stores.setting_store import put_setting
from explorer.removal import safe_move
from explorer.removal.remove import remove
from explorer.removal.results import TRASH
from explorer.removal.sidecar_writer import sidecar_path
from explorer.removal.undo import history, recover_interrupted, undo
from tests.fixtures.small_library import SmallLibrary, digest, tree
from tests.removal.test_recover_interrupted import change
from tests.removal.test_undo import everything


def outside(small_library: SmallLibrary) -> Path:
    """A file that is nobody's business, with the content that was removed."""
    path = small_library.base / "outside" / "b.jpg"
    path.parent.mkdir(exist_ok=True)
    path.write_text("one")
    return path


@pytest.mark.parametrize("to", ["outside", TRASH])
def test_nothing_is_restored_from_other_folders(pair: SmallLibrary, to: str) -> None:
    path = outside(pair)
    remove(
        pair.library,
        [pair.removal("sub/b.jpg", "a.jpg")],
        TRASH if to == TRASH else str(pair.base / "aside"),
    )
    for forged in (path, pair.base / "aside/../outside/b.jpg"):
        said = {"target": str(forged), **({"where": str(path.parent)} if to != TRASH else {})}
        change(
            pair,
            lambda line, said=said: line.update(  # type: ignore[misc]
                {key: value for key, value in said.items() if key in line}
            ),
        )
        before = everything(pair)
        _, (restored,) = undo(pair.library)
        assert (
            restored.back is None and "is not where this library moves photos to" in restored.note
        )
        assert everything(pair) == before


def test_a_linked_folder_is_not_a_removal_folder(pair: SmallLibrary) -> None:
    path = outside(pair)
    remove(pair.library, [pair.removal("sub/b.jpg", "a.jpg")], str(pair.base / "aside"))
    shutil.rmtree(pair.base / "aside/photos/sub")
    (pair.base / "aside/photos/sub").symlink_to(path.parent)
    _, (restored,) = undo(pair.library)
    assert restored.back is None and path.exists() and not (pair.photos / "sub/b.jpg").exists()


@pytest.mark.parametrize("state", ["intended", "moved", "undoing"])
@pytest.mark.parametrize("key", ["path", "back"])
@pytest.mark.parametrize(
    "forged",
    ["outside/new.jpg", "photos/../outside/new.jpg", "photos/leads/new.jpg", "library/catalog2.db"],
)
def test_nothing_is_restored_to_other_folders(
    pair: SmallLibrary, state: str, key: str, forged: str
) -> None:
    outside(pair)
    (pair.photos / "leads").symlink_to(pair.base / "outside")
    remove(pair.library, [pair.removal("sub/b.jpg", "a.jpg")], str(pair.base / "aside"))
    journal = RemovalJournal(pair.library.dir)
    if state == "undoing" or key == "back":
        journal.note(
            run=journal.runs()[0].id, step="undoing", number=0, back=str(pair.photos / "sub/b.jpg")
        )
    change(pair, lambda line: line.update({key: str(pair.base / forged)}) if key in line else None)
    if state == "intended":
        lines = journal.path.read_bytes().splitlines(keepends=True)
        journal.path.write_bytes(
            b"".join(line for line in lines if b'"moved"' not in line and b'"end"' not in line)
        )
    before, library = everything(pair), tree(pair.library.dir)
    recover_interrupted(pair.library, journal)
    _, (restored,) = undo(pair.library)
    assert restored.back is None and restored.note
    assert everything(pair) == before
    assert set(tree(pair.library.dir)) == set(library)


def test_an_info_file_does_not_override_the_journal(pair: SmallLibrary) -> None:
    path = outside(pair)
    remove(pair.library, [pair.removal("sub/b.jpg", "a.jpg")])
    change(pair, lambda line: line.update(info=str(path)) if "info" in line else None)
    undo(pair.library)
    assert path.exists() and (pair.photos / "sub/b.jpg").read_text() == "one"


def test_undo_works_after_the_folder_was_removed_from_the_library(pair: SmallLibrary) -> None:
    """It says what to do; once the folder is added again, it does it."""
    from explorer.library.writer import Writer

    before = pair.tree()
    remove(pair.library, [pair.removal("sub/b.jpg", "a.jpg")], str(pair.base / "aside"))
    writer = Writer(pair.library.catalog)
    remove_root(writer, str(pair.photos))
    _, (restored,) = undo(pair.library)
    assert (
        restored.back is None
        and f"{pair.photos / 'sub'} is not, or is no longer, in a folder of this library"
        in restored.note
    )
    add_root(writer, str(pair.photos))
    writer.close()
    undo(pair.library)
    assert pair.tree() == before


# --- sidecars


def with_sidecar(small_library: SmallLibrary, before: bytes | None, after: bytes) -> Path:
    """A removal that wrote a sidecar of the one kept, as its journal says."""
    sidecar = Path(sidecar_path(str(small_library.photos / "a.jpg")))
    remove(
        small_library.library,
        [small_library.removal("sub/b.jpg", "a.jpg")],
        str(small_library.base / "aside"),
    )
    sidecar.write_bytes(after)
    note = {
        "path": str(sidecar),
        "before": None if before is None else base64.b64encode(before).decode(),
        "after": digest(sidecar),
        "times": None if before is None else [5_000_000_000, 7_000_000_000],
    }  # fmt: skip
    journal = RemovalJournal(small_library.library.dir)
    journal.note(run=journal.runs()[0].id, step="sidecar", number=0, sidecar=note)
    return sidecar


@pytest.mark.parametrize("before", [None, b"before"])
def test_a_sidecar_is_reverted_and_its_text_kept(pair: SmallLibrary, before: bytes | None) -> None:
    sidecar = with_sidecar(pair, before, b"after")
    undo(pair.library)
    if before is None:
        assert not sidecar.exists()
    else:
        assert sidecar.read_bytes() == before and sidecar.stat().st_mtime_ns == 7_000_000_000
    assert [path.read_bytes() for path in (pair.library.dir / "removed/sidecars").iterdir()] == [
        b"after"
    ]


@pytest.mark.parametrize("before", [None, b"before"])
def test_a_changed_sidecar_is_kept(pair: SmallLibrary, before: bytes | None) -> None:
    sidecar = with_sidecar(pair, before, b"after")
    sidecar.write_bytes(b"edited")
    undo(pair.library)
    assert sidecar.read_bytes() == b"edited"


@pytest.mark.parametrize(
    "forged",
    ["photos/a.jpg", "photos/other/a.jpg.xmp", "outside/a.jpg.xmp", "photos/../outside/a.jpg.xmp"],
)
def test_only_a_sidecar_of_the_keeper_is_reverted(pair: SmallLibrary, forged: str) -> None:
    with_sidecar(pair, None, b"one")
    victim = pair.base / forged
    for folder in ("outside", "photos/other"):
        (pair.base / folder).mkdir()
    victim.write_bytes(b"one")
    change(
        pair, lambda line: line["sidecar"].update(path=str(victim)) if "sidecar" in line else None
    )
    if "outside" in forged:
        change(
            pair, lambda line: line.update(keeper=str(victim)[:-4]) if "keeper" in line else None
        )
    undo(pair.library)
    assert victim.read_bytes() == b"one" and (pair.photos / "sub/b.jpg").exists()


def test_a_sidecar_that_cannot_be_reverted_is_reported_and_the_photo_restored(
    pair: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_sidecar(pair, b"before", b"after")

    def locked(*_: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(safe_move, "write_new_file", locked)
    _, (restored,) = undo(pair.library)
    assert (
        restored.back == str(pair.photos / "sub/b.jpg")
        and "a.jpg.xmp could not be restored" in restored.note
    )
    assert not history(pair.library)[0].away


def test_times_that_cannot_be_set_are_reported(
    pair: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    remove(pair.library, [pair.removal("sub/b.jpg", "a.jpg")], str(pair.base / "aside"))

    def locked(*_: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(safe_move, "set_times", locked)
    _, (restored,) = undo(pair.library)
    assert restored.back and "its times could not be set" in restored.note


# --- folders of earlier releases


def test_destination_folders_are_remembered(pair: SmallLibrary) -> None:
    journal = RemovalJournal(pair.library.dir)
    assert known_folders(pair.library.catalog, journal) == []
    for name in ("one", "two", "one"):
        remove(pair.library, [pair.removal("sub/b.jpg", "a.jpg")], str(pair.base / name))
        undo(pair.library)
    assert known_folders(pair.library.catalog, journal) == [
        str(pair.base / name) for name in ("one", "two")
    ]
    for damaged in ("no json", "3", '["/x", 3]'):
        put_setting(pair.library.catalog, removal_folders.SETTING, damaged)
        assert known_folders(pair.library.catalog, journal) == (["/x"] if "/x" in damaged else [])


def test_a_removal_of_an_earlier_release_can_be_undone(
    pair: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It named its folder in the journal only: what the journal says of the time before this
    release is taken for true."""
    before = pair.tree()
    remove(pair.library, [pair.removal("sub/b.jpg", "a.jpg")], str(pair.base / "aside"))
    (run,) = RemovalJournal(pair.library.dir).runs()
    put_setting(pair.library.catalog, removal_folders.SETTING, "[]")
    _, (restored,) = undo(pair.library)
    assert restored.back is None
    with write_transaction(pair.library.catalog.path) as db:
        db.execute("delete from setting where key = ?", (removal_folders.SETTING,))
    for times, known in (
        ((run.at - 9, run.at - 1), False),
        ((run.at + 1, run.at + 9), False),
        ((run.at - 1, run.at + 1), True),
    ):
        monkeypatch.setattr(removal_folders, "_schema_times", lambda _, times=times: times)
        assert known_folders(pair.library.catalog, RemovalJournal(pair.library.dir)) == (
            [str(pair.base / "aside")] if known else []
        )
    undo(pair.library)
    assert pair.tree() == before
    # With the first removal of this release they are remembered for good.
    remove(pair.library, [pair.removal("sub/b.jpg", "a.jpg")], str(pair.base / "new"))
    monkeypatch.undo()
    assert known_folders(pair.library.catalog, RemovalJournal(pair.library.dir)) == [
        str(pair.base / name) for name in ("aside", "new")
    ]


def test_a_new_library_has_no_removals_of_an_earlier_release(small_library: SmallLibrary) -> None:
    first, last = removal_folders._schema_times(small_library.library.catalog)
    assert 0 < first <= last < first + 60
