"""Errors that a person will read: a status, a code word, a sentence that says the way out.

Sentences are English message ids with named places; the edge translates them (web/problems.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class FieldError:
    """One faulty field: its path in the input, a stable code and the sentence for the person.

    ``path`` is dotted, list positions in brackets: ``facts.recipient.kind``, ``facts.data_categories[2]``.
    """

    path: str
    code: str
    message: str
    params: Mapping[str, str] = field(default_factory=dict)


class IncidentError(Exception):
    """An expected refusal: carries what HTTP, the command line and the person need."""

    status = 400
    code = "refused"
    message = "This cannot be done."

    def __init__(self, message: str | None = None, **params: str) -> None:
        """Take the sentence (or the class's own) and the values for its named places."""
        self.message = message or self.message
        self.params = params
        super().__init__(self.message.format(**params) if params else self.message)


class InvalidInput(IncidentError):
    """What was typed cannot be used; every faulty field is named."""

    status = 422
    code = "invalid-input"
    message = "Some fields need correction."

    def __init__(self, errors: Sequence[FieldError], message: str | None = None) -> None:
        """Take the faulty fields, in the order in which the person met them."""
        super().__init__(message)
        self.errors = tuple(errors)


class NotFound(IncidentError):
    """No such thing, or not for this person: the two must look the same."""

    status = 404
    code = "not-found"
    message = "There is no such record, or you have no access to it."


class Forbidden(IncidentError):
    """The person is known but may not do this."""

    status = 403
    code = "forbidden"
    message = "Your role does not allow this."


class Unauthenticated(IncidentError):
    """Nobody is signed in, or the key is not valid."""

    status = 401
    code = "unauthenticated"
    message = "Please sign in."


class Conflict(IncidentError):
    """The state has moved on, or the same key was used for something else."""

    status = 409
    code = "conflict"
    message = "This conflicts with what is already recorded."


class SealBroken(IncidentError):
    """Something kept encrypted cannot be opened: the key was replaced, or the record was changed."""

    status = 500
    code = "seal-broken"
    message = "This was encrypted with a key that is no longer set. Ask your operator to restore the key."
