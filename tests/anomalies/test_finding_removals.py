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
from explorer.library.file_lookup import find_photo_file, find_unreadable_file
from explorer.library.stores.dismissal_store import path_subject
from explorer.library.stores.file_store import files_below, put_missing
from explorer.library.writer import Writer
from explorer.removal import file_state, trash
from explorer.removal.preflight import ONLY_COPY
from explorer.removal.remove import dry_run, remove
from explorer.removal.results import TRASH, Removal
from explorer.removal.undo import undo
from tests.fixtures.small_library import SmallLibrary, digest

run_command: Callable[..., int] = app.main


def finding(small_library: SmallLibrary, path: str, kind: FindingKind = "blurred") -> Finding:
    full = str(small_library.photos / path)
    known = find_photo_file(small_library.library.catalog, full)
    return Finding(
        known.file.photo_id if known else None,
        full,
        kind,
        0.1,
        "Odd.",
        known.hash if known else path_subject(full),
    )


@pytest.mark.parametrize("to", ["trash", "folder", "aside"])
def test_an_unreadable_file_is_removed_and_restored(
    small_library: SmallLibrary, to: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if to == "aside":
        monkeypatch.setattr(trash, "is_supported", lambda: False)
    path = small_library.add_unreadable("bad/broken.jpg", "no photo at all")
    small_library.add_photo("good.jpg", "one")
    before = small_library.tree()
    taking = removals_of_findings(
        small_library.library.catalog, [finding(small_library, "bad/broken.jpg", "unreadable")]
    )
    assert taking.skipped == [] and taking.removals == [
        Removal(path, digest(Path(path)), bytes=15, tier="unreadable", why="Odd.")
    ]
    with pytest.raises(UsageError, match="separate confirmation"):
        remove(small_library.library, taking.removals)
    outcome = remove(
        small_library.library,
        taking.removals,
        str(small_library.base / "kept") if to == "folder" else TRASH,
        without_keeper=True,
    )
    assert [(result.state, result.reason) for result in outcome.results] == [("removed", ONLY_COPY)]
    assert set(before) - set(small_library.tree()) == {"bad/broken.jpg"}
    # Nobody lists what no longer exists.
    assert small_library.library.catalog.failures() == []
    undo(small_library.library)
    assert small_library.tree() == before


def test_an_unreadable_file_that_changed_is_kept(small_library: SmallLibrary) -> None:
    path = small_library.add_unreadable("broken.jpg", "no photo at all")
    (wanted,) = removals_of_findings(
        small_library.library.catalog, [finding(small_library, "broken.jpg", "unreadable")]
    ).removals
    facts = Path(path).stat()
    Path(path).write_text("now something else")
    assert (
        "has changed"
        in dry_run(small_library.library, [wanted], without_keeper=True).results[0].reason
    )
    # Even where size and time say nothing of it.
    Path(path).write_text("NO photo at all")
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    assert (
        "has changed"
        in remove(small_library.library, [wanted], without_keeper=True).results[0].reason
    )
    assert Path(path).exists()


def test_an_unreadable_file_is_neither_a_copy_nor_a_keeper(small_library: SmallLibrary) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_unreadable("b.jpg", "one")
    for one, two in (("b.jpg", "a.jpg"), ("a.jpg", "b.jpg")):
        (result,) = remove(small_library.library, [small_library.removal(one, two)]).results
        assert result.state == "refused"
    assert {"a.jpg", "b.jpg"} <= set(small_library.tree())


def test_a_file_that_is_not_in_the_library_is_kept(small_library: SmallLibrary) -> None:
    (small_library.photos / "new.jpg").write_text("new")
    assert (
        find_unreadable_file(small_library.library.catalog, str(small_library.photos / "new.jpg"))
        is None
    )
    (result,) = remove(
        small_library.library, [small_library.removal("new.jpg", None)], without_keeper=True
    ).results
    assert (result.state, result.reason) == ("refused", "it is not in the library")


def test_a_photo_is_removed_with_all_its_files(small_library: SmallLibrary) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.jpg", "one")
    small_library.add_photo("c.jpg", "two")
    removals = removals_of_findings(
        small_library.library.catalog,
        [finding(small_library, "a.jpg"), finding(small_library, "a.jpg", "dark")],
    ).removals
    assert {(Path(each.path).name, each.keeper) for each in removals} == {
        ("a.jpg", None),
        ("b.jpg", None),
    }


def test_a_photo_is_removed_for_its_first_finding_with_its_companions_and_without_missing_files(
    small_library: SmallLibrary,
) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("gone.jpg", "one")
    small_library.add_file("a.jpg.xmp", "words")
    writer = Writer(small_library.library.catalog)
    put_missing(writer, [files_below(writer, small_library.root)["gone.jpg"]])
    writer.close()
    (found,) = removals_of_findings(
        small_library.library.catalog,
        [finding(small_library, "a.jpg", "dark"), finding(small_library, "a.jpg")],
    ).removals
    assert found == small_library.removal("a.jpg", None, bytes=3, tier="dark", why="Odd.")
    assert [each.path for each in found.companions] == [str(small_library.photos / "a.jpg.xmp")]


def test_a_photo_deleted_meanwhile_is_skipped(small_library: SmallLibrary) -> None:
    small_library.add_photo("a.jpg", "one")
    gone = [
        replace(finding(small_library, "a.jpg", kind), id=999) for kind in ("dark", "extension")
    ]
    assert removals_of_findings(small_library.library.catalog, gone) == ([], [])


def test_a_file_with_a_wrong_extension_is_removed_alone_for_another_with_its_content(
    small_library: SmallLibrary,
) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("b.png", "one")
    small_library.add_photo("c.gif", "one")
    small_library.add_file("b.png.xmp", "words")
    catalog = small_library.library.catalog
    wrong = [finding(small_library, name, "extension") for name in ("b.png", "c.gif", "a.jpg")]

    found = removals_of_findings(catalog, wrong[:2]).removals
    assert found == [
        small_library.removal(name, "a.jpg", bytes=3, tier="extension", why="Odd.")
        for name in ("b.png", "c.gif")
    ]
    assert [each.path for each in found[0].companions] == [str(small_library.photos / "b.png.xmp")]

    # None of them is kept, so none is a copy.
    found = removals_of_findings(catalog, wrong).removals
    assert found == [
        small_library.removal(name, None, bytes=3, tier="extension", why="Odd.")
        for name in ("b.png", "c.gif", "a.jpg")
    ]

    moved = replace(wrong[0], path=str(small_library.photos / "moved.png"))
    assert removals_of_findings(catalog, [moved]) == ([], [])


def test_a_wrong_extension_does_not_keep_a_file_whose_photo_is_removed(
    small_library: SmallLibrary,
) -> None:
    small_library.add_photo("a.jpg", "one")
    small_library.add_photo("a.png", "one")
    found = removals_of_findings(
        small_library.library.catalog,
        [finding(small_library, "a.png", "extension"), finding(small_library, "a.jpg")],
    ).removals
    assert {(Path(each.path).name, each.keeper, each.tier) for each in found} == {
        ("a.jpg", None, "blurred"),
        ("a.png", None, "blurred"),
    }


def test_a_file_that_cannot_be_read_at_all_is_reported(
    small_library: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_library.add_unreadable("gone.jpg", "x")
    small_library.add_unreadable("locked.jpg", "x")
    (small_library.photos / "gone.jpg").unlink()

    def locked(path: str) -> str:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(file_state, "file_hash", locked)
    taking = removals_of_findings(
        small_library.library.catalog,
        [finding(small_library, name, "unreadable") for name in ("gone.jpg", "locked.jpg")],
    )
    assert taking.removals == []
    assert [why for _, why in taking.skipped] == [
        "it no longer exists",
        "its content cannot be read to verify it (Permission denied)",
    ]


def test_a_plan_is_written_and_carried_out(
    small_library: SmallLibrary, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """From the command line: list, write the plan, look, carry out, undo."""
    small_library.add_unreadable("broken.jpg", "no photo at all")
    small_library.add_photo("good.jpg", "one")
    before = small_library.tree()
    plan, place = (
        str(small_library.base / "plan.json"),
        ["--library", str(small_library.library.dir)],
    )
    assert run_command(["anomalies", *place, "--kind", "unreadable", "--json", "--plan", plan]) == 0
    out, err = capfdbinary.readouterr()
    assert [Path(row["path"]).name for row in json.loads(out)] == [
        "broken.jpg"
    ] and b"--without-keeper" in err
    assert run_command(["remove", *place, "--plan", plan]) == 2
    assert small_library.tree() == before
    kept = str(small_library.base / "kept")
    assert run_command(["remove", *place, "--plan", plan, "--without-keeper", "--to", kept]) == 0
    assert ONLY_COPY.encode() in capfdbinary.readouterr().out
    assert set(before) - set(small_library.tree()) == {"broken.jpg"}
    assert run_command(["undo", *place]) == 0
    assert small_library.tree() == before
    assert run_command(["anomalies", *place, "--all", "--plan", plan]) == 2


@pytest.mark.parametrize("fault", ["unsupported", "environment", None])
def test_a_file_not_proven_faulty_is_neither_offered_nor_removed(
    small_library: SmallLibrary, fault: Fault | None
) -> None:
    path = small_library.add_unreadable(
        "whole.jxl", "a whole file", "JPEG XL files cannot be read yet", fault
    )
    (failure,) = small_library.library.catalog.failures()
    assert failure["fault"] == fault
    anomalies = Anomalies(small_library.library)
    assert anomalies.findings() == [] and anomalies.counts()["unreadable"] == 0
    # A plan that was written by hand.
    wanted = [Removal(path, digest(Path(path)), bytes=12, tier="unreadable", why="Odd.")]
    (result,) = remove(small_library.library, wanted, without_keeper=True).results
    assert (result.state, Path(path).exists()) == ("refused", True)
    assert "the file itself may be fine" in result.reason


@pytest.mark.parametrize("fault", PROVEN)
def test_a_file_proven_faulty_is_offered(small_library: SmallLibrary, fault: Fault) -> None:
    path = small_library.add_unreadable("torn.jpg", "a torn file", "the file is damaged", fault)
    (found,) = Anomalies(small_library.library).findings()
    assert (found.path, found.kind, found.detail) == (path, "unreadable", "The file is damaged.")
    (wanted,) = removals_of_findings(small_library.library.catalog, [found]).removals
    assert dry_run(small_library.library, [wanted], without_keeper=True).results[0].state == "would"
