"""Execute the commands that the app and the command line send to the worker (`worker_client`)."""

from __future__ import annotations

import json
from typing import Any

from explorer.errors import CatalogDamaged, FolderError, UsageError
from explorer.indexing.forget_missing import forget_missing_files
from explorer.indexing.models.model_list import drop_model
from explorer.indexing.watched_folders import add_folder
from explorer.library import missing_files
from explorer.library.durable_io import explain
from explorer.library.library import Library
from explorer.library.stores import failure_store
from explorer.library.stores.command_store import delete_command, oldest_command
from explorer.library.stores.photo_store import take_purged_hashes
from explorer.library.stores.root_store import remove_root, set_exclude_globs
from explorer.library.stores.setting_store import get_setting, put_setting
from explorer.library.writer import Writer
from explorer.scanning.drive_timeouts import DriveTimeouts
from explorer.scanning.ignore import validate_globs
from explorer.scanning.scheduler import ScanScheduler

# Commands that make a run in progress pointless.
INTERRUPTING = frozenset({"pause", "remove", "add", "rescan", "retry", "exclude", "forget", "drop"})


class CommandHandler:
    """Executes commands. Used by the worker's thread."""

    def __init__(
        self, library: Library, writer: Writer, scheduler: ScanScheduler, drives: DriveTimeouts
    ) -> None:
        self._library, self._writer = library, writer
        self._scheduler, self._drives = scheduler, drives
        self.paused = get_setting(library.catalog, "paused") == "1"
        # Whether the worker is to release the library until further notice.
        self.dismissed = False
        # Why the last command was rejected, in words; None if it was not.
        self.refusal: str | None = None
        # Names of the models whose vectors were dropped.
        self.dropped = set[str]()
        # Files removed from the library since the vector index was last saved.
        self.removed = 0

    def execute_pending(self) -> set[str]:
        """Execute all pending commands, and return their names."""
        self.refusal = None
        executed = set[str]()
        while (command := oldest_command(self._writer)) is not None:
            executed.add(command.name)
            try:
                self._execute(command.name, command.argument)
            except (FolderError, UsageError) as error:
                self.refusal = str(error)
            except Exception as error:
                trouble = explain(error, self._library.dir)
                # It is executed again once the disk has room. Anything else would fail again.
                if trouble is None or isinstance(trouble, CatalogDamaged):
                    delete_command(self._writer, command)
                raise
            delete_command(self._writer, command)
        return executed

    def _execute(self, command: str, argument: str | None) -> None:
        if command == "add" and argument:
            self._add(argument)
        elif command == "remove" and argument:
            self._remove(argument)
        elif command == "exclude" and argument:
            self._exclude(argument)
        elif command == "rescan" and argument is None:
            self._scheduler.schedule_now()
        elif command == "rescan" and argument is not None:
            self._scheduler.schedule_tree(argument)
        elif command == "retry":
            self._retry(json.loads(argument) if argument else {})
        elif command == "forget":
            self.removed += forget_missing_files(
                self._library.catalog, self._writer, argument, self._drives
            )
            self._scheduler.schedule_now()
        elif command == "keep":
            self._keep(argument)
        elif command in {"pause", "resume"}:
            self.paused = command == "pause"
            put_setting(self._library.catalog, "paused", str(int(self.paused)))
        elif command == "drop" and argument:
            drop_model(self._library, self._writer, argument)
            self.dropped.add(argument)
        elif command == "stop":
            self.dismissed = True

    def _add(self, folder: str) -> None:
        """Watch a folder, and scan the root that covers it."""
        before = {root["path"]: root["exclude"] for root in self._library.catalog.roots()}
        self._scheduler.schedule_now(add_folder(self._writer, folder, self._drives))
        after = {root["path"]: root["exclude"] for root in self._library.catalog.roots()}
        for path, globs in before.items():
            if after.get(path) != globs:
                # It was merged into another root, or other folders in it have to be watched now.
                self._scheduler.unwatch(path)

    def _remove(self, root: str) -> None:
        """Stop watching a root, and remove its photos from the library."""
        self._scheduler.unwatch(root)
        remove_root(self._writer, root)
        for digest in take_purged_hashes(self._writer):
            self._library.remove_pictures(digest)

    def _keep(self, root: str | None) -> None:
        """Keep the files that vanished from this root, or from all roots."""
        for each in self._library.catalog.roots():
            if root in (None, each["path"]):
                missing_files.keep_vanished(self._writer, each["id"])

    def _exclude(self, argument: str) -> None:
        """Replace the ignore patterns of a root; see `worker_client.exclude`."""
        request = json.loads(argument)
        for root in self._library.catalog.roots():
            if root["path"] == request["folder"]:
                set_exclude_globs(self._writer, root["id"], validate_globs(request["globs"]))
                self._scheduler.unwatch(root["path"])
                self._scheduler.schedule_now(root["id"])

    def _retry(self, request: dict[str, Any]) -> None:
        """Have failed files read again; see `worker_client.retry`."""
        folders = failure_store.retry_failed_files(
            self._writer, request.get("reasons"), request.get("file")
        )
        for folder in folders:
            self._scheduler.schedule_folder(folder)
