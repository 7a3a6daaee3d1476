"""What a photo says of itself: date, place, camera, rating and keywords, from EXIF, IPTC, XMP and
what an export says beside it.

`embedded` is what indexing reads. `collect` reads everything that one file and those beside it say,
for sidecars.
"""

from explorer.photos.metadata.embedded import impossible_date, read_metadata
from explorer.photos.metadata.exif import orientation
from explorer.photos.metadata.names import name_date

__all__ = ["impossible_date", "name_date", "orientation", "read_metadata"]
