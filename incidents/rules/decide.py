"""What a decision must contain: notify or not (Art. 33(1)), tell or not or exempt (Art. 34(1), 34(3))."""

import re
from dataclasses import dataclass

from incidents.base.errors import FieldError

SUBSTANCE_WORDS = 6
"""A reason of substance says more than «no risk»: at least this many different words of three letters or more."""


@dataclass(frozen=True)
class DecisionForm:
    """The decision as a person gives it; the reasons are kept in the register (Guidelines 9/2022, Art. 33(5))."""

    notify: str
    tell: str
    reasons_authority: str
    reasons_subjects: str
    exemption: str = ""


def has_substance(reason: str) -> bool:
    """Whether a text can pass as a reason: different words, not a dash, a repeated word or «nem kell»."""
    words = {word.casefold() for word in re.findall(r"[^\W\d_]{3,}", reason)}
    return len(words) >= SUBSTANCE_WORDS


def _choices(form: DecisionForm) -> list[FieldError]:
    errors = []
    if form.notify not in {"yes", "no"}:
        errors.append(FieldError("notify", "required", "Choose whether the authority is notified."))
    if form.tell not in {"yes", "no", "exempt"}:
        errors.append(FieldError("tell", "required", "Choose whether the people concerned are told."))
    if form.tell == "exempt" and form.exemption not in {"a", "b", "c"}:
        errors.append(
            FieldError(
                "exemption", "required", "Choose which point of Art. 34(3) the exemption rests on: (a), (b) or (c)."
            )
        )
    if form.tell in {"yes", "exempt"} and form.notify == "no":
        errors.append(
            FieldError(
                "notify",
                "contradiction",
                "High risk to people always means risk: the authority must be notified as well (Art. 33(1)).",
            )
        )
    return errors


def _reasons(form: DecisionForm) -> list[FieldError]:
    errors = []
    if form.notify == "no" and not has_substance(form.reasons_authority):
        errors.append(
            FieldError(
                "reasons_authority",
                "substance",
                "Say in a full sentence why a risk is unlikely: NAIH will ask for this reason. "
                "Name the fact it rests on, for example encryption with the key safe, or confirmed deletion.",
            )
        )
    elif not form.reasons_authority.strip():
        errors.append(FieldError("reasons_authority", "required", "Give the reason for the decision on the authority."))
    if form.tell in {"no", "exempt"} and not has_substance(form.reasons_subjects):
        errors.append(
            FieldError(
                "reasons_subjects",
                "substance",
                "Say in a full sentence why the people concerned are not told directly, and name the fact it rests on.",
            )
        )
    return errors


def faults(form: DecisionForm) -> list[FieldError]:
    """Every field of a decision that cannot stand, with the way out; empty when it can be recorded."""
    return _choices(form) + _reasons(form)
