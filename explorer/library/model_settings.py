"""The model that a library is searched with, and the one that is to replace it: three settings.

`encoder` is the one in use, `next_encoder` the one that photos are being encoded with in the
background, and `encoder_chosen` records that the user chose a model, so that none is chosen for
them.
"""

from __future__ import annotations

import sqlite3

from explorer.library.catalog import Catalog
from explorer.library.connection import write_transaction
from explorer.library.queries.encoder_counts import EncoderCount
from explorer.library.stores.setting_store import get_setting, put_setting

_IN_USE, _NEXT, _CHOSEN = "encoder", "next_encoder", "encoder_chosen"


def encoder_setting(catalog: Catalog) -> str | None:
    """The name of the encoder that was set for the library; None if none was."""
    return get_setting(catalog, _IN_USE) or None


def set_encoder(catalog: Catalog, name: str) -> None:
    """Search with this encoder from now on."""
    put_setting(catalog, _IN_USE, name)


def encoders_by_use(catalog: Catalog) -> list[EncoderCount]:
    """The encoders with vectors of visible photos: the one in use first, the others by their number
    of vectors."""
    known, name = [entry for entry in catalog.encoders() if entry[3]], encoder_setting(catalog)
    return sorted(known, key=lambda entry: entry[0] != name)


def encoder_in_use(catalog: Catalog) -> EncoderCount | None:
    """The encoder whose vectors are searched and compared: the one that was set, or else the one
    with the most vectors. None if there are no vectors."""
    return next(iter(encoders_by_use(catalog)), None)


def next_encoder(catalog: Catalog) -> str | None:
    """The name of the encoder that is to take over; None if there is none."""
    return get_setting(catalog, _NEXT) or None


def chosen_by_user(catalog: Catalog) -> bool:
    """Whether the user chose the library's model."""
    return get_setting(catalog, _CHOSEN) == "1"


def begin_switch(catalog: Catalog, name: str) -> None:
    """Make the worker encode all photos with this encoder, which then takes over. The one in use is
    stored first, so that it stays in use however many vectors the new one has."""
    current = encoder_in_use(catalog)
    with write_transaction(catalog.path) as db:
        if current is not None:
            db.execute("insert or ignore into setting values (?, ?)", (_IN_USE, current[0]))
        _put(db, _NEXT, name)


def use_encoder(catalog: Catalog, name: str, *, version: str | None) -> bool:
    """Search with this encoder, as the user chose: at once if it has a vector of every photo, else
    as soon as the worker has encoded the rest. Returns whether it is in use now.

    version: the one that is loaded for searches, since they do not use vectors of others; None if
    the encoder cannot be loaded now and is to be fetched first.
    """
    put_setting(catalog, _CHOSEN, "1")
    current = encoder_in_use(catalog)
    if version is not None and (
        photos_without(catalog, name, version) == 0 or (current is not None and current[0] == name)
    ):
        _take_over(catalog, name)
        return True
    begin_switch(catalog, name)
    return False


def finish_switch(catalog: Catalog, name: str) -> bool:
    """Let an encoder take over, if it is still the next one. Returns whether it did."""
    with write_transaction(catalog.path) as db:
        row = db.execute("select value from setting where key = ?", (_NEXT,)).fetchone()
        if row is None or row[0] != name:
            return False
        _put_in_use(db, name)
    return True


def end_switch(catalog: Catalog) -> None:
    """Cancel the switch to another encoder. The vectors that it has are kept."""
    put_setting(catalog, _NEXT, "")


def keep_encoder_in_use(catalog: Catalog) -> None:
    """Cancel the switch to another encoder, as the user chose."""
    put_setting(catalog, _CHOSEN, "1")
    current = encoder_in_use(catalog)
    if current is None:
        end_switch(catalog)
    else:
        _take_over(catalog, current[0])


def photos_with(catalog: Catalog, name: str, version: str | None) -> int:
    """Number of visible photos that this version of an encoder has a vector of. If the version is
    not known (None), that of its version with the most."""
    return next(
        (
            number
            for known, its_version, _, number in catalog.encoders()
            if known == name and version in (None, its_version)
        ),
        0,
    )


def photos_without(catalog: Catalog, name: str, version: str | None) -> int:
    """Number of visible photos that this version of an encoder has no vector of."""
    return max(0, catalog.counts().photos - photos_with(catalog, name, version))


def stored_vectors(catalog: Catalog, name: str) -> tuple[int, int]:
    """The number of an encoder's vectors, whatever their version, and their size in bytes in an
    index."""
    own = [(dim, number) for known, _, dim, number in catalog.encoders() if known == name]
    return sum(number for _, number in own), sum(2 * dim * number for dim, number in own)


def _take_over(catalog: Catalog, name: str) -> None:
    if encoder_setting(catalog) == name and next_encoder(catalog) is None:
        return
    with write_transaction(catalog.path) as db:
        _put_in_use(db, name)


def _put_in_use(db: sqlite3.Connection, name: str) -> None:
    _put(db, _IN_USE, name)
    _put(db, _NEXT, "")
    # Whatever is derived from the other encoder's vectors and kept in memory is now outdated.
    db.execute("update clock set change = change + 1")


def _put(db: sqlite3.Connection, key: str, value: str) -> None:
    db.execute(
        "insert into setting values (?, ?) on conflict (key) do update set value = excluded.value",
        (key, value),
    )
