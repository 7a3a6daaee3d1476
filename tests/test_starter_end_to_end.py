"""The real starter and the real command line: from a folder of photos to search results."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from explorer.config import PROJECT
from explorer.encoders.registry import get_encoder
from explorer.photos.decode import decode
from tests import pictures

pytestmark = pytest.mark.model

# The inverse of the transformation that each orientation tag asks for (EXIF 2.3, 4.6.4 A).
_INVERSES = {
    1: None, 2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}  # fmt: skip


def run(*words: object, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "run.py", *map(str, words)],
        cwd=PROJECT,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ,
    )


def json_of(*words: object) -> Any:
    done = run(*words, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def photograph(name: str) -> Image.Image:
    """A real photo that scikit-image ships."""
    import skimage

    return Image.open(Path(skimage.__file__).parent / "data" / name).convert("RGB")


def test_a_photo_has_the_same_vector_in_all_eight_orientations() -> None:
    encoder, picture = get_encoder("starter"), photograph("chelsea.png")
    inputs = []
    for orientation, turn in _INVERSES.items():
        turned = picture if turn is None else picture.transpose(turn)
        photo = decode(
            pictures.encoded(turned, exif=pictures.exif(orientation=orientation)),
            encoder.spec,
            mtime=0.0,
            name="x.jpg",
        )
        assert (photo.width, photo.height) == picture.size
        inputs.append(photo.input)
    vectors = encoder.encode_images(np.stack([pixels for pixels in inputs if pixels is not None]))
    assert (vectors @ vectors[0]).min() >= 0.99


def test_photos_and_phrases_share_a_space_of_unit_vectors() -> None:
    encoder = get_encoder("starter")
    cat = decode(
        pictures.encoded(photograph("chelsea.png")), encoder.spec, mtime=0.0, name="cat.jpg"
    )
    assert cat.input is not None
    (photo,) = encoder.encode_images(cat.input[None])
    phrases = encoder.encode_texts(["a cat", "a bus in a street", "a bowl of fruit"])
    assert np.allclose(np.linalg.norm([photo, *phrases], axis=1), 1, atol=1e-3)
    assert int(np.argmax(phrases @ photo)) == 0
    assert encoder.encode_texts([]).shape == (0, encoder.dim)


def test_from_a_folder_to_search_results(tmp_path: Path) -> None:
    folder = tmp_path / "photos"
    for name in ("chelsea.png", "coffee.png", "rocket.jpg"):
        pictures.write(folder / Path(name).with_suffix(".jpg"), photograph(name))
    for number in range(4):
        pictures.write(folder / "drawn" / f"{number}.png", pictures.draw(number))
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 cut off")

    first = json_of("index", folder, "--offline")
    assert (first["indexed"], first["failed"], first["encoded"]) == (7, 1, 7)
    again = json_of("index", folder, "--offline")
    assert (again["indexed"], again["unchanged"], again["failed"], again["encoded"]) == (0, 7, 1, 0)

    for phrase, name in (
        ("a cat", "chelsea.jpg"),
        ("a cup of coffee", "coffee.jpg"),
        ("a rocket launch", "rocket.jpg"),
    ):
        rows = json_of("search", phrase)
        assert Path(rows[0]["path"]).name == name
        keys = {"rank", "id", "path", "score", "relevance", "match"}
        assert [set(row) for row in rows] == [keys] * 7
    best = json_of("search", "--photo", folder / "coffee.jpg")[0]
    assert Path(best["path"]).name == "coffee.jpg" and best["score"] >= 0.99

    many = run("search", "-", "--top", "1", stdin="a cat\na cup of coffee\n")
    assert [Path(json.loads(line)[0]["path"]).name for line in many.stdout.splitlines()] == [
        "chelsea.jpg",
        "coffee.jpg",
    ]
    assert json_of("verify")["sound"]
    assert json_of("status")["photos"] == 7
