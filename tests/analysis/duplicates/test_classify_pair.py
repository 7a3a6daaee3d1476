"""What a pair is, by what was measured and by what the files say: each question, and that no
needless one is asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer.analysis.duplicates.classify_pair import PairClassifier
from explorer.analysis.duplicates.compare_pair import SCENE_INLIERS, PairComparison
from explorer.library import pair_store as store
from explorer.library import pixel_hash_store
from explorer.library.library import Library
from explorer.matching import retakes, same_picture
from explorer.matching.recompression import RecompressionResidual
from explorer.matching.same_picture import PairMeasurements
from tests.factory import Shelf, digest_of

ONTO = {"matrix": [1.0, 0.0, 0.0, 0.0, 1.0, 0.0]}
# Two thirds of a pixel of the preview to the right.
BESIDE = {"matrix": [1.0, 0.0, 0.0013, 0.0, 1.0, 0.0]}
FAR = {"matrix": [0.5, 0.0, 0.2, 0.0, 0.5, 0.2]}


def measures(**other: Any) -> PairMeasurements:
    """Two pictures that are one."""
    same: dict[str, Any] = {
        "matrix": np.eye(2, 3), "overlap": (1.0, 1.0), "blocks": 100, "textured": 1.0,
        "median": 0.98765, "low": 0.9, "bad": 0.0,
        "shift": 0.0,
        "far": 0.0, "nonlinear_distortion": 0.0, "stretch": 1.0, "excess": 0.0, "strong": 100, "broken": 0.0,
        "same": 1.0, "ink": 1.0, "displaced": 0.0,
        "wide": 0.0, "noise": 0.5, "drawn": 1.0, "one_sidedness": 0.0, "is_local_motion": False, "flat": 0.1,
    }  # fmt: skip
    return PairMeasurements(**(same | other))


class Files:
    """Stands in for the decode process: what each file would tell, by its name, and what was asked."""

    def __init__(self) -> None:
        self.contents, self.pixels, self.fractions = (
            dict[str, object](),
            dict[str, str](),
            dict[str, str](),
        )
        self.left: RecompressionResidual | None = None
        self.asked = list[str]()

    def full_resolution_fact(self, path: str, wanted: str) -> tuple[bytes, str | None] | None:
        name = Path(path).name
        self.asked.append(f"{wanted} {name}")
        told = self.pixels if wanted == "pixels" else self.fractions
        return (digest_of(self.contents[name]), told.get(name)) if name in self.contents else None

    def recompression_residual(
        self, path: str, other: str
    ) -> tuple[bytes, bytes, RecompressionResidual] | None:
        one, two = Path(path).name, Path(other).name
        self.asked.append(f"left {one} {two}")
        return (
            (digest_of(self.contents[one]), digest_of(self.contents[two]), self.left)
            if self.left
            else None
        )


class Bench:
    """A closer over photos by name."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf, self.files = shelf, Files()
        self.closer = PairClassifier(shelf.library, shelf.writer, self.files)  # type: ignore[arg-type]

    def put(self, name: str, **facts: Any) -> int:
        self.files.contents[name] = name
        return self.shelf.put(name, name, **facts)

    def judge(
        self,
        a: int,
        b: int,
        seen: PairMeasurements | None = None,
        votes: int = 0,
        relation: dict[str, object] = ONTO,
    ) -> store.Pair | None:
        return self.closer.judge(PairComparison(a, b, votes, seen, relation))

    def kind(self, *given: Any, **named: Any) -> str | None:
        pair = self.judge(*given, **named)
        return pair.kind if pair else None


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    (tmp_path / "photos").mkdir()
    shelf = Shelf(Library.open(tmp_path / "library"), str(tmp_path / "photos"))
    yield Bench(shelf)
    shelf.close()


NOT_ONE = measures(median=0.3)
LEFT = RecompressionResidual(0.0, 1.0, 0.9)


def test_corners_that_agree_make_a_scene(bench: Bench) -> None:
    a, b = bench.put("a.jpg"), bench.put("b.png", format="PNG")
    assert bench.judge(a, b, votes=SCENE_INLIERS - 1) is None
    assert bench.judge(a, b, votes=SCENE_INLIERS) == store.Pair(
        a, b, "scene", round(SCENE_INLIERS / 80, 4), {}
    )
    assert (
        bench.judge(a, b, NOT_ONE, votes=500) == store.Pair(a, b, "scene", 1.0, {})
        and bench.files.asked == []
    )


def test_one_picture_with_its_relation(bench: Bench) -> None:
    a, b = bench.put("a.jpg"), bench.put("b.png", format="PNG", width=320, height=240)
    assert (
        bench.judge(a, b, measures(noise=9)) == store.Pair(a, b, "picture", 0.9877, ONTO)
        and bench.files.asked == []
    )
    assert bench.judge(a, b, measures(noise=9, median=1.2)) == store.Pair(
        a, b, "picture", 1.0, ONTO
    )


def test_the_same_pixels(bench: Bench) -> None:
    a, b, c = (
        bench.put(name, format=kind)
        for name, kind in (("a.jpg", "JPEG"), ("b.png", "PNG"), ("c.bmp", "BMP"))
    )
    assert same_picture.may_have_equal_pixels(measures(), (640, 480), (640, 480))
    bench.files.pixels = {"a.jpg": "00" * 16, "b.png": "00" * 16, "c.bmp": "01" * 16}
    assert bench.judge(a, b, measures()) == store.Pair(a, b, "pixels", 1.0, ONTO)
    assert bench.kind(a, c, measures()) == bench.kind(b, c, measures()) == "picture"
    # Each file is read once.
    assert bench.files.asked == ["pixels a.jpg", "pixels b.png", "pixels c.bmp"]
    assert pixel_hash_store.pixel_hashes(bench.shelf.library.catalog, [a, b, c]) == {}
    bench.closer.write()
    assert pixel_hash_store.pixel_hashes(bench.shelf.library.catalog, [a, b, c]) == {
        a: bytes(16),
        b: bytes(16),
        c: b"\1" * 16,
    }
    # And not again in a later run, nor is it written twice.
    bench.shelf.writer.connection.execute("delete from pixels where photo_id = ?", (c,))
    bench.closer.write()
    assert c not in pixel_hash_store.pixel_hashes(bench.shelf.library.catalog, [c])
    bench.files.asked.clear()
    assert bench.kind(a, b, measures()) == "pixels" and bench.files.asked == []


def test_pixels_of_another_content_or_none_prove_nothing(bench: Bench) -> None:
    a, b = bench.put("a.jpg"), bench.put("b.png", format="PNG")
    assert bench.kind(a, b, measures()) == "picture"
    bench.files.pixels = {"a.jpg": "00" * 16, "b.png": "00" * 16}
    bench.files.contents["b.png"] = "edited since"
    assert bench.kind(a, b, measures()) == "picture"
    del bench.files.contents["b.png"]
    assert bench.kind(a, b, measures()) == "picture"
    bench.closer.write()
    assert set(pixel_hash_store.pixel_hashes(bench.shelf.library.catalog, [a, b])) == {a}


def test_a_photo_without_a_file_is_judged_by_what_was_measured(bench: Bench) -> None:
    a, b = bench.put("a.jpg"), bench.put("b.jpg")
    bench.shelf.lose("b.jpg")
    bench.files.left = RecompressionResidual(9.0, 0.0, 0.0)
    assert bench.kind(a, b, measures()) == "picture" and bench.files.asked == []
    assert bench.judge(a, b, NOT_ONE) is None and bench.files.asked == []


def test_clocks_make_two_shots(bench: Bench) -> None:
    facts: dict[str, Any] = {"taken_source": "exif", "camera": "K", "format": "PNG"}
    a, b = (bench.put(f"{n}.png", taken_at=f"2024-05-01T10:00:0{n}", **facts) for n in (1, 2))
    c = bench.put("3.png", taken_at="2024-05-01T10:00:01", **facts)
    assert bench.judge(a, b, measures(noise=9)) == store.Pair(a, b, "scene", 0.9877, {})
    bench.files.left = LEFT
    assert bench.kind(a, c, measures(noise=9)) == "picture"
    bench.files.fractions = {"1.png": "13", "3.png": "14"}
    assert bench.kind(a, c, measures(noise=9)) == "scene"
    bench.files.contents["3.png"] = "edited since"
    assert bench.kind(a, c, measures(noise=9)) == "picture"


def test_noise_makes_two_shots_of_one_size_and_format(bench: Bench) -> None:
    a, b, other = bench.put("a.jpg"), bench.put("b.jpg"), bench.put("c.png", format="PNG")
    smaller, lower = bench.put("d.jpg", width=639), bench.put("e.jpg", height=479)
    bench.files.left = RecompressionResidual(retakes.EXCESS + 0.01, retakes.SHARED - 0.01, 0.1)
    seen = measures(median=0.97)
    assert bench.kind(a, b, seen) == "scene" and bench.files.asked == ["left a.jpg b.jpg"]
    bench.files.asked.clear()
    assert [bench.kind(a, x, seen) for x in (other, smaller, lower)] == [
        "picture"
    ] * 3 and bench.files.asked == []
    # Cropped or turned it is no shot of the same camera standing still.
    assert bench.kind(a, b, seen, relation=FAR) == "picture"
    # What was changed since says nothing of what was measured.
    bench.files.contents["b.jpg"] = "edited since"
    bench.closer = PairClassifier(bench.shelf.library, bench.shelf.writer, bench.files)  # type: ignore[arg-type]
    assert bench.kind(a, b, seen) == "picture"
    bench.files.contents |= {"b.jpg": "b.jpg", "a.jpg": "edited since"}
    bench.closer = PairClassifier(bench.shelf.library, bench.shelf.writer, bench.files)  # type: ignore[arg-type]
    assert bench.kind(a, b, seen) == "picture"


def test_a_step_aside_makes_two_shots(bench: Bench) -> None:
    a, b = bench.put("a.jpg"), bench.put("b.jpg")
    aside = retakes.aside(BESIDE["matrix"], 640, 480)
    assert aside is not None and aside > retakes.ASIDE
    bench.files.left = LEFT
    assert (
        bench.kind(a, b, measures(median=0.97), relation=BESIDE) == "scene"
        and bench.files.asked == []
    )
    assert bench.kind(a, b, measures(median=0.97)) == "picture"


def test_what_changed_counts_for_more(bench: Bench) -> None:
    a, b = bench.put("a.jpg"), bench.put("b.jpg")
    # Something is seen on one alone, put on: most pixels are as they were.
    seen = measures(noise=9, broken=0.05, same=0.9)
    bench.files.left = RecompressionResidual(0.05, 0.96, 0.1)
    assert (
        same_picture.is_same_picture(seen)
        and same_picture.has_changed_blocks(seen)
        and not same_picture.looks_like_motion(seen)
    )
    assert bench.kind(a, b, seen) == "scene" and bench.kind(a, b, measures(noise=9)) == "picture"


def test_what_moved_makes_two_shots_even_where_nothing_is_left_to_compare(bench: Bench) -> None:
    a, b = bench.put("a.jpg"), bench.put("b.jpg")
    seen = measures(noise=9, broken=0.05, same=0.9, is_local_motion=True)
    assert (
        same_picture.is_same_picture(seen)
        and same_picture.looks_like_motion(seen)
        and bench.kind(a, b, seen) == "scene"
    )
    assert bench.kind(a, b, measures(noise=9, broken=0.05, same=0.9)) == "picture"


@pytest.mark.parametrize(
    ("explained", "relation", "flat", "kind"),
    [
        (retakes.MADE, ONTO, 0.1, "picture"), (retakes.MADE - 0.01, ONTO, 0.1, None), (0.9, FAR, 0.1, None), (0.9, ONTO, 0.9, None),
    ],
)  # fmt: skip
def test_a_file_that_was_made_from_the_other(
    bench: Bench, explained: float, relation: dict[str, object], flat: float, kind: str | None
) -> None:
    a, b = bench.put("a.jpg"), bench.put("b.jpg")
    bench.files.left = RecompressionResidual(0.0, 1.0, explained)
    assert bench.kind(a, b, measures(median=0.3, noise=9, flat=flat), relation=relation) == kind


def test_two_files_are_opened_once_for_both_questions(bench: Bench) -> None:
    a, b = bench.put("a.jpg"), bench.put("b.jpg")
    bench.files.left = LEFT
    assert bench.kind(a, b, measures(median=0.3, noise=9)) == "picture" and bench.files.asked == [
        "left a.jpg b.jpg"
    ]
    assert bench.judge(a, b, None) is None and bench.files.asked == ["left a.jpg b.jpg"]
