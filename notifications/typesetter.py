"""The typesetter that prints letters, as a program of its own: it knows nothing but Typst, and is replaced when tired.

It reads frames from its input and answers each with one: a length in eight bytes, then so much content. The first
frame is JSON with the pictures (the sheets every letter is laid over); each one behind it is the data of a PDF with
the instant it is made. An answer is a PDF, or empty when it could not be made (the reason goes to the error stream).
"""

import json
import struct
import sys
from base64 import b64decode
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

import typst

LENGTH = struct.Struct(">Q")


def read_frame(stream: IO[bytes]) -> bytes | None:
    """The next frame; None at the end."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    return stream.read(LENGTH.unpack(head)[0])


def write_frame(stream: IO[bytes], content: bytes) -> None:
    """Hand one frame over."""
    stream.write(LENGTH.pack(len(content)) + content)
    stream.flush()


def lay_out(folder: Path, files: dict[str, str]) -> None:
    """Put the templates and pictures into a folder; there is nobody's name in them."""
    for name, content in files.items():
        (folder / name).write_bytes(b64decode(content))


def compiled(folder: Path, made_at: str, document: str) -> bytes:
    """The PDF of some letters: the same letters give the same bytes."""
    made: Any = typst.compile(
        folder / "envelope.typ",
        root=folder,
        sys_inputs={"document": document},
        ignore_system_fonts=True,
        pdf_tags=False,
        timestamp=datetime.fromisoformat(made_at).astimezone(UTC).replace(microsecond=0),
    )
    return bytes(made)


def serve(incoming: IO[bytes], outgoing: IO[bytes]) -> None:
    """Answer until nobody asks any more."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        lay_out(folder, json.loads(read_frame(incoming) or b"{}"))
        while (frame := read_frame(incoming)) is not None:
            asked = json.loads(frame)
            try:
                answer = compiled(folder, asked["made_at"], asked["document"])
            except (RuntimeError, ValueError) as error:
                sys.stderr.write(f"{error}\n")
                answer = b""
            write_frame(outgoing, answer)


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
