"""Switch a library to another model while searches keep using the current one.

The worker encodes all photos with the other model in the background, newest first, computes their
neighbors and their map from its vectors, and then lets it take over. Every batch is a transaction,
so an interrupted switch continues where it stopped. The old model's vectors are kept, so switching
back only changes a setting.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from explorer.analysis.neighbors import NeighborStage
from explorer.analysis.photo_map import MapStage
from explorer.decoding.pool import DecodePool
from explorer.encoders import registry
from explorer.encoders.base import Encoder
from explorer.errors import EncoderError
from explorer.indexing.backfill import Backfill
from explorer.indexing.batch_encoder import BatchEncoder
from explorer.indexing.batch_reader import BatchReader
from explorer.indexing.progress import Progress, RateMeter
from explorer.library import model_settings
from explorer.library.library import Library
from explorer.library.stores.embedding_store import register_encoder, unencoded_photos
from explorer.library.writer import Writer
from explorer.scanning.drive_timeouts import DriveTimeouts
from explorer.scanning.index_summary import IndexSummary

# Seconds of work in one step. Between two steps, new photos are indexed with the model in use.
STEP_SECONDS = 10.0


class ModelSwitch:
    """Carries out the requested switch, step by step, in the worker's thread."""

    def __init__(
        self,
        library: Library,
        writer: Writer,
        current: Encoder,
        drives: DriveTimeouts,
        tick: Callable[[Progress], None],
        *,
        failure: str,
        decoders: int | None,
    ) -> None:
        """current: the model that the worker indexes with. tick: called several times a second; may
        raise to stop, which loses nothing. failure: why `current` is not the model that was set, or
        ''. decoders: number of decode processes; None: one per core."""
        self._library, self._writer, self._current = library, writer, current
        self._drives, self._tick = drives, tick
        self._decoders = decoders or max(1, os.cpu_count() or 1)
        self._upcoming: _UpcomingModel | None = None
        # A model that is fetched but cannot be loaded, and why. Not tried again before a restart.
        self._unusable: tuple[str, str] | None = None
        chosen = model_settings.encoder_setting(library.catalog)
        if failure and chosen and _is_ready(chosen):
            self._unusable = chosen, failure

    @property
    def problem(self) -> str:
        """Why the requested model cannot be used, in one sentence, or ''."""
        return self._unusable[1] if self._unusable else ""

    def step(self) -> bool:
        """Do part of the remaining work. Returns whether another model is now in use."""
        catalog = self._library.catalog
        chosen = model_settings.encoder_setting(catalog)
        if chosen and self._can_follow(chosen):
            return True
        name = model_settings.next_encoder(catalog)
        if name is None or name == self._current.name or not _is_ready(name):
            self.close()
            if name == self._current.name:
                model_settings.end_switch(catalog)
            return False
        upcoming = self._prepared(name)
        return upcoming is not None and upcoming.step() and self._take_over(upcoming)

    def _can_follow(self, name: str) -> bool:
        """Whether the model that was set is a different one and can be used."""
        return (
            name != self._current.name
            and (self._unusable is None or self._unusable[0] != name)
            and (version := _ready_version(name)) is not None
            # Searches do not use vectors of another version.
            and model_settings.photos_with(self._library.catalog, name, version) > 0
        )

    def _prepared(self, name: str) -> _UpcomingModel | None:
        if self._upcoming is not None and self._upcoming.is_for(name):
            return self._upcoming
        self.close()
        if self._unusable is not None and self._unusable[0] == name:
            return None
        try:
            encoder = registry.get_encoder(name)
            encoder.warm_up()
        except EncoderError as error:
            self._unusable = name, str(error)
            return None
        self._unusable = None
        self._upcoming = _UpcomingModel(
            self._library, self._writer, encoder, self._drives, self._tick, decoders=self._decoders
        )
        return self._upcoming

    def _take_over(self, upcoming: _UpcomingModel) -> bool:
        encoder = upcoming.encoder
        # The index is saved first, so that no search has to build it from the catalog.
        self._library.vectors(encoder.name, encoder.version, encoder.dim).save()
        done = model_settings.finish_switch(self._library.catalog, encoder.name)
        self.close()
        return done

    def close(self) -> None:
        """Release the resources of a switch. The switch can continue later."""
        if self._upcoming is not None:
            self._upcoming.close()
            self._upcoming = None


class _UpcomingModel:
    """The model that is to take over, and the work that remains before it can."""

    def __init__(
        self,
        library: Library,
        writer: Writer,
        encoder: Encoder,
        drives: DriveTimeouts,
        tick: Callable[[Progress], None],
        *,
        decoders: int,
    ) -> None:
        self.encoder = encoder
        self._library, self._writer, self._tick = library, writer, tick
        self._encoder_id = register_encoder(writer, encoder.name, encoder.version, encoder.dim)
        self._pool = DecodePool(decoders, encoder.spec)
        self._reader = BatchReader(self._pool, drives, self._report)
        self._backfill = Backfill(
            library,
            writer,
            encoder,
            self._encoder_id,
            reader=self._reader,
            batch_encoder=BatchEncoder(encoder, library.previews),
            drives=drives,
            tick=self._report,
            prefer_previews=True,
        )
        self._stages = (NeighborStage(library, writer, encoder), MapStage(library, writer, encoder))
        # Photos that cannot be encoded now: they have no preview, and their file is not available.
        self._skipped = set[int]()
        self._summary, self._meter = IndexSummary(), RateMeter(0)
        # Photos of this step that the meter has counted, and photos that had a vector before it.
        self._counted, self._before = 0, 0

    def is_for(self, name: str) -> bool:
        """Whether this is the model of that name and its vectors have not been dropped since."""
        known = self._library.catalog.encoder_id(self.encoder.name, self.encoder.version)
        return self.encoder.name == name and known == self._encoder_id

    def step(self) -> bool:
        """Do part of the remaining work; returns whether everything is done."""
        catalog = self._library.catalog
        waiting = {each.photo_id for each in unencoded_photos(self._writer, self._encoder_id)}
        if waiting - self._skipped:
            self._encode(len(waiting), catalog.counts().photos)
            # The next step looks for photos that were added in the meantime.
            return False
        for stage in self._stages:
            stage.run(lambda done, total, what=stage.what: self._derive(done, total, what))  # type: ignore[misc]
        return all(stage.up_to_date for stage in self._stages)

    def _encode(self, waiting: int, photos: int) -> None:
        self._reader.roots = self._library.catalog.root_paths()
        self._summary, self._meter = IndexSummary(), RateMeter(waiting)
        self._counted, self._before = 0, max(0, photos - waiting)
        end = time.monotonic() + STEP_SECONDS
        self._backfill.encode_missing(self._summary, lambda: time.monotonic() > end, self._skipped)

    def _report(self, _: Progress) -> None:
        encoded = self._summary.encoded
        done, total, rate, eta, _stage = self._meter.add(encoded - self._counted)
        self._counted, before = encoded, self._before
        what = f"Encoding photos with “{self.encoder.name}”"
        self._tick(Progress(before + done, before + total, rate, eta, what))

    def _derive(self, done: int, total: int, what: str) -> None:
        self._tick(Progress(done, total, 0.0, None, f"{what} with “{self.encoder.name}”"))

    def close(self) -> None:
        self._pool.close()


def _is_ready(name: str) -> bool:
    try:
        return registry.ready(name)
    except EncoderError:
        return False


def _ready_version(name: str) -> str | None:
    try:
        return registry.ready_version(name)
    except EncoderError:
        return None
