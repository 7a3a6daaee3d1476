"""The tree of errors.

    ExplorerError                exit code 1
    ├── UsageError               exit code 2: the command line is invalid
    ├── UnknownPhoto             an id that no photo of the library has
    ├── FolderError              a folder does not exist, is a file, or must not be read
    ├── LibraryError             the library's own files cannot be used
    │   ├── LibraryLocked        another run is writing to it
    │   ├── LibraryBusy          another program has its catalog locked
    │   ├── LibraryFull          its disk is full
    │   ├── CatalogDamaged       the catalog's file is corrupt
    │   └── LibraryNewer         written by a later release
    ├── PhotoError               a file could not be read as a photo; other files are not affected
    │   ├── UnsupportedPhoto     in a format that is not supported; the file may be intact
    │   │   └── NotAPhoto        proven to be something else, such as a web page saved as a photo
    │   ├── DamagedPhoto         proven to be damaged: truncated or inconsistent
    │   ├── PhotoInUse           another program has it open exclusively
    │   ├── DecodingFailed       it crashed the process that decoded it
    │   └── OversizedPhoto       more pixels or bytes than this machine can safely decode
    └── EncoderError             an encoder cannot be used as requested
        ├── UnknownEncoder       there is no encoder with that name
        ├── NoTextEncoder        a phrase was given to an encoder for images only
        └── WeightsMissing       the weights are not on this computer, or cannot be downloaded

Every message is one line for the user: what happened, to which file, and what to do.
"""

from __future__ import annotations

from typing import Literal

Fault = Literal["damaged", "foreign", "unsupported", "environment"]
"""Why a file could not be read. `damaged`: it is damaged. `foreign`: it is not a photo.
`unsupported`: its format is not supported, and it may be intact. `environment`: memory, time,
permissions or the drive."""
PROVEN: tuple[Fault, ...] = ("damaged", "foreign")
"""The faults for which a file may be suggested for removal."""


class ExplorerError(Exception):
    """An error that ends a command with a message for the user."""

    exit_code = 1


class UsageError(ExplorerError):
    """The arguments of a command are invalid, alone or in combination."""

    exit_code = 2


class UnknownPhoto(ExplorerError):
    """The library has no photo with the given id."""


class FolderError(ExplorerError):
    """A folder cannot be used."""


class LibraryError(ExplorerError):
    """The library's own files cannot be used."""


class LibraryLocked(LibraryError):
    """Another run is writing to this library."""


class LibraryBusy(LibraryError):
    """Another program has the catalog locked."""


class LibraryFull(LibraryError):
    """The disk under the library is full."""


class CatalogDamaged(LibraryError):
    """SQLite cannot read the catalog's file."""


class LibraryNewer(LibraryError):
    """The library was written by a later release."""


class PhotoError(ExplorerError):
    """One file could not be read as a photo. The message is the reason, for the user."""

    fault: Fault = "environment"
    """The cause, for the program."""


class UnsupportedPhoto(PhotoError):
    """The file's format, or its variant of the format, is not supported. The file may be intact."""

    fault: Fault = "unsupported"


class NotAPhoto(UnsupportedPhoto):
    """The file is proven to be neither a photo nor any other picture, a video or a document."""

    fault: Fault = "foreign"


class DamagedPhoto(PhotoError):
    """The file is proven to be damaged."""

    fault: Fault = "damaged"


class PhotoInUse(PhotoError):
    """Another program has the file open exclusively."""


class DecodingFailed(PhotoError):
    """A file made the process that decoded it crash. Trying again would not help."""


class OversizedPhoto(PhotoError):
    """The file has more pixels or bytes than this machine can safely decode."""


class EncoderError(ExplorerError):
    """An encoder cannot be used as requested."""


class UnknownEncoder(EncoderError):
    """There is no encoder with that name."""


class NoTextEncoder(EncoderError):
    """The encoder cannot encode phrases."""


class WeightsMissing(EncoderError):
    """The encoder's weights are not on this computer, or could not be downloaded."""
