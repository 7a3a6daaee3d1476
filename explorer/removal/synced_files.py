"""Warn about removals of files that a cloud service syncs with other devices.

A file that is moved out of such a folder is deleted on all of them, so the user is told before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from explorer.removal.results import Removal
from explorer.scanning.suggested_folders import synced_by
from explorer.text_format import count


def cloud_warning(removals: Iterable[Removal], home: Path | None = None) -> str:
    """What removing these files does on other devices, in words; '' if nothing."""
    services = Counter(
        service
        for removal in removals
        if (service := synced_by(Path(removal.path), home)) is not None
    )
    if not services:
        return ""
    where = " and ".join(f"{count(number, 'file')} in {name}" for name, number in services.items())
    verb = "are" if sum(services.values()) > 1 else "is"
    return (
        f"{where} {verb} synced with your other devices: removing moves"
        f" {'them' if verb == 'are' else 'it'} out of that folder, and so deletes"
        f" {'them' if verb == 'are' else 'it'} on all of these devices."
    )
