"""What a hand-over must say, and who may take a case over."""

from incidents.base.errors import FieldError
from incidents.rules.access import may

LONGEST_NOTE = 2000
SAY_WHERE_IT_STANDS = "Say in a sentence what is done and what comes next: the other person starts from it."


def may_hold(roles: frozenset[str]) -> bool:
    """Whether somebody with these roles can work on a case, so that it may be put into their hands."""
    return may(roles, "amend")


def handover_faults(user_id: str, note: str, candidates: frozenset[str]) -> list[FieldError]:
    """Every field of a hand-over that cannot stand; ``candidates`` are the accounts that may hold the case."""
    errors = []
    if user_id not in candidates:
        errors.append(FieldError("user", "required", "Choose somebody who may work on this case."))
    if not note.strip():
        errors.append(FieldError("note", "required", SAY_WHERE_IT_STANDS))
    if len(note) > LONGEST_NOTE:
        limit = {"limit": str(LONGEST_NOTE)}
        errors.append(FieldError("note", "too-long", "This is too long: at most {limit} characters.", limit))
    return errors
