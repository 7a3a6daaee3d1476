"""The encoders there are: by name, listed, loaded once, fetched.

Importing this is cheap; a family's own module is imported when one of its encoders is asked for.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from explorer.encoders.base import Encoder
from explorer.errors import UnknownEncoder

Progress = Callable[[int, "int | None"], None]
Loader = Callable[[], Encoder]

OPEN_CLIP = "open_clip:"
_POOLED = ("resnet50", "vit")
_CLIP = ("clip", "siglip2")


class Info(NamedTuple):
    """What `models` says of an encoder. available: its weights are here. download_bytes: what
    fetching it takes."""

    name: str
    what: str
    has_text: bool
    licence: str
    available: bool
    download_bytes: int


def _starter() -> Encoder:
    from explorer.encoders.starter import load_starter

    return load_starter()


def _pooled(name: str) -> Loader:
    def load() -> Encoder:
        from explorer.encoders.pooled import FAMILIES, Pooled

        return Pooled(FAMILIES[name])

    return load


def _clip(name: str) -> Loader:
    def load() -> Encoder:
        from explorer.encoders.clip import load_clip

        return load_clip(name)

    return load


_ABOUT = {
    "starter": ("EfficientNet-Lite2 and MiniLM, in the packages", True, "Apache-2.0", 0),
    "clip": ("CLIP ViT-B/32 at 256 pixels, trained on DataComp", True, "MIT", 605_219_284),
    "siglip2": (
        "SigLIP 2 ViT-B/32 at 256 pixels, many languages",
        True,
        "Apache-2.0",
        1_541_800_000,
    ),
    "resnet50": ("ResNet-50, trained on ImageNet", False, "BSD-3-Clause", 102_540_417),
    "vit": ("ViT-B/16, trained on ImageNet", False, "BSD-3-Clause", 346_328_529),
}

_loaders: dict[str, Loader] = {
    "starter": _starter,
    **{name: _clip(name) for name in _CLIP},
    **{name: _pooled(name) for name in _POOLED},
}
_loaded: dict[str, Encoder] = {}
_loading: dict[str, threading.Lock] = {}
_lock = threading.Lock()


def names() -> list[str]:
    """The encoders that have a name of their own."""
    return list(_loaders)


def register(name: str, loader: Loader) -> None:
    """Add an encoder, or put another in an old one's place."""
    with _lock:
        _loaders[name] = loader
        _loaded.pop(name, None)


def get_encoder(name: str) -> Encoder:
    """The encoder of that name, loaded once. It never fetches anything.

    Raises UnknownEncoder, or WeightsMissing with a sentence on how to have them fetched.
    """
    name = canonical(name)
    with _lock:
        found = _loaded.get(name)
        if found is not None:
            return found
        loader = _loader(name)
        loading = _loading.setdefault(name, threading.Lock())
    # One that has to be converted first takes a while; the others must not wait for it.
    with loading:
        if name not in _loaded:
            _loaded[name] = loader()
        return _loaded[name]


def canonical(name: str) -> str:
    """The name that an encoder itself goes by: one that holds the path of a file holds the whole
    path."""
    model, at, file = name.partition("@")
    return (
        f"{model}@{Path(file).expanduser().absolute()}"
        if name.startswith(OPEN_CLIP) and at and file
        else name
    )


def known_name(name: str) -> str:
    """The canonical name. Raises UnknownEncoder where there can be no such encoder; nothing is
    loaded."""
    name = canonical(name)
    _loader(name)
    return name


def _loader(name: str) -> Loader:
    if name in _loaders:
        return _loaders[name]
    if name.startswith(OPEN_CLIP):
        return _clip(name)
    raise UnknownEncoder(
        f"There is no encoder “{name}”: choose one of {', '.join(names())}, or open_clip:MODEL/TAG, or open_clip:MODEL@FILE.safetensors."
    )


def available(name: str) -> bool:
    """Whether it can be used now, without fetching anything. Raises UnknownEncoder."""
    _loader(name)
    if name in _POOLED:
        from explorer.encoders import pooled

        return pooled.available(pooled.FAMILIES[name])
    if name in _CLIP or name.startswith(OPEN_CLIP):
        from explorer.encoders import clip

        return clip.available(name)
    return True


def describe() -> list[Info]:
    """Every named encoder, for the person to choose from."""
    return [
        Info(name, what, text, licence, available(name), size)
        for name, (what, text, licence, size) in _ABOUT.items()
    ]


def fetch(name: str, progress: Progress = lambda done, total: None) -> None:
    """Have its weights on this machine and converted. Raises UnknownEncoder, or WeightsMissing with
    what is in the way."""
    _loader(name)
    if name in _POOLED:
        from explorer.encoders import pooled, weights

        weights.fetch(pooled.FAMILIES[name].source, progress)
        pooled.convert(pooled.FAMILIES[name])
    elif name in _CLIP or name.startswith(OPEN_CLIP):
        from explorer.encoders import clip

        clip.fetch(name, progress)
    elif name == "starter":
        from explorer.encoders import starter

        starter.convert_eyes()
        starter.convert_words()
