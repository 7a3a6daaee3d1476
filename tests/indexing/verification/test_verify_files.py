"""What verifying notes of each photo file, and which bytes it calls changed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from explorer.decoding.decode_result import DecodeJob, DecodeResult
from explorer.indexing.verification import verify_files
from explorer.indexing.verification.verify_files import check_files
from explorer.indexing.verification.verify_report import Inconsistency, VerifyReport, VerifyRun
from explorer.library.file_rows import FileStat
from explorer.library.repair import integrity
from explorer.library.stores.file_store import put_present
from explorer.library.stores.photo_store import add_photo
from explorer.library.stores.root_store import add_root, update_root
from explorer.photos.decode import content_hash
from explorer.systems.this_system import this_system
from tests.factory import LibraryBuilder, decoded, digest_of

Answer = dict[str, Any]


class ReadingPool:
    """Stands in for the decode processes: reads the files here."""

    answers: dict[str, Answer]
    """What is otherwise than on disk, by the file's name."""
    made: list[tuple[object, ...]]

    def __init__(self, *how: object) -> None:
        type(self).made.append(how)

    def __enter__(self) -> ReadingPool:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def run(
        self, jobs: Iterator[DecodeJob], skip: Callable[[bytes], bool]
    ) -> Iterator[DecodeResult]:
        for job in jobs:
            # No photo is decoded: all are known.
            assert skip(b"")
            data, facts = Path(job.path).read_bytes(), Path(job.path).stat()
            assert job.size == len(data)
            found: Answer = {
                "digest": content_hash(data),
                "size": len(data),
                "mtime_ns": facts.st_mtime_ns,
            }
            yield DecodeResult(job, **(found | self.answers.get(Path(job.path).name, {})))


@pytest.fixture(autouse=True)
def pool(monkeypatch: pytest.MonkeyPatch) -> type[ReadingPool]:
    ReadingPool.answers, ReadingPool.made = {}, []
    monkeypatch.setattr(verify_files, "DecodePool", ReadingPool)
    return ReadingPool


def put(builder: LibraryBuilder, path: Path, data: bytes, root: int | None = None) -> Path:
    """A file, and a row of the library that agrees with it."""
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    facts = path.stat()
    with builder.writer.transaction():
        photo = add_photo(builder.writer, content_hash(data), len(data), decoded())
    seen = FileStat(path.name, facts.st_size, facts.st_mtime_ns, facts.st_ino)
    put_present(builder.writer, builder.root if root is None else root, seen, photo)
    return path


@pytest.fixture
def photos(builder: LibraryBuilder, tmp_path: Path) -> list[Path]:
    return [put(builder, tmp_path / "photos" / name, name.encode() * 3) for name in "abc"]


def look(
    builder: LibraryBuilder, *, thorough: bool = False, repair: bool = False
) -> tuple[list[Inconsistency], VerifyReport, list[str]]:
    said = list[str]()
    writer = builder.writer if repair else None
    run = VerifyRun(builder.library, writer, thorough, said.append, VerifyReport())
    return list(check_files(run)), run.report, said


def rewrite(path: Path, data: bytes) -> None:
    """Other bytes under the same date."""
    facts = path.stat()
    path.write_bytes(data)
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))


@pytest.mark.parametrize("thorough", [False, True])
def test_files_that_agree_are_not_mentioned(
    builder: LibraryBuilder, photos: list[Path], thorough: bool
) -> None:
    found, report, said = look(builder, thorough=thorough)
    assert (found, report.notes, report.changed) == ([], [], 0)
    reading = [f"Reading the photo files: {done} of 3…" for done in (1, 2, 3)]
    assert said == ["Checking the photo files…", *(reading if thorough else [])]
    # Nothing is read to compare sizes and dates; without an encoder, and by all processors.
    assert ReadingPool.made == ([(os.cpu_count(), None)] if thorough else [])


@pytest.mark.parametrize("thorough", [False, True])
def test_a_placeholder_is_not_downloaded_to_be_checked(
    builder: LibraryBuilder, photos: list[Path], thorough: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = photos[1].stat().st_ino
    monkeypatch.setattr(
        type(this_system()), "is_in_cloud", lambda self, facts: facts.st_ino == number
    )
    found, report, said = look(builder, thorough=thorough)
    note = f"{photos[1]} is in the cloud only, and was not read"
    assert (found, report.notes, report.changed) == ([], [note] * thorough, 0)
    assert [line for line in said if "of 2" in line] == said[1:]


@pytest.mark.parametrize("thorough", [False, True])
def test_each_difference_is_noted(
    builder: LibraryBuilder, photos: list[Path], thorough: bool
) -> None:
    gone, longer, touched = photos
    gone.unlink()
    rewrite(longer, b"more than there was")
    os.utime(touched, ns=(1, touched.stat().st_mtime_ns + 1))
    found, report, _ = look(builder, thorough=thorough, repair=True)
    assert found == [] and report.changed == 3
    assert report.notes == [
        f"{gone} no longer exists", f"{longer} has changed", f"{touched} has changed",
    ]  # fmt: skip
    assert all(file.size > 0 for file in integrity.present_files(builder.library.catalog))


@pytest.mark.parametrize("offline", [False, True])
def test_only_files_of_drives_that_are_here_are_looked_at(
    builder: LibraryBuilder, photos: list[Path], tmp_path: Path, offline: bool
) -> None:
    (tmp_path / "other").mkdir()
    other = add_root(builder.writer, str(tmp_path / "other"))
    away = put(builder, tmp_path / "other" / "d", b"there", other)
    away.unlink()
    if offline:
        # Another file system may be mounted there, so that the folder is not empty.
        (away.parent / "e").touch()
        update_root(builder.writer, other, state="offline")
    else:
        away.parent.rmdir()
    photos[0].unlink()
    found, report, _ = look(builder, thorough=True)
    assert found == [] and report.notes == [f"{photos[0]} no longer exists"]


@pytest.mark.parametrize("repair", [False, True])
def test_other_bytes_under_the_same_size_and_date_are_a_fault(
    builder: LibraryBuilder, photos: list[Path], repair: bool
) -> None:
    rewrite(photos[1], b"xyz")
    assert look(builder, repair=repair)[0] == []
    ((kind, text, mended),), report, _ = look(builder, thorough=True, repair=repair)
    assert (kind, mended, report.notes) == ("file", repair, [])
    assert text.startswith(f"{photos[1]} has changed since it was indexed")
    assert ("the next indexing run reads it again" in text) is repair
    sizes = {
        Path(file.path).name: file.size for file in integrity.present_files(builder.library.catalog)
    }
    assert sizes == {"a": 3, "b": -1 if repair else 3, "c": 3}


def test_a_file_that_cannot_be_read_is_a_fault_that_nothing_mends(
    builder: LibraryBuilder, photos: list[Path], pool: type[ReadingPool]
) -> None:
    pool.answers = {"b": {"digest": None, "error": "the disk failed"}}
    found, _, _ = look(builder, thorough=True, repair=True)
    assert found == [Inconsistency("file", f"{photos[1]} cannot be read: the disk failed.")]


@pytest.mark.parametrize("later", [{"size": -1}, {"size": 4}, {"mtime_ns": 1}])
def test_a_file_saved_during_the_check_is_left_to_the_next_scan(
    builder: LibraryBuilder, photos: list[Path], pool: type[ReadingPool], later: Answer
) -> None:
    pool.answers = {"b": {"digest": digest_of("new"), **later}}
    assert look(builder, thorough=True, repair=True)[0] == []
    assert all(file.size == 3 for file in integrity.present_files(builder.library.catalog))
