"""What an interrupted run leaves behind goes, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.decoding.pool import DecodePool
from explorer.errors import PhotoError
from explorer.indexing import crash_cleanup
from explorer.indexing.verification.verify_previews import check_previews
from explorer.indexing.verification.verify_report import Inconsistency, VerifyReport, VerifyRun
from explorer.library.repair import integrity
from explorer.library.stores.photo_store import deferred_purge
from explorer.photos.decode import content_hash
from tests.factory import LibraryBuilder, decoded, digest_of

_JPEG = b"\xff\xd8preview\xff\xd9"
_STRAY = "ab" * 16


def leave(builder: LibraryBuilder) -> list[Path]:
    """What a run may leave that was interrupted at any moment: previews and renditions without a
    photo, and files half written."""
    library = builder.library
    library.previews.write(_STRAY, _JPEG)
    library.screens.add(_STRAY, "1600", _JPEG)
    half = library.previews.path(_STRAY).with_suffix(".part")
    index = library.dir / "vectors" / "tiny.part"
    index.parent.mkdir(exist_ok=True)
    for path in (half, index):
        path.write_bytes(b"half")
    (rendition,) = [path for known, path in library.screens.renditions() if known == _STRAY]
    return sorted([library.previews.path(_STRAY), rendition, half, index])


@pytest.fixture
def kept(builder: LibraryBuilder) -> list[Path]:
    """Files that belong to the library, and one in the folder of indexes that is none of these."""
    library = builder.library
    builder.put("a.jpg", "a")
    digest = digest_of("a").hex()
    library.screens.add(digest, "1600", _JPEG)
    index = builder.index()
    index.refresh()
    index.save()
    return [
        library.previews.path(digest),
        library.screens.path(digest, "1600"),
        *(library.dir / "vectors").iterdir(),
    ]


def test_only_what_belongs_to_no_photo_is_left_over(
    builder: LibraryBuilder, kept: list[Path]
) -> None:
    assert list(crash_cleanup.leftovers(builder.library)) == []
    left = leave(builder)
    assert sorted(crash_cleanup.leftovers(builder.library)) == left
    crash_cleanup.remove_leftovers(builder.library)
    assert not [path for path in left if path.exists()]
    assert len(kept) == 4 and all(path.exists() for path in kept)


def test_leftovers_go_at_the_start_after_an_interrupted_run_only(
    builder: LibraryBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    library, synced = builder.library, list[bool]()
    monkeypatch.setattr(
        library.catalog, "sync", lambda: synced.append(crash_cleanup.was_interrupted(library))
    )
    left = leave(builder)
    assert not crash_cleanup.was_interrupted(library)
    crash_cleanup.mark_started(library)
    # The record of the start is on disk before anything that the run writes.
    assert synced == [True]
    assert all(path.exists() for path in left) and crash_cleanup.was_interrupted(library)
    crash_cleanup.mark_started(library)
    assert not any(path.exists() for path in left) and crash_cleanup.was_interrupted(library)
    left = leave(builder)
    crash_cleanup.mark_finished(library)
    assert not crash_cleanup.was_interrupted(library)
    crash_cleanup.mark_started(library)
    assert all(path.exists() for path in left)


def test_a_leftover_that_goes_by_itself_is_no_error(
    builder: LibraryBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = leave(builder)
    monkeypatch.setattr(
        crash_cleanup, "leftovers", lambda _: iter([builder.library.dir / "gone", *left])
    )
    crash_cleanup.remove_leftovers(builder.library)
    assert not any(path.exists() for path in left)


class TestVerifying:
    """What the check of the previews says of them."""

    @pytest.fixture(autouse=True)
    def _pool(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        """Decodes here: what is written as a photo is its own preview."""

        def decode(pool: DecodePool, data: bytes) -> object:
            assert isinstance(pool, DecodePool)
            if b"torn" in data:
                raise PhotoError("it is torn")
            return decoded(preview=_JPEG, damaged="cut" if b"cut" in data else None)

        monkeypatch.setattr(DecodePool, "decode_bytes", decode)
        yield

    def look(
        self, builder: LibraryBuilder, *, thorough: bool = False, repair: bool = False
    ) -> tuple[list[Inconsistency], list[str]]:
        writer = builder.writer if repair else None
        said = list[str]()
        run = VerifyRun(builder.library, writer, thorough, said.append, VerifyReport())
        found = list(check_previews(run))
        assert said == ["Checking the previews…"]
        return found, run.report.notes

    @pytest.mark.parametrize("repair", [False, True])
    @pytest.mark.parametrize("interrupted", [False, True])
    def test_leftovers_are_a_fault_unless_a_run_was_interrupted(
        self, builder: LibraryBuilder, kept: list[Path], interrupted: bool, repair: bool
    ) -> None:
        assert self.look(builder, repair=repair) == ([], [])
        if interrupted:
            crash_cleanup.mark_started(builder.library)
        assert self.look(builder, repair=repair) == ([], [])
        left = leave(builder)
        found, notes = self.look(builder, repair=repair)
        assert all(path.exists() is not repair for path in left)
        assert all(path.exists() for path in kept)
        if interrupted and not repair:
            assert found == [] and len(notes) == 1 and notes[0].startswith("4 files are left over")
        else:
            assert notes == [] and sorted(found) == sorted(
                Inconsistency("preview", f"{path.name} belongs to no known photo.", repair)
                for path in left
            )

    @pytest.mark.parametrize(
        ("data", "seen_at"),
        [(b"\xff\xd8 cut \xff\xd9", 1), (b"\xff\xd8 torn \xff\xd9", 1), (b"", 0)],
    )
    def test_previews_are_decoded_only_by_a_thorough_check(
        self, builder: LibraryBuilder, data: bytes, seen_at: int
    ) -> None:
        builder.put("a.jpg", "a")
        bad = builder.put("b.jpg", "b")
        builder.library.previews.path(digest_of("b").hex()).write_bytes(data)
        for thorough in (False, True):
            fault = Inconsistency("preview", f"Photo {bad} has no intact preview.")
            expected = [fault] if thorough >= seen_at else []
            assert self.look(builder, thorough=thorough) == (expected, [])

    def test_a_preview_that_cannot_be_read_is_a_fault(
        self, builder: LibraryBuilder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bad = builder.put("b.jpg", "b")
        monkeypatch.setattr(builder.library.previews, "sound", lambda _: True)
        builder.library.previews.remove(digest_of("b").hex())
        fault = Inconsistency("preview", f"Photo {bad} has no intact preview.")
        assert self.look(builder, thorough=True) == ([fault], [])

    def test_photos_purged_meanwhile_need_no_preview(
        self, builder: LibraryBuilder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        digests = [digest_of(each).hex() for each in ("gone", "other")]
        photo = builder.put("a.jpg", "other")
        builder.library.previews.remove(digests[1])
        # The same content may have come back as another photo.
        monkeypatch.setattr(
            integrity, "photo_ids_by_hash",
            lambda _: {digests[0]: photo, digests[1]: photo + 1},
        )  # fmt: skip
        assert self.look(builder)[0] == []

    @pytest.mark.parametrize("repair", [False, True])
    def test_a_preview_is_made_again_from_a_file_with_the_photos_bytes_only(
        self, builder: LibraryBuilder, tmp_path: Path, repair: bool
    ) -> None:
        data = b"a photo"
        photo = builder.put("absent.jpg", "a")
        for path in ("other.jpg", "torn.jpg", "right.jpg"):
            builder.put(path, "a")
        builder.writer.connection.execute(
            "update photo set hash = ? where id = ?", (content_hash(data), photo)
        )
        (tmp_path / "photos" / "other.jpg").write_bytes(b"another photo")
        (tmp_path / "photos" / "right.jpg").write_bytes(data)
        previews, digest = builder.library.previews, content_hash(data).hex()
        previews.remove(digest_of("a").hex())
        text = f"Photo {photo} has no intact preview."
        found = self.look(builder, repair=repair)
        assert found == ([Inconsistency("preview", text, repair)], [])
        assert previews.sound(digest) is repair
        if repair:
            assert previews.path(digest).read_bytes() == _JPEG

    def test_a_preview_of_which_no_file_is_left_stays_a_fault(
        self, builder: LibraryBuilder, tmp_path: Path
    ) -> None:
        photo = builder.put("a.jpg", "a")
        builder.library.previews.remove(digest_of("a").hex())
        (tmp_path / "photos" / "a.jpg").write_bytes(b"another photo")
        text = f"Photo {photo} has no intact preview."
        assert self.look(builder, repair=True) == ([Inconsistency("preview", text)], [])
        assert not builder.library.previews.has(digest_of("a").hex())


@pytest.mark.parametrize("watched", [True, False])
def test_photos_without_a_file_go_if_no_folder_is_watched(
    builder: LibraryBuilder, watched: bool
) -> None:
    builder.put("a.jpg", "a")
    with deferred_purge(builder.writer, thorough=False):
        builder.put("a.jpg", "b")
    if not watched:
        builder.writer.connection.execute("delete from file")
        builder.writer.connection.execute("update photo set orphaned_at = 1, present = 0")
        builder.writer.connection.execute("delete from root")
    crash_cleanup.purge_removed(builder.library, builder.writer)
    left = builder.writer.connection.execute("select hash from photo").fetchall()
    assert {digest for (digest,) in left} == (
        {digest_of("a"), digest_of("b")} if watched else set()
    )
    assert len(list(builder.library.previews.all())) == len(left)
