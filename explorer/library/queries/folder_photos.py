"""List the photos in each folder."""

from __future__ import annotations

from explorer.library.catalog import Catalog
from explorer.library.paths import join


def photos_by_folder(catalog: Catalog) -> dict[str, list[int]]:
    """Absolute path of a folder → the ids of the visible photos directly in it. A photo with copies
    in several folders is in each of them."""
    with catalog.reading() as db:
        roots = {row["id"]: row["path"] for row in db.execute("select id, path from root")}
        found = dict[tuple[int, str], list[int]]()
        for root_id, folder, photo_id in db.execute(
            "select distinct f.root_id, f.folder, f.photo_id from file f join photo p on"
            " p.id = f.photo_id where f.state = 'present' and p.present > 0"
            " order by f.root_id, f.folder, f.photo_id"
        ):
            found.setdefault((root_id, folder), []).append(photo_id)
    return {join(roots[root_id], folder): ids for (root_id, folder), ids in found.items()}
