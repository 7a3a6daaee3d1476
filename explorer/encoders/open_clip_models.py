"""open_clip's models: what their names mean, where their weights are, and how they are converted.

Only `convert`, and names that have to be looked up in open_clip's own table, import open_clip and
torch.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from explorer.encoders import tokens, weights
from explorer.encoders.openvino_runtime import Model, Precision, converted, engine_dir, quiet
from explorer.errors import EncoderError, UnknownEncoder, WeightsMissing
from explorer.photos.input_spec import Fit, Resample

if TYPE_CHECKING:
    import torch

PREFIX = "open_clip:"
# Change when the graphs below change, so that no old conversion is taken for a new one.
GRAPH = 1
# A converted model's vectors are at least this close (cosine) to the original's. bf16 alone may
# cost 0.01.
_CLOSE = 0.95
_UNFIT = "“{}” cannot be converted to run here: choose another model."


class _Named(NamedTuple):
    """A model under a name of our own, with what open_clip's table says of it, so that nothing
    heavy is imported to look for its files."""

    model: str
    tag: str
    weights: str
    tokenizer: str


_NAMED = {
    "clip": _Named(
        "ViT-B-32-256", "datacomp_s34b_b86k", "laion/CLIP-ViT-B-32-256x256-DataComp-s34B-b86K/", ""
    ),
    "siglip2": _Named(
        "ViT-B-32-SigLIP2-256", "webli", "timm/ViT-B-32-SigLIP2-256/", "timm/ViT-B-32-SigLIP2-256"
    ),
}
# What a repository calls its weights where open_clip's table does not say; the first kind cannot
# carry code.
_FILES = ("open_clip_model.safetensors", "open_clip_pytorch_model.bin")


class Choice(NamedTuple):
    """What a name means. file: weights that the person brought, absolute; else tag says which of
    open_clip's."""

    name: str
    model: str
    tag: str
    file: Path | None


@dataclass(frozen=True)
class Note:
    """What is kept of a converted model. key: its files' name. weights: path, bytes and time (ns)
    of the file it was made from.

    size, fit, resample: as in InputSpec. tokenizer: its file beside the model. clean: as in
    `tokens.Tokens`.
    """

    key: str
    version: str
    dim: int
    size: int
    fit: Fit
    resample: Resample
    tokenizer: str
    clean: str
    weights: tuple[str, int, int]


def choice(name: str) -> Choice:
    """Read a name. Raises UnknownEncoder where it is none of ours, and EncoderError for a file of
    another kind than safetensors."""
    if name in _NAMED:
        return Choice(name, _NAMED[name].model, _NAMED[name].tag, None)
    rest = name.removeprefix(PREFIX)
    model, at, given = rest.partition("@")
    if name.startswith(PREFIX) and at and model and given:
        file = Path(given).expanduser().absolute()
        if file.suffix.lower() != ".safetensors":
            raise EncoderError(
                f"{file} is no .safetensors file: other kinds of weights can carry code, so they are not read."
            )
        # By its whole path, so that the name means the same from every folder.
        return Choice(f"{PREFIX}{model}@{file}", model, "", file)
    model, slash, tag = rest.partition("/")
    if name.startswith(PREFIX) and slash and model and tag and not at:
        return Choice(name, model, tag, None)
    raise UnknownEncoder(
        f"“{name}” names no model: write open_clip:MODEL/TAG or open_clip:MODEL@FILE.safetensors."
    )


def sources(wanted: Choice) -> list[weights.Source]:
    """Where its weights may come from, best first."""
    known = _NAMED.get(wanted.name)
    listed = {"hf_hub": known.weights} if known else _pretrained(wanted)
    owner, _, rest = str(listed.get("hf_hub") or "").partition("/")
    repository, _, file = rest.partition("/")
    if repository:
        safe = str(Path(file).with_suffix(".safetensors")) if file else ""
        return [
            weights.hub(f"{owner}/{repository}", one)
            for one in (dict.fromkeys((safe, file)) if file else _FILES)
        ]
    url = str(listed.get("url") or "")
    if not url:
        raise EncoderError(
            f"open_clip does not say where the weights of “{wanted.name}” are: bring them, open_clip:MODEL@FILE.safetensors."
        )
    # Such addresses name the checksum: a folder of it, or the end of the file's name.
    digest = re.search(r"/([0-9a-f]{64})/|-([0-9a-f]{8,64})\.[a-z]+$", url)
    return [weights.Source(url, "open_clip", (digest[1] or digest[2]) if digest else "")]


def facts(path: Path) -> tuple[str, int, int]:
    """A file's path, bytes and time of change (ns)."""
    stat = path.stat()
    return str(path), stat.st_size, stat.st_mtime_ns


def tokenizer_sources(wanted: Choice) -> list[weights.Source]:
    """The files of a model's own tokenizer, the second of which may not exist; none for those that
    use CLIP's."""
    known = _NAMED.get(wanted.name)
    named = (
        known.tokenizer if known else _configuration(wanted)["text_cfg"].get("hf_tokenizer_name")
    )
    return (
        [weights.hub(named, file) for file in ("tokenizer.json", "tokenizer_config.json")]
        if named
        else []
    )


def _open_clip() -> Any:
    with quiet():
        import open_clip
    return open_clip


def _configuration(wanted: Choice) -> dict[str, Any]:
    """open_clip's description of the model. Raises UnknownEncoder, or EncoderError for one whose
    parts open_clip itself must fetch."""
    open_clip = _open_clip()
    if wanted.model not in open_clip.list_models():
        raise UnknownEncoder(
            f"open_clip knows no model “{wanted.model}”: its documentation lists them (try ViT-B-32 or ViT-B-16)."
        )
    found: dict[str, Any] = open_clip.get_model_config(wanted.model)
    text = found["text_cfg"]
    if (
        text.get("hf_model_name")
        or text.get("tokenizer_mode")
        or text.get("tokenizer_kwargs", {}).get("strip_sep_token")
    ):
        raise EncoderError(
            f"“{wanted.model}” reads phrases in a way of its own that is not supported here: choose another model."
        )
    if not isinstance(found["vision_cfg"].get("image_size", 224), int):
        raise EncoderError(
            f"“{wanted.model}” does not take square pictures, which is not supported here: choose another model."
        )
    return found


def _pretrained(wanted: Choice) -> dict[str, Any]:
    """What open_clip's table says of the weights; for a file, what it says of all weights of that
    model alike."""
    open_clip = _open_clip()
    _configuration(wanted)
    tags = open_clip.list_pretrained_tags_by_model(wanted.model)
    if wanted.tag:
        found: dict[str, Any] = open_clip.get_pretrained_cfg(wanted.model, wanted.tag)
        if not found:
            raise UnknownEncoder(
                f"open_clip has no weights “{wanted.tag}” of {wanted.model}: there are {', '.join(tags) or 'none'}."
            )
        return found
    each = [open_clip.get_pretrained_cfg(wanted.model, tag) for tag in tags]
    return {
        key: value
        for key, value in (each[0] if each else {}).items()
        if all(other.get(key) == value for other in each)
    }


def convert(wanted: Choice, found: Path) -> Note:
    """The note of the model converted from these weights. Raises EncoderError where they do not fit
    it."""
    configuration, listed = _configuration(wanted), _pretrained(wanted)
    size = int(configuration["vision_cfg"].get("image_size", 224))
    length = int(configuration["text_cfg"].get("context_length", 77))
    mean = tuple(listed.get("mean", _open_clip().OPENAI_DATASET_MEAN))
    deviation = tuple(listed.get("std", _open_clip().OPENAI_DATASET_STD))
    fit: Fit = "squash" if listed.get("resize_mode") == "squash" else "crop"
    resample: Resample = "bilinear" if listed.get("interpolation") == "bilinear" else "bicubic"
    gelu = bool(listed.get("quick_gelu"))
    # The same weights can serve two models that differ in a detail.
    made_of = [wanted.model, weights.sha256(found), mean, deviation, fit, resample, gelu]
    fingerprint = hashlib.sha256(json.dumps(made_of).encode()).hexdigest()
    key = f"clip-{GRAPH}-{fingerprint[:16]}"
    tokenizer, clean = _tokenizer(wanted, found, configuration, length)
    built = list[Any]()

    def net() -> Any:
        # Built once for both sides, and not at all where they were converted before.
        if not built:
            built.append(_build(wanted, found, gelu))
        return built[0]

    try:
        image = converted(
            f"{key}-image", lambda: _image_side(net(), size, mean, deviation), [(-1, size, size, 3)]
        )
        text = converted(f"{key}-text", lambda: _text_side(net(), length), [(-1, length)])
    except (EncoderError, OSError):
        raise
    except Exception as error:
        # Some graphs cannot be traced; each library says so with an exception of its own.
        raise EncoderError(_UNFIT.format(wanted.name)) from error
    if built:
        ids = tokens.Tokens(engine_dir() / tokenizer, clean)(
            ["a photo", "two dogs in the snow by a lake"]
        )
        pixels = np.random.default_rng(0).integers(0, 256, (2, size, size, 3), np.uint8)
        _check(wanted, _image_side(net(), size, mean, deviation)[0], pixels, image, "fast")
        _check(wanted, _text_side(net(), length)[0], ids, text, "exact")
    dim = int(configuration["embed_dim"])
    return Note(
        key, f"{GRAPH}{fingerprint[:10]}", dim, size, fit, resample, tokenizer, clean, facts(found)
    )


def _build(wanted: Choice, found: Path, gelu: bool) -> Any:
    open_clip = _open_clip()
    try:
        with quiet():
            net = open_clip.create_model(
                wanted.model, pretrained=str(found), force_quick_gelu=gelu
            ).eval()
        # open_clip stretches positions of other sizes to fit, which for weights of another model
        # only looks right.
        fits = wanted.file is None or _fits(found, net)
    except Exception as error:
        # Whatever the libraries raise for a file that is torn, of another format, or of another
        # model.
        raise EncoderError(
            f"{found} does not hold weights of {wanted.model}: get the file again, or name the model it is for."
        ) from error
    if not fits:
        raise EncoderError(
            f"{found} holds weights of another size than {wanted.model}: name the model it is for."
        )
    return net


def _fits(found: Path, net: torch.nn.Module) -> bool:
    from safetensors import safe_open

    shapes = {
        name: tuple(value.shape) for name, value in net.state_dict().items() if value.ndim > 1
    }
    with safe_open(found, framework="numpy") as file:
        return all(
            tuple(file.get_slice(name).get_shape()) == shapes[name]
            for name in file.keys()  # noqa: SIM118
            if name in shapes
        )


def _image_side(
    net: Any, size: int, mean: Sequence[float], deviation: Sequence[float]
) -> tuple[torch.nn.Module, tuple[torch.Tensor, ...]]:
    """uint8 (n, size, size, 3) → unit vectors (n, dim)."""
    import torch

    class Image(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = net
            self.register_buffer("mean", torch.tensor(mean).view(1, 3, 1, 1) * 255)
            self.register_buffer("deviation", torch.tensor(deviation).view(1, 3, 1, 1) * 255)

        def forward(self, pixels: torch.Tensor) -> torch.Tensor:
            scaled = (pixels.permute(0, 3, 1, 2).float() - self.mean) / self.deviation  # type: ignore[operator]
            vectors: torch.Tensor = self.net.encode_image(scaled, normalize=True)
            return vectors

    return Image().eval(), (torch.zeros(2, size, size, 3, dtype=torch.uint8),)


def _text_side(net: Any, length: int) -> tuple[torch.nn.Module, tuple[torch.Tensor, ...]]:
    """Token ids, int64 (n, length) → unit vectors (n, dim)."""
    import torch

    class Text(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = net

        def forward(self, ids: torch.Tensor) -> torch.Tensor:
            vectors: torch.Tensor = self.net.encode_text(ids, normalize=True)
            return vectors

    return Text().eval(), (torch.ones(2, length, dtype=torch.int64),)


def _check(
    wanted: Choice, module: torch.nn.Module, inputs: Any, path: Path, precision: Precision
) -> None:
    """Removes the converted model and raises EncoderError where it does not do as the original
    does, for one input and for several."""
    import torch

    with torch.no_grad(), quiet():
        expected = module(torch.from_numpy(inputs)).numpy()
    model = Model(path, precision)
    rows = [*model(inputs)[0], *model(inputs[:1])[0]]
    if not all(
        float(row @ other) > _CLOSE
        for row, other in zip(rows, [*expected, expected[0]], strict=True)
    ):
        path.unlink()
        raise EncoderError(_UNFIT.format(wanted.name))


def _tokenizer(
    wanted: Choice, found: Path, configuration: dict[str, Any], length: int
) -> tuple[str, str]:
    """The name of the tokenizer's file, which is made beside the converted model, and the cleaning
    it wants."""
    engine_dir().mkdir(parents=True, exist_ok=True)
    sources = tokenizer_sources(wanted)
    if not sources:
        name = f"clip-tokenizer-{GRAPH}-{length}.json"
        if not (engine_dir() / name).exists():
            tokens.build_clip(
                Path(_open_clip().__file__).parent / "bpe_simple_vocab_16e6.txt.gz",
                length,
                engine_dir() / name,
            )
        return name, "lower"
    # Fetched with the weights, or lying beside those that the person brought.
    given, settings = sources[0].path, sources[1].path
    if wanted.file is not None and (found.parent / given.name).exists():
        given, settings = found.parent / given.name, found.parent / settings.name
    if not given.exists() and wanted.file is None:
        raise WeightsMissing(
            f"The tokenizer of “{wanted.name}” is not here: fetch it with `python run.py models get {wanted.name}`."
        )
    if not given.exists():
        raise WeightsMissing(
            f"“{wanted.name}” needs the file {given.name} too: put that of {sources[0].url} into {found.parent}."
        )
    name = f"tokenizer-{GRAPH}-{length}-{weights.sha256(given)[:16]}.json"
    try:
        tokens.adapt(given, settings, length, engine_dir() / name)
    except ValueError as error:
        raise EncoderError(f"{given} is not a tokenizer's file: get it again.") from error
    return name, str(
        configuration["text_cfg"].get("tokenizer_kwargs", {}).get("clean", "whitespace")
    )
