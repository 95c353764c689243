"""The sources of the rules by the names Hungarian lawyers know them under."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from incidents.base.dated import of_version

VERSION = "1"


@cache
def source_label(source: str, lang: str) -> str:
    """A source in ``hu`` or ``en``; one that nobody has translated stays as the rules name it."""
    if lang != "hu":
        return source
    law = _law()
    for pattern in law["patterns"]:
        if found := re.fullmatch(pattern["name"], source):
            return str(pattern["hu"]).format(*(law["words"].get(one, one) for one in found.groups()))
    return source


def _law() -> Mapping[str, Any]:
    return of_version("texts", "sources", VERSION)
