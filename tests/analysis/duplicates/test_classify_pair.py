"""Classifying a pair by its measurements and by its files, which are read only as needed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from explorer.analysis.duplicates import compare_pair
from explorer.analysis.duplicates.classify_pair import FilesUnavailable
from explorer.errors import DecodingFailed
from explorer.library.library import Library
from explorer.library.stores import pair_store as store
from explorer.library.stores import pixel_hash_store
from explorer.matching import retakes, same_picture
from explorer.matching.recompression import RecompressionResidual
from explorer.matching.same_picture_thresholds import RETAKE
from tests.analysis.duplicates.pair_photos import IDENTITY, PairPhotos, measurements
from tests.factory import LibraryBuilder

SCENE_INLIERS = compare_pair.THRESHOLDS.scene_inliers
# Shifted to the right by two thirds of a pixel of the preview.
SHIFTED: dict[str, Any] = {"matrix": [1.0, 0.0, 0.0013, 0.0, 1.0, 0.0]}
CROPPED: dict[str, Any] = {"matrix": [0.5, 0.0, 0.2, 0.0, 0.5, 0.2]}


@pytest.fixture
def photos(tmp_path: Path) -> Iterator[PairPhotos]:
    (tmp_path / "photos").mkdir()
    builder = LibraryBuilder(Library.open(tmp_path / "library"), str(tmp_path / "photos"))
    yield PairPhotos(builder)
    builder.close()


UNCORRELATED = measurements(median=0.3)
RECOMPRESSED = RecompressionResidual(0.0, 1.0, 0.9)


def test_enough_matching_keypoints_make_a_pair_a_scene(photos: PairPhotos) -> None:
    a, b = photos.add("a.jpg"), photos.add("b.png", format="PNG")
    assert photos.classify(a, b, inliers=SCENE_INLIERS - 1) is None
    assert photos.classify(a, b, inliers=SCENE_INLIERS) == store.Pair(
        a, b, "scene", round(SCENE_INLIERS / 80, 4), {}
    )
    assert (
        photos.classify(a, b, UNCORRELATED, inliers=500) == store.Pair(a, b, "scene", 1.0, {})
        and photos.files.reads == []
    )


def test_a_copy_is_stored_with_its_relation(photos: PairPhotos) -> None:
    a, b = photos.add("a.jpg"), photos.add("b.png", format="PNG", width=320, height=240)
    assert (
        photos.classify(a, b, measurements()) == store.Pair(a, b, "picture", 0.9877, IDENTITY)
        and photos.files.reads == []
    )
    assert photos.classify(a, b, measurements(median=1.2)) == store.Pair(
        a, b, "picture", 1.0, IDENTITY
    )


def test_files_with_equal_pixels_are_read_once_and_their_hashes_stored(photos: PairPhotos) -> None:
    a, b, c = (
        photos.add(name, format=kind)
        for name, kind in (("a.jpg", "JPEG"), ("b.png", "PNG"), ("c.bmp", "BMP"))
    )
    assert same_picture.may_have_equal_pixels(measurements(), (640, 480), (640, 480))
    photos.files.pixels = {"a.jpg": "00" * 16, "b.png": "00" * 16, "c.bmp": "01" * 16}
    assert photos.classify(a, b, measurements()) == store.Pair(a, b, "pixels", 1.0, IDENTITY)
    assert photos.kind(a, c, measurements()) == photos.kind(b, c, measurements()) == "picture"
    # Each file is read once.
    assert photos.files.reads == ["pixels a.jpg", "pixels b.png", "pixels c.bmp"]
    assert pixel_hash_store.pixel_hashes(photos.builder.library.catalog, [a, b, c]) == {}
    photos.classifier.store_hashes()
    assert pixel_hash_store.pixel_hashes(photos.builder.library.catalog, [a, b, c]) == {
        a: bytes(16),
        b: bytes(16),
        c: b"\1" * 16,
    }
    # And not again in a later run, nor is it written twice.
    photos.builder.writer.connection.execute("delete from pixels where photo_id = ?", (c,))
    photos.classifier.store_hashes()
    assert c not in pixel_hash_store.pixel_hashes(photos.builder.library.catalog, [c])
    photos.files.reads.clear()
    assert photos.kind(a, b, measurements()) == "pixels" and photos.files.reads == []


def test_a_file_in_a_folder_that_a_program_manages_itself_is_read_too(photos: PairPhotos) -> None:
    a, b = photos.add("a.jpg"), photos.builder.put("@Recycle/b.png", "b.png", format="PNG")
    photos.files.contents["b.png"] = "b.png"
    photos.files.pixels = {"a.jpg": "00" * 16, "b.png": "00" * 16}
    assert photos.kind(a, b, measurements()) == "pixels"


def test_pixels_that_cannot_be_decoded_are_not_equal(photos: PairPhotos) -> None:
    a, b = photos.add("a.jpg"), photos.add("b.png", format="PNG")
    assert photos.kind(a, b, measurements()) == "picture"
    photos.files.pixels = {"a.jpg": "00" * 16}
    assert photos.kind(a, b, measurements()) == "picture"
    photos.classifier.store_hashes()
    assert set(pixel_hash_store.pixel_hashes(photos.builder.library.catalog, [a, b])) == {a}


@pytest.mark.parametrize("now", ["edited since", None])
@pytest.mark.parametrize("residual", [RECOMPRESSED, None])
def test_a_pair_is_not_classified_while_a_file_cannot_be_read(
    photos: PairPhotos, now: str | None, residual: RecompressionResidual | None
) -> None:
    a, b, c = photos.add("a.jpg"), photos.add("b.jpg"), photos.add("c.png", format="PNG")
    photos.files.contents["b.jpg"] = now
    if now is None:
        del photos.files.contents["b.jpg"]
    photos.files.residual = residual
    for one, other, seen, unread in (
        (a, b, measurements(median=0.97), {a, b}),
        (a, b, measurements(), {b}),
        (a, b, UNCORRELATED, {a, b}),
        (b, c, measurements(), {b}),
    ):
        with pytest.raises(FilesUnavailable) as raised:
            photos.classify(one, other, seen)
        assert set(raised.value.photo_ids) == unread
    assert photos.kind(a, c, measurements(median=0.97)) == "picture"


def test_another_file_of_the_photo_is_read_where_one_cannot_be(photos: PairPhotos) -> None:
    facts: dict[str, Any] = {"taken_source": "exif", "taken_at": "2024-05-01T10:00:01"}
    a, b = photos.add("a.jpg", **facts), photos.add("b.jpg", **facts)
    photos.files.contents["copy.jpg"] = "b.jpg"
    photos.builder.put("copy.jpg", "b.jpg")
    del photos.files.contents["b.jpg"]
    photos.files.residual = RecompressionResidual(9.0, 0.0, 0.0)
    assert photos.kind(a, b, measurements(median=0.97)) == "scene"
    photos.files.fractions = {"a.jpg": "13", "copy.jpg": "13"}
    photos.files.pixels = {"a.jpg": "00" * 16, "copy.jpg": "00" * 16}
    assert photos.kind(a, b, measurements()) == "pixels"
    assert photos.files.reads[:2] == ["fraction a.jpg", "fraction b.jpg"]


def test_a_pair_of_a_photo_without_a_file_is_not_classified(photos: PairPhotos) -> None:
    a, b = photos.add("a.jpg"), photos.add("b.jpg")
    photos.builder.lose("b.jpg")
    for seen in (measurements(), UNCORRELATED):
        with pytest.raises(FilesUnavailable) as raised:
            photos.classify(a, b, seen)
        assert raised.value.photo_ids == (b,) and photos.files.reads == []
    assert photos.classify(a, b, None) is None


def test_different_times_make_two_shots(photos: PairPhotos) -> None:
    facts: dict[str, Any] = {"taken_source": "exif", "camera": "K", "format": "PNG"}
    a, b = (photos.add(f"{n}.png", taken_at=f"2024-05-01T10:00:0{n}", **facts) for n in (1, 2))
    c = photos.add("3.png", taken_at="2024-05-01T10:00:01", **facts)
    assert photos.classify(a, b, measurements()) == store.Pair(a, b, "scene", 0.9877, {})
    photos.files.residual = RECOMPRESSED
    assert photos.kind(a, c, measurements()) == "picture"
    photos.files.fractions = {"1.png": "13", "3.png": "14"}
    assert photos.kind(a, c, measurements()) == "scene"


def test_different_noise_makes_two_shots_if_size_and_format_are_equal(photos: PairPhotos) -> None:
    a, b, other = photos.add("a.jpg"), photos.add("b.jpg"), photos.add("c.png", format="PNG")
    smaller, lower = photos.add("d.jpg", width=639), photos.add("e.jpg", height=479)
    photos.files.residual = RecompressionResidual(
        RETAKE.min_excess + 0.01, RETAKE.max_shared - 0.01, 0.1
    )
    seen = measurements(median=0.97)
    assert photos.kind(a, b, seen) == "scene" and photos.files.reads == ["residual a.jpg b.jpg"]
    photos.files.reads.clear()
    assert [photos.kind(a, x, seen) for x in (other, smaller, lower)] == [
        "picture"
    ] * 3 and photos.files.reads == []
    # Cropped or turned it is no shot of the same camera standing still.
    assert photos.kind(a, b, seen, relation=CROPPED) == "picture"


def test_an_offset_makes_two_shots(photos: PairPhotos) -> None:
    a, b = photos.add("a.jpg"), photos.add("b.jpg")
    aside = retakes.preview_offset(SHIFTED["matrix"], 640, 480)
    assert aside is not None and aside > RETAKE.max_offset
    photos.files.residual = RECOMPRESSED
    assert (
        photos.kind(a, b, measurements(median=0.97), relation=SHIFTED) == "scene"
        and photos.files.reads == []
    )
    assert photos.kind(a, b, measurements(median=0.97)) == "picture"


def test_noise_weighs_more_where_something_changed(photos: PairPhotos) -> None:
    a, b = photos.add("a.jpg"), photos.add("b.jpg")
    # Something is seen on one alone, put on: most pixels are as they were.
    seen = measurements(share=0.05, unchanged=0.9)
    photos.files.residual = RecompressionResidual(0.05, 0.96, 0.1)
    assert (
        same_picture.is_same_picture(seen)
        and same_picture.has_changed_blocks(seen)
        and not same_picture.looks_like_motion(seen)
    )
    assert photos.kind(a, b, seen) == "scene" and photos.kind(a, b, measurements()) == "picture"


def test_motion_makes_two_shots_even_without_a_residual(photos: PairPhotos) -> None:
    a, b = photos.add("a.jpg"), photos.add("b.jpg")
    seen = measurements(share=0.05, unchanged=0.9, local_motion=True)
    assert (
        same_picture.is_same_picture(seen)
        and same_picture.looks_like_motion(seen)
        and photos.kind(a, b, seen) == "scene"
    )
    assert photos.kind(a, b, measurements(share=0.05, unchanged=0.9)) == "picture"


@pytest.mark.parametrize(
    ("explained", "relation", "flat", "kind"),
    [
        (RETAKE.surely_made_explained, IDENTITY, 0.1, "picture"),
        (RETAKE.surely_made_explained - 0.01, IDENTITY, 0.1, None),
        (0.9, CROPPED, 0.1, None),
        (0.9, IDENTITY, 0.9, None),
    ],
)
def test_a_recompressed_file_is_a_copy_though_the_previews_do_not_correlate(
    photos: PairPhotos, explained: float, relation: dict[str, Any], flat: float, kind: str | None
) -> None:
    a, b = photos.add("a.jpg"), photos.add("b.jpg")
    photos.files.residual = RecompressionResidual(0.0, 1.0, explained)
    assert photos.kind(a, b, measurements(median=0.3, flat=flat), relation=relation) == kind


def test_the_residual_of_two_files_is_read_once(photos: PairPhotos) -> None:
    a, b = photos.add("a.jpg"), photos.add("b.jpg")
    photos.files.residual = RECOMPRESSED
    assert photos.kind(a, b, measurements(median=0.3)) == "picture"
    assert photos.classify(a, b, None) is None
    assert photos.files.reads.count("residual a.jpg b.jpg") == 1


def test_a_file_that_crashes_the_decoder_makes_no_copy(
    photos: PairPhotos, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts = list[str]()

    def crash(path: str, *_: object) -> None:
        attempts.append(path)
        raise DecodingFailed

    monkeypatch.setattr(photos.files, "recompression_residual", crash)
    monkeypatch.setattr(photos.files, "full_resolution_fact", crash)
    a, b, c = photos.add("a.jpg"), photos.add("b.jpg"), photos.add("c.png", format="PNG")
    assert photos.kind(a, b, measurements(median=0.97)) == "scene"
    assert photos.kind(a, b, measurements(median=0.3)) is None and len(attempts) == 1
    # Where nothing has to be proved by the files, previews suffice.
    assert photos.kind(a, c, measurements()) == "picture"


@pytest.mark.parametrize("formats", [("NEF", "JPEG"), ("DNG", "NEF"), ("TIFF", "DNG")])
def test_a_raw_file_is_never_the_same_picture_as_another(
    photos: PairPhotos, formats: tuple[str, str]
) -> None:
    a, b = (photos.add(f"{n}.x", format=name) for n, name in enumerate(formats))
    photos.files.pixels = {"0.x": "00" * 16, "1.x": "00" * 16}
    assert photos.kind(a, b, measurements()) == "scene" and photos.files.reads == []


@pytest.mark.parametrize(("differ", "kind"), [(True, "scene"), (None, "scene"), (False, "picture")])
@pytest.mark.parametrize("flat", [0.41, 0.7])
def test_flat_pictures_are_compared_at_full_size(
    photos: PairPhotos, flat: float, differ: bool | None, kind: str
) -> None:
    a, b = photos.add("a.png", format="PNG"), photos.add("b.jpg", width=320, height=240)
    photos.files.differ = differ
    assert photos.kind(a, b, measurements(flat=flat)) == kind
    assert photos.files.reads == [f"differences a.png b.jpg {IDENTITY['matrix']}"]


@pytest.mark.parametrize("measured", [{"flat": 0.39}, {"flat": 0.5, "share": 0.02}])
def test_pictures_with_detail_or_visible_changes_are_not(
    photos: PairPhotos, measured: dict[str, float]
) -> None:
    a, b = photos.add("a.png", format="PNG"), photos.add("b.jpg", width=320, height=240)
    photos.files.differ = True
    assert photos.kind(a, b, measurements(**measured)) == "picture" and photos.files.reads == []


def test_flat_pictures_that_cannot_be_read_are_not_classified(photos: PairPhotos) -> None:
    a, b = photos.add("a.png", format="PNG"), photos.add("b.jpg", width=320, height=240)
    photos.files.contents.clear()
    with pytest.raises(FilesUnavailable):
        photos.classify(a, b, measurements(flat=0.7))
