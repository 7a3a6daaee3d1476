from __future__ import annotations

from tests.fixtures.command_line import _encoders, _here, _template, indexed, own, photos, run

__all__ = ["_encoders", "_here", "_template", "indexed", "own", "photos", "run"]
