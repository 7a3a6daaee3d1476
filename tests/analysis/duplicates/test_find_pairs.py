from __future__ import annotations

import io
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageEnhance, ImageOps

from explorer.analysis.duplicates import compare_pair, copy_components, find_pairs
from explorer.analysis.duplicates.capture_time import CapturedFile, taken_at_different_times
from explorer.analysis.duplicates.find_pairs import PairStage
from explorer.analysis.neighbors import NeighborStage
from explorer.duplicates.find_groups import find_groups
from explorer.encoders.base import Encoder
from explorer.library import copy_rows, keypoint_store
from explorer.library import pair_store as store
from explorer.library.embedding_store import put_embedding
from explorer.library.file_rows import FileStat
from explorer.library.file_store import put_present
from explorer.library.library import Library
from explorer.library.pair_store import PAIRS_VERSION
from explorer.library.photo_store import add_photo, photo_id_by_hash
from explorer.photos.decode import content_hash, decode
from explorer.photos.decoded_photo import Precision
from tests.factory import DIM, ENCODER, VERSION, Shelf, vector_of
from tests.pictures import FORMATS, draw, encoded, screenshot

SIZE = (400, 300)
# Copies of two photos, and photos of which there is no copy; sizes differ, so that there is one to
# keep.
SHELF: dict[str, Callable[[], Image.Image]] = {
    "a.jpg": lambda: draw(1, SIZE), "a-small.jpg": lambda: draw(1, SIZE).resize((200, 150)),
    "a-turned.jpg": lambda: draw(1, SIZE).transpose(Image.Transpose.ROTATE_90),
    "a-mirrored.png": lambda: ImageOps.mirror(draw(1, SIZE)), "b.jpg": lambda: draw(2, SIZE),
    "b-cropped.jpg": lambda: draw(2, SIZE).crop((15, 10, 385, 290)),
    "b-grey.jpg": lambda: ImageOps.grayscale(draw(2, SIZE)),
    "c.jpg": lambda: draw(3, SIZE), "d.jpg": lambda: draw(4, SIZE),
}  # fmt: skip


class Named:
    """As much of an encoder as the stage asks for."""

    name, version, dim = ENCODER, VERSION, DIM


class Cut(Exception):
    pass


class Both:
    """The stage, with the one that it builds on run before it."""

    def __init__(self, shelf: Shelf) -> None:
        self._stages = [
            made(shelf.library, shelf.writer, cast("Encoder", Named()))
            for made in (NeighborStage, PairStage)
        ]

    def run(self, tick: Callable[[int, int], None]) -> None:
        self._stages[0].run(quiet)
        self._stages[1].run(tick)


def stage(shelf: Shelf) -> Both:
    return Both(shelf)


def quiet(done: int, total: int) -> None:
    pass


def put(shelf: Shelf, name: str, data: bytes) -> int:
    """A file with these bytes, on disk and in the catalog; gives the photo's id."""
    path = Path(shelf.library.catalog.roots()[0]["path"]) / name
    path.write_bytes(data)
    digest = content_hash(data)
    with shelf.writer.transaction():
        photo_id = photo_id_by_hash(shelf.writer, digest)
        if photo_id is None:
            photo = decode(data, None, name=name)
            shelf.library.previews.write(digest.hex(), photo.preview)
            photo_id = add_photo(shelf.writer, digest, len(data), photo)
            # Nearness by embedding: what is the same photo by its name.
            put_embedding(shelf.writer, shelf.encoder, photo_id, vector_of(name[0]))
        put_present(shelf.writer, shelf.root, FileStat(name, len(data), 1, 0), photo_id)
    return photo_id


def put_one(shelf: Shelf, name: str) -> int:
    return put(shelf, name, encoded(SHELF[name](), FORMATS[Path(name).suffix]))


def found(shelf: Shelf, *kinds: store.PairKind) -> dict[tuple[str, str], str]:
    """Pairs by the files' names, and their kinds."""
    names = {
        row.photo_id: Path(row.path).name
        for row in copy_rows.copy_rows(shelf.library.catalog, range(1, 1000))
    }
    kept = store.pairs(shelf.library.catalog, PAIRS_VERSION, kinds or ("pixels", "picture"))
    return {tuple(sorted((names[p.a], names[p.b]))): p.kind for p in kept}  # type: ignore[misc]


def expected(names: Any) -> set[tuple[str, str]]:
    return {(a, b) for a, b in itertools.combinations(sorted(names), 2) if a[0] == b[0]}


def new_shelf(folder: Path) -> Shelf:
    (folder / "photos").mkdir()
    return Shelf(Library.open(folder / "library"), str(folder / "photos"))


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    shelf = new_shelf(tmp_path)
    yield shelf
    shelf.close()


def test_all_copies_are_found_and_nothing_else(shelf: Shelf) -> None:
    for name in SHELF:
        put_one(shelf, name)
    stage(shelf).run(quiet)
    assert found(shelf).keys() == expected(SHELF)
    groups = [group for group in find_groups(shelf.library) if group.tier in ("pixels", "picture")]
    assert sorted(len(group.others) for group in groups) == [2, 3]


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    order=st.permutations(list(SHELF)),
    cuts=st.lists(st.integers(1, 4), max_size=5),
    again=st.booleans(),
)
def test_one_by_one_finds_what_all_at_once_finds(
    tmp_path_factory: pytest.TempPathFactory, order: list[str], cuts: list[int], again: bool
) -> None:
    shelf = new_shelf(tmp_path_factory.mktemp("pairs"))
    try:
        kept, left = stage(shelf), list(order)
        for size in [*cuts, len(order)]:
            some, left = left[:size], left[size:]
            for name in some:
                put_one(shelf, name)
            kept = stage(shelf) if again else kept
            kept.run(quiet)
            assert found(shelf).keys() == expected(set(order) - set(left))
    finally:
        shelf.close()


def test_members_of_groups_are_verified_against_the_one_kept_and_no_photo_is_offered_twice(
    shelf: Shelf,
) -> None:
    for name in SHELF:
        put_one(shelf, name)
    stage(shelf).run(quiet)
    verified = {
        (p.a, p.b) for p in store.pairs(shelf.library.catalog, PAIRS_VERSION, ("pixels", "picture"))
    }
    offered = list[int]()
    for group in find_groups(shelf.library, ["pixels", "picture"]):
        for item in group.others:
            assert (
                min(group.keep.photo_id, item.photo_id),
                max(group.keep.photo_id, item.photo_id),
            ) in verified
            offered.append(item.photo_id)
    assert len(offered) == len(set(offered)) == 5


@pytest.mark.parametrize("at", [0, 1, 2])
def test_cut_off_anywhere_the_next_run_goes_on(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    monkeypatch.setattr(find_pairs, "BATCH_SIZE", 3)
    for name in SHELF:
        put_one(shelf, name)
    ticks = list[int]()

    def cut(done: int, total: int) -> None:
        ticks.append(done)
        if len(ticks) > at:
            raise Cut

    kept = stage(shelf)
    with pytest.raises(Cut):
        kept.run(cut)
    before = len(found(shelf))
    kept.run(quiet)
    assert found(shelf).keys() == expected(SHELF)
    assert before <= len(found(shelf))


def test_cut_off_while_writing_nothing_is_half_written(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in SHELF:
        put_one(shelf, name)
    with monkeypatch.context() as patch:
        patch.setattr(store, "put_pairs", lambda *_: (_ for _ in ()).throw(Cut))
        with pytest.raises(Cut):
            stage(shelf).run(quiet)
    assert (
        keypoint_store.photo_fingerprints(shelf.library.catalog, PAIRS_VERSION).compared.sum() == 0
    )
    stage(shelf).run(quiet)
    assert found(shelf).keys() == expected(SHELF)


def test_what_is_known_is_not_compared_again(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SHELF:
        put_one(shelf, name)
    stage(shelf).run(quiet)
    monkeypatch.setattr(
        compare_pair.PairComparer, "compare", lambda *_, **__: pytest.fail("compared again")
    )
    stage(shelf).run(quiet)
    assert found(shelf).keys() == expected(SHELF)


def test_a_grey_copy_and_a_brighter_one_are_called_so(shelf: Shelf) -> None:
    picture = draw(2, SIZE)
    put(shelf, "b.jpg", encoded(picture))
    put(shelf, "b-grey.jpg", encoded(ImageOps.grayscale(picture).resize((360, 270))))
    put(
        shelf,
        "b-light.jpg",
        encoded(ImageEnhance.Brightness(picture).enhance(1.3).resize((340, 255))),
    )
    stage(shelf).run(quiet)
    (group,) = find_groups(shelf.library, ["pixels", "picture"])
    words = {Path(item.path).name: item.relation for item in group.others}
    assert words["b-grey.jpg"].endswith("in grey") and words["b-light.jpg"].endswith("brighter")


def test_a_copy_with_a_border_is_called_so_and_not_kept_for_its_pixels(shelf: Shelf) -> None:
    put_one(shelf, "a.jpg")
    put(
        shelf,
        "a-framed.jpg",
        encoded(ImageOps.expand(SHELF["a.jpg"](), 20, "white"), FORMATS[".jpg"]),
    )
    put_one(shelf, "a-small.jpg")
    stage(shelf).run(quiet)
    (group,) = find_groups(shelf.library, ["picture"])
    assert Path(group.keep.path).name == "a.jpg"
    said = {Path(item.path).name: item.relation for item in group.others}
    assert "with a border around it" in said["a-framed.jpg"] and "border" not in said["a-small.jpg"]
    framed = group.with_keeper(next(item.file_id for item in group.others if "framed" in item.path))
    assert all("without the border" in item.relation for item in framed.others)


def test_copies_met_one_after_the_other_are_each_compared_with_few(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = list[object]()
    compare = compare_pair.PairComparer.compare
    monkeypatch.setattr(
        compare_pair.PairComparer,
        "compare",
        lambda self, ask, ways: asked.append(ask[:2]) or compare(self, ask, ways),
    )
    for number, width in enumerate(range(200, 400, 10)):
        put(shelf, f"a{number}.jpg", encoded(draw(1, SIZE).resize((width, width * 3 // 4))))
    stage(shelf).run(quiet)
    (group,) = find_groups(shelf.library, ["pixels", "picture"])
    assert len(group.others) == 19
    assert len(asked) == len(set(asked)) < 20 * 4 < 20 * 19 // 2


def test_corners_are_made_when_they_are_wanted_and_then_kept(shelf: Shelf) -> None:
    for name in ("c.jpg", "a.jpg"):
        put_one(shelf, name)
    stage(shelf).run(quiet)
    (first,) = (
        row
        for row in copy_rows.copy_rows(shelf.library.catalog, range(1, 9))
        if row.path.endswith("a.jpg")
    )
    assert keypoint_store.keypoints_of(shelf.library.catalog, first.photo_id, PAIRS_VERSION) is None
    # Cropped so far that neither hash nor glimpse leads there.
    put(shelf, "a-part.jpg", encoded(draw(1, SIZE).crop((150, 110, 400, 300))))
    stage(shelf).run(quiet)
    assert found(shelf).keys() == {("a-part.jpg", "a.jpg")}
    assert keypoint_store.keypoints_of(shelf.library.catalog, first.photo_id, PAIRS_VERSION)


def test_a_photo_that_was_away_meets_what_came_meanwhile(shelf: Shelf) -> None:
    kept = stage(shelf)
    put_one(shelf, "a.jpg")
    kept.run(quiet)
    shelf.lose("a.jpg")
    put_one(shelf, "a-small.jpg")
    kept.run(quiet)
    assert not found(shelf)
    put_one(shelf, "a.jpg")
    kept.run(quiet)
    assert found(shelf).keys() == {("a-small.jpg", "a.jpg")}


def test_the_same_pixels_in_another_file(shelf: Shelf) -> None:
    picture = draw(1, SIZE)
    put(shelf, "a.png", encoded(picture, "PNG"))
    put(shelf, "b.bmp", encoded(picture, "BMP"))
    put(shelf, "c.jpg", encoded(picture, "JPEG", quality=97))
    stage(shelf).run(quiet)
    assert found(shelf) == {
        ("a.png", "b.bmp"): "pixels",
        ("a.png", "c.jpg"): "picture",
        ("b.bmp", "c.jpg"): "picture",
    }


def test_without_its_file_a_photo_is_compared_by_its_preview(shelf: Shelf) -> None:
    picture = draw(1, SIZE)
    put(shelf, "a.png", encoded(picture, "PNG"))
    put(shelf, "b.bmp", encoded(picture, "BMP"))
    (Path(shelf.library.catalog.roots()[0]["path"]) / "b.bmp").unlink()
    stage(shelf).run(quiet)
    assert found(shelf) == {("a.png", "b.bmp"): "picture"}


def test_a_photo_without_a_preview_costs_nothing_but_itself(shelf: Shelf) -> None:
    for name in SHELF:
        put_one(shelf, name)
    digest = shelf.library.catalog.photo(1)["hash"]  # type: ignore[index]
    shelf.library.previews.path(digest).write_bytes(b"nothing")
    stage(shelf).run(quiet)
    assert found(shelf).keys() == {pair for pair in expected(SHELF) if "a.jpg" not in pair}


def test_two_shots_of_one_second_are_told_apart_by_its_fraction(shelf: Shelf) -> None:
    def shot(digits: str | None, quality: int) -> bytes:
        block = Image.Exif()
        block.get_ifd(0x8769).update(
            {0x9003: "2024:05:01 10:00:00", **({0x9291: digits} if digits else {})}
        )
        return encoded(draw(1, SIZE), quality=quality, exif=block.tobytes())

    for name, digits, quality in (
        ("a.jpg", "120", 95),
        ("b.jpg", "220", 94),
        ("c.jpg", "22", 90),
        ("d.jpg", None, 85),
    ):
        put(shelf, name, shot(digits, quality))
    stage(shelf).run(quiet)
    kinds = found(shelf, "picture", "scene")
    assert kinds.pop(("a.jpg", "b.jpg")) == kinds.pop(("a.jpg", "c.jpg")) == "scene"
    assert set(kinds.values()) == {"picture"} and len(kinds) == 4


def moment(
    taken: str | None,
    source: str | None = "exif",
    camera: str | None = "X",
    *,
    precision: Precision | None = None,
) -> CapturedFile:
    return CapturedFile(1, "/a.jpg", 10, 10, taken, source, camera, taken_precision=precision)


def grainy(number: int, picture: Image.Image) -> Image.Image:
    noise = np.random.default_rng(number).normal(0, 4, (picture.height, picture.width, 3))
    return Image.fromarray((np.asarray(picture) + noise).round().clip(0, 255).astype(np.uint8))


def test_two_shots_without_times_are_told_apart_by_their_noise(shelf: Shelf) -> None:
    one, other = (encoded(grainy(number, draw(1, SIZE)), quality=92) for number in (1, 2))
    again = encoded(Image.open(io.BytesIO(one)), quality=75)
    for name, data in (("a.jpg", one), ("a-again.jpg", again), ("a-other.jpg", other)):
        put(shelf, name, data)
    stage(shelf).run(quiet)
    assert found(shelf, "picture", "scene") == {
        ("a-again.jpg", "a.jpg"): "picture", ("a-other.jpg", "a.jpg"): "scene",
        ("a-again.jpg", "a-other.jpg"): "scene"
    }  # fmt: skip


def test_the_next_screenshot_was_not_made_from_the_one_before(shelf: Shelf) -> None:
    """Though saving explains all that its bars and keys differ by."""
    one, other = (
        encoded(screenshot([words, "bring the cake"]), quality=90)
        for words in ("see you at seven", "the train is late")
    )
    again = encoded(Image.open(io.BytesIO(one)), quality=70)
    for name, data in (("a.jpg", one), ("a-again.jpg", again), ("a-next.jpg", other)):
        put(shelf, name, data)
    stage(shelf).run(quiet)
    assert found(shelf, "picture") == {("a-again.jpg", "a.jpg"): "picture"}


def test_a_shot_beside_another_by_a_fraction_of_a_pixel_is_no_copy(shelf: Shelf) -> None:
    scene = draw(1, SIZE)
    beside = scene.transform(
        SIZE, Image.Transform.AFFINE, (1, 0, 0.4, 0, 1, 0.2), Image.Resampling.BICUBIC
    )
    for name, picture in (("a.jpg", scene), ("a-beside.jpg", beside)):
        put(shelf, name, encoded(picture))
    stage(shelf).run(quiet)
    assert found(shelf, "picture", "scene") == {("a-beside.jpg", "a.jpg"): "scene"}


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        (moment("2024-05-01T10:00:00"), moment("2024-05-01T10:00:00"), False),
        (moment("2024-05-01T10:00:00"), moment("2024-05-01T10:00:01"), True),
        (moment("2024-05-01T10:00:00"), moment("2024-05-01T12:00:00"), False),
        (moment("2024-05-01T10:00:00"), moment("2024-05-01T10:00:07", "file"), False),
        (moment("2024-05-01T10:00:00"), moment(None, None), False),
        (moment("2024-05-01T10:00:00"), moment("2024-05-01T10:00:00", camera="Y"), True),
        # Only what both know is compared.
        (moment("2024-05-01T00:00:00", precision="day"), moment("2024-05-01T10:00:07"), False),
        (
            moment("2024-05-01T10:00:07", precision="second"),
            moment("2024-05-01T00:00:00", precision="day"),
            False,
        ),
        (moment("2024-05-01T00:00:00", precision="day"), moment("2024-05-02T10:00:07"), True),
        (
            moment("2024-01-01T00:00:00", precision="year"),
            moment("2024-05-01T00:00:00", precision="month"),
            False,
        ),
        (
            moment("2023-01-01T00:00:00", precision="year"),
            moment("2024-05-01T00:00:00", precision="month"),
            True,
        ),
        (moment("2024-05-01T10:00:00", precision="minute"), moment("2024-05-01T10:00:07"), False),
        (moment("2024-05-01T10:01:00", precision="minute"), moment("2024-05-01T10:00:59"), True),
        (
            moment("2024-05-01T00:00:00", precision="day"),
            moment("2024-05-01T00:00:00", camera="Y", precision="day"),
            True,
        ),
        (
            moment("2024-05-01T00:00:00", precision="day"),
            moment("2024-05-02T00:00:00", "name", precision="day"),
            False,
        ),
    ],
)
def test_clocks_say_that_two_photos_are_two_shots(
    one: CapturedFile, other: CapturedFile, apart: bool
) -> None:
    assert taken_at_different_times(one, other, lambda moment: None) is apart


def test_of_very_many_copies_each_is_compared_with_the_largest(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(find_pairs, "BATCH_SIZE", 2)
    monkeypatch.setattr(copy_components, "MOST_FULLY_COMPARED", 3)
    monkeypatch.setattr(copy_components, "HUBS", 1)
    for number, width in enumerate(range(200, 400, 20)):
        put(shelf, f"a{number}.jpg", encoded(draw(1, SIZE).resize((width, width * 3 // 4))))
    stage(shelf).run(quiet)
    (group,) = find_groups(shelf.library, ["pixels", "picture"])
    assert group.keep.width == 380 and len(group.others) == 9
