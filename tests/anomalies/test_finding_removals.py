"""What goes if findings go: photos with all their files, files with a wrong name, and files that
cannot be read."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from explorer.anomalies.finding_kinds import FindingKind
from explorer.anomalies.finding_removals import removals_of_findings
from explorer.anomalies.findings import Anomalies, Finding
from explorer.cli import app
from explorer.errors import PROVEN, Fault, UsageError
from explorer.library.dismissal_store import of_path
from explorer.library.removal_journal import known_file, unread_file
from explorer.library.writer import Writer
from explorer.removal import safe_move, trash
from explorer.removal.preflight import ONLY_COPY, TRASH
from explorer.removal.remove import dry_run, remove
from explorer.removal.results import Removal
from explorer.removal.undo import undo
from tests.fixtures.field import Field, digest

run_command: Callable[..., int] = app.main


def finding(field: Field, path: str, kind: FindingKind = "blurred") -> Finding:
    full = str(field.photos / path)
    known = known_file(field.library.catalog, full)
    return Finding(
        known.file.photo_id if known else None,
        full,
        kind,
        0.1,
        "Odd.",
        known.hash if known else of_path(full),
    )


@pytest.mark.parametrize("to", ["trash", "folder", "aside"])
def test_an_unreadable_file_goes_and_comes_back(
    field: Field, to: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if to == "aside":
        monkeypatch.setattr(trash, "readable", lambda: False)
    path = field.fail("bad/broken.jpg", "no photo at all")
    field.put("good.jpg", "one")
    before = field.tree()
    taking = removals_of_findings(
        field.library.catalog, [finding(field, "bad/broken.jpg", "unreadable")]
    )
    assert taking.skipped == [] and taking.removals == [
        Removal(path, digest(Path(path)), bytes=15, tier="unreadable", why="Odd.")
    ]
    with pytest.raises(UsageError, match="confirmation of its own"):
        remove(field.library, taking.removals)
    outcome = remove(
        field.library,
        taking.removals,
        str(field.base / "kept") if to == "folder" else TRASH,
        without_keeper=True,
    )
    assert [(result.state, result.reason) for result in outcome.results] == [("removed", ONLY_COPY)]
    assert set(before) - set(field.tree()) == {"bad/broken.jpg"}
    # Nobody lists what is not there any more.
    assert field.library.catalog.failures() == []
    undo(field.library)
    assert field.tree() == before


def test_an_unreadable_file_that_changed_stays(field: Field) -> None:
    path = field.fail("broken.jpg", "no photo at all")
    (wanted,) = removals_of_findings(
        field.library.catalog, [finding(field, "broken.jpg", "unreadable")]
    ).removals
    facts = Path(path).stat()
    Path(path).write_text("now something else")
    assert "has changed" in dry_run(field.library, [wanted], without_keeper=True).results[0].reason
    # Even where size and time say nothing of it.
    Path(path).write_text("NO photo at all")
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    assert "has changed" in remove(field.library, [wanted], without_keeper=True).results[0].reason
    assert Path(path).exists()


def test_an_unreadable_file_is_neither_a_copy_nor_kept_for_one(field: Field) -> None:
    field.put("a.jpg", "one")
    field.fail("b.jpg", "one")
    for one, two in (("b.jpg", "a.jpg"), ("a.jpg", "b.jpg")):
        (result,) = remove(field.library, [field.removal(one, two)]).results
        assert result.state == "refused"
    assert {"a.jpg", "b.jpg"} <= set(field.tree())


def test_what_is_not_in_the_library_stays(field: Field) -> None:
    (field.photos / "new.jpg").write_text("new")
    assert unread_file(field.library.catalog, str(field.photos / "new.jpg")) is None
    (result,) = remove(field.library, [field.removal("new.jpg", None)], without_keeper=True).results
    assert (result.state, result.reason) == ("refused", "it is not in the library")


def test_a_photo_goes_with_all_its_files(field: Field) -> None:
    field.put("a.jpg", "one")
    field.put("b.jpg", "one")
    field.put("c.jpg", "two")
    removals = removals_of_findings(
        field.library.catalog, [finding(field, "a.jpg"), finding(field, "a.jpg", "dark")]
    ).removals
    assert {(Path(each.path).name, each.keeper) for each in removals} == {
        ("a.jpg", None),
        ("b.jpg", None),
    }


def test_a_photo_goes_for_the_first_thing_found_with_what_belongs_to_it_and_without_what_is_missing(
    field: Field,
) -> None:
    field.put("a.jpg", "one")
    field.put("gone.jpg", "one")
    field.beside("a.jpg.xmp", "words")
    writer = Writer(field.library.catalog)
    writer.put_missing([writer.files_below(field.root)["gone.jpg"]])
    writer.close()
    (found,) = removals_of_findings(
        field.library.catalog, [finding(field, "a.jpg", "dark"), finding(field, "a.jpg")]
    ).removals
    assert found == field.removal("a.jpg", None, bytes=3, tier="dark", why="Odd.")
    assert [each.path for each in found.along] == [str(field.photos / "a.jpg.xmp")]


def test_a_photo_that_is_gone_meanwhile_is_left_out(field: Field) -> None:
    field.put("a.jpg", "one")
    gone = [replace(finding(field, "a.jpg", kind), id=999) for kind in ("dark", "extension")]
    assert removals_of_findings(field.library.catalog, gone) == ([], [])


def test_a_file_of_which_the_photo_goes_is_not_kept_for_its_name_s_sake(field: Field) -> None:
    field.put("a.jpg", "one")
    field.put("a.png", "one")
    found = removals_of_findings(
        field.library.catalog, [finding(field, "a.png", "extension"), finding(field, "a.jpg")]
    ).removals
    assert {(Path(each.path).name, each.keeper, each.tier) for each in found} == {
        ("a.jpg", None, "blurred"),
        ("a.png", None, "blurred"),
    }


def test_a_wrong_name_says_why_and_takes_along_what_is_its_own(field: Field) -> None:
    kept = field.put("a.jpg", "one")
    field.put("b.png", "one")
    field.beside("b.png.xmp", "words")
    (found,) = removals_of_findings(
        field.library.catalog, [finding(field, "b.png", "extension")]
    ).removals
    assert (
        found == field.removal("b.png", "a.jpg", bytes=3, tier="extension", why="Odd.")
        and found.keeper == kept
    )
    assert [each.path for each in found.along] == [str(field.photos / "b.png.xmp")]


def test_a_wrong_name_that_is_gone_meanwhile_is_left_out(field: Field) -> None:
    field.put("a.jpg", "one")
    field.put("b.png", "one")
    found = finding(field, "b.png", "extension")
    writer = Writer(field.library.catalog)
    writer.put_missing([writer.files_below(field.root)["b.png"]])
    writer.close()
    field.put("c.png", "two")
    left = removals_of_findings(
        field.library.catalog, [replace(found, id=999), found, finding(field, "c.png", "extension")]
    )
    assert left.skipped == [] and [Path(each.path).name for each in left.removals] == ["c.png"]


def test_a_file_with_a_wrong_name_goes_alone_and_its_like_is_kept(field: Field) -> None:
    field.put("a.jpg", "one")
    field.put("a.png", "one")
    field.put("b.png", "two")
    found = [finding(field, name, "extension") for name in ("a.png", "b.png")]
    removals = removals_of_findings(field.library.catalog, found).removals
    kept = str(field.photos / "a.jpg")
    assert {(Path(each.path).name, each.keeper) for each in removals} == {
        ("a.png", kept),
        ("b.png", None),
    }
    assert all(
        result.done for result in remove(field.library, removals, without_keeper=True).results
    )
    assert Path(kept).exists()


def test_where_all_files_of_a_photo_have_wrong_names_none_is_kept_for_another(field: Field) -> None:
    field.put("a.png", "one")
    field.put("b.png", "one")
    removals = removals_of_findings(
        field.library.catalog, [finding(field, name, "extension") for name in ("a.png", "b.png")]
    ).removals
    assert {each.keeper for each in removals} == {None}


def test_a_file_that_cannot_be_read_at_all_is_said(
    field: Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    field.fail("gone.jpg", "x")
    field.fail("locked.jpg", "x")
    (field.photos / "gone.jpg").unlink()

    def locked(path: str) -> str:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(safe_move, "file_hash", locked)
    taking = removals_of_findings(
        field.library.catalog,
        [finding(field, name, "unreadable") for name in ("gone.jpg", "locked.jpg")],
    )
    assert taking.removals == []
    assert [why for _, why in taking.skipped] == [
        "it is not there any more",
        "its content cannot be read to make sure of it (Permission denied)",
    ]


def test_a_plan_is_written_and_carried_out(
    field: Field, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """From the command line: list, write the plan, look, carry out, undo."""
    field.fail("broken.jpg", "no photo at all")
    field.put("good.jpg", "one")
    before = field.tree()
    plan, place = str(field.base / "plan.json"), ["--library", str(field.library.dir)]
    assert run_command(["anomalies", *place, "--kind", "unreadable", "--json", "--plan", plan]) == 0
    out, err = capfdbinary.readouterr()
    assert [Path(row["path"]).name for row in json.loads(out)] == [
        "broken.jpg"
    ] and b"--without-keeper" in err
    assert run_command(["remove", *place, "--plan", plan]) == 2
    assert field.tree() == before
    kept = str(field.base / "kept")
    assert run_command(["remove", *place, "--plan", plan, "--without-keeper", "--to", kept]) == 0
    assert ONLY_COPY.encode() in capfdbinary.readouterr().out
    assert set(before) - set(field.tree()) == {"broken.jpg"}
    assert run_command(["undo", *place]) == 0
    assert field.tree() == before
    assert run_command(["anomalies", *place, "--all", "--plan", plan]) == 2


@pytest.mark.parametrize("fault", ["unsupported", "environment", None])
def test_a_file_that_is_not_proven_to_be_at_fault_is_not_offered_and_stays(
    field: Field, fault: Fault | None
) -> None:
    path = field.fail("whole.jxl", "a whole file", "JPEG XL files cannot be read yet", fault)
    (failure,) = field.library.catalog.failures()
    assert failure["fault"] == fault
    anomalies = Anomalies(field.library)
    assert anomalies.findings() == [] and anomalies.counts()["unreadable"] == 0
    # A plan that was written by hand.
    wanted = [Removal(path, digest(Path(path)), bytes=12, tier="unreadable", why="Odd.")]
    (result,) = remove(field.library, wanted, without_keeper=True).results
    assert (result.state, Path(path).exists()) == ("refused", True)
    assert "no fault of the file" in result.reason


@pytest.mark.parametrize("fault", PROVEN)
def test_a_file_that_is_proven_to_be_at_fault_is_offered(field: Field, fault: Fault) -> None:
    path = field.fail("torn.jpg", "a torn file", "the file is damaged", fault)
    (found,) = Anomalies(field.library).findings()
    assert (found.path, found.kind, found.detail) == (path, "unreadable", "The file is damaged.")
    (wanted,) = removals_of_findings(field.library.catalog, [found]).removals
    assert dry_run(field.library, [wanted], without_keeper=True).results[0].state == "would"
