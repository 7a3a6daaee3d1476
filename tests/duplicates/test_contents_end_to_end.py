"""Files that hold more than their first picture, from indexing to removal, with everything that
lies between."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from explorer.duplicates.find_groups import find_groups
from explorer.duplicates.group_removals import removals_of_groups
from explorer.duplicates.groups import DuplicateGroup
from explorer.indexing.foreground import index_folders
from explorer.library.library import Library
from explorer.library.writer import Writer
from explorer.removal.remove import dry_run, remove
from tests.containers import animation, box, coded, film, gain_map, heic, heif, pages
from tests.fixtures.old_files import make_old
from tests.pictures import draw, encoded
from tests.tiny import Tiny

SIZE = (320, 240)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    (tmp_path / "photos").mkdir()
    library = Library.open(tmp_path / "library")
    yield library
    library.close()


def index(library: Library, tmp_path: Path, **files: bytes) -> list[DuplicateGroup]:
    """Index files of these names (`a_jpg` is a.jpg) and contents; gives the groups of copies."""
    for name, data in files.items():
        path = tmp_path / "photos" / name.replace("_", ".")
        path.write_bytes(data)
        make_old(path)
    index_folders(library, [str(tmp_path / "photos")], Tiny(), lambda progress: None)
    return find_groups(library, ["identical", "pixels", "picture"])


def going(library: Library, groups: list[DuplicateGroup]) -> dict[str, str]:
    """What goes for what, by names; every check agrees."""
    removals = removals_of_groups(library.catalog, groups)
    assert not dry_run(library, removals).kept
    return {Path(removal.path).name: Path(removal.keeper or "").name for removal in removals}


def resaved(data: bytes, kind: str) -> bytes:
    with Image.open(io.BytesIO(data)) as picture:
        return encoded(picture.convert("RGB"), kind)


JPEG = encoded(draw(1, SIZE))
DEPTH = coded(2, (64, 64))._replace(urn=b"urn:mpeg:hevc:2015:auxid:2")
Contents = tuple[bytes, bytes, str]


def burst() -> Contents:
    two = heic([1, 2], SIZE)
    return two, resaved(two, "PNG"), "2 pictures"


# The file with more contents, the one with less, and what the first has more.
CASES: dict[str, Callable[[], Contents]] = {
    "motion photo": lambda: (JPEG + film(), resaved(JPEG, "PNG"), "video inside"),
    "gain map": lambda: (JPEG + gain_map(), resaved(JPEG, "PNG"), "gain map"),
    "pages": lambda: (pages([1, 2], SIZE), encoded(draw(1, SIZE), "BMP"), "2 pages"),
    "frames": lambda: (
        animation("PNG", [1, 2], size=SIZE),
        encoded(draw(1, SIZE), "BMP"),
        "2 frames",
    ),
    "burst": burst,
    "depth map": lambda: (
        heif([coded(1, SIZE), DEPTH], [(b"auxl", 2, [1])]),
        heif([coded(1, SIZE)]),
        "depth map",
    ),
    "film in HEIC": lambda: (
        heif([coded(1, SIZE)], tail=box(b"mpvd", film())),
        heif([coded(1, SIZE)]),
        "video inside",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_the_file_with_more_contents_is_kept(library: Library, tmp_path: Path, case: str) -> None:
    more, less, words = CASES[case]()
    (group,) = index(
        library, tmp_path, **{f"more_{ending(more)}": more, f"less_{ending(less)}": less}
    )
    assert (
        group.tier == "picture"
        and Path(group.keep.path).stem == "more"
        and group.keep.holds == (words,)
    )
    # Without a camera's metadata the original is not known: the user says so.
    assert group.doubt and not removals_of_groups(library.catalog, [group])
    group = group.with_keeper(group.keep.file_id)
    assert going(library, [group]) == {Path(group.others[0].path).name: Path(group.keep.path).name}
    # The other way round nobody can have it.
    chosen = group.with_keeper(group.others[0].file_id)
    assert words in chosen.reason_to_keep(chosen.others[0]) and not removals_of_groups(
        library.catalog, [chosen]
    )
    (right,) = removals_of_groups(library.catalog, [group])
    assert right.keeper is not None and right.keeper_hash is not None
    wrong = dataclasses.replace(
        right, path=right.keeper, hash=right.keeper_hash, keeper=right.path, keeper_hash=right.hash
    )
    assert words in remove(library, [wrong]).kept[0].reason


def ending(data: bytes) -> str:
    return {b"\xff\xd8": "jpg", b"\x89P": "png", b"II": "tif", b"BM": "bmp"}.get(data[:2], "heic")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (JPEG + film(1), JPEG + film(2)), (pages([1, 2], SIZE), pages([1, 3, 4], SIZE)),
        (heic([1, 2], SIZE), heic([1, 3, 4], SIZE)),
        (animation("PNG", [1, 2], size=SIZE), animation("PNG", [1, 3], size=SIZE)),
        (JPEG + gain_map(7), JPEG + gain_map(8)),
    ],
)  # fmt: skip
def test_if_each_has_contents_the_other_lacks_nothing_is_removed(
    library: Library, tmp_path: Path, one: bytes, other: bytes
) -> None:
    kind = ending(one)
    (group,) = index(library, tmp_path, **{f"one_{kind}": one, f"other_{kind}": other})
    assert (
        group.tier == "picture" and group.reason_to_keep(group.others[0]) and group.reclaimable == 0
    )
    assert (
        going(library, [group])
        == going(library, [group.with_keeper(group.others[0].file_id)])
        == {}
    )


def test_identical_pixels_means_all_pages(library: Library, tmp_path: Path) -> None:
    same = index(
        library,
        tmp_path,
        a_tif=pages([1, 2], SIZE),
        b_tif=pages([1, 2], SIZE, compression="tiff_lzw"),
    )
    assert [(group.tier, len(group.others)) for group in same] == [("pixels", 1)] and len(
        going(library, same)
    ) == 1


def test_a_library_of_an_earlier_release_offers_nothing_until_files_are_read_again(
    library: Library, tmp_path: Path
) -> None:
    index(library, tmp_path, a_tif=pages([1, 2], SIZE), b_bmp=encoded(draw(1, SIZE), "BMP"))
    writer = Writer(library.catalog)
    writer.connection.execute("update photo set contents = null, width = width * 10")
    writer.close()
    (group,) = find_groups(library, ["picture"])
    chosen = group.with_keeper(group.keep.file_id)
    assert "read again" in chosen.reason_to_keep(chosen.others[0]) and not removals_of_groups(
        library.catalog, [group, chosen]
    )
    (again,) = index(library, tmp_path)
    chosen = again.with_keeper(again.keep.file_id)
    assert again.keep.holds == ("2 pages",) and going(library, [chosen]) == {"b.bmp": "a.tif"}
    assert {item.width for item in again.all} == {320}
