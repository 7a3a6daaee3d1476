"""Whatever is a copy of what: accepting everything leaves every picture in a file that stays, and
takes nothing that was not compared."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.duplicates.find_groups import find_groups
from explorer.duplicates.group_removals import removals_of_groups
from explorer.duplicates.groups import COPIES
from explorer.library.library import Library
from explorer.library.stores import pair_store as store
from explorer.library.stores.pair_store import PAIRS_VERSION, Pair, compared_kind
from explorer.library.stores.protected_folder_store import protect_folder
from tests.factory import LibraryBuilder
from tests.thoroughness import times

PHOTOS = 4
# Of each photo, the folders in which a file of it lies.
FILES = st.lists(
    st.sets(st.sampled_from(["a", "b", "safe"]), min_size=1), min_size=PHOTOS, max_size=PHOTOS
)
PAIRS = st.dictionaries(
    st.tuples(st.integers(0, PHOTOS - 1), st.integers(0, PHOTOS - 1)).filter(
        lambda pair: pair[0] < pair[1]
    ),
    st.sampled_from(["pixels", "picture", "picture"]),
    min_size=2,
    max_size=6,
)
# Films: (photo, folder) beside which one lies, and which one.
FILMS = st.dictionaries(
    st.tuples(st.integers(0, PHOTOS - 1), st.sampled_from(["a", "b"])),
    st.integers(1, 2),
    max_size=4,
)


@settings(max_examples=times(100, 500), deadline=None, suppress_health_check=list(HealthCheck))
@given(
    files=FILES, found=PAIRS, films=FILMS, keeps=st.lists(st.integers(0, 5), min_size=2, max_size=4)
)
def test_every_accepted_plan_is_consistent(
    files: list[set[str]],
    found: dict[tuple[int, int], store.PairKind],
    films: dict[tuple[int, str], int],
    keeps: list[int],
) -> None:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made, "photos")
        for name in ("a", "b", "safe"):
            (folder / name).mkdir(parents=True)
        for (photo, where), film in films.items():
            (folder / where / f"{photo}.mov").write_text("film" * film)
        builder = LibraryBuilder(Library.open(Path(made, "library")), str(folder))
        try:
            ids = [
                {
                    builder.put(f"{where}/{number}.jpg", number, width=100 + 7 * number % 5)
                    for where in sorted(places)
                }.pop()
                for number, places in enumerate(files)
            ]
            pairs = [
                Pair(min(ids[a], ids[b]), max(ids[a], ids[b]), kind, 0.9, {})
                for (a, b), kind in found.items()
            ]
            store.put_pairs(builder.writer, pairs, PAIRS_VERSION)
            catalog = builder.library.catalog
            protect_folder(catalog, str(folder / "safe"))
            groups = find_groups(builder.library, COPIES)
            # Some with another one kept than was suggested.
            for number, choice in zip(range(len(groups) - 1, -1, -1), keeps, strict=False):
                groups[number] = groups[number].with_keeper(
                    groups[number].all[choice % len(groups[number].all)].file_id
                )
            removals = removals_of_groups(catalog, groups)
            paths = [removal.path for removal in removals]
            assert len(set(paths)) == len(paths)
            for removal in removals:
                assert (
                    removal.keeper is not None
                    and removal.keeper_hash is not None
                    and removal.keeper not in paths
                )
                assert Path(removal.path).parent.name != "safe"
                known = compared_kind(catalog, removal.hash, removal.keeper_hash, PAIRS_VERSION)
                assert removal.hash == removal.keeper_hash or known in ("pixels", "picture")
                film_path = Path(removal.path).with_suffix(".mov")
                if film_path.exists():
                    kept_film = Path(removal.keeper).with_suffix(".mov")
                    assert kept_film.stat().st_size == film_path.stat().st_size
        finally:
            builder.close()
