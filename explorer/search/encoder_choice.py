"""Which encoder a library is searched with."""

from __future__ import annotations

from explorer.config import PROGRAM
from explorer.encoders.base import Encoder
from explorer.encoders.registry import resolve_name
from explorer.errors import EncoderError
from explorer.library.library import Library
from explorer.library.model_settings import encoder_setting, photos_with

DEFAULT_ENCODER = "starter"


def choose_encoder(library: Library, wanted: str | None = None) -> str:
    """The name of the encoder to search with: the wanted one, else the one set for the library,
    else the one with the most vectors, else the starter.

    Raises UnknownEncoder for a name that does not exist, and EncoderError if the wanted encoder has
    no vectors in a library that has others.
    """
    used = library.catalog.encoders_in_use()
    if wanted:
        wanted = resolve_name(wanted)
        if used and wanted not in used:
            raise EncoderError(
                f"No photo has been indexed with “{wanted}” yet:"
                f" run `{PROGRAM} index FOLDER --encoder {wanted}`."
            )
        return wanted
    chosen = encoder_setting(library.catalog)
    if chosen and (chosen in used or not used):
        return chosen
    return used[0] if used else DEFAULT_ENCODER


def check_version(library: Library, encoder: Encoder) -> None:
    """Raise EncoderError if the library has vectors of this encoder, but none of this version,
    which alone can be compared with a query."""
    name = encoder.name
    if photos_with(library.catalog, name, None) and not photos_with(
        library.catalog, name, encoder.version
    ):
        raise EncoderError(
            f"The photos were indexed with an earlier version of “{name}”:"
            f" run `{PROGRAM} index FOLDER --encoder {name}`, which encodes them again."
        )
