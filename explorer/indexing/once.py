"""Indexing once, in the foreground: everything in some folders, then done."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence

from explorer.encoders import registry
from explorer.encoders.base import Encoder
from explorer.errors import EncoderError, UnknownEncoder
from explorer.indexing.decode_pool import DecodePool
from explorer.indexing.pipeline import Indexer, Place, Progress, Tally
from explorer.indexing.stages import stages
from explorer.library.library import Library
from explorer.library.paths import inside, to_text
from explorer.library.writer import Writer

Fetching = Callable[[int, "int | None"], None]

# Files that are still being written are looked at again so many times, so many seconds apart.
RETRIES, PAUSE = 20, 0.5


def load_encoder(name: str, *, offline: bool, progress: Fetching = lambda done, total: None) -> tuple[Encoder, str]:
    """The encoder of that name, or, where its weights are not to be had, the starter and a sentence that says so.

    offline: weights that are not here are not fetched. Raises UnknownEncoder for a name that does not exist.
    """
    try:
        if not offline and not registry.available(name):
            registry.fetch(name, progress)
        return registry.get_encoder(name), ""
    except EncoderError as error:
        if name == "starter" or isinstance(error, UnknownEncoder):
            raise
        return registry.get_encoder("starter"), f"{error} Going on with “starter”."


def index_folders(library: Library, folders: Sequence[str], encoder: Encoder, progress: Callable[[Progress], None]) -> Tally:
    """Index everything in these absolute folders; they are remembered as the library's own.

    A folder inside one that the library knows already is scanned alone. Raises FolderError, and LibraryLocked while another
    process indexes into this library.
    """
    with library.lock():
        writer = Writer(library.catalog)
        pool = DecodePool(max(1, os.cpu_count() or 1), encoder.spec)
        try:
            places = _places(library, writer, folders)
            indexer = Indexer(library, writer, encoder, pool, progress)
            tally = indexer.run(places)
            for _ in range(RETRIES):
                if not tally.unsettled:
                    break
                time.sleep(PAUSE)
                again = indexer.run(list(tally.unsettled), thorough=False)
                tally.unsettled = again.unsettled
                for count in ("indexed", "moved", "missing", "encoded"):
                    setattr(tally, count, getattr(tally, count) + getattr(again, count))
                # Counted anew: one that had failed before is met again in its folder.
                tally.failed = sum(file.state == "failed" for p in places for file in writer.files_below(p.root_id, p.folder).values())
            for stage in stages(library, writer, encoder):
                stage.run(lambda done, total, what=stage.what: progress(Progress(done, total, 0.0, None, what)))  # type: ignore[misc]
            index = library.vectors(encoder.name, encoder.version, encoder.dim)
            if tally.encoded or tally.moved or tally.missing or index.rebuilt:
                index.save()
            if encoder.has_text:
                library.catalog.set_setting("encoder", encoder.name)
            return tally
        finally:
            pool.close()
            writer.close()


def _places(library: Library, writer: Writer, folders: Sequence[str]) -> list[Place]:
    for folder in folders:
        writer.add_root(folder)
    places = list[Place]()
    for root in library.catalog.roots():
        for folder in folders:
            if inside(folder, root["path"]):
                relative = os.path.relpath(folder, root["path"]).replace(os.sep, "/")
                places.append(Place(root["id"], root["path"], "" if relative == "." else to_text(relative)))
    whole = {place.root_id for place in places if not place.folder}
    return list(dict.fromkeys(place for place in places if not place.folder or place.root_id not in whole))
