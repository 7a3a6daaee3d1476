from __future__ import annotations

import threading
from pathlib import Path

from explorer.library.library import Library
from explorer.library.stores.dismissal_store import (
    Dismissal,
    dismiss,
    dismissed,
    path_subject,
    undismiss,
)


def test_a_dismissal_is_remembered_until_it_is_restored(tmp_path: Path) -> None:
    library = Library.open(tmp_path / "library")
    one, two = Dismissal("aa", "blurred"), Dismissal("aa", "dark")
    dismiss(library.catalog, [one, two, one])
    library.close()
    library = Library.open(tmp_path / "library")
    assert dismissed(library.catalog) == {one, two}
    undismiss(library.catalog, [one, Dismissal("bb", "dark")])
    assert dismissed(library.catalog) == {two}
    library.close()


def test_any_name_can_be_dismissed(tmp_path: Path) -> None:
    library = Library.open(tmp_path / "library")
    odd = Dismissal(path_subject("/photos/caf\udce9.jpg"), "unreadable")
    dismiss(library.catalog, [odd, Dismissal(path_subject("/photos/cafe.jpg"), "unreadable")])
    assert odd in dismissed(library.catalog) and len(dismissed(library.catalog)) == 2
    library.close()


def test_several_threads_dismiss_at_once(tmp_path: Path) -> None:
    library = Library.open(tmp_path / "library")
    threads = [
        threading.Thread(
            target=dismiss,
            args=(library.catalog, [Dismissal(f"{n}-{m}", "dark") for m in range(20)]),
        )
        for n in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(dismissed(library.catalog)) == 80
    library.close()
