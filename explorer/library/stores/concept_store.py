"""Concepts that the user named, and their example photos: tables `concept` and `concept_photo`.

An example is a content, identified by its hash, so it remains one wherever its files are and with
any encoder. The app and the command line write both tables themselves, in one short transaction
each. What an encoder makes of a concept is never stored: `search/ranking/concepts.py` computes it.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from explorer.errors import UsageError
from explorer.library.catalog import Catalog
from explorer.library.chunks import chunks
from explorer.library.connection import MAX_BOUND_VALUES, write_transaction
from explorer.library.edits.typed_names import checked_name, name_key

# Seconds between examples that are added at once.
_TICK = 1e-6


@dataclass(frozen=True)
class Concept:
    """A concept with its example photos. Equal to another one if nothing about them differs."""

    id: int
    name: str
    created_at: float
    """Unix seconds."""
    positive: tuple[bytes, ...] = ()
    """Content hashes of the examples, in the order in which they were given."""
    negative: tuple[bytes, ...] = ()
    """Content hashes of the counter-examples, in the order in which they were given."""


def concepts(catalog: Catalog) -> tuple[Concept, ...]:
    """All concepts, by name."""
    with catalog.reading() as db:
        # One statement, so that no concept is seen without its examples.
        rows = db.execute(
            "select c.id, c.name, c.created_at, p.hash, p.positive from concept c left join"
            " concept_photo p on p.concept_id = c.id order by c.folded, c.id, p.added_at, p.rowid"
        ).fetchall()
    found = dict[int, tuple[str, float, dict[bytes, bool]]]()
    for number, name, created_at, digest, positive in rows:
        photos = found.setdefault(number, (name, created_at, {}))[2]
        if digest is not None:
            # A damaged catalog may have a photo as both: a counter-example does less harm.
            photos[digest] = bool(positive) and photos.get(digest, True)
    return tuple(
        Concept(
            number,
            name,
            created_at,
            tuple(digest for digest, positive in photos.items() if positive),
            tuple(digest for digest, positive in photos.items() if not positive),
        )
        for number, (name, created_at, photos) in found.items()
    )


def make_concept(
    catalog: Catalog, name: str, positive: Iterable[bytes], negative: Iterable[bytes] = ()
) -> int:
    """Add a concept with these contents as examples and counter-examples; returns its id. Raises
    UsageError for an empty name, for a name that another concept has, and if there is no
    example."""
    name, examples = checked_name(name, "A concept"), list(positive)
    if not examples:
        raise UsageError(f"“{name}” needs at least one example photo.")
    return _insert(catalog, Concept(0, name, time.time(), tuple(examples), tuple(negative)))


def restore_concept(catalog: Catalog, concept: Concept) -> int:
    """Add a deleted concept again, as it was; returns its new id. Raises UsageError if another one
    has its name by now."""
    return _insert(catalog, concept)


def _insert(catalog: Catalog, concept: Concept) -> int:
    with write_transaction(catalog.path) as db:
        _check_free(db, concept.name, 0)
        (number,) = db.execute(
            "insert into concept (name, folded, created_at) values (?, ?, ?) returning id",
            (concept.name, name_key(concept.name), concept.created_at),
        ).fetchone()
        _put(db, number, concept.positive, positive=True)
        _put(db, number, concept.negative, positive=False)
    return int(number)


def rename_concept(catalog: Catalog, concept_id: int, name: str) -> str:
    """Give a concept another name; returns it as it is stored. Raises UsageError for an empty one,
    and for one that another concept has."""
    name = checked_name(name, "A concept")
    with write_transaction(catalog.path) as db:
        _check_free(db, name, concept_id)
        db.execute(
            "update concept set name = ?, folded = ? where id = ?",
            (name, name_key(name), concept_id),
        )
    return name


def delete_concept(catalog: Catalog, concept_id: int) -> None:
    """Delete a concept. The photos themselves are not touched."""
    with write_transaction(catalog.path) as db:
        db.execute("delete from concept where id = ?", (concept_id,))


def add_examples(
    catalog: Catalog, concept_id: int, hashes: Iterable[bytes], *, positive: bool
) -> None:
    """Make contents examples of a concept or, if not `positive`, counter-examples; those that were
    the opposite change sides. Raises UsageError if the concept is gone."""
    with write_transaction(catalog.path) as db:
        if not db.execute("select 1 from concept where id = ?", (concept_id,)).fetchone():
            raise UsageError("This concept no longer exists: it was deleted.")
        _put(db, concept_id, hashes, positive=positive)


def copy_examples(db: sqlite3.Connection, before: bytes, after: bytes) -> None:
    """Make a content an example, or a counter-example, of the same concepts as the content that it
    has replaced in a file. Must be called in a write transaction."""
    db.execute(
        "insert or ignore into concept_photo select concept_id, ?1, positive, added_at from"
        " concept_photo m where hash = ?2 and not exists (select 1 from concept_photo where"
        " concept_id = m.concept_id and hash = ?1)",
        (after, before),
    )


def remove_examples(catalog: Catalog, concept_id: int, hashes: Iterable[bytes]) -> None:
    """Make contents neither examples nor counter-examples of a concept."""
    with write_transaction(catalog.path) as db:
        db.executemany(
            "delete from concept_photo where concept_id = ? and hash = ?",
            [(concept_id, digest) for digest in hashes],
        )


def _check_free(db: sqlite3.Connection, name: str, concept_id: int) -> None:
    taken = db.execute(
        "select name from concept where folded = ? and id <> ?", (name_key(name), concept_id)
    ).fetchone()
    if taken:
        raise UsageError(f"A concept named “{taken[0]}” already exists: choose another name.")


def _put(
    db: sqlite3.Connection, concept_id: int, hashes: Iterable[bytes], *, positive: bool
) -> None:
    (last,) = db.execute(
        "select coalesce(max(added_at), 0) from concept_photo where concept_id = ?", (concept_id,)
    ).fetchone()
    # Each gets a time of its own, so that they stay in the order in which they were given.
    now = max(time.time(), last + _TICK)
    for number, digest in enumerate(dict.fromkeys(hashes)):
        # An example that is already there keeps its place in the order.
        db.execute(
            "delete from concept_photo where concept_id = ? and hash = ? and positive <> ?",
            (concept_id, digest, positive),
        )
        db.execute(
            "insert or ignore into concept_photo values (?, ?, ?, ?)",
            (concept_id, digest, positive, now + number * _TICK),
        )


# --- the photos of examples


def photo_ids_of(catalog: Catalog, hashes: Iterable[bytes]) -> dict[bytes, int]:
    """Content hash → photo id, for those of the contents that are visible photos."""
    found = dict[bytes, int]()
    with catalog.reading() as db:
        for some in chunks(list(hashes), MAX_BOUND_VALUES):
            found.update(
                db.execute(
                    "select hash, id from photo where present > 0 and hash in"
                    f" ({','.join('?' * len(some))})",
                    some,
                ).fetchall()
            )
    return found


def example_vectors(
    catalog: Catalog, hashes: Iterable[bytes], encoder: str, version: str
) -> dict[bytes, npt.NDArray[np.float32]]:
    """Content hash → the vector that an encoder has of the content, float32 of shape (dim,),
    including contents whose files are missing at the moment."""
    found = dict[bytes, npt.NDArray[np.float32]]()
    with catalog.reading() as db:
        for some in chunks(list(hashes), MAX_BOUND_VALUES):
            rows = db.execute(
                "select p.hash, e.vector from photo p join embedding e on e.photo_id = p.id where"
                " e.encoder_id = (select id from encoder where name = ? and version = ?) and p.hash"
                f" in ({','.join('?' * len(some))})",
                (encoder, version, *some),
            )
            for digest, blob in rows:
                found[digest] = np.frombuffer(blob, np.float16).astype(np.float32)
    return found
