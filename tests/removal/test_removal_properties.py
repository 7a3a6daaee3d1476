"""Any sequence of removals, faults, changes by others and undos ends, when all is undone, with
every file as it was."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from explorer.errors import ExplorerError
from explorer.library.removals.removal_journal import RemovalJournal
from explorer.library.stores.protected_folder_store import protect_folder, unprotect_folder
from explorer.removal.remove import remove
from explorer.removal.results import TRASH
from explorer.removal.undo import history, recover_interrupted, undo
from tests.fixtures.small_library import SmallLibrary
from tests.removal.faults import struck
from tests.thoroughness import times

# What lies beside a file: nothing, the film that all of its group have, one of its own, and words
# about it.
COMPANIONS = st.sets(st.sampled_from(["film", "own film", "words"]))
FOLDERS = ("", "sub", "sub/deep", "other")
WHERE = st.sampled_from(["trash", "one", "two"])
TROUBLE = st.tuples(
    st.integers(0, 70),
    st.sampled_from(["before", "after", "torn", "ENOSPC", "EACCES", "EIO", None]),
)


class Story(RuleBasedStateMachine):
    """Groups of files with one content each, some with companions; whatever happens, some file of
    each content, also of each film's, is there, with its bytes."""

    def __init__(self) -> None:
        super().__init__()
        self.base = Path(tempfile.mkdtemp())
        self.small_library = SmallLibrary(self.base)
        self.groups: list[list[str]] = []
        self.films: set[bytes] = set()
        self.protected: set[str] = set()
        self._real_fsync = os.fsync
        os.fsync = lambda handle: None  # type: ignore[assignment]

    def teardown(self) -> None:
        try:
            self.undo_everything()
        finally:
            os.fsync = self._real_fsync
            self.small_library.close()
            shutil.rmtree(self.base)

    @initialize(
        shapes=st.lists(
            st.lists(
                st.tuples(
                    st.sampled_from(FOLDERS), st.sampled_from(["file", "hard", "soft"]), COMPANIONS
                ),
                min_size=2,
                max_size=4,
            ),
            min_size=1,
            max_size=3,
        )
    )
    def photos(self, shapes: list[list[tuple[str, str, set[str]]]]) -> None:
        for number, shape in enumerate(shapes):
            members = list[str]()
            for at, (folder, kind, companions) in enumerate(shape):
                # Two by two of one name: in one folder they share what lies beside them.
                stem = os.path.join(folder, f"{number}-{at // 2}")
                name = stem + (".heic" if at % 2 else ".jpg")
                if at == 0 or kind == "file":
                    self.small_library.add_photo(name, f"content {number}")
                else:
                    self.small_library.add_link(name, members[0], hard=kind == "hard")
                members.append(name)
                beside = (
                    ("film", f"{stem}.mov"),
                    ("own film", f"{stem}.mp4"),
                    ("words", f"{stem}.thm"),
                    ("words", f"{name}.thm"),
                )
                for what, path in beside:
                    if what in companions and not (self.small_library.photos / path).exists():
                        self.small_library.add_file(
                            path,
                            f"film {number}" if what == "film" else f"{what.split()[-1]} of {path}",
                        )
            self.groups.append(members)
        self.before = self.small_library.tree()
        self.films = {what[1] for what in self.before.values() if what[1].startswith(b"film")}

    def trouble(self, trouble: tuple[int, str | None]) -> Any:
        at, kind = trouble
        return struck(at, kind) if kind else contextlib.nullcontext()

    @rule(data=st.data(), where=WHERE, trouble=TROUBLE)
    def take_away(self, data: Any, where: str, trouble: tuple[int, str | None]) -> None:
        """Any members for the sake of any other of their group, sensible or not."""
        wanted = []
        for members in self.groups:
            there = [name for name in members if (self.small_library.photos / name).exists()]
            if len(there) > 1:
                keeper = data.draw(st.sampled_from(there))
                others = data.draw(st.sets(st.sampled_from(there)))
                wanted += [self.small_library.removal(name, keeper) for name in sorted(others)]
        to = TRASH if where == "trash" else str(self.base / where)
        with self.trouble(trouble), contextlib.suppress(ExplorerError, OSError):
            remove(self.small_library.library, wanted, to)

    @rule(data=st.data(), trouble=TROUBLE)
    def bring_back(self, data: Any, trouble: tuple[int, str | None]) -> None:
        away = [run.id for run in history(self.small_library.library) if run.away]
        if away:
            with self.trouble(trouble), contextlib.suppress(ExplorerError, OSError):
                undo(self.small_library.library, data.draw(st.sampled_from(away)))

    @rule(folder=st.sampled_from(FOLDERS))
    def protection(self, folder: str) -> None:
        path = str(self.small_library.photos / folder) if folder else str(self.small_library.photos)
        (unprotect_folder if path in self.protected else protect_folder)(
            self.small_library.library.catalog, path
        )
        self.protected ^= {path}

    @rule(data=st.data())
    def empty_folders_go(self, data: Any) -> None:
        for folder in ("sub/deep", "sub", "other"):
            with contextlib.suppress(OSError):
                (self.small_library.photos / folder).rmdir()

    @invariant()
    def the_last_copy_stays(self) -> None:
        for number, members in enumerate(self.groups):
            there = [name for name in members if (self.small_library.photos / name).is_file()]
            assert any(
                (self.small_library.photos / name).read_text() == f"content {number}"
                for name in there
            ), members

    @invariant()
    def the_last_film_stays(self) -> None:
        assert {
            what[1] for what in self.small_library.tree().values() if what[1].startswith(b"film")
        } == self.films

    @invariant()
    def nothing_is_half(self) -> None:
        for path, what in self.small_library.tree().items():
            if what[0] == "file" and not Path(path).name.startswith("."):
                assert what == self.before[path]

    def undo_everything(self) -> None:
        if not self.groups:
            return
        recover_interrupted(
            self.small_library.library, RemovalJournal(self.small_library.library.dir)
        )
        for run in history(self.small_library.library):
            if run.away:
                _, restored = undo(self.small_library.library, run.id)
                assert all(each.back for each in restored), restored
        files = {
            path: what for path, what in self.small_library.tree().items() if what[0] != "folder"
        }
        assert files == {path: what for path, what in self.before.items() if what[0] != "folder"}


def test_no_sequence_of_removals_loses_a_photo() -> None:
    run_state_machine_as_test(
        Story,
        settings=settings(
            max_examples=times(40, 200),
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
