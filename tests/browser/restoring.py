"""An app that tests share is given back as it was, also by a test that fails in the middle, so that
the tests after it do not fail, too."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from explorer.library.catalog import Catalog
from explorer.library.edits.edit_history import past_edits
from explorer.library.edits.edit_undo import undo_edit
from explorer.library.library import Library
from explorer.library.stores.command_store import send_command
from explorer.library.stores.concept_store import concepts, delete_concept
from explorer.library.stores.dismissal_store import dismissed, undismiss
from explorer.library.stores.saved_search_store import delete_search, saved_searches
from explorer.library.stores.setting_store import get_setting
from explorer.library.stores.worker_store import worker_status
from explorer.removal.undo import history, undo
from explorer.sidecars.undo_sidecars import sidecar_history, undo_sidecars
from tests.browser.app_server import Server
from tests.fixtures.waiting import wait


def restore(running: Server, watched: Path) -> None:
    """Take back what a test has left in the app: what it removed, wrote, edited, dismissed, saved,
    paused, and watched beside this folder."""
    with closing(Library.open(running.library, create=False)) as library:
        restore_files(library)
        catalog = library.catalog
        for edit in past_edits(catalog):
            undo_edit(catalog, edit.id)
        if left := dismissed(catalog):
            undismiss(catalog, left)
        for concept in concepts(catalog):
            delete_concept(catalog, concept.id)
        for search in saved_searches(catalog):
            delete_search(catalog, search.id)
        others = [root["path"] for root in catalog.roots() if root["path"] != str(watched)]
        for path in others:
            send_command(catalog, "remove", path)
        if get_setting(catalog, "paused") == "1":
            send_command(catalog, "resume")
            wait(lambda: _goes_on(catalog), "indexing to be resumed")
        wait(
            lambda: [root["path"] for root in catalog.roots()] == [str(watched)],
            "the other folders not to be watched any more",
        )


def restore_files(library: Library) -> None:
    """Put back what was removed, and take away the sidecars that were written."""
    for written in sidecar_history(library):
        if written.pending:
            undo_sidecars(library, written.id)
    for removal in history(library):
        if removal.away:
            undo(library, removal.id)


def _goes_on(catalog: Catalog) -> bool:
    worker = worker_status(catalog)
    return worker is not None and worker["phase"] != "paused"
