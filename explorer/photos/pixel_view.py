"""View a loaded picture as an array, without copying its pixels.

`np.asarray` copies a picture twice, which takes longer than converting it to gray. Pillow shares
its pixels through the Arrow C data interface instead
(https://arrow.apache.org/docs/format/CDataInterface.html).
"""

from __future__ import annotations

import ctypes
import math

import numpy as np
import numpy.typing as npt
from PIL import Image


class _ArrowArray(ctypes.Structure):
    """An array of the Arrow C data interface."""


_ArrowArray._fields_ = [
    ("length", ctypes.c_int64),
    ("null_count", ctypes.c_int64),
    ("offset", ctypes.c_int64),
    ("n_buffers", ctypes.c_int64),
    ("n_children", ctypes.c_int64),
    ("buffers", ctypes.POINTER(ctypes.c_void_p)),
    ("children", ctypes.POINTER(ctypes.POINTER(_ArrowArray))),
    ("dictionary", ctypes.c_void_p),
    ("release", ctypes.c_void_p),
    ("private_data", ctypes.c_void_p),
]
_pointer_of = ctypes.pythonapi.PyCapsule_GetPointer
_pointer_of.restype = ctypes.c_void_p
_pointer_of.argtypes = [ctypes.py_object, ctypes.c_char_p]


def pixel_view(picture: Image.Image) -> npt.NDArray[np.uint8]:
    """The pixels of a picture in mode RGB or L: uint8, of shape (height, width, 4), whose last
    channel is unused, or (height, width).

    The array is read-only. It shares the picture's memory, and keeps it allocated. If Pillow cannot
    share it, as for pictures above 16 MB, the pixels are copied, and RGB has 3 channels. Raises
    ValueError for other modes.
    """
    if picture.mode not in ("RGB", "L"):
        raise ValueError(f"the pixels of mode {picture.mode} cannot be viewed")
    shape = (picture.height, picture.width, *((4,) if picture.mode == "RGB" else ()))
    try:
        capsules = picture.__arrow_c_array__()
    except ValueError:
        return np.asarray(picture)
    array = _ArrowArray.from_address(_pointer_of(capsules[1], b"arrow_array"))
    pixels = array.children[0].contents if array.n_children else array
    if pixels.length != math.prod(shape) or pixels.offset or array.offset:
        return np.asarray(picture)
    memory = (ctypes.c_uint8 * pixels.length).from_address(pixels.buffers[1])
    # The capsules own the memory.
    memory.owner = capsules
    view = np.frombuffer(memory, np.uint8).reshape(shape)
    view.flags.writeable = False
    return view
