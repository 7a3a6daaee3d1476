from __future__ import annotations

import importlib.metadata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from explorer.decoding.decode_result import DecodeJob, DecodeResult
from explorer.decoding.pool import DecodePool
from explorer.decoding.process import DECODER_CRASHED
from explorer.errors import OversizedPhoto
from explorer.indexing import retry
from explorer.indexing.foreground import index_folders
from explorer.library.file_rows import FileStat
from explorer.library.library import Library
from explorer.library.stores.file_store import files_below, put_failed
from explorer.photos import limits
from explorer.photos.formats import EXTENSIONS, UNSUPPORTED
from explorer.scanning import tree_scan
from tests import pictures
from tests.factory import LibraryBuilder
from tests.fixtures.jxls import jxl
from tests.tiny import Tiny


@pytest.fixture
def builder(tmp_path: Path) -> Iterator[LibraryBuilder]:
    (tmp_path / "photos").mkdir()
    made = LibraryBuilder(Library.open(tmp_path / "library"), str(tmp_path / "photos"))
    yield made
    made.close()


def _run(library: Library, folder: Path, *, again: bool = False) -> int:
    """Files that went through a decoder."""
    read = []
    index_folders(
        library,
        [str(folder)],
        Tiny(),
        lambda progress: read.append(0 if progress.stage else progress.done),
        retry_failed=again,
    )
    return max(read)


def test_a_failed_file_is_read_again_only_on_request_or_after_an_upgrade(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "100%_[a]"
    pictures.write(folder / "good.jpg", pictures.draw(1))
    (folder / "bad.jpg").write_bytes(b"no photo")
    library = Library.open(tmp_path / "library")
    try:
        assert _run(library, folder) == 2
        assert _run(library, folder) == 0
        assert _run(library, folder, again=True) == 1
        assert _run(library, folder) == 0
        monkeypatch.setattr(retry, "reader_fingerprint", lambda: "one that reads more")
        assert _run(library, folder) == 1
        assert _run(library, folder) == 0
        assert [row["reason"] for row in library.catalog.failures()] == ["it is text, not a photo"]
    finally:
        library.close()


class TestAfterAnUpgrade:
    @pytest.fixture
    def failed(self, builder: LibraryBuilder) -> LibraryBuilder:
        put_failed(builder.writer, builder.root, FileStat("bad.jpg", 100, 1, 0), "it is torn")
        return builder

    def waits(self, builder: LibraryBuilder) -> bool:
        return not files_below(builder.writer, builder.root)["bad.jpg"].matches(
            FileStat("bad.jpg", 100, 1, 0)
        )

    def test_the_first_run_of_a_library_rereads_nothing(self, failed: LibraryBuilder) -> None:
        retry.retry_after_upgrade(failed.library, failed.writer)
        assert not self.waits(failed)

    def test_failed_files_are_read_again_once(
        self, failed: LibraryBuilder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        retry.retry_after_upgrade(failed.library, failed.writer)
        retry.retry_after_upgrade(failed.library, failed.writer)
        assert not self.waits(failed)
        monkeypatch.setattr(retry, "reader_fingerprint", lambda: "another")
        retry.retry_after_upgrade(failed.library, failed.writer)
        assert self.waits(failed)
        put_failed(failed.writer, failed.root, FileStat("bad.jpg", 100, 1, 0), "it is torn")
        retry.retry_after_upgrade(failed.library, failed.writer)
        assert not self.waits(failed)

    @pytest.mark.parametrize(
        "change",
        [
            "pillow",
            "pillow-heif",
            "pylibjxl",
            "rawpy",
            "the reader",
            "a format",
            "a format that is known and not read",
            "a format that is no longer read",
        ],
    )
    def test_every_component_that_affects_readability_is_part_of_the_version(
        self, monkeypatch: pytest.MonkeyPatch, change: str
    ) -> None:
        versions = dict.fromkeys(("pillow", "pillow-heif", "pylibjxl", "rawpy"), "1")
        monkeypatch.setattr(importlib.metadata, "version", versions.__getitem__)
        for name in ("READS_JXL", "READS_RAW"):
            monkeypatch.setattr(retry, name, True)
        before = retry.reader_fingerprint()
        assert retry.reader_fingerprint() == before
        match change:
            case "the reader":
                monkeypatch.setattr(retry, "READER_VERSION", "99")
            case decoder if decoder in versions:
                versions[decoder] = "2"
            case "a format that is no longer read":
                gone = min(EXTENSIONS)
                monkeypatch.setattr(retry, "EXTENSIONS", EXTENSIONS - {gone})
                monkeypatch.setattr(retry, "UNSUPPORTED", {**UNSUPPORTED, gone: "Old"})
            case "a format":
                monkeypatch.setattr(retry, "EXTENSIONS", EXTENSIONS | {".new"})
            case _:
                monkeypatch.setattr(retry, "UNSUPPORTED", {**UNSUPPORTED, ".new": "New"})
        assert retry.reader_fingerprint() != before

    @pytest.mark.parametrize(
        ("missing", "decoder"), [("READS_JXL", "pylibjxl"), ("READS_RAW", "rawpy")]
    )
    def test_a_decoder_that_is_not_installed_has_no_version(
        self, monkeypatch: pytest.MonkeyPatch, missing: str, decoder: str
    ) -> None:
        versions = dict.fromkeys(("pillow", "pillow-heif", "pylibjxl", "rawpy"), "1")
        monkeypatch.setattr(importlib.metadata, "version", versions.__getitem__)
        for name in ("READS_JXL", "READS_RAW"):
            monkeypatch.setattr(retry, name, True)
        with_it = retry.reader_fingerprint()
        del versions[decoder]
        monkeypatch.setattr(retry, missing, False)
        assert retry.reader_fingerprint() != with_it


def test_files_of_a_format_that_is_new_become_photos_by_themselves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "photos"
    pictures.write(folder / "good.jpg", pictures.draw(1))
    (folder / "new.jxl").write_bytes(jxl(pictures.draw(2)))
    library = Library.open(tmp_path / "library")
    try:
        with monkeypatch.context() as earlier:
            for module in (tree_scan, retry):
                earlier.setattr(module, "EXTENSIONS", EXTENSIONS - {".jxl"})
                earlier.setattr(module, "UNSUPPORTED", {**UNSUPPORTED, ".jxl": "not yet"})
            assert _run(library, folder) == 1
            assert [row["reason"] for row in library.catalog.failures()] == ["not yet"]
        assert _run(library, folder) == 1
        assert library.catalog.failures() == [] and library.catalog.counts().photos == 2
        assert _run(library, folder) == 0
    finally:
        library.close()


def test_a_photo_that_met_low_memory_is_read_again_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often that has happened."""
    folder = tmp_path / "photos"
    path = pictures.write(folder / "wide.jpg", pictures.draw(1))
    (folder / "bad.jpg").write_bytes(b"no photo")
    library = Library.open(tmp_path / "library")
    reasons = iter(
        ["it has 60 megapixels (9 × 9); this computer has memory for 3 at the moment"] * 4
    )
    real = DecodePool._run_job

    def low_memory(self: DecodePool, process: Any, job: DecodeJob, *rest: Any) -> DecodeResult:
        reason = next(reasons, None) if job.path == str(path) else None
        if reason is None:
            return real(self, process, job, *rest)
        facts = path.stat()
        return DecodeResult(
            job, b"x" * 16, facts.st_size, facts.st_mtime_ns, error=reason, transient=True
        )

    monkeypatch.setattr(DecodePool, "_run_job", low_memory)
    try:
        for _ in range(4):
            _run(library, folder)
            assert library.catalog.counts().failed == 2
        assert _run(library, folder) == 1
        assert library.catalog.counts().failed == 1 and library.catalog.counts().photos == 1
    finally:
        library.close()


def test_every_message_about_memory_is_recognized(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "free_memory", lambda: 0)
    with pytest.raises(OversizedPhoto) as raised:
        limits.check_size(1 << 30)
    assert limits.is_low_memory(str(raised.value))
    with pytest.raises(OversizedPhoto) as raised:
        limits.check_pixels(9000, 9000)
    assert limits.is_low_memory(str(raised.value))
    assert limits.is_low_memory(limits.OUT_OF_MEMORY)
    assert not limits.is_low_memory(DECODER_CRASHED)
