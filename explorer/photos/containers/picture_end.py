"""Find the end of the picture in a PNG, GIF, WebP or BMP file. Everything after it was appended."""

from __future__ import annotations

from collections.abc import Callable


def _end_of_png(data: bytes) -> int:
    position = 8
    while position + 8 <= len(data):
        kind = data[position + 4 : position + 8]
        position += 12 + int.from_bytes(data[position : position + 4], "big")
        if kind == b"IEND":
            break
    return position


def _end_of_gif(data: bytes) -> int:
    def color_table_size(flags: int) -> int:
        return 3 << (flags & 7) + 1 if flags & 0x80 else 0

    def skip_sub_blocks(position: int) -> int:
        while position < len(data) and data[position]:
            position += 1 + data[position]
        return position + 1

    position = 13 + color_table_size(data[10])
    while position < len(data):
        kind, position = data[position], position + 1
        if kind == 0x21:
            position = skip_sub_blocks(position + 1)
        elif kind == 0x2C:
            position = skip_sub_blocks(position + 10 + color_table_size(data[position + 8]))
        elif kind == 0x3B:
            return position
        elif kind:
            # Not a block, so this was appended.
            return position - 1
    return len(data)


def _end_of_webp(data: bytes) -> int:
    size = 8 + int.from_bytes(data[4:8], "little")
    return size + size % 2


def _end_of_bmp(data: bytes) -> int:
    """The file size in the header, or the offset and size of the pixels, whichever is larger."""
    size, pixels = (int.from_bytes(data[at : at + 4], "little") for at in (2, 10))
    width, height, bits = (
        _number(data, 18),
        abs(_number(data, 22)),
        int.from_bytes(data[28:30], "little"),
    )
    stored = int.from_bytes(data[34:38], "little")
    return max(size, pixels + max(stored, (width * bits + 31) // 32 * 4 * height))


def _number(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 4], "little", signed=True)


PICTURE_END: dict[bytes, Callable[[bytes], int]] = {
    b"\x89PNG\r\n\x1a\n": _end_of_png,
    b"GIF8": _end_of_gif,
    b"RIFF": _end_of_webp,
    b"BM": _end_of_bmp,
}
"""The first bytes of a file → the function that finds the end of its picture."""
