"""Whether a condition of a form holds, from the answers so far."""

from collections.abc import Mapping

from incidents.rules.facts import JsonValue
from incidents.rules.form.model import Conditions


def answers_of(value: JsonValue) -> frozenset[str]:
    """The answers a value stands for: one option, several, or a tick as ``yes``; none for no answer."""
    if isinstance(value, list):
        return frozenset(str(one) for one in value)
    if isinstance(value, bool):
        return frozenset({"yes" if value else "no"})
    return frozenset() if value is None or value == "" else frozenset({str(value)})


def holds(conditions: Conditions, values: Mapping[str, JsonValue]) -> bool:
    """Whether one of the conditions holds; each asks for all its keys. An empty list asks for nothing and holds.

    ``values`` are the answers of the fields that are shown, and the states of the case (``case.late``).
    """
    if not conditions:
        return True
    return any(all(answers_of(values.get(key)) & allowed for key, allowed in one.items()) for one in conditions)
