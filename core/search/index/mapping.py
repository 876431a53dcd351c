"""Maps files into memory without keeping them open.

The standard library's `mmap` keeps a descriptor for every mapping (until Python 3.13), and a
search maps more files than a process may usually open.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import weakref
from typing import Any

import numpy as np
import numpy.typing as npt

_libc = ctypes.CDLL(None, use_errno=True)
_libc.mmap.restype = ctypes.c_void_p
_libc.mmap.argtypes = (
    ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_int64,
)  # fmt: skip
_libc.munmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t)
_FAILED = ctypes.c_void_p(-1).value


class _Mapping:
    """Holds a mapping until nothing looks at it any more."""

    def __init__(self, descriptor: int, size: int) -> None:
        address = _libc.mmap(None, size, mmap.PROT_READ, mmap.MAP_SHARED, descriptor, 0)
        if address == _FAILED:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
        self.__array_interface__: dict[str, Any] = {
            "version": 3, "shape": (size,), "typestr": "|u1", "data": (address, True),
        }  # fmt: skip
        # Not at exit: other objects that are still alive then may look at it.
        weakref.finalize(self, _libc.munmap, address, size).atexit = False


def map_file(descriptor: int, size: int) -> npt.NDArray[np.uint8]:
    """Map the beginning of an open file for reading; the file may be closed afterwards.

    Parameters
    ----------
    descriptor : int
    size : int
        Bytes, at least 1.

    Returns
    -------
    uint8[size]
        Read-only; the mapping lives as long as the array and its views.

    Raises
    ------
    OSError
        The file cannot be mapped.
    """
    return np.asarray(_Mapping(descriptor, size))
