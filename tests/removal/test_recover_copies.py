"""After an interruption between creating a copy and deleting the original."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from explorer.library.removals.removal_journal import RemovalJournal
from explorer.removal.undo import recover_interrupted
from tests.fixtures.small_library import SmallLibrary
from tests.removal.test_recover_interrupted import cut
from tests.removal.test_undo import entries


def test_after_an_interruption_between_two_names_the_second_is_removed(
    pair: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file has its new name, and still its old one; or there is a whole copy on the other
    drive."""
    before = pair.tree()
    for copy in (False, True):
        cut(pair, str(pair.base / "aside"), monkeypatch, after=False)
        target = entries(pair)[-1].target
        assert target is not None
        if copy:
            shutil.copy2(pair.photos / "sub/b.jpg", target)
        else:
            os.link(pair.photos / "sub/b.jpg", target)
        recover_interrupted(pair.library, RemovalJournal(pair.library.dir))
        assert pair.tree() == before and not os.path.lexists(target)


def test_another_file_at_its_path_is_not_mistaken_for_a_copy(
    pair: SmallLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = pair.tree()
    cut(pair, str(pair.base / "aside"), monkeypatch, after=False)
    target = Path(entries(pair)[0].target or "")
    target.write_text("a stranger's")
    recover_interrupted(pair.library, RemovalJournal(pair.library.dir))
    assert (
        target.read_text() == "a stranger's"
        and pair.tree() == before
        and entries(pair)[0].state == "undone"
    )
