"""The one connection with which the indexing process writes the catalog; each `*_store` module has
the statements of its table."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from explorer.library.catalog import Catalog
from explorer.library.connection import connect

# Seconds to wait for another program that keeps the catalog locked: a backup, or a database
# browser, may take a while.
BUSY_TIMEOUT = 120.0


class Writer:
    """The one connection that writes. Used by one thread, in the process that holds the library's
    lock."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.connection = connect(catalog.path, wait=BUSY_TIMEOUT)
        """For the stores of this package; commits each statement outside a `transaction`."""
        self.purged_hashes: list[str] = []
        """Content hashes (hex) of photos deleted since `photo_store.take_purged_hashes`."""
        self.purge_deferred = False
        """Whether photos that lose their last file stay until `photo_store.deferred_purge` ends."""
        # The change number of the transaction in progress.
        self._change: int

    def close(self) -> None:
        self.connection.close()

    @contextmanager
    def transaction(self) -> Iterator[int]:
        """A transaction for the block, rolled back if it raises. Yields the change number of the
        rows written in it. Nested blocks join the outer one."""
        if self.connection.in_transaction:
            yield self._change
            return
        self.connection.execute("begin immediate")
        try:
            (self._change,) = self.connection.execute(
                "update clock set change = change + 1 returning change"
            ).fetchone()
            yield self._change
            self.connection.execute("commit")
        except BaseException:
            # On a full disk SQLite may have rolled back already.
            if self.connection.in_transaction:
                self.connection.execute("rollback")
            raise
