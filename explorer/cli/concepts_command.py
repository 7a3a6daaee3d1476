"""`concepts`: list the user's concepts; make, correct, rename or delete one."""

from __future__ import annotations

import click

from explorer.cli.arguments import opened_library, photos_by_id
from explorer.cli.options import Command, encoder_option, json_option, library_option
from explorer.cli.output import emit, emit_json, say
from explorer.config import PROGRAM
from explorer.errors import EncoderError, UsageError
from explorer.library.library import Library
from explorer.library.stores import concept_store as store
from explorer.library.stores.concept_store import Concept
from explorer.search.engine import SearchEngine
from explorer.search.ranking.concepts import ConceptModels
from explorer.text_format import count, whole_number

_PHOTO_ACTIONS = ("make", "add", "remove")


@click.command(
    "concepts", cls=Command, help="List your concepts; make, correct, rename or delete one."
)
@click.argument(
    "action",
    required=False,
    type=click.Choice(["list", *_PHOTO_ACTIONS, "rename", "delete"]),
    default="list",
)
@click.argument("name", required=False)
@click.argument("values", metavar="[ID…|NEW]", nargs=-1)
@click.option(
    "--not", "negative", is_flag=True, help="With `add`: add the photos as counter-examples."
)
@encoder_option
@json_option
@library_option
def concepts_command(
    library: str | None,
    as_json: bool,
    encoder: str | None,
    action: str,
    name: str | None,
    values: tuple[str, ...],
    negative: bool,
) -> int:
    """A concept is defined by example photos: `make NAME ID…` makes one, `add NAME ID…` adds
    examples (or, with --not, counter-examples), and `remove NAME ID…` removes them. `rename NAME
    NEW` and `delete NAME` change the concept itself. ID is a photo's number, as `search --json`
    prints it."""
    if negative and action != "add":
        raise UsageError("--not goes with `concepts add` only.")
    with opened_library(library) as opened:
        if action == "list":
            if name:
                raise UsageError(
                    f"`concepts list` takes no name: `{PROGRAM} search 'concept:{name}'` shows the"
                    " photos of one."
                )
        else:
            _change(opened, action, name, values, negative=negative)
        return _list(opened, encoder, as_json=as_json, changed=action != "list")


def _change(
    library: Library, action: str, name: str | None, values: tuple[str, ...], *, negative: bool
) -> None:
    if not name:
        raise UsageError(f"Give the concept: `{PROGRAM} concepts {action} NAME …`.")
    catalog = library.catalog
    if action == "make":
        store.make_concept(catalog, name, _hashes(library, action, values))
        return
    concept = ConceptModels(library).named(name)
    if action in _PHOTO_ACTIONS:
        hashes = _hashes(library, action, values)
        if action == "add":
            store.add_examples(catalog, concept.id, hashes, positive=not negative)
        else:
            _remove(library, concept, hashes)
    elif action == "rename":
        if len(values) != 1:
            raise UsageError(f"Give one new name: `{PROGRAM} concepts rename NAME NEW`.")
        store.rename_concept(catalog, concept.id, values[0])
    else:
        if values:
            raise UsageError(
                "`concepts delete` takes one name: put a name of several words in quotes."
            )
        store.delete_concept(catalog, concept.id)


def _remove(library: Library, concept: Concept, hashes: list[bytes]) -> None:
    known = {*concept.positive, *concept.negative}
    if not known & set(hashes):
        raise UsageError(f"None of these photos is an example of “{concept.name}”.")
    store.remove_examples(library.catalog, concept.id, hashes)


def _hashes(library: Library, action: str, values: tuple[str, ...]) -> list[bytes]:
    """The content hashes of the photos with these ids. Raises UsageError for values that are not
    ids, and UnknownPhoto."""
    ids = list[int]()
    for value in values:
        number = whole_number(value)
        if number is None:
            raise UsageError(
                f"“{value}” is not the id of a photo: `search --json` prints the ids. A name of"
                " several words stands in quotes."
            )
        ids.append(number)
    if not ids:
        raise UsageError(f"Give photos: `{PROGRAM} concepts {action} NAME ID…`.")
    rows = photos_by_id(library, ids)
    return [bytes.fromhex(row["hash"]) for row in rows.values()]


def _list(library: Library, encoder: str | None, *, as_json: bool, changed: bool) -> int:
    known = store.concepts(library.catalog)
    engine = SearchEngine(library, encoder)
    rows, notes = list[dict[str, object]](), dict[str, str]()
    for concept in known:
        matches: int | None = None
        try:
            matches = engine.matches_of(concept.name)
        except EncoderError as error:
            notes[concept.name] = str(error)
        rows.append(
            {
                "name": concept.name,
                "examples": len(concept.positive),
                "counter_examples": len(concept.negative),
                "matches": matches,
                "photos": _ids(library, concept.positive),
                "counter_photos": _ids(library, concept.negative),
            }
        )
    if as_json:
        emit_json(rows)
        return 0
    for concept, row in zip(known, rows, strict=True):
        said = _matches(row["matches"])
        counter = f", {count(len(concept.negative), 'counter-example')}" if concept.negative else ""
        emit(f"{concept.name}: {said}, {count(len(concept.positive), 'example')}{counter}")
        if concept.name in notes:
            say(notes[concept.name])
    if not known:
        say(
            "There are no concepts now."
            if changed
            else f"There are no concepts yet: `{PROGRAM} concepts make NAME ID…` makes one."
        )
    return 0


def _matches(number: object) -> str:
    if number is None:
        return "not ready"
    return f"{number:,} good {'match' if number == 1 else 'matches'}"


def _ids(library: Library, hashes: tuple[bytes, ...]) -> list[int]:
    """The ids of the visible photos with these content hashes, in this order."""
    known = store.photo_ids_of(library.catalog, hashes)
    return [known[digest] for digest in hashes if digest in known]
