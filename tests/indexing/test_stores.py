"""Photos in folders that systems and other programs keep for themselves."""

from __future__ import annotations

import shutil

import pytest

from explorer.indexing import reconcile
from explorer.library.file_rows import EXCLUDED
from explorer.library.file_store import files_below
from explorer.library.root_store import set_exclude_globs
from explorer.scanning import ignore
from explorer.scanning.ignore import IgnoreRules
from explorer.scanning.index_summary import IndexSummary
from explorer.scanning.write_detection import WriteDetector
from tests.fixtures.indexing import IndexingSetup
from tests.indexing.test_reconcile import root


def older_library(desk: IndexingSetup, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """An index that a version made which knew no such folders."""
    for number, name in enumerate(
        (
            "#recycle/a.jpg",
            "Photos/b.jpg",
            "$Recycle.Bin/S-1/$R1.jpg",
            "Photos/X.photoslibrary/d.jpg",
        )
    ):
        desk.draw(name, number)
    desk.draw("#recycle/bad.jpg", 9).write_bytes(b"broken")
    with monkeypatch.context() as patched:
        patched.setattr(ignore, "kind_of", lambda names: None)
        patched.setattr(reconcile, "around_file", lambda path: None)
        desk.run()
    return desk.present()


def states(desk: IndexingSetup) -> dict[str, tuple[str, str | None]]:
    return {
        path: (file.state, file.reason)
        for path, file in files_below(desk.writer, desk.root).items()
    }


def test_files_in_bins_leave_the_index_without_being_missed(
    desk: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = older_library(desk, monkeypatch)
    assert len(before) == 4
    tally = desk.run()
    assert (tally.left_out, tally.missing, tally.away, tally.unchanged) == (3, 0, 0, 1)
    assert desk.present() == {"Photos/b.jpg": before["Photos/b.jpg"]} and not desk.failed()
    assert desk.library.catalog.counts().missing == 0 and root(desk)["asking"] == 0
    desk.agrees()
    # Emptied, they are forgotten about, and nobody asks.
    shutil.rmtree(desk.photos / "#recycle")
    tally = desk.run()
    assert (tally.left_out, tally.missing, tally.away) == (0, 0, 0)
    assert desk.library.catalog.counts().missing == 0 and states(desk)["#recycle/a.jpg"] == (
        "missing",
        EXCLUDED,
    )
    # Restored, it is the photo that it was, and is not encoded again.
    encoded = desk.encoder.encoded
    desk.draw("Photos/a.jpg", 0)
    assert desk.run().indexed == 1
    assert (
        desk.present()["Photos/a.jpg"] == before["#recycle/a.jpg"]
        and desk.encoder.encoded == encoded
    )


def test_a_bin_that_was_emptied_before_the_first_scan_is_no_question(
    desk: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    older_library(desk, monkeypatch)
    shutil.rmtree(desk.photos / "#recycle")
    shutil.rmtree(desk.photos / "$Recycle.Bin")
    tally = desk.run()
    assert (tally.left_out, tally.missing, tally.away) == (3, 0, 0)
    assert desk.library.catalog.counts().missing == 0


def test_a_bin_that_a_person_asked_for_is_a_folder_like_any_other(
    desk: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    older_library(desk, monkeypatch)
    set_exclude_globs(desk.writer, desk.root, ["!#recycle"])
    assert desk.run().left_out == 2
    assert "#recycle/a.jpg" in desk.present() and set(desk.failed()) == {"bad.jpg"}
    (desk.photos / "#recycle" / "a.jpg").unlink()
    assert desk.run().missing == 1
    assert states(desk)["#recycle/a.jpg"] == ("missing", None)


def test_a_drive_that_does_not_answer_has_nothing_decided_about_it(
    desk: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    older_library(desk, monkeypatch)
    differences = reconcile.Reconciler(
        desk.library.catalog, desk.writer, WriteDetector(), IndexSummary(), lambda: None
    )
    known = files_below(desk.writer, desk.root)
    chosen = IgnoreRules(str(desk.photos))
    of_others = differences._ids_in_system_folders(root(desk), known, chosen)
    assert {known[path].id for path in known if not path.startswith("Photos/b")} == of_others
    assert differences._ids_in_system_folders(root(desk), known, None) == set()
    monkeypatch.setattr(differences._drives, "call_or", lambda root, function, otherwise: otherwise)
    assert differences._ids_in_system_folders(root(desk), known, chosen) == set()
