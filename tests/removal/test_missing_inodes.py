"""File systems that do not number their files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from explorer.library.removals.removal_journal import RemovalJournal
from explorer.removal import trash
from explorer.removal.file_identity import are_hard_links, same_directory_entry
from explorer.removal.remove import remove
from explorer.removal.undo import undo
from tests.fixtures.removal import Where
from tests.fixtures.small_library import SmallLibrary


class NoIds:
    """A file system that numbers no files: as some network drives and old Windows shares."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *folders: Path) -> None:
        self._folders = tuple(map(str, folders))
        self.real = {name: getattr(os, name) for name in ("lstat", "stat")}
        for name, real in self.real.items():
            monkeypatch.setattr(os, name, self._without(real))

    def _without(self, real: Any) -> Any:
        def stat(path: Any, *given: Any, **named: Any) -> Any:
            facts = real(path, *given, **named)
            if isinstance(path, int) or not str(path).startswith(self._folders):
                return facts
            fields = {name: getattr(facts, name) for name in dir(facts) if name.startswith("st_")}
            return type("Facts", (), {**fields, "st_ino": 0})()

        return stat


def test_without_ids_no_path_is_treated_as_an_alias(
    small_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name was taken meanwhile, and both files have the id 0: the newcomer stays, and the photo
    comes back beside it."""
    small_library.add_photo("a.jpg", "the only copy")
    monkeypatch.setattr(trash, "is_supported", lambda: False)
    with monkeypatch.context() as patch:
        NoIds(patch, small_library.photos, small_library.library.dir)
        assert remove(
            small_library.library, [small_library.removal("a.jpg", None)], without_keeper=True
        ).removed
        (small_library.photos / "a.jpg").write_text("a newcomer...")
        _, (restored,) = undo(small_library.library)
    assert restored.back == str(small_library.photos / "a (restored).jpg")
    assert (small_library.photos / "a.jpg").read_text() == "a newcomer..." and (
        small_library.photos / "a (restored).jpg"
    ).read_text() == "the only copy"


def test_without_ids_a_copy_is_removed_and_restored(
    small_library: SmallLibrary, where: Where, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    before = small_library.tree()
    with monkeypatch.context() as patch:
        NoIds(patch, small_library.base)
        (result,) = remove(
            small_library.library, [small_library.removal("b.jpg", "a.jpg")], where(small_library)
        ).results
        assert result.state == "removed", result
        undo(small_library.library)
    assert small_library.tree() == before


def test_files_that_cannot_be_distinguished_are_both_kept(
    small_library: SmallLibrary, where: Where, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No ids, and times that this person may not set."""
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    before, real = small_library.tree(), os.utime

    def mine(path: Any, *given: Any, **named: Any) -> None:
        if isinstance(path, int):
            raise PermissionError(1, "Operation not permitted")
        real(path, *given, **named)

    with monkeypatch.context() as patch:
        NoIds(patch, small_library.base)
        patch.setattr(os, "utime", mine)
        (result,) = remove(
            small_library.library, [small_library.removal("b.jpg", "a.jpg")], where(small_library)
        ).results
    assert result.state == "failed" and "cannot be distinguished" in result.reason
    assert small_library.tree() == before and not any(
        run.away for run in RemovalJournal(small_library.library.dir).runs()
    )
    # With ids it needs no trying out.
    monkeypatch.setattr(os, "utime", mine)
    assert remove(
        small_library.library, [small_library.removal("b.jpg", "a.jpg")], where(small_library)
    ).removed
    undo(small_library.library)


def test_folders_without_ids_are_compared_by_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("photos", "other"):
        (tmp_path / folder).mkdir()
    (tmp_path / "alias").symlink_to("photos")
    (tmp_path / "photos/a.jpg").write_text("one")
    os.link(tmp_path / "photos/a.jpg", tmp_path / "other/a.jpg")
    path, alias, other = (str(tmp_path / name / "a.jpg") for name in ("photos", "alias", "other"))
    with monkeypatch.context() as patch:
        files = NoIds(patch, tmp_path)
        # The files themselves have ids.
        patch.setattr(os, "lstat", files.real["lstat"])
        assert same_directory_entry(path, alias) and not same_directory_entry(path, other)
        assert are_hard_links(path, other) and not are_hard_links(path, alias)
