"""What an operator has seen on the authority's own entry: screens, labels, what it asks for, and its addresses."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from incidents.base.errors import FieldError
from incidents.rules.form import EntryMapping

CHANNEL_KEYS = ("krid", "epapir_topic", "postal_address", "seat", "email", "website")
"""What the dated record of the authority may lack, or what has changed since (law/authorities)."""
ANSWERS = ("yes", "no", "unknown")
LONGEST = 300


@dataclass(frozen=True)
class EntryForm:
    """By entry its ``screen`` and ``label``; what it asks for (yes, no, unknown); addresses. Empty: not known."""

    entries: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    asks: Mapping[str, str] = field(default_factory=dict)
    channels: Mapping[str, str] = field(default_factory=dict)


def entry_faults(form: EntryForm, mapping: EntryMapping) -> list[FieldError]:
    """Every field that cannot stand."""
    return [*_texts(form, mapping), *_answers(form, mapping)]


def _texts(form: EntryForm, mapping: EntryMapping) -> Iterator[FieldError]:
    known = {one.id for one in mapping.entries}
    said = {f"{entry}.{part}": text for entry, parts in form.entries.items() for part, text in parts.items()}
    for path, text in {**said, **{f"channels.{key}": one for key, one in form.channels.items()}}.items():
        if len(text) > LONGEST:
            yield FieldError(path, "too-long", "This is too long: at most {limit} characters.", {"limit": str(LONGEST)})
    for entry in form.entries.keys() - known:
        yield FieldError(entry, "unknown-field", "There is no such field in this form.")
    for key in form.channels.keys() - set(CHANNEL_KEYS):
        yield FieldError(f"channels.{key}", "unknown-field", "There is no such field in this form.")


def _answers(form: EntryForm, mapping: EntryMapping) -> Iterator[FieldError]:
    for name, answer in form.asks.items():
        if name not in mapping.asks or answer not in ANSWERS:
            yield FieldError(f"asks.{name}", "unknown-option", "Choose one of the answers.")


def stored_entries(form: EntryForm) -> dict[str, Any]:
    """The mapping as it is kept: entries with anything known, and what is asked for."""
    tidy = {
        entry: {part: text.strip() for part, text in parts.items() if text.strip()}
        for entry, parts in form.entries.items()
    }
    asks = {name: answer for name, answer in form.asks.items() if answer != "unknown"}
    return {**{entry: parts for entry, parts in tidy.items() if parts}, "asks": asks}


def stored_channels(form: EntryForm) -> dict[str, Any]:
    """The addresses as they are kept: those that were entered."""
    return {key: text.strip() for key, text in form.channels.items() if text.strip()}
