"""RAW files are duplicates only of identical files: nothing is offered for removal in favor of one,
and none in favor of anything else."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from explorer.duplicates.find_groups import find_groups
from explorer.duplicates.group_removals import removals_of_groups
from explorer.indexing.foreground import index_folders
from explorer.library.library import Library
from explorer.library.stores import pair_store as store
from explorer.library.stores.pair_store import PAIRS_VERSION, Pair
from explorer.photos.readers.raw_format import RAW_FORMATS
from tests import pictures
from tests.factory import LibraryBuilder
from tests.fixtures.jxls import jxl
from tests.fixtures.old_files import make_old
from tests.fixtures.raws import dng, preview_jpeg
from tests.tiny import Tiny

KINDS: tuple[store.PairKind, ...] = ("pixels", "picture", "scene")
OTHERS = ("JPEG", "TIFF", "PNG", "HEIF", "JXL")


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    (tmp_path / "photos").mkdir()
    library = Library.open(tmp_path / "library")
    yield library
    library.close()


@pytest.mark.usefixtures("untouched")
@pytest.mark.parametrize("seed", range(8))
def test_whatever_pairs_are_stored_no_raw_file_is_in_a_group_of_similar_photos(
    builder: LibraryBuilder, seed: int
) -> None:
    chance = random.Random(seed)
    formats = [chance.choice(sorted(RAW_FORMATS)) for _ in range(4)]
    formats += [chance.choice(OTHERS) for _ in range(4)]
    ids = [
        builder.put(
            f"{chance.choice('ab')}/{chance.choice('xyz')}{n}.{name.lower()}", n, format=name,
            taken_at="2019-07-12T14:30:00", taken_source="exif", width=400 + n, height=300,
        )
        for n, name in enumerate(formats)
    ]  # fmt: skip
    raws = set(ids[:4])
    pairs = [
        Pair(a, b, chance.choice(KINDS), 0.99, {"matrix": [1, 0, 0, 0, 1, 0]})
        for a, b in itertools.combinations(ids, 2)
    ]
    store.put_pairs(builder.writer, pairs, PAIRS_VERSION)
    groups = find_groups(builder.library)
    shown = {file.photo_id for group in groups for file in group.all}
    assert not raws & shown and shown <= set(ids)
    # All others are compared as ever.
    assert shown == set(ids) - raws


def test_identical_raw_files_are_duplicates(builder: LibraryBuilder) -> None:
    builder.put("a/x.nef", "raw", format="NEF")
    builder.put("b/x.nef", "raw", format="NEF")
    (group,) = find_groups(builder.library)
    assert group.tier == "identical" and not group.reason_to_keep(group.others[0])


def test_one_picture_as_raw_jpeg_tiff_and_dng(library: Library, tmp_path: Path) -> None:
    """From indexing to what is offered: only what is identical, and the copies of the JPEG among
    themselves."""
    drawn = pictures.draw(7, (640, 480))
    jpeg = preview_jpeg(drawn)
    files = {
        "camera/x.dng": dng(drawn, preview=jpeg),
        "camera/x.jpg": jpeg,
        "copy/x.dng": dng(drawn, preview=jpeg),
        "converted/y.dng": dng(drawn, preview=jpeg, seed=3),
        "developed/z.tif": pictures.encoded(drawn, "TIFF"),
        "sent/x.jpg": jpeg,
        "sent/w.jxl": jxl(drawn),
    }
    for name, data in files.items():
        path = tmp_path / "photos" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        make_old(path)
    index_folders(library, [str(tmp_path / "photos")], Tiny(), lambda progress: None)
    assert library.catalog.failures() == []
    groups = find_groups(library)
    together = {
        group.tier: {str(Path(file.path).relative_to(tmp_path / "photos")) for file in group.all}
        for group in groups
        if any(file.path.endswith(".dng") for file in group.all)
    }
    assert together == {"identical": {"camera/x.dng", "copy/x.dng"}}
    for removal in removals_of_groups(library.catalog, groups):
        ends = {Path(path).suffix for path in (removal.path, str(removal.keeper))}
        assert ".dng" not in ends or (ends == {".dng"} and removal.hash == removal.keeper_hash)
    with library.catalog.reading() as db:
        kinds = db.execute(
            "select kind from pair join photo p on p.id = a join photo q on q.id = b"
            " where p.format = 'DNG' or q.format = 'DNG'"
        ).fetchall()
    assert {kind for (kind,) in kinds} == {"scene"}
