"""What the API says of itself: OpenAPI 3.1 as JSON only (the usual viewers load scripts from elsewhere)."""

from typing import Any

from litestar import Request
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme

from incidents.api.acts import FILES

ADDRESS = "/api/v1/openapi.json"
PROBLEM_JSON = "application/problem+json"

FILE = "/{form}"
"""The end of an address that gives a file and no JSON."""
REFUSALS = {
    "400": "It cannot be understood, or names another host",
    "401": "No key, or one that was revoked",
    "403": "The role of the key does not allow it",
    "404": "No such record, or not one of the key's controller",
    "408": "The body did not arrive in time",
    "409": "It conflicts with what is recorded already",
    "413": "The body is too large",
    "422": "Some fields cannot be used; every one is named by its path",
    "429": "Too many documents in a minute; Retry-After says when to come again",
    "503": "It takes too long; look whether it was recorded",
}

PROBLEM: dict[str, Any] = {
    "title": "Problem",
    "description": "A refusal as RFC 9457 has it",
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "A sentence for a person, in the language of Accept-Language"},
        "code": {"type": "string", "description": "A stable word for a program"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["path", "code", "detail"],
                "properties": {
                    "path": {"type": "string", "description": "For example facts.recipient.kind"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}


class Description(JsonRenderPlugin):
    """The framework's description, with the refusals as they really look."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """The description as JSON."""
        return super().render(request, described(openapi_schema))


def described(document: dict[str, Any]) -> dict[str, Any]:
    """The document with the problems each operation may answer instead of the framework's own shape."""
    components = document["components"]
    paths = {
        path: {method: _with_refusals(path, method, operation) for method, operation in item.items()}
        for path, item in document["paths"].items()
    }
    schemas = components["schemas"] | {"Problem": PROBLEM}
    return document | {"paths": paths, "components": components | {"schemas": schemas}}


def _with_refusals(path: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
    takes_body = "requestBody" in operation
    possible = {
        "400": True,
        "401": True,
        "403": True,
        "404": "{" in path,
        "408": takes_body,
        "409": method != "get",
        "413": takes_body,
        "422": takes_body or "parameters" in operation,
        "429": "429" in operation["responses"],
        "503": True,
    }
    problem = {"content": {PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    answers = {code: answer for code, answer in operation["responses"].items() if code.startswith("2")}
    if FILE in path:
        answers["200"] = answers["200"] | {"content": {kind: {"schema": {"type": "string"}} for kind in FILES.values()}}
    refusals = {code: {"description": REFUSALS[code], **problem} for code, is_so in possible.items() if is_so}
    return operation | {"responses": answers | refusals}


def openapi() -> OpenAPIConfig:
    """The description with the key every call needs; ``ADDRESS`` says where it is served."""
    key = SecurityScheme(type="http", scheme="bearer", description="An API key of one controller: i72_…")
    return OpenAPIConfig(
        title="incidens72",
        version="1",
        path=ADDRESS,
        render_plugins=[Description(path="/")],
        components=Components(security_schemes={"key": key}),
        security=[{"key": []}],
    )
