"""Bad JSON bodies: every faulty field named, not only the first one the decoder meets."""

from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import ClientException, HTTPException
from litestar.utils.scope.state import ScopeState

from incidents.base.errors import FieldError, IncidentError, InvalidInput

ALIASES = {"wanted_state": "state", "text": "query"}
"""Query parameters whose own names the framework keeps for itself."""


def faults_of(shape: type[msgspec.Struct], body: bytes) -> list[FieldError]:
    """Every field of a JSON body that does not fit a shape, by its path."""
    try:
        given = msgspec.json.decode(body)
    except msgspec.DecodeError as error:
        return [FieldError("", "not-json", "The body is not valid JSON: {why}.", {"why": str(error)})]
    if not isinstance(given, dict):
        return [FieldError("", "not-an-object", "The body must be a JSON object.")]
    known = {one.encode_name: one for one in msgspec.structs.fields(shape)}
    errors = [
        FieldError(name, "unknown-field", "There is no such field. Known fields: {known}.", {"known": ", ".join(known)})
        for name in given
        if name not in known
    ]
    return errors + [fault for name, one in known.items() if (fault := _field_fault(name, one, given))]


def _field_fault(name: str, one: msgspec.structs.FieldInfo, given: dict[str, Any]) -> FieldError | None:
    if name not in given:
        return FieldError(name, "required", "This field is required.") if one.required else None
    try:
        msgspec.convert(given[name], one.type)
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at ")
        path = name + where.strip("`").removeprefix("$")
        return FieldError(path, "wrong-type", "This value does not fit: {why}.", {"why": what})
    return None


def name_every_fault(request: Request[Any, Any, Any], error: ClientException) -> Response[Any]:
    """Say all that is wrong with a body; what is wrong elsewhere (query, path) keeps the framework's word."""
    if error.status_code != 400:
        refusal: Response[Any] = request.app.exception_handlers[HTTPException](request, error)
        return refusal
    body = ScopeState.from_scope(request.scope).body
    data_field = getattr(request.route_handler, "parsed_data_field", None)
    shape = data_field.annotation if data_field else None
    errors: list[FieldError] = []
    if isinstance(body, bytes) and isinstance(shape, type) and issubclass(shape, msgspec.Struct):
        errors = faults_of(shape, body)
    answer: Response[Any] = request.app.exception_handlers[IncidentError](
        request,
        InvalidInput(errors or _framework_faults(error)),
    )
    return answer


def _framework_faults(error: ClientException) -> list[FieldError]:
    extra = error.extra if isinstance(error.extra, list) else []
    return [
        FieldError(_parameter(one), "wrong-type", "This value does not fit: {why}.", {"why": str(one["message"])})
        for one in extra
        if isinstance(one, dict)
    ]


def _parameter(one: dict[str, Any]) -> str:
    name = str(one.get("key", ""))
    return ALIASES.get(name, name)
