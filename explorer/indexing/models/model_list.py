"""List the available models and the number of vectors that a library has from each, for the
command line and the Library page."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.encoders import registry
from explorer.encoders.registry import EncoderInfo
from explorer.errors import EncoderError, UsageError
from explorer.library import model_settings
from explorer.library.catalog import Catalog
from explorer.library.library import Library
from explorer.library.stores.embedding_store import drop_encoder
from explorer.library.writer import Writer


@dataclass(frozen=True)
class ModelRow(EncoderInfo):
    """A model, and how a library uses it."""

    photos: int
    """Photos of the library that it has encoded. Vectors of an older version do not count, because
    no search uses them."""
    in_use: bool
    """Whether the library is searched with it."""
    upcoming: bool
    """Whether it is to replace the one in use."""


def list_models(catalog: Catalog | None) -> list[ModelRow]:
    """The models that have a short name, and any others of which the library has vectors or to
    which it is switching. catalog: the library's; None if there is no library."""
    photos, in_use, upcoming = dict[str, int](), None, None
    if catalog is not None:
        names = {name for name, _, _, number in catalog.encoders() if number}
        photos = {name: _encoded(catalog, name) for name in sorted(names)}
        used = model_settings.encoder_in_use(catalog)
        in_use, upcoming = used and used[0], model_settings.next_encoder(catalog)
    infos = registry.describe()
    known = {info.name for info in infos}
    others = dict.fromkeys([*photos, *([upcoming] if upcoming else [])])
    infos += [
        EncoderInfo(name, "", True, "", "", _is_ready(name), 0)
        for name in others
        if name not in known
    ]
    return [
        ModelRow(
            **vars(info),
            photos=photos.get(info.name, 0),
            in_use=info.name == in_use,
            upcoming=info.name == upcoming,
        )
        for info in infos
    ]


PHOTOS_ONLY = (
    "It compares photos only: once it is in use, a phrase finds names and texts, not what photos"
    " show."
)
"""What to say before a model without text is used."""


def compares_photos_only(name: str) -> bool:
    """Whether a model is known to have no text."""
    return any(info.name == name and not info.has_text for info in registry.describe())


def drop_model(library: Library, writer: Writer, name: str) -> int:
    """Delete a model's vectors from a library, and everything derived from them. Returns how many
    vectors there were. To be called by the process that holds the library's lock. Raises
    UsageError for the model in use."""
    used = model_settings.encoder_in_use(library.catalog)
    if used is not None and used[0] == name:
        raise UsageError(f"“{name}” is in use: use another model before you drop it.")
    if model_settings.next_encoder(library.catalog) == name:
        model_settings.end_switch(library.catalog)
    versions = [version for known, version, *_ in library.catalog.encoders() if known == name]
    number = drop_encoder(writer, name)
    for version in versions:
        library.drop_index(name, version)
    return number


def _encoded(catalog: Catalog, name: str) -> int:
    try:
        version = registry.ready_version(name)
    except EncoderError:
        version = None
    return model_settings.photos_with(catalog, name, version)


def _is_ready(name: str) -> bool:
    try:
        return registry.ready(name)
    except EncoderError:
        return False
