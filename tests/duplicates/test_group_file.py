"""The files of a group, as they are built from rows of the catalog."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from explorer.duplicates.group_file import GroupFile, GroupFileBuilder, RelatedRow
from explorer.library.queries.duplicate_rows import DuplicateRow
from explorer.photos.containers.contents import NOTHING, ContentPart, FileContents
from explorer.removal.companions import Companions

PAGE = ContentPart("page", "0" * 32)


def row(path: Path, **facts: Any) -> DuplicateRow:
    known = DuplicateRow(
        7, 8, "00", "/root", str(path), 1000, 5, 2_500_000_000, 40, 30, "JPEG",
        "2020-05-01T10:00:00", "exif", "Acme Z1", 3, FileContents((PAGE,)), "second",
    )  # fmt: skip
    return known._replace(**facts)


def build(*rows: DuplicateRow, protected: str = "") -> list[GroupFile]:
    builder = GroupFileBuilder(lambda path: path == protected)
    return builder.build(RelatedRow(each) for each in rows)


def test_a_file_has_the_facts_of_its_row(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(b"")
    path.with_name("a.jpg.xmp").write_bytes(b"<x/>")
    (file,) = GroupFileBuilder(lambda _: False).build([RelatedRow(row(path), "half the size", 0.9)])
    assert len(file.companions.own) == 1
    assert file == GroupFile(
        file_id=7, photo_id=8, path=str(path), bytes=1000, width=40, height=30, format="JPEG",
        taken_at="2020-05-01T10:00:00", camera="Acme Z1", relation="half the size", score=0.9,
        metadata=3, modified=2.5, companions=file.companions, inode_key="5 /root",
        contents=FileContents((PAGE,)), taken_precision="second",
    )  # fmt: skip


def test_all_but_the_first_name_of_the_same_bytes_are_linked(tmp_path: Path) -> None:
    """Inode numbers of different roots may be those of different drives, and 0 is none."""
    files = build(
        row(tmp_path / "a.jpg"),
        row(tmp_path / "b.jpg", inode=6),
        row(tmp_path / "c.jpg"),
        row(tmp_path / "d.jpg", root="/other"),
        row(tmp_path / "e.jpg", inode=0),
        row(tmp_path / "f.jpg", inode=0),
        row(tmp_path / "g.jpg"),
    )
    assert [file.linked for file in files] == [False, False, True, False, False, False, True]
    assert [file.inode_key for file in files[3:6]] == ["5 /other", "", ""]
    assert not any(file.symlink for file in files)


def test_symbolic_links_and_protected_files_are_marked(tmp_path: Path) -> None:
    (tmp_path / "b.jpg").symlink_to("a.jpg")
    paths = [tmp_path / "a.jpg", tmp_path / "b.jpg", tmp_path / "c.jpg"]
    rows = (row(path, inode=number) for number, path in enumerate(paths, 1))
    files = build(*rows, protected=str(paths[2]))
    assert [(file.symlink, file.linked, file.protected) for file in files] == [
        (False, False, False), (True, True, False), (False, False, True),
    ]  # fmt: skip


def test_what_a_file_holds_and_when_it_was_taken(tmp_path: Path) -> None:
    pages, single, unread = build(
        row(tmp_path / "a.jpg", taken_precision="day"),
        row(tmp_path / "b.jpg", contents=NOTHING, taken_at=None),
        row(tmp_path / "c.jpg", contents=None),
    )
    assert (pages.holds, single.holds) == (("2 pages",), ())
    (words,) = unread.holds
    assert "has not been read again" in words
    assert (pages.taken, single.taken, unread.taken) == ("2020-05-01", None, "2020-05-01T10:00:00")
    assert pages.companions == Companions()
