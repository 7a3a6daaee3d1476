"""Read files in the decode processes and hand out the results in batches."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Sequence

from explorer.decoding.decode_result import DecodeJob, DecodeResult
from explorer.decoding.pool import DecodePool
from explorer.indexing.progress import Progress, RateMeter
from explorer.indexing.read_task import ReadTask
from explorer.library.paths import join, to_text
from explorer.scanning.drive_timeouts import DriveTimeouts
from explorer.scanning.path_probes import root_state

# Photos encoded and committed together: large enough to use every core, small enough that results
# appear at once.
BATCH = 16
# Seconds after which a batch is handed out even if it is not full.
MAX_BATCH_AGE = 1.0
# Seconds without a result after which the drives are checked.
STALL = 20.0


class BatchReader:
    """Reads the files of roots. roots: paths of all roots by id, to be set before each run."""

    def __init__(
        self, pool: DecodePool, drives: DriveTimeouts, tick: Callable[[Progress], None]
    ) -> None:
        """tick: called several times a second while results are awaited; may raise to stop."""
        self.roots: dict[int, str] = {}
        self._pool, self._drives, self._tick = pool, drives, tick

    def path(self, task: ReadTask) -> str:
        """The absolute path of a task's file."""
        return join(to_text(self.roots[task.root_id]), task.seen.path)

    def batches(
        self, tasks: Sequence[ReadTask], known: Callable[[bytes], bool]
    ) -> Generator[list[DecodeResult], None, None]:
        """Read the files of these tasks, except those on unresponsive drives.

        known: whether content with this hash need not be decoded; called from several threads.
        """
        jobs = (
            DecodeJob(self.path(task), task.seen.mtime_ns / 1e9, task, task.seen.size)
            for task in tasks
            if not self._drives.is_unresponsive(self.roots[task.root_id])
        )
        meter, batch, since = RateMeter(len(tasks)), list[DecodeResult](), time.monotonic()
        last_result = since

        def idle() -> None:
            nonlocal last_result
            self._tick(meter.add(0))
            if time.monotonic() - last_result > STALL:
                self._check_drives({task.root_id for task in tasks})
                last_result = time.monotonic()

        results = self._pool.run(jobs, known, idle)
        try:
            for result in results:
                last_result = time.monotonic()
                batch.append(result)
                if len(batch) >= BATCH or time.monotonic() - since > MAX_BATCH_AGE:
                    yield batch
                    self._tick(meter.add(len(batch)))
                    batch, since = [], time.monotonic()
            if batch:
                yield batch
                self._tick(meter.add(len(batch)))
        finally:
            results.close()

    def _check_drives(self, root_ids: Iterable[int]) -> None:
        """Check which drives answer, and stop waiting for files on those that do not."""
        for root_id in root_ids:
            root = self.roots[root_id]
            self._drives.call_or(root, lambda root=root: root_state(root), "absent")  # type: ignore[misc]
            if self._drives.is_unresponsive(root):
                self._pool.expire(
                    lambda job, root_id=root_id: (  # type: ignore[misc]
                        isinstance(job.tag, ReadTask) and job.tag.root_id == root_id
                    )
                )
