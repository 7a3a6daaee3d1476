"""`edit`: edit the metadata of photos in the library, or undo edits. No photo file is changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from explorer.cli.arguments import opened_library, photos_by_id
from explorer.cli.options import Command, WholeNumber, json_option, library_option
from explorer.cli.output import emit, emit_json
from explorer.cli.sidecar_commands import read_from_sidecars, write_to_sidecars
from explorer.errors import UsageError
from explorer.library.edits.edit_fields import EDIT_FIELDS, EditField
from explorer.library.edits.edit_operations import (
    EditOperation,
    change_date,
    change_keywords,
    combined,
    reset_fields,
    set_favourite,
    set_rating,
    set_text,
)
from explorer.search.named_place import place_edit
from explorer.text_format import count

if TYPE_CHECKING:
    from explorer.library.library import Library


@click.command("edit", cls=Command, help="Set the rating, date or place of photos, or undo it.")
@click.argument("photos", nargs=-1, metavar="[ID]…", type=WholeNumber())
@click.option("--favourite/--no-favourite", default=None, help="Mark or unmark as favorite.")
@click.option("--rating", type=float, metavar="STARS", help="1 to 5 stars; 0 removes the rating.")
@click.option("--title", help="The title; '' removes it.")
@click.option("--description", help="The description; '' removes it.")
@click.option("--add-keyword", multiple=True, metavar="WORD", help="Add a keyword.")
@click.option("--remove-keyword", multiple=True, metavar="WORD", help="Remove a keyword.")
@click.option("--date", metavar="DATE", help="1985, 1985-07-04 10:30; '' restores the file's.")
@click.option("--shift", metavar="TIME", help="Shift dates, such as +1h, -2d or +1:30.")
@click.option(
    "--place",
    metavar="PLACE",
    help="A town, or LATITUDE,LONGITUDE in degrees; '' restores the file's.",
)
@click.option(
    "--reset", multiple=True, type=click.Choice(EDIT_FIELDS), help="Restore the file's value."
)
@click.option(
    "--sidecars", is_flag=True, help="Write edits to XMP sidecars; of all photos without IDs."
)
@click.option("--from-sidecars", is_flag=True, help="Read XMP sidecars into the library instead.")
@click.option("--dry-run", is_flag=True, help="With --sidecars: list what would be written.")
@click.option("--undo", is_flag=True, help="Undo the last edit, or the one with the given ID.")
@click.option("--list", "list_edits", is_flag=True, help="List the edits that can be undone.")
@json_option
@library_option
def edit_command(
    library: str | None,
    as_json: bool,
    photos: tuple[int, ...],
    undo: bool,
    list_edits: bool,
    sidecars: bool,
    from_sidecars: bool,
    dry_run: bool,
    **fields: object,
) -> int:
    """ID is a photo's number, as `search --json` prints it. Edits are stored in the library; photo
    files are not changed. `--sidecars` writes them beside the photos; `undo` takes that back."""
    if dry_run and not sidecars:
        raise UsageError("--dry-run goes with --sidecars.")
    if sidecars + from_sidecars + undo + list_edits > 1:
        raise UsageError("Give one of --sidecars, --from-sidecars, --undo and --list.")
    if (sidecars or from_sidecars) and operations(fields):
        raise UsageError("Edit photos first, and then give --sidecars alone.")
    with opened_library(library) as opened:
        if list_edits:
            _list(opened, as_json=as_json)
        elif sidecars:
            return write_to_sidecars(opened, photos, dry_run=dry_run, as_json=as_json)
        elif from_sidecars:
            return read_from_sidecars(opened, photos, as_json=as_json)
        elif undo:
            _undo(opened, photos, as_json=as_json)
        else:
            _edit(opened, photos, operations(fields), as_json=as_json)
    return 0


def operations(fields: dict[str, object]) -> list[EditOperation]:
    """The edits given by the command's options. Raises UsageError for invalid values."""
    found = list[EditOperation]()
    match fields:
        case {"reset": tuple(names)} if names:
            found.append(reset_fields(_fields(names)))
    if isinstance(favourite := fields.get("favourite"), bool):
        found.append(set_favourite(favourite))
    if isinstance(rating := fields.get("rating"), float):
        found.append(set_rating(rating))
    for field in ("title", "description"):
        if isinstance(text := fields.get(field), str):
            found.append(set_text(_fields([field])[0], text))
    add, remove = (_words(fields.get(f"{verb}_keyword")) for verb in ("add", "remove"))
    if add or remove:
        found.append(change_keywords(add, remove))
    date, shift = (_given(fields.get(name)) for name in ("date", "shift"))
    found += change_date(date, shift)
    if (place := _given(fields.get("place"))) is not None:
        found.append(place_edit(place))
    return found


def _fields(names: Sequence[object]) -> list[EditField]:
    return [field for field in EDIT_FIELDS if field in names]


def _given(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _words(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, tuple) else ()


def _edit(
    library: Library, photos: tuple[int, ...], wanted: list[EditOperation], *, as_json: bool
) -> None:
    from explorer.library.stores.edit_store import edit_photos

    if not photos:
        raise UsageError("Give the ids of photos: `search --json` prints them.")
    if not wanted:
        raise UsageError("Say what to set, such as --rating 4: `edit --help` lists the options.")
    photos_by_id(library, photos)
    operation = combined(wanted)
    edit = edit_photos(library.catalog, photos, operation.summary, operation.change)
    changed = edit.photos if edit else 0
    if as_json:
        emit_json({"changed": changed, "summary": operation.summary})
    else:
        emit(f"{operation.summary}: {count(changed, 'photo')} changed.")


def _undo(library: Library, given: tuple[int, ...], *, as_json: bool) -> None:
    from explorer.library.edits.edit_history import past_edits
    from explorer.library.edits.edit_undo import undo_edit

    if len(given) > 1:
        raise UsageError("Give the id of one edit to undo.")
    past = past_edits(library.catalog, 1)
    number = given[0] if given else past[0].id if past else None
    undone = undo_edit(library.catalog, number) if number is not None else None
    if undone is None:
        raise UsageError("There is no such edit to undo: `edit --list` lists them.")
    if as_json:
        emit_json(undone._asdict())
        return
    notes = [count(undone.restored, "photo")]
    if undone.album:
        notes.append(f"the album “{undone.album}” is back")
    if undone.kept:
        notes.append(f"{count(undone.kept, 'photo')} changed again since and left")
    emit(f"Undone: {undone.summary} ({'; '.join(notes)}).")


def _list(library: Library, *, as_json: bool) -> None:
    from explorer.library.edits.edit_history import past_edits

    edits = past_edits(library.catalog, 1000)
    if as_json:
        emit_json([edit._asdict() for edit in edits])
        return
    for edit in edits:
        made = dt.datetime.fromtimestamp(edit.made_at)
        emit(f"{edit.id:>6}  {made:%Y-%m-%d %H:%M}  {edit.summary} ({count(edit.photos, 'photo')})")
    if not edits:
        emit("Nothing has been edited.")
