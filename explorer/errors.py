"""What can go wrong, as one small tree.

    ExplorerError exit code 1 ├── UsageError exit code 2: the words of the command are off ├──
    FolderError a folder that is absent, no folder, or may not be read ├── LibraryError the
    library's own files │ ├── LibraryLocked another run writes to it │ ├── LibraryBusy another
    program keeps its catalog locked │ ├── LibraryFull its disk is full │ ├── CatalogDamaged the
    catalog's file is torn │ └── LibraryNewer written by a later release ├── PhotoError one file
    that could not be read as a photo; costs that file only │ ├── UnsupportedPhoto in a format that
    is not read (yet); nothing is known to be wrong with the file │ │ └── NotAPhoto proven to be
    something else, such as a web page saved under a photo's name │ ├── DamagedPhoto proven to be
    damaged: cut off, or its own structure contradicts it │ └── OversizedPhoto more pixels or bytes
    than this machine can safely decode └── EncoderError
        ├── UnknownEncoder        no encoder of that name
        ├── NoTextEncoder         a phrase was given to an encoder that knows pictures only
        └── WeightsMissing        the encoder's weights are not here and were not to be had

Every message is one line for a person: what happened, to which file, and what to do.
"""

from __future__ import annotations

from typing import Literal

# Why a file could not be read as a photo. `damaged` and `foreign`: the file itself is at fault.
# `unsupported`: it may well be whole. `environment`: memory, time, permissions or the drive were in
# the way.
Fault = Literal["damaged", "foreign", "unsupported", "environment"]
# The faults for which a file may be offered for removal: it is itself what is wrong.
PROVEN: tuple[Fault, ...] = ("damaged", "foreign")


class ExplorerError(Exception):
    """Anything that stops a command with a clear message."""

    exit_code = 1


class UsageError(ExplorerError):
    """The command was called with words that make no sense together."""

    exit_code = 2


class FolderError(ExplorerError):
    """A folder cannot be used."""


class LibraryError(ExplorerError):
    """The library's own files cannot be used."""


class LibraryLocked(LibraryError):
    """Another run is writing to this library."""


class LibraryBusy(LibraryError):
    """Another program keeps the catalog locked."""


class LibraryFull(LibraryError):
    """The disk under the library is full."""


class CatalogDamaged(LibraryError):
    """The catalog's file makes no sense to SQLite."""


class LibraryNewer(LibraryError):
    """The library was written by a later release."""


class PhotoError(ExplorerError):
    """One file could not be read as a photo. The message is the reason shown to the person; fault:
    whose it is, for the program."""

    fault: Fault = "environment"


class UnsupportedPhoto(PhotoError):
    """In a format, or a variety of one, that is not read. The file may be whole."""

    fault: Fault = "unsupported"


class NotAPhoto(UnsupportedPhoto):
    """Proven to be no photo and no other picture, film or document either."""

    fault: Fault = "foreign"


class DamagedPhoto(PhotoError):
    """Proven to be damaged."""

    fault: Fault = "damaged"


class OversizedPhoto(PhotoError):
    """Has more pixels or bytes than can safely be decoded here."""


class EncoderError(ExplorerError):
    """An encoder cannot do what was asked."""


class UnknownEncoder(EncoderError):
    """No encoder has that name."""


class NoTextEncoder(EncoderError):
    """The encoder knows pictures only."""


class WeightsMissing(EncoderError):
    """The encoder's weights are not on this machine."""
