"""Load the encoder that a benchmark is told to use."""

from __future__ import annotations

from explorer.encoders import registry
from explorer.encoders.base import Encoder
from explorer.errors import ExplorerError


def load_encoder(name: str) -> Encoder:
    """The encoder with this name. Raises SystemExit with the reason if it cannot be loaded."""
    try:
        return registry.get_encoder(name)
    except ExplorerError as error:
        raise SystemExit(str(error)) from error
