"""A file that comes with a form, read within a limit."""

from typing import Any

from litestar import Request
from litestar.datastructures import UploadFile
from litestar.di import Provide

from incidents.rules.evidence import MOST_BYTES, NewFile

LARGEST_BODY = MOST_BYTES + 100_000
"""A file of the largest size with the fields around it; pass it to the handler as ``request_max_body_size``."""


async def provide_file(request: Request[Any, Any, Any]) -> NewFile | None:
    """The field ``file`` of a form; None when none was chosen."""
    given = (await request.form()).get("file")
    if not isinstance(given, UploadFile) or not given.filename:
        return None
    return NewFile(given.filename, await given.read())


WITH_FILE = {"file": Provide(provide_file)}
"""``dependencies=WITH_FILE`` on a handler that takes ``file: NamedDependency[NewFile | None]``."""
