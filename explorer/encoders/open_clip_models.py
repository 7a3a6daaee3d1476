"""open_clip's models: parse their names, and find their weights and tokenizers.

open_clip, and with it torch, is imported only for names that must be looked up in its own table.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NamedTuple

from explorer.encoders.downloads import weights
from explorer.encoders.registry import OPEN_CLIP
from explorer.encoders.runtime.openvino_runtime import quiet_libraries
from explorer.errors import EncoderError, UnknownEncoder


class _Alias(NamedTuple):
    """A model with a short name, and its entry in open_clip's table, copied here so that its files
    can be found without importing open_clip."""

    model: str
    tag: str
    weights: str
    tokenizer: str


_ALIASES = {
    "clip": _Alias(
        "ViT-B-32-256", "datacomp_s34b_b86k", "laion/CLIP-ViT-B-32-256x256-DataComp-s34B-b86K/", ""
    ),
    "siglip2": _Alias(
        "ViT-B-32-SigLIP2-256", "webli", "timm/ViT-B-32-SigLIP2-256/", "timm/ViT-B-32-SigLIP2-256"
    ),
}
# File names of weights in a repository where open_clip's table names none. Safetensors come first
# because they cannot contain code.
_WEIGHTS_FILES = ("open_clip_model.safetensors", "open_clip_pytorch_model.bin")


class ModelReference(NamedTuple):
    """The meaning of an encoder's name: a model, with one of open_clip's pretrained tags or the
    user's own file."""

    name: str
    model: str
    tag: str
    """Empty for the user's own file."""
    file: Path | None
    """The user's own weights, as an absolute path."""


def parse_name(name: str) -> ModelReference:
    """Parse an encoder's name. Raises UnknownEncoder if it does not name an open_clip model, and
    EncoderError if its file is not in the safetensors format."""
    if name in _ALIASES:
        return ModelReference(name, _ALIASES[name].model, _ALIASES[name].tag, None)
    rest = name.removeprefix(OPEN_CLIP)
    model, at, given = rest.partition("@")
    if name.startswith(OPEN_CLIP) and at and model and given:
        file = Path(given).expanduser().absolute()
        if file.suffix.lower() != ".safetensors":
            raise EncoderError(
                f"{file} is not a .safetensors file: other formats can contain code,"
                " so they are not read."
            )
        # An absolute path, so that the name means the same in every working directory.
        return ModelReference(f"{OPEN_CLIP}{model}@{file}", model, "", file)
    model, slash, tag = rest.partition("/")
    if name.startswith(OPEN_CLIP) and slash and model and tag and not at:
        return ModelReference(name, model, tag, None)
    raise UnknownEncoder(
        f"“{name}” is not a model: write open_clip:MODEL/TAG or open_clip:MODEL@FILE.safetensors."
    )


def weights_sources(reference: ModelReference) -> list[weights.WeightsSource]:
    """The sources of a model's weights, in order of preference. Raises EncoderError if open_clip
    knows none."""
    alias = _ALIASES.get(reference.name)
    entry = {"hf_hub": alias.weights} if alias else pretrained_entry(reference)
    owner, _, rest = str(entry.get("hf_hub") or "").partition("/")
    repository, _, file = rest.partition("/")
    if repository:
        safetensors = str(Path(file).with_suffix(".safetensors")) if file else ""
        names = dict.fromkeys((safetensors, file)) if file else _WEIGHTS_FILES
        return [weights.hub_source(f"{owner}/{repository}", each) for each in names]
    url = str(entry.get("url") or "")
    if not url:
        raise EncoderError(
            f"open_clip does not know where to get the weights of “{reference.name}”:"
            " download them yourself, and use them as open_clip:MODEL@FILE.safetensors."
        )
    # These URLs contain the checksum, as a directory or at the end of the file name.
    digest = re.search(r"/([0-9a-f]{64})/|-([0-9a-f]{8,64})\.[a-z]+$", url)
    return [weights.WeightsSource(url, "open_clip", (digest[1] or digest[2]) if digest else "")]


def tokenizer_sources(reference: ModelReference) -> list[weights.WeightsSource]:
    """The sources of a model's tokenizer and of its settings, which are optional; an empty list for
    a model that uses CLIP's tokenizer."""
    alias = _ALIASES.get(reference.name)
    repository = (
        alias.tokenizer if alias else model_config(reference)["text_cfg"].get("hf_tokenizer_name")
    )
    if not repository:
        return []
    files = ("tokenizer.json", "tokenizer_config.json")
    return [weights.hub_source(repository, each) for each in files]


def import_open_clip() -> Any:
    """The open_clip module, imported without its warnings."""
    with quiet_libraries():
        import open_clip
    return open_clip


def model_config(reference: ModelReference) -> dict[str, Any]:
    """open_clip's configuration of a model.

    Raises UnknownEncoder, or EncoderError for a model that cannot be converted because parts of it
    come from other libraries or because it does not take square images.
    """
    open_clip = import_open_clip()
    if reference.model not in open_clip.list_models():
        raise UnknownEncoder(
            f"open_clip has no model “{reference.model}”: see its documentation for a list"
            " (try ViT-B-32 or ViT-B-16)."
        )
    config: dict[str, Any] = open_clip.get_model_config(reference.model)
    text = config["text_cfg"]
    if (
        text.get("hf_model_name")
        or text.get("tokenizer_mode")
        or text.get("tokenizer_kwargs", {}).get("strip_sep_token")
    ):
        raise EncoderError(
            f"The text encoder of “{reference.model}” is not supported here: choose another model."
        )
    if not isinstance(config["vision_cfg"].get("image_size", 224), int):
        raise EncoderError(
            f"“{reference.model}” does not take square images, which is not supported here:"
            " choose another model."
        )
    return config


def pretrained_entry(reference: ModelReference) -> dict[str, Any]:
    """The entry of the weights in open_clip's table; for the user's own file, the settings shared
    by all entries of the model. Raises UnknownEncoder if the tag does not exist."""
    open_clip = import_open_clip()
    model_config(reference)
    tags = open_clip.list_pretrained_tags_by_model(reference.model)
    if reference.tag:
        entry: dict[str, Any] = open_clip.get_pretrained_cfg(reference.model, reference.tag)
        if not entry:
            raise UnknownEncoder(
                f"open_clip has no weights “{reference.tag}” for {reference.model}:"
                f" choose one of {', '.join(tags) or 'none'}."
            )
        return entry
    entries = [open_clip.get_pretrained_cfg(reference.model, tag) for tag in tags]
    return {
        key: value
        for key, value in (entries[0] if entries else {}).items()
        if all(other.get(key) == value for other in entries)
    }
