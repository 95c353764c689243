"""What somebody typed into a page, kept whole, with the errors beside the fields they belong to.

A handler takes ``form: NamedDependency[Form]``, runs a step and, when the step refuses, shows the same page again::

    try:
        with page_uow(request) as uow:
            steps.do_something(uow, form.plain())
    except IncidentError as refused:
        return page(request, "pages/something.html", form=form.refused(refused), status=refused.status)
    return see_other(f"/somewhere/{key}", done="saved")
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from litestar import Request

from incidents.base.errors import FieldError, IncidentError, InvalidInput

_ROW = re.compile(r"(?P<list>[a-z_]+)\[(?P<at>\d{1,4})\]\.(?P<part>[a-z_]+)")


@dataclass(frozen=True)
class Form:
    """Everything typed, by field name, and what was wrong with it. An empty one starts a page."""

    data: Mapping[str, Sequence[str]] = field(default_factory=dict)
    errors: tuple[FieldError, ...] = ()
    problem: IncidentError | None = None
    spot: str = ""
    """What the ids of its fields begin with, where a page has several forms."""

    @classmethod
    def of(cls, **values: str | Sequence[str] | bool | None) -> "Form":
        """A form filled from what is recorded; truth becomes a ticked box, None an empty field."""
        return cls({name: _as_list(value) for name, value in values.items()})

    def value(self, name: str, default: str = "") -> str:
        """What stands in a field, as typed; the default when the field was not there."""
        return next(iter(self.data.get(name, ())), default)

    def text(self, name: str) -> str:
        """What stands in a field, without the spaces around it."""
        return self.value(name).strip()

    def values(self, name: str) -> tuple[str, ...]:
        """Every value of a field that may occur several times (tick boxes)."""
        return tuple(self.data.get(name, ()))

    def has(self, name: str, value: str = "on") -> bool:
        """Whether a box of that value is ticked."""
        return value in self.data.get(name, ())

    def plain(self) -> dict[str, str]:
        """The first value of every field: what steps take that read a mapping of texts."""
        return {name: self.value(name) for name in self.data if not name.startswith("_")}

    def local_time(self, name: str) -> str:
        """The wall-clock time of a date and a time field (``name.date``, ``name.time``) as ``2026-11-20T17:50``.

        Empty when both are empty; when one is missing the text has that half missing, which no step accepts.
        """
        day, time = self.text(f"{name}.date"), self.text(f"{name}.time")
        return f"{day}T{time}" if day or time else ""

    def rows(self, name: str) -> list[dict[str, list[str]]]:
        """The rows of a repeated group (``name[0].part``) that contain anything and are not marked for removal."""
        found: dict[int, dict[str, list[str]]] = {}
        for key, values in self.data.items():
            if (match := _ROW.fullmatch(key)) and match["list"] == name:
                found.setdefault(int(match["at"]), {})[match["part"]] = list(values)
        return [row for _, row in sorted(found.items()) if _is_kept(row)]

    def error(self, name: str) -> FieldError | None:
        """The first error of a field, or of a part of it."""
        return next((error for error in self.errors if _belongs(error.path, name)), None)

    def at(self, spot: str) -> "Form":
        """The same form as one of several of its page, with ids of its own."""
        return replace(self, spot=f"{spot}-")

    def refused(self, error: IncidentError) -> "Form":
        """The same form with the reason why it was refused."""
        errors = error.errors if isinstance(error, InvalidInput) else ()
        return replace(self, errors=errors, problem=error)


async def provide_form(request: Request[Any, Any, Any]) -> Form:
    """The form of a request, whatever its fields: the dependency ``form`` of every page."""
    typed = await request.form()
    return Form({name: [one for one in typed.getall(name) if isinstance(one, str)] for name in dict(typed)})


def _as_list(value: str | Sequence[str] | bool | None) -> list[str]:
    if isinstance(value, str):
        return [value]
    if value is None or isinstance(value, bool):
        return ["on"] if value else []
    return list(value)


def _is_kept(row: Mapping[str, Sequence[str]]) -> bool:
    typed = any(text.strip() for part, texts in row.items() if part not in {"remove", "country"} for text in texts)
    return typed and "remove" not in row


def _belongs(path: str, name: str) -> bool:
    return path == name or path.startswith((f"{name}.", f"{name}["))
