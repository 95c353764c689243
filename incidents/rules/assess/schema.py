"""The JSON Schema of the input of the risk test, made from the vocabulary."""

from typing import Any

from incidents.rules.facts import FactState
from incidents.rules.readers import LONGEST_TAG, LONGEST_TEXT, MOST_PEOPLE
from incidents.rules.vocabulary import Field, vocabulary

_NOT_KNOWN = {"enum": [None, FactState.UNKNOWN.value, FactState.TO_BE_DETERMINED.value]}
_COUNT = {"type": "integer", "minimum": 0, "maximum": MOST_PEOPLE}


def schema() -> dict[str, Any]:
    """JSON Schema 2020-12: every fact may be its value, ``unknown``, ``to_be_determined`` or null; none is required."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Facts of a personal data breach",
        "type": "object",
        "properties": {key: _fact(field) for key, field in vocabulary().items()},
        "additionalProperties": False,
    }


def _fact(field: Field) -> dict[str, Any]:
    return {
        "title": field.label.en,
        "description": f"{field.label.hu}. {field.help.en}",
        "anyOf": [_value(field), _NOT_KNOWN],
    }


def _value(field: Field) -> dict[str, Any]:
    if field.type == "record":
        parts = {
            name: {"title": part.label.en, "anyOf": [_value(part), _NOT_KNOWN]} for name, part in field.parts.items()
        }
        return {"type": "object", "properties": parts, "additionalProperties": False}
    if field.type == "code":
        return {"enum": list(field.codes)}
    if field.type == "codes":
        return {"type": "array", "items": {"enum": list(field.codes)}}
    if field.type == "open_codes":
        tag = {"type": "string", "minLength": 1, "maxLength": LONGEST_TAG, "examples": list(field.codes)}
        return {"type": "array", "items": tag}
    return _SIMPLE[field.type]


_SIMPLE: dict[str, dict[str, Any]] = {
    "text": {"type": "string", "maxLength": LONGEST_TEXT},
    "truth": {"type": "boolean"},
    "integer": _COUNT,
    "number": {"type": "number", "minimum": 0},
    "count": {
        "anyOf": [
            _COUNT,
            {
                "type": "object",
                "properties": {"number": _COUNT, "precision": {"enum": ["exact", "approximate"]}},
                "required": ["number"],
                "additionalProperties": False,
            },
        ]
    },
    "instant": {
        "anyOf": [
            {"type": "string", "description": "ISO 8601; without an offset it is Europe/Budapest"},
            {
                "type": "object",
                "properties": {"at": {"type": "string"}, "zone": {"type": "string"}},
                "required": ["at"],
                "additionalProperties": False,
            },
        ]
    },
    "countries": {"type": "array", "items": {"type": "string", "pattern": "^[A-Z]{2}$"}},
}
