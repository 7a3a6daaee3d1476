"""Rows of the catalog that contradict each other are reported one by one, and repaired if asked."""

from __future__ import annotations

import pytest

from explorer.errors import LibraryLocked
from explorer.indexing.verification import verify as verify_module
from explorer.indexing.verification.verify import verify
from explorer.indexing.verification.verify_report import Inconsistency
from explorer.library.file_rows import FileStat
from explorer.library.library import Library
from explorer.library.repair.integrity import INTEGRITY_RULES
from explorer.library.stores.file_store import put_failed
from tests.factory import LibraryBuilder


@pytest.fixture
def filled(builder: LibraryBuilder) -> LibraryBuilder:
    """Five photos, a file that is missing and one that failed."""
    for number in range(5):
        builder.put(f"{number}.jpg", number)
    builder.lose("4.jpg")
    put_failed(builder.writer, builder.root, FileStat("bad.jpg", 1, 2, 3), "it is torn")
    return builder


def damage(builder: LibraryBuilder, *statements: str) -> None:
    builder.writer.connection.execute("pragma foreign_keys = off")
    for statement in statements:
        builder.writer.connection.execute(statement)
    builder.writer.connection.execute("pragma foreign_keys = on")


def problems(builder: LibraryBuilder, *, repair: bool = False) -> list[Inconsistency]:
    """What is wrong with the catalog itself."""
    library = Library.open(builder.library.dir)
    try:
        found = verify(library, repair=repair).problems
    finally:
        library.close()
    return [each for each in found if each.kind == "catalog"]


FAULTS = {
    "present but belongs": (
        "update file set photo_id = null where id in (1, 2)",
        [
            "File 1 is marked as present but belongs to no photo.",
            "File 2 is marked as present but belongs to no photo.",
        ],
    ),
    "failed but belongs": (
        "update file set state = 'failed', reason = 'torn' where id = 3",
        ["File 3 is marked as failed but belongs to a photo."],
    ),
    "failed without a reason": (
        "update file set reason = null where path = 'bad.jpg'",
        ["File 6 is marked as failed without a reason."],
    ),
    "missing but belonged": (
        "update file set photo_id = null where path = '4.jpg'",
        ["File 5 is marked as missing but belonged to no photo."],
    ),
    "wrong folder": (
        "update file set folder = 'other' where id = 1",
        ["File 1 is listed under the wrong folder."],
    ),
    "listed as deleted": (
        "insert into purged values (2, 1)",
        ["Photo 2 exists but is listed as deleted."],
    ),
    "has a change number": (
        "update photo set change = 9000 where id = 2",
        ["Photo 2 has a change number that has not been reached yet."],
    ),
    "Deleted photo": (
        "insert into purged values (77, 9000)",
        ["Deleted photo 77 has a change number that has not been reached yet."],
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_every_rule_is_checked_and_repaired(filled: LibraryBuilder, fault: str) -> None:
    statement, texts = FAULTS[fault]
    damage(filled, statement)
    assert [rule for rule in INTEGRITY_RULES if fault in rule.text]
    for repair in (False, True):
        found = [each for each in problems(filled, repair=repair) if fault in each.text]
        assert found == [Inconsistency("catalog", text, repair) for text in texts]
    assert problems(filled) == []


def test_every_rule_has_a_fault_that_is_tried() -> None:
    assert len(FAULTS) == len(INTEGRITY_RULES)


def test_references_to_missing_rows_are_repaired(filled: LibraryBuilder) -> None:
    damage(
        filled,
        "delete from embedding where photo_id in (1, 2)",
        "delete from quality where photo_id in (1, 2)",
        "delete from photo_text where photo_id in (1, 2)",
        "delete from photo where id in (1, 2)",
    )
    texts = [f"Row {number} of file refers to no row of photo." for number in (1, 2)]
    for repair in (False, True):
        found = problems(filled, repair=repair)
        assert sorted(found) == [Inconsistency("catalog", text, repair) for text in texts]
    assert problems(filled) == []


def test_wrong_counts_of_files_are_repaired(filled: LibraryBuilder) -> None:
    damage(filled, "update photo set present = 7 where id in (2, 4)")
    texts = [f"Photo {number} has a wrong file count." for number in (2, 4)]
    for repair in (False, True):
        found = problems(filled, repair=repair)
        assert found == [Inconsistency("catalog", text, repair) for text in texts]
    assert problems(filled) == []
    rows = filled.writer.connection.execute("select present from photo order by id").fetchall()
    assert [row[0] for row in rows] == [1, 1, 1, 1, 0]


def test_all_files_are_counted_whatever_their_state(filled: LibraryBuilder) -> None:
    said = list[str]()
    report = verify(filled.library, progress=said.append)
    assert (report.photos, report.files, report.problems) == (4, 6, [])
    assert said.count("Checking the catalog…") == 2
    assert said.index("Checking names and texts…") == 2


@pytest.mark.parametrize("stopped", [False, True])
def test_a_repair_gives_the_library_back(
    filled: LibraryBuilder, monkeypatch: pytest.MonkeyPatch, stopped: bool
) -> None:
    runs = list[object]()

    def look(run: object) -> list[Inconsistency]:
        runs.append(run)
        with pytest.raises(LibraryLocked):
            filled.library.lock()
        if stopped:
            raise KeyError
        return []

    monkeypatch.setattr(verify_module, "check_texts", look)
    if stopped:
        with pytest.raises(KeyError):
            verify(filled.library, repair=True)
    else:
        verify(filled.library, repair=True, thorough=True)
    (run,) = runs
    with pytest.raises(Exception, match="closed"):
        run.writer.connection.execute("select 1")  # type: ignore[attr-defined]
    assert run.thorough is not stopped  # type: ignore[attr-defined]
    filled.library.lock().release()


def test_a_damaged_file_is_all_that_is_reported(
    filled: LibraryBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    damage(filled, "update photo set width = 0 where id = 1", "update photo set present = 7")
    monkeypatch.setattr(verify_module, "check_catalog", lambda run: pytest.fail("it was read"))
    report = verify(filled.library, repair=True)
    (problem,) = report.problems
    assert problem.kind == "catalog" and not report.sound
    assert problem.text.startswith("The catalog's file is damaged: a row of photo holds")
