"""Ports of this computer: which are free, on both families of loopback addresses.

`localhost` is 127.0.0.1 and ::1, and browsers may try the latter first. The app listens on the
former; were another user's program to listen on the latter, a browser would open that program's
page and hand it the token.
"""

from __future__ import annotations

import errno
import os
import socket

from explorer.errors import ExplorerError

FIRST, TRIED = 8501, 100
HIGHEST = 65535


def free_port() -> int:
    """The first port from 8501 on that is free. Raises ExplorerError where none of a hundred is."""
    for port in range(FIRST, FIRST + TRIED):
        if is_free(port):
            return port
    raise ExplorerError(
        f"No free port was found from {FIRST} to {FIRST + TRIED - 1}: say which to use with --port."
    )


def is_free(port: int) -> bool:
    """Whether nobody has that port on either family. One that was closed a moment ago is free."""
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with _bound(family, address, port, reuse=True):
                pass
        except OSError as error:
            if not _lacks(error):
                return False
    return True


def hold_other_family(port: int) -> socket.socket | None:
    """Take ::1 at that port, so that no other program can while the socket is open. Browsers are
    refused there, and try 127.0.0.1 next.

    None where this computer has no ::1. Raises OSError where another program has the port there.
    """
    try:
        # Without SO_REUSEADDR: with it, another program that sets it, too, could have the port as
        # well as long as nobody listens.
        return _bound(socket.AF_INET6, "::1", port, reuse=False)
    except OSError as error:
        if _lacks(error):
            return None
        raise


def _bound(family: socket.AddressFamily, address: str, port: int, *, reuse: bool) -> socket.socket:
    made = socket.socket(family)
    try:
        if os.name == "nt":
            # There, SO_REUSEADDR would let two programs listen on one port, and this option keeps
            # others from doing so.
            made.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)  # type: ignore[attr-defined,unused-ignore]
        elif reuse:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((address, port))
    except BaseException:
        made.close()
        raise
    return made


def _lacks(error: OSError) -> bool:
    """Whether an error says that there is no such family or address here, rather than that the port
    is taken."""
    return error.errno in (errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL, errno.EPROTONOSUPPORT)
