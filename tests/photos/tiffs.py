"""TIFF files of any kind, written by rule."""

from __future__ import annotations

import lzma
import struct
import zlib
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt


def tiff(
    samples: npt.NDArray[np.generic],
    photometric: int,
    *,
    order: str = "<",
    compression: int = 1,
    predictor: int = 1,
    planar: int = 1,
    rows_per_strip: int | None = None,
    tile: tuple[int, int] | None = None,
    tags: Mapping[int, tuple[int, ...]] | None = None,
    bits: int | None = None,
    packed: bytes | None = None,
) -> bytes:
    """samples: (height, width, per pixel), of the type that is to be stored. bits, packed: of samples that are no whole bytes, in one."""
    height, width, per_pixel = samples.shape
    rows = rows_per_strip or height
    kind = {"u": 1, "i": 2, "f": 3}[samples.dtype.kind]
    planes = [samples] if planar == 1 else [samples[:, :, i : i + 1] for i in range(per_pixel)]
    pieces = list[npt.NDArray[np.generic]]()
    for plane in planes:
        if tile is None:
            pieces += [plane[top : top + rows] for top in range(0, height, rows)]
            continue
        for top in range(0, height, tile[1]):
            for left in range(0, width, tile[0]):
                part = plane[top : top + tile[1], left : left + tile[0]]
                pieces.append(np.pad(part, ((0, tile[1] - part.shape[0]), (0, tile[0] - part.shape[1]), (0, 0))))
    data = [packed] if packed is not None else [_packed(piece, order, compression, predictor) for piece in pieces]
    offsets, at = list[int](), 8
    for piece in data:
        offsets.append(at)
        at += len(piece)
    sizes = [len(piece) for piece in data]
    fields: dict[int, tuple[str, tuple[int, ...]]] = {
        256: ("I", (width,)), 257: ("I", (height,)), 258: ("H", (bits or samples.dtype.itemsize * 8,) * per_pixel),
        259: ("H", (compression,)), 262: ("H", (photometric,)), 277: ("H", (per_pixel,)), 284: ("H", (planar,)),
        317: ("H", (predictor,)), 339: ("H", (kind,) * per_pixel),
    }  # fmt: skip
    if tile is None:
        fields |= {273: ("I", tuple(offsets)), 278: ("I", (rows,)), 279: ("I", tuple(sizes))}
    else:
        fields |= {322: ("I", (tile[0],)), 323: ("I", (tile[1],)), 324: ("I", tuple(offsets)), 325: ("I", tuple(sizes))}
    fields |= {tag: ("B" if tag == 34675 else "I" if tag == 330 else "H", values) for tag, values in (tags or {}).items()}
    return _file(b"".join(data), fields, order)


def _packed(piece: npt.NDArray[np.generic], order: str, compression: int, predictor: int) -> bytes:
    if predictor == 2:
        piece = np.concatenate([piece[:, :1], np.diff(piece, axis=1)], axis=1)
    raw = piece.astype(piece.dtype.newbyteorder(order)).tobytes()
    if predictor == 3:
        rows, _columns, per_pixel = piece.shape
        size = piece.dtype.itemsize
        high_first = np.frombuffer(piece.astype(piece.dtype.newbyteorder(">")).tobytes(), np.uint8).reshape(rows, -1, size)
        planes = np.ascontiguousarray(high_first.transpose(0, 2, 1)).reshape(rows, -1, per_pixel)
        raw = np.concatenate([planes[:, :1], np.diff(planes, axis=1)], axis=1).tobytes()
    if compression in (8, 32946):
        return zlib.compress(raw)
    if compression == 34925:
        return lzma.compress(raw)
    if compression == 32773:
        # Runs of literal bytes.
        return b"".join(bytes([len(raw[at : at + 128]) - 1]) + raw[at : at + 128] for at in range(0, len(raw), 128))
    return raw


def _file(data: bytes, fields: dict[int, tuple[str, tuple[int, ...]]], order: str) -> bytes:
    start = 8 + len(data) + len(data) % 2
    after = start + 2 + 12 * len(fields) + 4
    directory, extra = struct.pack(order + "H", len(fields)), b""
    for tag, (code, values) in sorted(fields.items()):
        body = struct.pack(f"{order}{len(values)}{code}", *values)
        directory += struct.pack(order + "HHI", tag, {"B": 1, "H": 3, "I": 4}[code], len(values))
        if len(body) <= 4:
            directory += body.ljust(4, b"\0")
        else:
            directory += struct.pack(order + "I", after + len(extra))
            extra += body + b"\0" * (len(body) % 2)
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", start)
    return head + data.ljust(start - 8, b"\0") + directory + bytes(4) + extra
