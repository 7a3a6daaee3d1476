"""The registry of encoders: list them, load each once, download weights.

Importing this module is cheap: an encoder's own module is imported when the encoder is first used.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from explorer.encoders.base import Encoder, Progress, TwoTowerEncoder
from explorer.encoders.conversion.conversion_process import convert_apart, must_convert_apart
from explorer.errors import UnknownEncoder, WeightsMissing

Loader = Callable[[], Encoder]

OPEN_CLIP = "open_clip:"
"""The prefix of the names of open_clip's models."""

_TORCHVISION = ("resnet50", "vit")
_CLIP = ("clip", "siglip2")
OPENVINO_ONLY = ("starter", *_TORCHVISION)
"""The encoders that run on the processor with OpenVINO, whatever the computer has."""


@dataclass(frozen=True)
class EncoderInfo:
    """What the command `models` shows about an encoder."""

    name: str
    what: str
    has_text: bool
    languages: str
    """The languages that phrases can be in; empty for a model without a text encoder, or if
    unknown."""
    licence: str
    """Empty if unknown."""
    available: bool
    """Whether it can be used without a download."""
    download_bytes: int


def _starter() -> Encoder:
    from explorer.encoders.starter import load_starter

    return load_starter()


def _torchvision(name: str) -> Loader:
    def load() -> Encoder:
        from explorer.encoders.torchvision_encoders import TORCHVISION_MODELS, TorchvisionEncoder

        return TorchvisionEncoder(TORCHVISION_MODELS[name])

    return load


def _clip(name: str) -> Loader:
    def load() -> Encoder:
        from explorer.encoders.clip import load_clip

        return load_clip(name)

    return load


_ABOUT = {
    "starter": ("EfficientNet-Lite2 and MiniLM, in the packages", "English", "Apache-2.0", 0),
    "clip": ("CLIP ViT-B/32 at 256 pixels, trained on DataComp", "English", "MIT", 605_219_284),
    "siglip2": (
        "SigLIP 2 ViT-B/32 at 256 pixels, trained on WebLI",
        "more than 100",
        "Apache-2.0",
        1_541_800_000,
    ),
    "resnet50": ("ResNet-50, trained on ImageNet", "", "BSD-3-Clause", 102_540_417),
    "vit": ("ViT-B/16, trained on ImageNet", "", "BSD-3-Clause", 346_328_529),
}

_loaders: dict[str, Loader] = {
    "starter": _starter,
    **{name: _clip(name) for name in _CLIP},
    **{name: _torchvision(name) for name in _TORCHVISION},
}
_loaded: dict[str, Encoder] = {}
_loading: dict[str, threading.Lock] = {}
_lock = threading.Lock()


def names() -> list[str]:
    """The names of the listed encoders, the default first. Others are named `open_clip:…`."""
    return list(_loaders)


def register(name: str, loader: Loader) -> None:
    """Add an encoder, or replace the one with this name."""
    with _lock:
        _loaders[name] = loader
        _loaded.pop(name, None)


def get_encoder(name: str) -> Encoder:
    """The encoder with this name, loaded on the first call. Never downloads anything.

    Raises UnknownEncoder; WeightsMissing, whose message names the command that downloads the
    weights; and EncoderError if they cannot be used.
    """
    name = canonical_name(name)
    with _lock:
        found = _loaded.get(name)
        if found is not None:
            return found
        loader = _loader(name)
        loading = _loading.setdefault(name, threading.Lock())
    # Outside the lock: converting an encoder takes a while, and other encoders must not wait.
    with loading:
        found = _loaded.get(name)
        if found is None:
            if must_convert_apart() and not ready(name) and available(name):
                convert_apart(name)
            found = _loaded[name] = loader()
        return found


def release(name: str) -> None:
    """Forget a loaded encoder, so that its memory is freed once nothing uses it any more. The next
    `get_encoder` loads it again."""
    with _lock:
        _loaded.pop(name, None)


def release_idle_texts(idle_seconds: float) -> list[str]:
    """Free the memory of text parts that have encoded no phrase for this many seconds. The next
    phrase loads them again. Returns the names of their encoders."""
    with _lock:
        loaded = list(_loaded.items())
    return [
        name
        for name, encoder in loaded
        if isinstance(encoder, TwoTowerEncoder) and encoder.release_text(idle_seconds)
    ]


def reload_images(name: str) -> None:
    """Make an encoder, if it is loaded, choose the engine of its image part again."""
    with _lock:
        found = _loaded.get(canonical_name(name))
    if isinstance(found, TwoTowerEncoder):
        found.reload_images()


def canonical_name(name: str) -> str:
    """An encoder's `name` in its canonical form: the path of a file in it becomes absolute."""
    model, at, file = name.partition("@")
    return (
        f"{model}@{Path(file).expanduser().absolute()}"
        if name.startswith(OPEN_CLIP) and at and file
        else name
    )


def resolve_name(name: str) -> str:
    """The canonical name, without loading anything. Raises UnknownEncoder if no encoder can have
    this name."""
    name = canonical_name(name)
    _loader(name)
    return name


def is_two_tower(name: str) -> bool:
    """Whether this is the name of an open_clip model."""
    return name in _CLIP or name.startswith(OPEN_CLIP)


def _loader(name: str) -> Loader:
    if name in _loaders:
        return _loaders[name]
    if name.startswith(OPEN_CLIP):
        return _clip(name)
    raise UnknownEncoder(
        f"There is no model “{name}”: choose one of {', '.join(names())},"
        " or open_clip:MODEL/TAG, or open_clip:MODEL@FILE.safetensors."
    )


def available(name: str) -> bool:
    """Whether an encoder can be used without a download. Raises UnknownEncoder or EncoderError."""
    _loader(name)
    if name in _TORCHVISION:
        from explorer.encoders import torchvision_encoders

        return torchvision_encoders.available(torchvision_encoders.TORCHVISION_MODELS[name])
    if is_two_tower(name):
        from explorer.encoders import clip

        return clip.available(name)
    return True


def describe() -> list[EncoderInfo]:
    """All listed encoders, for the user to choose from."""
    return [
        EncoderInfo(name, what, bool(languages), languages, licence, available(name), size)
        for name, (what, languages, licence, size) in _ABOUT.items()
    ]


def download_bytes(name: str) -> int:
    """The size of an encoder's download; 0 if it is not known beforehand or nothing is needed."""
    return _ABOUT[name][3] if name in _ABOUT else 0


def ready(name: str) -> bool:
    """Whether an encoder can be loaded at once, because it is already converted. Raises
    UnknownEncoder or EncoderError."""
    _loader(name)
    if name in _TORCHVISION:
        from explorer.encoders import torchvision_encoders

        return torchvision_encoders.converted(torchvision_encoders.TORCHVISION_MODELS[name])
    if is_two_tower(name):
        from explorer.encoders import clip

        return clip.converted(name)
    return True


def ready_version(name: str) -> str | None:
    """The version of the encoder that `get_encoder` loads at once; None if it cannot be loaded at
    once. Does not load the weights. Raises UnknownEncoder or EncoderError."""
    if not ready(name):
        return None
    found = _loaded.get(canonical_name(name))
    if found is not None:
        return found.version
    if _loader(name) is _starter:
        # `get_encoder` would convert it first, which its version does not need.
        from explorer.encoders.starter import StarterEncoder

        return StarterEncoder().version
    try:
        return get_encoder(name).version
    except WeightsMissing:
        return None


def remove(name: str, *, weights: bool) -> int:
    """Delete a model's conversion and unfinished downloads, and with `weights` also its weights,
    which other programs may share. Vectors are kept. Returns the number of bytes freed. Raises
    UnknownEncoder."""
    _loader(name)
    with _lock:
        _loaded.pop(name, None)
    if name in _TORCHVISION:
        from explorer.encoders import torchvision_encoders

        return torchvision_encoders.remove(
            torchvision_encoders.TORCHVISION_MODELS[name], weights_too=weights
        )
    if is_two_tower(name):
        from explorer.encoders import clip

        return clip.remove(name, weights_too=weights)
    return 0


def fetch(name: str, progress: Progress = lambda done, total: None) -> None:
    """Download and convert an encoder's weights, unless that has been done. Raises UnknownEncoder,
    WeightsMissing with the reason, or EncoderError."""
    _loader(name)
    if name in _TORCHVISION:
        from explorer.encoders import torchvision_encoders
        from explorer.encoders.downloads import weights

        weights.fetch(torchvision_encoders.TORCHVISION_MODELS[name].source, progress)
        torchvision_encoders.convert(torchvision_encoders.TORCHVISION_MODELS[name])
    elif is_two_tower(name):
        from explorer.encoders import clip

        clip.fetch(name, progress)
    elif name == "starter":
        from explorer.encoders import starter

        starter.convert_image_model()
        starter.convert_text_model()
