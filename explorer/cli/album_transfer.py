"""The parts of `albums` that export and import."""

from __future__ import annotations

import dataclasses
import sys
from typing import TYPE_CHECKING

from explorer.cli.arguments import absolute
from explorer.cli.output import emit, emit_json
from explorer.cli.terminal_progress import TerminalProgress
from explorer.errors import UsageError
from explorer.library.paths import printable
from explorer.text_format import count

if TYPE_CHECKING:
    from explorer.library.library import Library


def export_to_folder(library: Library, name: str, folder: str, *, copy: bool, as_json: bool) -> int:
    """`albums export NAME --to FOLDER`. Returns the exit code: 1 if a photo was not exported."""
    from explorer.library.stores.album_store import album_photos, find_album
    from explorer.search.export.export_files import check_export_folder, export_files

    catalog = library.catalog
    album = find_album(catalog, name)
    target = check_export_folder(library, absolute(folder))
    if target.watched is not None:
        raise UsageError(
            f"The folder {printable(target.path)} is in {printable(target.watched)}, which is"
            " watched: everything in it would be indexed again. Choose another one."
        )
    rows = list(catalog.photos(album_photos(catalog, album.id).tolist()).values())
    with TerminalProgress() as progress:
        report = export_files(
            library,
            rows,
            target.path,
            "copies" if copy else "links",
            lambda done: progress.show("Exporting", done, len(rows), unit="photo"),
        )
    if as_json:
        emit_json(dataclasses.asdict(report) | {"album": album.name})
    else:
        for path, reason in report.failures:
            emit(f"not exported  {printable(path)}  ({reason})")
        what = "copies" if copy else "links"
        emit(
            f"“{album.name}”: {count(report.written)} {what} written to {printable(target.path)},"
            f" {count(report.already_there)} already there, {count(len(report.failures))} failed."
        )
    return 1 if report.failures else 0


def export_as_json(library: Library, name: str | None) -> None:
    """`albums export --json`: print all albums and the favorites, or one album."""
    from explorer.library.stores.album_store import find_album
    from explorer.search.export.album_files import albums_json

    chosen = None if name is None else [find_album(library.catalog, name)]
    emit(albums_json(library.catalog, chosen))


def import_file(library: Library, file: str, *, as_json: bool) -> None:
    """`albums import FILE`; - is standard input. Raises UsageError if the file cannot be read."""
    from explorer.search.export.album_files import MAX_FILE_BYTES, import_albums

    try:
        if file == "-":
            data = sys.stdin.buffer.read(MAX_FILE_BYTES + 1)
        else:
            with open(absolute(file), "rb") as opened:
                data = opened.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise UsageError(
            f"The file {printable(file)} cannot be read: {error.strerror or error}."
        ) from error
    done = import_albums(library.catalog, data)
    if as_json:
        emit_json([dataclasses.asdict(each) for each in done])
        return
    for each in done:
        notes = [f"{count(each.added, 'photo')} added"]
        if each.by_path:
            notes.append(f"{count(each.by_path)} found by path only, because the file has changed")
        if each.waiting:
            notes.append(f"{count(each.waiting)} not in the library yet")
        emit(f"{each.name}: {'; '.join(notes)}.")
    if not done:
        emit("There are no albums in this file.")
