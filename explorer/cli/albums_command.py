"""`albums`: list albums, change one (add or remove photos, rename, delete), export or import."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from explorer.cli.album_transfer import export_as_json, export_to_folder, import_file
from explorer.cli.arguments import opened_library, photos_by_id
from explorer.cli.options import Command, WholeNumber, json_option, library_option
from explorer.cli.output import emit, emit_json
from explorer.errors import UsageError
from explorer.text_format import count

if TYPE_CHECKING:
    from explorer.library.library import Library

_ACTIONS = ("list", "add", "remove", "show", "rename", "delete", "export", "import")


@click.command("albums", cls=Command, help="List albums; change, export or import them.")
@click.argument("action", required=False, type=click.Choice(_ACTIONS), default="list")
@click.argument("name", required=False)
@click.argument("photos", nargs=-1, metavar="[ID]…", type=WholeNumber())
@click.option("--to", metavar="NAME", help="The new name; with `export`: a folder.")
@click.option("--copy", is_flag=True, help="With `export`: copies instead of links.")
@json_option
@library_option
def albums_command(
    library: str | None,
    as_json: bool,
    action: str,
    name: str | None,
    photos: tuple[int, ...],
    to: str | None,
    copy: bool,
) -> int:
    """ID is a photo's number, as `search --json` prints it. `add` creates the album if it does not
    exist. `export NAME --to FOLDER` creates links to its photos there, `export --json` prints all
    albums or one, and `import FILE` reads that output. Photo files are not changed."""
    _check_usage(action, name, photos, to, copy=copy, as_json=as_json)
    with opened_library(library) as opened:
        if action == "export" and to:
            return export_to_folder(opened, name or "", to, copy=copy, as_json=as_json)
        if action == "export":
            export_as_json(opened, name)
        elif action == "import":
            import_file(opened, name or "", as_json=as_json)
        elif action == "list":
            _list(opened, as_json=as_json)
        elif action == "show":
            _show(opened, name or "", as_json=as_json)
        else:
            _change(opened, action, name or "", photos, to or "", as_json=as_json)
    return 0


def _check_usage(
    action: str,
    name: str | None,
    photos: tuple[int, ...],
    to: str | None,
    *,
    copy: bool,
    as_json: bool,
) -> None:
    """Raise UsageError for arguments that are missing or do not go together."""
    if action == "import" and not name:
        raise UsageError("Give the file to read: `albums import FILE`; - is standard input.")
    if action == "export" and not (to and name) and (to or copy or not as_json):
        raise UsageError("Write `albums export NAME --to FOLDER`, or `albums export --json`.")
    if action not in ("list", "export") and not name:
        raise UsageError(f"Give the name of an album: `albums {action} NAME`.")
    if action in ("add", "remove") and not photos:
        raise UsageError("Give the ids of photos: `search --json` prints them.")
    if (action not in ("rename", "export") and to) or (action == "rename" and not to):
        raise UsageError("Write `albums rename NAME --to NAME`.")
    if copy and action != "export":
        raise UsageError("--copy goes with `albums export NAME --to FOLDER`.")


def _list(library: Library, *, as_json: bool) -> None:
    from explorer.library.stores.album_store import albums

    found = albums(library.catalog)
    if as_json:
        emit_json([album._asdict() for album in found])
        return
    for album in found:
        emit(f"{count(album.photos, 'photo'):>14}  {album.name}")
    if not found:
        emit("There are no albums yet: `albums add NAME ID…` creates one.")


def _show(library: Library, name: str, *, as_json: bool) -> None:
    """Print the photos of an album, oldest first."""
    from explorer.library.stores.album_store import album_photos, find_album

    album = find_album(library.catalog, name)
    rows = library.catalog.photos(album_photos(library.catalog, album.id).tolist())
    if as_json:
        photos = [{"id": number, "path": row["path"]} for number, row in rows.items()]
        emit_json({"id": album.id, "name": album.name, "photos": photos})
        return
    for number, row in rows.items():
        emit(f"{number:>8}  {row['path']}")


def _change(
    library: Library, action: str, name: str, photos: tuple[int, ...], to: str, *, as_json: bool
) -> None:
    from explorer.library.stores import album_store

    catalog, changed = library.catalog, 0
    if photos:
        photos_by_id(library, photos)
    if action == "add":
        name, edit = album_store.add_to_album(catalog, name, photos)
        changed = edit.photos if edit else 0
        words = f"{count(changed, 'photo')} added to “{name}”."
    else:
        album = album_store.find_album(catalog, name)
        name = album.name
        if action == "remove":
            edit = album_store.remove_from_album(catalog, album, photos)
            changed = edit.photos if edit else 0
            words = f"{count(changed, 'photo')} removed from “{name}”."
        elif action == "rename":
            new = album_store.rename_album(catalog, album.id, to)
            name, words = new, f"“{name}” is now called “{new}”."
        else:
            album_store.delete_album(catalog, album)
            words = f"The album “{name}” is deleted. Its photos are kept."
    if as_json:
        emit_json({"album": name, "changed": changed})
    else:
        emit(words)
