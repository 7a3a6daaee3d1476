"""Test the INT8 version of the model in use in the background, once there are enough photos.

The test runs in a separate process with low priority (`int8_process`), so indexing goes on in the
meantime. If INT8 is accepted, the next batch is encoded with it. If the library is switching to
another model, the new model is tested, because it is about to encode all photos.
"""

from __future__ import annotations

import contextlib
import json
import logging
import subprocess
import sys
import time

import psutil

from explorer.config import PROJECT
from explorer.encoders import registry
from explorer.encoders.runtime import encoder_engines
from explorer.errors import EncoderError
from explorer.indexing.models.int8_process import UNDECIDED
from explorer.library import model_settings
from explorer.library.library import Library
from explorer.library.queries.photo_sample import random_photos
from explorer.systems.child_process import end_process
from explorer.systems.this_system import this_system

log = logging.getLogger("explorer.models")

MIN_MEMORY = 3_000_000_000
"""Bytes of available memory that a test needs to start; one of ViT-B/32 takes 2 GB."""
# Seconds between two checks for something to do.
_INTERVAL = 2.0
# Extra previews to send, because some may be unreadable.
_SPARE = 20


def int8_command(name: str) -> list[str]:
    """The command line of the test process."""
    return [sys.executable, "-m", "explorer.indexing.models.int8_process", name]


class Int8Step:
    """Starts the test process and records its outcome, in the worker's thread."""

    def __init__(self, library: Library, current: str) -> None:
        """current: the name of the model that the worker indexes with."""
        self._library, self._current = library, current
        self._process: subprocess.Popen[bytes] | None = None
        self._name = ""
        self._looked = -_INTERVAL
        # Models for which there is nothing to do until the next start of the worker.
        self._settled = set[str]()

    def step(self) -> None:
        """Do what is due. Returns at once."""
        now = time.monotonic()
        if now - self._looked < _INTERVAL:
            return
        self._looked = now
        if self._process is not None:
            self._see_through(self._process)
            return
        name = model_settings.next_encoder(self._library.catalog) or self._current
        if name not in self._settled and self._is_due(name):
            self._start(name)

    def _is_due(self, name: str) -> bool:
        try:
            if not registry.ready(name):
                return False
            if encoder_engines.wants_int8_test(name):
                enough = self._library.catalog.counts().photos >= encoder_engines.INT8_PHOTOS
                return enough and psutil.virtual_memory().available >= MIN_MEMORY
        except EncoderError:
            # Whoever encodes with it reports that.
            log.debug("“%s” cannot be tested in INT8", name, exc_info=True)
        self._settled.add(name)
        return False

    def _start(self, name: str) -> None:
        number = encoder_engines.INT8_PHOTOS + _SPARE
        hashes = random_photos(self._library.catalog, number)
        paths = [str(self._library.previews.path(each)) for each in hashes]
        process = subprocess.Popen(
            int8_command(name),
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **this_system().background_process(),
        )
        self._process, self._name = process, name
        assert process.stdin  # noqa: S101
        # If it ended at once, its exit code says so.
        with contextlib.suppress(OSError):
            process.stdin.write(json.dumps(paths).encode() + b"\n")
            process.stdin.flush()

    def _see_through(self, process: subprocess.Popen[bytes]) -> None:
        if process.poll() is None:
            return
        self.close()
        self._settled.add(self._name)
        if process.returncode == 0:
            registry.reload_images(self._name)
        elif process.returncode != UNDECIDED:
            # Whatever ended it, perhaps too little memory, the test is not repeated at every start.
            encoder_engines.decline_int8(self._name, "its test could not be completed")

    def close(self) -> None:
        """End the test process if it is running. The test starts again later."""
        process, self._process = self._process, None
        if process is not None:
            end_process(process)
