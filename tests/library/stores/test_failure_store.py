from __future__ import annotations

from pathlib import Path

import pytest

from explorer.library.file_rows import FileStat
from explorer.library.stores import failure_store
from explorer.library.stores.failure_store import FailureGroup
from explorer.library.stores.file_store import files_below, put_failed
from tests.factory import LibraryBuilder


@pytest.fixture
def failed(builder: LibraryBuilder) -> LibraryBuilder:
    """Five files that could not be read, in three folders, and a photo that could."""
    for path, reason in (
        ("a/1.jpg", "byte 12 is wrong"),
        ("a/2.jpg", "byte 7.5 is wrong"),
        ("b/3.jpg", "it is empty"),
        ("4.jpg", "byte 12 is wrong"),
        ("b/5.jpg", "it has 3,000 pixels too many"),
    ):
        put_failed(builder.writer, builder.root, FileStat(path, 100, 1, 0), reason)
    builder.put("c/good.jpg", "x")
    return builder


def waiting(builder: LibraryBuilder) -> set[str]:
    """Files that the next scan takes for changed."""
    return {
        path
        for path, file in files_below(builder.writer, builder.root).items()
        if not file.matches(FileStat(path, 100, 1, 0)) and file.state == "failed"
    }


def test_failures_are_grouped_by_reason(failed: LibraryBuilder) -> None:
    assert failure_store.failure_groups(failed.library.catalog) == [
        FailureGroup("byte … is wrong", ("byte 12 is wrong", "byte 7.5 is wrong"), 3, 0),
        FailureGroup("it has 3,000 pixels too many", ("it has 3,000 pixels too many",), 1, 0),
        FailureGroup("it is empty", ("it is empty",), 1, 0),
    ]


def test_all_failed_files_can_be_reread(failed: LibraryBuilder, tmp_path: Path) -> None:
    folders = failure_store.retry_failed_files(failed.writer)
    assert folders == sorted(str(tmp_path / "photos" / name) for name in ("", "a", "b"))
    assert waiting(failed) == {"a/1.jpg", "a/2.jpg", "b/3.jpg", "4.jpg", "b/5.jpg"}
    assert [group.waiting for group in failure_store.failure_groups(failed.library.catalog)] == [
        3,
        1,
        1,
    ]
    assert files_below(failed.writer, failed.root)["c/good.jpg"].size == 1000


def test_failed_files_with_given_reasons_can_be_reread(
    failed: LibraryBuilder, tmp_path: Path
) -> None:
    assert failure_store.retry_failed_files(
        failed.writer, ["byte 12 is wrong", "it is empty"]
    ) == sorted(str(tmp_path / "photos" / name) for name in ("", "a", "b"))
    assert waiting(failed) == {"a/1.jpg", "b/3.jpg", "4.jpg"}
    assert (
        failure_store.retry_failed_files(failed.writer, []) == []
        and failure_store.retry_failed_files(failed.writer, ["another"]) == []
    )
    assert [group.waiting for group in failure_store.failure_groups(failed.library.catalog)] == [
        2,
        0,
        1,
    ]


def test_one_failed_file_can_be_reread_but_no_photo(failed: LibraryBuilder, tmp_path: Path) -> None:
    files = files_below(failed.writer, failed.root)
    assert failure_store.retry_failed_files(failed.writer, file_id=files["b/5.jpg"].id) == [
        str(tmp_path / "photos" / "b")
    ]
    assert waiting(failed) == {"b/5.jpg"}
    assert failure_store.retry_failed_files(failed.writer, file_id=files["c/good.jpg"].id) == []
    assert files_below(failed.writer, failed.root)["c/good.jpg"].size == 1000


def test_a_library_without_failures_has_no_groups(builder: LibraryBuilder) -> None:
    assert (
        failure_store.failure_groups(builder.library.catalog) == []
        and failure_store.retry_failed_files(builder.writer) == []
    )
