"""What a run that was cut off leaves on disk: previews of photos that never got their row, or lost
it, and files half written.

They harm nothing and are in nobody's way. The next run clears them away; to know that there may be
some without looking through a million previews at every start, a run notes that it has begun, and
takes the note back when it ends as it should.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from explorer.library import integrity
from explorer.library.library import Library
from explorer.library.setting_store import get_setting, put_setting

_BEGUN = "run"


def begin(library: Library) -> None:
    """To be called before anything is written, by the process that holds the library's lock."""
    if cut_off(library):
        clear(library)
    put_setting(library.catalog, _BEGUN, "begun")
    # Known after a power cut, too, before anything that could be left over.
    library.catalog.sync()


def end(library: Library) -> None:
    """To be called when all is written, and nothing is left over."""
    put_setting(library.catalog, _BEGUN, "")


def cut_off(library: Library) -> bool:
    """Whether a run is going on, or the last one did not come to its end."""
    return bool(get_setting(library.catalog, _BEGUN))


def found(library: Library) -> Iterator[Path]:
    """Every file that is left over. While a run goes on, what it is just writing looks the same."""
    hashes = integrity.photo_ids_by_hash(library.catalog)
    yield from (path for path in library.previews.all() if path.stem not in hashes)
    yield from library.previews.scratch()
    yield from (library.dir / "vectors").glob("*.part")


def clear(library: Library) -> None:
    """Remove what is left over. For the process that holds the library's lock."""
    for path in list(found(library)):
        path.unlink(missing_ok=True)
