"""A file that comes with a form, read within a limit."""

from typing import Any

from litestar import Request
from litestar.datastructures import UploadFile
from litestar.di import Provide

from incidents.base.i18n import msgid
from incidents.rules.evidence import ANYTHING_KNOWN, PAPERS, NewFile

REFUSALS = (
    msgid("Only PDF, PNG, JPG and e-mail files (.eml) are taken."),
    msgid("This kind of file proves nothing here: give PNG, JPEG, PDF or HTML."),
    msgid(
        "This kind of file is not taken: give PDF, a picture, an e-mail (.eml), text, Word, Excel, a web page or a ZIP."
    ),
)
"""The sentences of the rules, named here for the catalogues: rules know no languages."""
LARGEST_BODY = PAPERS.bytes + 100_000
"""A file of the largest size with the fields around it; pass it to the handler as ``request_max_body_size``."""
LARGEST_CASE_BODY = ANYTHING_KNOWN.bytes + 100_000


async def provide_file(request: Request[Any, Any, Any]) -> NewFile | None:
    """The field ``file`` of a form; None when none was chosen."""
    given = (await request.form()).get("file")
    if not isinstance(given, UploadFile) or not given.filename:
        return None
    return NewFile(given.filename, await given.read())


WITH_FILE = {"file": Provide(provide_file)}
"""``dependencies=WITH_FILE`` on a handler that takes ``file: NamedDependency[NewFile | None]``."""
