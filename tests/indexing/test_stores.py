"""Photos in folders that systems and other programs keep for themselves."""

from __future__ import annotations

import shutil

import pytest

from explorer.indexing import reconcile
from explorer.library.file_rows import EXCLUDED
from explorer.library.stores.file_store import files_below
from explorer.library.stores.root_store import set_exclude_globs
from explorer.scanning import ignore
from explorer.scanning.ignore import IgnoreRules
from explorer.scanning.index_summary import IndexSummary
from explorer.scanning.write_detection import WriteDetector
from tests.fixtures.indexing import IndexingSetup
from tests.indexing.test_reconcile import root


def older_library(setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """An index that a version made which knew no such folders."""
    for number, name in enumerate(
        (
            "#recycle/a.jpg",
            "Photos/b.jpg",
            "$Recycle.Bin/S-1/$R1.jpg",
            "Photos/X.photoslibrary/d.jpg",
        )
    ):
        setup.draw(name, number)
    setup.draw("#recycle/bad.jpg", 9).write_bytes(b"broken")
    with monkeypatch.context() as patched:
        patched.setattr(ignore, "is_skipped", lambda names: names[-1].startswith("."))
        patched.setattr(reconcile, "system_folder_of_file", lambda path: None)
        setup.run()
    return setup.present()


def states(setup: IndexingSetup) -> dict[str, tuple[str, str | None]]:
    return {
        path: (file.state, file.reason)
        for path, file in files_below(setup.writer, setup.root).items()
    }


def test_files_in_trash_folders_leave_the_index_without_becoming_missing(
    setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = older_library(setup, monkeypatch)
    assert len(before) == 4
    summary = setup.run()
    assert (summary.left_out, summary.missing, summary.away, summary.unchanged) == (3, 0, 0, 1)
    assert setup.present() == {"Photos/b.jpg": before["Photos/b.jpg"]} and not setup.failed()
    assert setup.library.catalog.counts().missing == 0 and root(setup)["asking"] == 0
    setup.agrees()
    # Emptied, they are forgotten about, and nobody asks.
    shutil.rmtree(setup.photos / "#recycle")
    summary = setup.run()
    assert (summary.left_out, summary.missing, summary.away) == (0, 0, 0)
    assert setup.library.catalog.counts().missing == 0 and states(setup)["#recycle/a.jpg"] == (
        "missing",
        EXCLUDED,
    )
    # Restored, it is the photo that it was, and is not encoded again.
    encoded = setup.encoder.encoded
    setup.draw("Photos/a.jpg", 0)
    assert setup.run().indexed == 1
    assert (
        setup.present()["Photos/a.jpg"] == before["#recycle/a.jpg"]
        and setup.encoder.encoded == encoded
    )


def test_no_question_is_asked_about_a_trash_folder_emptied_before_the_first_scan(
    setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    older_library(setup, monkeypatch)
    shutil.rmtree(setup.photos / "#recycle")
    shutil.rmtree(setup.photos / "$Recycle.Bin")
    summary = setup.run()
    assert (summary.left_out, summary.missing, summary.away) == (3, 0, 0)
    assert setup.library.catalog.counts().missing == 0


def test_a_trash_folder_added_by_the_user_is_an_ordinary_folder(
    setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    older_library(setup, monkeypatch)
    set_exclude_globs(setup.writer, setup.root, ["!#recycle"])
    assert setup.run().left_out == 2
    assert "#recycle/a.jpg" in setup.present() and set(setup.failed()) == {"bad.jpg"}
    (setup.photos / "#recycle" / "a.jpg").unlink()
    assert setup.run().missing == 1
    assert states(setup)["#recycle/a.jpg"] == ("missing", None)


def test_nothing_is_decided_about_an_unresponsive_drive(
    setup: IndexingSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    older_library(setup, monkeypatch)
    differences = reconcile.Reconciler(
        setup.library.catalog,
        setup.writer,
        WriteDetector(),
        IndexSummary(),
        lambda: None,
        setup.drives,
    )
    known = files_below(setup.writer, setup.root)
    chosen = IgnoreRules(str(setup.photos))
    of_others = differences._ids_in_system_folders(root(setup), known, chosen)
    assert {known[path].id for path in known if not path.startswith("Photos/b")} == of_others
    assert differences._ids_in_system_folders(root(setup), known, None) == set()
    monkeypatch.setattr(differences._drives, "call_or", lambda root, function, otherwise: otherwise)
    assert differences._ids_in_system_folders(root(setup), known, chosen) == set()
