"""Removals to other drives, and of links and names of any bytes."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from explorer.library.file_rows import FileStat
from explorer.library.stores.file_store import put_present
from explorer.removal.remove import remove
from explorer.removal.undo import undo
from tests.fixtures.removal import Where
from tests.fixtures.small_library import SmallLibrary, tree
from tests.this_machine import separate_drives


def test_hard_links_are_removed_with_a_note_that_no_space_is_freed(
    small_library: SmallLibrary, where: Where
) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_link("b.jpg", "a.jpg", hard=True)
    before = small_library.tree()
    outcome = remove(
        small_library.library, [small_library.removal("b.jpg", "a.jpg")], where(small_library)
    )
    assert (outcome.results[0].state, outcome.freed) == ("removed", 0)
    assert "no space is freed" in outcome.results[0].reason
    assert set(small_library.tree()) == {"a.jpg"}
    undo(small_library.library)
    assert small_library.tree() == before


def test_symbolic_links_are_removed_as_links(small_library: SmallLibrary, where: Where) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_link("sub/b.jpg", "a.jpg", hard=False)
    before = small_library.tree()
    outcome = remove(
        small_library.library, [small_library.removal("sub/b.jpg", "a.jpg")], where(small_library)
    )
    assert (outcome.results[0].state, outcome.freed) == ("removed", 0)
    assert "a.jpg" in small_library.tree() and "sub/b.jpg" not in small_library.tree()
    undo(small_library.library)
    assert small_library.tree() == before


def test_a_move_to_another_drive_is_a_verified_copy(
    small_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    small_library.add_link("c.jpg", "a.jpg", hard=False)
    before = small_library.tree()
    separate_drives(monkeypatch)
    wanted = [small_library.removal("b.jpg", "a.jpg"), small_library.removal("c.jpg", "a.jpg")]
    outcome = remove(small_library.library, wanted, str(small_library.base / "aside"))
    assert [result.state for result in outcome.results] == ["removed", "removed"]
    assert {
        Path(path).name
        for path, (kind, _, _) in tree(small_library.base / "aside").items()
        if kind != "folder"
    } == {"b.jpg", "c.jpg"}
    undo(small_library.library)
    assert small_library.tree() == before
    # A copy that is not like the original does not count: the original stays, and of the copy
    # nothing is left.
    monkeypatch.setattr(
        shutil, "copyfileobj", lambda source, new, *_: new.write(b"0" + source.read()[1:])
    )
    outcome = remove(small_library.library, wanted[:1], str(small_library.base / "aside"))
    assert (
        outcome.results[0].state == "failed"
        and "copy differs from the original" in outcome.results[0].reason
    )
    assert small_library.tree() == before
    assert [
        path for path, (kind, _, _) in tree(small_library.base / "aside").items() if kind == "file"
    ] == []


def test_a_drive_without_hard_links_is_supported(
    small_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    before = small_library.tree()

    def none(*_: Any, **__: Any) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", none)
    remove(
        small_library.library,
        [small_library.removal("b.jpg", "a.jpg")],
        str(small_library.base / "aside"),
    )
    undo(small_library.library)
    assert small_library.tree() == before


@pytest.mark.skipif(os.name != "posix", reason="names that are no UTF-8 exist on POSIX alone")
def test_names_that_are_not_text_are_supported(small_library: SmallLibrary, where: Where) -> None:
    small_library.add_photo("a.jpg", "one")
    name = os.fsdecode(b"caf\xe9 \n.jpg")
    (small_library.photos / name).write_text("one")
    from explorer.library.paths import to_text

    writer_path = to_text(name)
    data = (small_library.photos / name).read_bytes()
    assert data == b"one"
    from explorer.library.writer import Writer

    writer = Writer(small_library.library.catalog)
    facts = (small_library.photos / name).stat()
    photo = small_library.library.catalog.photo_id(
        bytes.fromhex(small_library.removal("a.jpg", None).hash)
    )
    assert photo is not None
    put_present(
        writer,
        small_library.root,
        FileStat(writer_path, facts.st_size, facts.st_mtime_ns, facts.st_ino),
        photo,
    )
    writer.close()
    before = small_library.tree()
    assert (
        remove(small_library.library, [small_library.removal(name, "a.jpg")], where(small_library))
        .results[0]
        .state
        == "removed"
    )
    undo(small_library.library)
    assert small_library.tree() == before
