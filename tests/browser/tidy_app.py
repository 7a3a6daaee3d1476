"""The app on photos with copies, for the tests of the Duplicates page."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator, Sequence
from contextlib import closing

import pytest

from explorer.duplicates import keeper
from explorer.library.catalog import Catalog
from explorer.library.connection import write_transaction
from explorer.library.library import Library
from explorer.library.stores.pair_store import PAIRS_VERSION, Pair, PairKind, put_pairs
from explorer.library.stores.worker_store import worker_status
from explorer.library.writer import Writer
from tests import pictures
from tests.browser.app_server import Server, until_indexed
from tests.browser.restoring import restore_files
from tests.fixtures.old_files import make_old
from tests.fixtures.waiting import wait


@pytest.fixture(scope="package")
def app_with_copies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An app that several files of tests share, each of which gets it by `tidy`."""
    place = tmp_path_factory.mktemp("duplicates")
    folder = place / "My photos"
    for number in range(5):
        drawn = pictures.draw(number, (640, 480))
        stamp = pictures.exif(
            taken=f"2021:0{min(number, 3) + 1}:15 12:00:0{number}", camera=("Canon", "EOS 80D")
        )
        photo = pictures.write(folder / "Camera" / f"photo {number}.jpg", drawn, exif=stamp)
        if number < 2:
            (folder / "Backup").mkdir(exist_ok=True)
            shutil.copy2(photo, folder / "Backup" / photo.name)
        elif number < 4:
            pictures.write(
                folder / "Sent" / f"sent {number}.jpg", drawn.resize((320, 240)), quality=60
            )
    for path in folder.rglob("*.jpg"):
        make_old(path)
    running = Server(place, str(folder))
    try:
        until_indexed(running, 7)
        yield running
    finally:
        running.stop()
    assert "Traceback" not in running.log, running.log


PHOTOS = {
    *(f"Camera/photo {number}.jpg" for number in range(5)),
    *("Backup/photo 0.jpg", "Backup/photo 1.jpg", "Sent/sent 2.jpg", "Sent/sent 3.jpg"),
}


@pytest.fixture
def tidy(app_with_copies: Server) -> Server:
    """The app on photos of which some are there twice, some smaller, and two are of one moment.
    Nothing is decided, chosen or set."""
    with closing(Library.open(app_with_copies.library, create=False)) as library:
        restore_files(library)
    for name in files(app_with_copies) - PHOTOS:
        (app_with_copies.folder / "My photos" / name).unlink()
    assert files(app_with_copies) == PHOTOS
    with closing(Catalog(app_with_copies.library / "catalog.db")) as catalog:
        wait(lambda: _all_present(catalog), "the photos to be in the library again")
        with write_transaction(catalog.path) as db:
            for table in ("decision", "protected", "pair"):
                db.execute(f"delete from {table}")
            db.execute("delete from setting where key = ?", (keeper.SETTING,))
    compare(app_with_copies)
    app_with_copies.process.send_signal(signal.SIGUSR1)
    return app_with_copies


def _all_present(catalog: Catalog) -> bool:
    worker = worker_status(catalog)
    with catalog.reading() as db:
        (present,) = db.execute("select count(*) from file where state = 'present'").fetchone()
    return bool(worker and worker["phase"] == "watching" and present == len(PHOTOS))


FOUND: tuple[tuple[str, str, PairKind], ...] = (
    ("photo 2.jpg", "sent 2.jpg", "picture"),
    ("photo 3.jpg", "sent 3.jpg", "picture"),
    ("photo 3.jpg", "photo 4.jpg", "scene"),
)


def compare(running: Server, found: Sequence[tuple[str, str, PairKind]] = FOUND) -> None:
    """Pairs as the comparing finds them."""
    catalog = Catalog(running.library / "catalog.db")
    writer = Writer(catalog)
    try:
        with catalog.reading() as db:
            ids = {
                path.rpartition("/")[2]: photo_id
                for path, photo_id in db.execute("select path, photo_id from file")
            }
        onto: dict[str, object] = {"matrix": [1, 0, 0, 0, 1, 0], "plain": 3}
        with writer.transaction():
            put_pairs(
                writer,
                [
                    Pair(min(ids[one], ids[two]), max(ids[one], ids[two]), kind, 0.98, onto)
                    for one, two, kind in found
                ],
                PAIRS_VERSION,
            )
    finally:
        writer.close()
        catalog.close()


def files(server: Server) -> set[str]:
    folder = server.folder / "My photos"
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
