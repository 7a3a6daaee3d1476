"""What the user is told about a verified library."""

from __future__ import annotations

import pytest

from explorer.indexing.verification.verify_report import Inconsistency, VerifyReport


@pytest.mark.parametrize(
    ("mended", "sound", "said"),
    [
        ([], True, ": everything agrees."),
        ([True], True, ": everything agrees (1 repaired)."),
        ([True, False, True], False, ": 1 problems are left: run `"),
        ([False, False], False, ": 2 problems are left: run `"),
    ],
)
def test_a_library_is_sound_if_all_problems_are_repaired(
    mended: list[bool], sound: bool, said: str
) -> None:
    problems = [Inconsistency("catalog", "It is wrong.", each) for each in mended]
    report = VerifyReport(1234, 5, 6, problems)
    assert report.sound is sound
    assert report.summary().startswith(f"1,234 photos, 5 files and 6 vectors were checked{said}")
    assert ("(2 repaired)" in report.summary()) is (mended.count(True) == 2)
    assert ("repaired" in report.summary()) is any(mended)
    assert report.as_json()["sound"] is sound


@pytest.mark.parametrize("changed", [0, 1, 2])
def test_files_that_changed_are_counted(changed: int) -> None:
    words = f"{changed} files have changed on disk"
    assert (words in VerifyReport(changed=changed).summary()) is (changed > 0)
    assert "files have changed" not in VerifyReport().summary()


def test_all_that_was_found_is_in_the_json() -> None:
    problem = Inconsistency("file", "It is wrong.")
    assert VerifyReport(1, 2, 3, [problem], ["a note"], 9).as_json() == {
        "sound": False,
        "photos": 1,
        "files": 2,
        "vectors": 3,
        "problems": [{"kind": "file", "text": "It is wrong.", "mended": False}],
        "notes": ["a note"],
    }


def test_a_report_begins_with_nothing() -> None:
    """As where the catalog's file is damaged, and nothing else is checked."""
    assert VerifyReport().as_json() == {
        "sound": True,
        "photos": 0,
        "files": 0,
        "vectors": 0,
        "problems": [],
        "notes": [],
    }
    said = "0 photos, 0 files and 0 vectors were checked: everything agrees."
    assert VerifyReport().summary() == said
    assert not Inconsistency("catalog", "It is wrong.").mended
