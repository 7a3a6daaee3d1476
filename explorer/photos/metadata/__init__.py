"""The metadata of photos: date, place, camera, title, description, rating and keywords, from EXIF,
IPTC, XMP and exported JSON.

`embedded` reads what is indexed. `field_reader` reads the fields that are carried over when a photo
is removed, from the photo and its sidecars.
"""

from explorer.photos.metadata.embedded import impossible_date, read_metadata
from explorer.photos.metadata.exif import orientation

__all__ = ["impossible_date", "orientation", "read_metadata"]
