"""Whatever happens to files, the searchable texts are those that the whole catalog gives."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from explorer.library.file_rows import FileStat, KnownFile
from explorer.library.library import Library
from explorer.library.missing_files import purge_expired, put_found_again, put_vanished
from explorer.library.stores.file_store import files_below, put_all_moved, put_failed, put_missing
from explorer.library.stores.photo_text_store import index_is_sound, read_texts
from explorer.library.stores.quality_store import refresh_photo
from explorer.library.stores.root_store import add_root, remove_root
from tests.factory import LibraryBuilder, decoded
from tests.thoroughness import times

_PATHS = st.sampled_from(["a.jpg", "b.jpg", "Ä/a.jpg", "Ä/ö/c.jpg"])
_CONTENTS = st.integers(0, 3)
_NEVER = 1e12


class FilesComeAndGo(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.top = Path(self.folder.name)
        (self.top / "photos" / "Inner").mkdir(parents=True)
        self.builder = LibraryBuilder(
            Library.open(self.top / "library"), str(self.top / "photos" / "Inner")
        )

    def teardown(self) -> None:
        assert index_is_sound(self.builder.library.catalog)
        self.builder.close()
        self.folder.cleanup()

    def known(self, path: str) -> list[KnownFile]:
        file = files_below(self.builder.writer, self.builder.root).get(path)
        return [file] if file and file.photo_id is not None else []

    @rule(path=_PATHS, content=_CONTENTS, keywords=st.sampled_from([(), ("x",), ("Y", "z")]))
    def put(self, path: str, content: int, keywords: tuple[str, ...]) -> None:
        self.builder.put(path, content, keywords=keywords)

    @rule(path=_PATHS, to=_PATHS)
    def move(self, path: str, to: str) -> None:
        moves = [(file, self.builder.root, FileStat(to, 1, 1, 0)) for file in self.known(path)]
        put_all_moved(self.builder.writer, moves)

    @rule(one=_PATHS, two=_PATHS)
    def swap(self, one: str, two: str) -> None:
        files = [*self.known(one), *self.known(two)]
        if len({file.id for file in files}) == 2:
            put_all_moved(
                self.builder.writer,
                [
                    (file, self.builder.root, FileStat(other.path, 1, 1, 0))
                    for file, other in zip(files, reversed(files), strict=True)
                ],
            )

    @rule(path=_PATHS, how=st.sampled_from([put_missing, put_vanished, put_found_again]))
    def miss(self, path: str, how: object) -> None:
        assert callable(how)
        how(self.builder.writer, self.known(path))

    @rule(path=_PATHS)
    def fail(self, path: str) -> None:
        put_failed(self.builder.writer, self.builder.root, FileStat(path, 1, 1, 0), "broken")

    @rule()
    def purge(self) -> None:
        purge_expired(self.builder.writer, now=_NEVER)

    @rule(content=_CONTENTS, title=st.sampled_from([None, "A", "Ü"]))
    def read_again(self, content: int, title: str | None) -> None:
        for file in files_below(self.builder.writer, self.builder.root).values():
            if file.photo_id == content:
                refresh_photo(self.builder.writer, content, decoded(title=title))

    @rule()
    def merge(self) -> None:
        self.builder.root = add_root(self.builder.writer, str(self.top / "photos"))

    @rule()
    def forget(self) -> None:
        for root in self.builder.library.catalog.roots():
            remove_root(self.builder.writer, root["path"])
        self.builder.root = add_root(self.builder.writer, str(self.top / "photos" / "Inner"))

    @rule(path=_PATHS, content=_CONTENTS)
    def undo(self, path: str, content: int) -> None:
        try:
            with self.builder.writer.transaction():
                self.builder.put(path, content)
                raise ZeroDivisionError
        except ZeroDivisionError:
            pass

    @invariant()
    def texts_are_those_of_the_catalog(self) -> None:
        db = self.builder.writer.connection
        visible = [row[0] for row in db.execute("select id from photo where present > 0")]
        texts = read_texts(db, visible)
        stored = {row[0]: tuple(row)[1:] for row in db.execute("select * from photo_text")}
        assert stored == {photo_id: found.folded() for photo_id, found in texts.items()}


TestFilesComeAndGo = FilesComeAndGo.TestCase
TestFilesComeAndGo.settings = settings(
    max_examples=times(15, 75), stateful_step_count=20, deadline=None
)
