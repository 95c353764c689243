"""An uploaded file that exists only in sealed pieces, read as if it were one: it never lies open on a disk."""

import io
from collections.abc import Callable
from functools import lru_cache

PIECE = 256 * 1024
"""Bytes of each piece but the last."""


class SealedFile(io.RawIOBase):
    """A seekable file over its pieces; keeps the last few open in memory."""

    def __init__(self, piece: Callable[[int], bytes], size: int) -> None:
        """``piece`` opens the piece of a number, ``size`` is the length of the whole in bytes."""
        super().__init__()
        self._piece = lru_cache(maxsize=4)(piece)
        self._size, self._at = size, 0

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Always."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go somewhere else; never before the beginning."""
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(start + offset, 0)
        return self._at

    def tell(self) -> int:
        """Where reading goes on."""
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill the buffer from the piece at hand; 0 at the end."""
        if self._at >= self._size:
            return 0
        number, offset = divmod(self._at, PIECE)
        found = self._piece(number)[offset : offset + len(buffer)]
        buffer[: len(found)] = found
        self._at += len(found)
        return len(found)
