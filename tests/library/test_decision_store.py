from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from explorer.errors import UsageError
from explorer.library import decision_store as module
from explorer.library.decision_store import (
    Decision,
    DecisionKind,
    Decisions,
    decide,
    decisions,
    hashes_of,
    withdraw,
    withdraw_all,
)
from explorer.library.protected_folder_store import (
    ProtectedFolders,
    protect_folder,
    protected_folders,
    unprotect_folder,
)
from tests.factory import Shelf, digest_of

A, B, C = b"a" * 16, b"b" * 16, b"c" * 16


def made(*kinds_hashes_files: tuple[DecisionKind, set[bytes], int]) -> Decisions:
    """Decisions numbered from 1, given in reverse."""
    all_ = [
        Decision(number, kind, frozenset(hashes), files, 0.0)
        for number, (kind, hashes, files) in enumerate(kinds_hashes_files, 1)
    ]
    return Decisions(reversed(all_))


class TestAbout:
    @pytest.mark.parametrize(
        ("hashes", "files", "found"),
        [
            ({A, B}, 2, True),
            ({A, B}, 3, True),
            ({B, C}, 2, True),
            ({A, B, C}, 3, True),
            ({A, B, C}, 4, False),
            ({A}, 1, False),
            ({A, b"d" * 16}, 2, False),
            (set(), 0, False),
        ],
    )
    def test_it_covers_what_was_decided_in_no_more_files(
        self, hashes: set[bytes], files: int, found: bool
    ) -> None:
        assert (made(("apart", {A, B, C}, 3)).about(hashes, files) is not None) is found

    def test_files_of_one_content_are_covered_by_what_was_said_of_it_alone(self) -> None:
        assert made(("keep", {A}, 2)).about({A}, 2) is not None
        assert made(("keep", {A}, 2)).about({A}, 3) is None

    def test_the_latest_counts_and_they_are_told_in_order(self) -> None:
        all_ = made(("apart", {A, B}, 2), ("later", {A, B, C}, 3))
        latest = all_.about({A, B}, 2)
        assert (
            latest is not None
            and latest.kind == "later"
            and [decision.id for decision in all_] == [1, 2]
            and len(all_) == 2
        )


class TestApart:
    @pytest.mark.parametrize(("kind", "apart"), [("apart", True), ("keep", True), ("later", False)])
    def test_only_where_somebody_has_said_so(self, kind: DecisionKind, apart: bool) -> None:
        all_ = made((kind, {A, B}, 2), ("keep", {C}, 2))
        assert all_.apart(A, B) is apart is all_.apart(B, A)
        assert (
            not all_.apart(A, C)
            and not all_.apart(A, A)
            and not all_.apart(C, C)
            and not all_.apart(b"d" * 16, A)
        )


class TestDeciding:
    def test_it_takes_the_place_of_what_was_said_of_just_the_same(self, shelf: Shelf) -> None:
        catalog = shelf.library.catalog
        first = decide(catalog, "later", [B, A, B], 3)
        decide(catalog, "apart", [A, B, C], 3)
        decide(catalog, "keep", [A], 1)
        last = decide(catalog, "keep", [A, B], 2)
        found = {d.id: (d.kind, set(d.hashes), d.files) for d in decisions(catalog)}
        assert first not in found and found[last] == ("keep", {A, B}, 2)
        assert list(found.values()) == [
            ("apart", {A, B, C}, 3),
            ("keep", {A}, 1),
            ("keep", {A, B}, 2),
        ]
        assert all(abs(d.decided_at - time.time()) < 60 for d in decisions(catalog))

    def test_one_that_fails_changes_nothing(self, shelf: Shelf) -> None:
        catalog = shelf.library.catalog
        decide(catalog, "later", [A, B], 2)
        with pytest.raises(sqlite3.Error):
            decide(catalog, "apart", [A, B], None)  # type: ignore[arg-type]
        assert [(d.kind, d.hashes) for d in decisions(catalog)] == [("later", {A, B})]
        decide(catalog, "keep", [C], 1)

    def test_they_are_withdrawn_one_by_one_or_by_kind(self, shelf: Shelf) -> None:
        catalog = shelf.library.catalog
        one, two = decide(catalog, "later", [A, B], 2), decide(catalog, "apart", [A, C], 2)
        three, four = decide(catalog, "later", [B, C], 2), decide(catalog, "apart", [C], 2)
        withdraw(catalog, four)
        assert [d.id for d in decisions(catalog)] == [one, two, three]
        assert withdraw_all(catalog, "later") == 2 and withdraw_all(catalog, "keep") == 0
        assert [(d.id, d.hashes) for d in decisions(catalog)] == [(two, {A, C})]

    def test_hashes_of_many_photos(self, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "MAX_BOUND_VALUES", 2)
        ids = [shelf.put(f"{n}.jpg", n) for n in range(5)]
        assert hashes_of(shelf.library.catalog, [*ids, ids[0], 999]) == {
            photo: digest_of(n) for n, photo in enumerate(ids)
        }


class TestProtection:
    def test_it_is_kept_as_the_folder_is_meant(self, shelf: Shelf, tmp_path: Path) -> None:
        catalog = shelf.library.catalog
        protect_folder(catalog, f"{tmp_path}/b/../caf\udce9/")
        protect_folder(catalog, str(tmp_path / "a"))
        assert protected_folders(catalog) == [str(tmp_path / "a"), f"{tmp_path}/caf\udce9"]
        unprotect_folder(catalog, f"{tmp_path}/caf\udce9")
        assert protected_folders(catalog) == [str(tmp_path / "a")]

    @pytest.mark.parametrize("protected", ["real", "alias"])
    def test_links_on_either_side_are_followed(self, tmp_path: Path, protected: str) -> None:
        (tmp_path / "real" / "deep").mkdir(parents=True)
        (tmp_path / "alias").symlink_to(tmp_path / "real")
        covers = ProtectedFolders([str(tmp_path / protected)]).covers
        for path in ("real/a.jpg", "alias/a.jpg", "real/deep/a.jpg", "alias/deep/a.jpg"):
            assert covers(str(tmp_path / path)) and covers(str(tmp_path / path))
        assert not covers(str(tmp_path / "realm" / "a.jpg")) and not covers(str(tmp_path / "a.jpg"))

    def test_a_file_that_is_a_link_lies_where_the_link_does(self, tmp_path: Path) -> None:
        for folder in ("safe", "open"):
            (tmp_path / folder).mkdir()
        (tmp_path / "safe" / "a.jpg").write_text("x")
        (tmp_path / "open" / "link.jpg").symlink_to(tmp_path / "safe" / "a.jpg")
        assert not ProtectedFolders([str(tmp_path / "safe")]).covers(
            str(tmp_path / "open" / "link.jpg")
        )

    def test_it_covers_more_rather_than_less(self, tmp_path: Path) -> None:
        covers = ProtectedFolders([str(tmp_path / "Photos")]).covers
        assert covers(str(tmp_path / "photos" / "a.jpg")) and covers(
            str(tmp_path / "PHOTOS" / "b" / "a.jpg")
        )

    def test_each_of_several_folders_counts(self, tmp_path: Path) -> None:
        covers = ProtectedFolders([str(tmp_path / "a"), str(tmp_path / "b")]).covers
        assert (
            covers(str(tmp_path / "a" / "1.jpg"))
            and covers(str(tmp_path / "b" / "1.jpg"))
            and not covers(str(tmp_path / "c" / "1.jpg"))
        )
        assert not covers(os.path.join(tmp_path, "1.jpg"))

    def test_a_folder_is_given_as_a_full_path(self, shelf: Shelf) -> None:
        with pytest.raises(UsageError, match="full path"):
            protect_folder(shelf.library.catalog, "photos")
        assert protected_folders(shelf.library.catalog) == []

    def test_mounts_are_seen_through(self) -> None:
        class Mounts:
            """/mnt/copy shows /srv/photos."""

            def inside(self, path: str, folder: str) -> bool:
                return (path, folder) == ("/mnt/copy", "/srv/photos")

        covers = ProtectedFolders(["/srv/other", "/srv/photos"], Mounts()).covers  # type: ignore[arg-type]
        assert covers("/mnt/copy/a.jpg") and not covers("/mnt/else/a.jpg")

    def test_folders_that_are_one_by_their_numbers_are_one(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """As where something is mounted in a way that the system does not tell of."""
        numbers = {"/srv/photos": (1, 2), "/mnt/copy": (1, 2), "/mnt": (1, 3), "/": (1, 1)}
        asked = list[str]()
        monkeypatch.setattr(
            module, "_id", lambda folder: asked.append(folder) or numbers.get(folder)
        )
        covers = ProtectedFolders(["/srv/photos", "/srv/absent"]).covers
        assert (
            covers("/mnt/copy/deep/a.jpg")
            and covers("/mnt/copy/a.jpg")
            and not covers("/mnt/other/a.jpg")
        )
        # Folders are looked up once, however many files are in them.
        asked.clear()
        assert (
            covers("/mnt/copy/deep/b.jpg")
            and not covers("/mnt/other/b.jpg")
            and not covers("/mnt/new/a.jpg")
        )
        assert asked == ["/mnt/new"]

    def test_what_a_file_system_does_not_number_is_no_folder_in_particular(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        facts = tmp_path.stat()
        assert (
            module._id(str(tmp_path)) == (facts.st_dev, facts.st_ino)
            and module._id(str(tmp_path / "absent")) is None
        )
        monkeypatch.setattr(os, "stat", lambda path: SimpleNamespace(st_dev=facts.st_dev, st_ino=0))
        assert module._id(str(tmp_path)) is None

    def test_without_protected_folders_nothing_is_looked_up(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(os.path, "realpath", lambda path: pytest.fail("it was looked up"))
        assert not ProtectedFolders([]).covers("/a/b.jpg")


def test_a_decision_is_about_something(shelf: Shelf) -> None:
    with pytest.raises(ValueError):
        decide(shelf.library.catalog, "keep", [], 0)
    assert len(decisions(shelf.library.catalog)) == 0
