"""Load the encoder to index with, or the starter model if the requested one is not available."""

from __future__ import annotations

from collections.abc import Callable

from explorer.encoders import registry
from explorer.encoders.base import Encoder
from explorer.errors import EncoderError, UnknownEncoder
from explorer.library import model_settings
from explorer.library.catalog import Catalog

DEFAULT_ENCODER = "starter"
"""The encoder that needs no download."""
DownloadProgress = Callable[[int, "int | None"], None]
"""Called with the bytes downloaded so far and the total bytes (None if unknown); may raise to
stop."""


def load_encoder(
    name: str, *, offline: bool, progress: DownloadProgress = lambda done, total: None
) -> tuple[Encoder, str]:
    """The encoder of that name and ''; or, if its weights cannot be obtained, the starter and a
    sentence that says so.

    offline: do not download weights. Raises UnknownEncoder for a name that does not exist.
    """
    try:
        if not offline and not registry.available(name):
            registry.fetch(name, progress)
        return registry.get_encoder(name), ""
    except EncoderError as error:
        if name == "starter" or isinstance(error, UnknownEncoder):
            raise
        return registry.get_encoder("starter"), f"{error} “starter” is used instead."


def request_encoder(catalog: Catalog, name: str | None) -> None:
    """Use the encoder that the app was started with, if any: at once if the library has no photos,
    else as soon as the encoder is fetched and has encoded them. Raises UnknownEncoder."""
    if name is not None:
        name = registry.resolve_name(name)
        model_settings.use_encoder(catalog, name, version=registry.ready_version(name))
