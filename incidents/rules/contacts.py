"""Whom to call when mail itself is hit: what a line of the list must give, and when the printed sheet is too old."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from incidents.base.errors import FieldError
from incidents.rules.people import is_mail_address

TOO_OLD = timedelta(days=90)
LONGEST_LINE = 200
MOST = 30

TOO_LONG = "This is too long: at most {limit} characters."
NO_NAME = "Give the name of the person."
NO_WAY = "Give a telephone number or a private e-mail address."
NOT_A_NUMBER = "Give a telephone number with digits, such as +36 30 555 0101."
NOT_AN_ADDRESS = "Give a full e-mail address, such as nev@ceg.hu."
TOO_MANY = "There are more than 30 people: keep those who are called first."


@dataclass(frozen=True)
class ContactForm:
    """A line of the list, as a person gives it; ``order`` is empty or a number, smaller is called earlier."""

    name: str
    role: str = ""
    phone: str = ""
    private_email: str = ""
    note: str = ""
    order: str = ""


def faults(forms: Sequence[ContactForm]) -> list[FieldError]:
    """Every field of the list that cannot stand."""
    errors = [error for place, form in enumerate(forms) for error in _line_faults(form, f"contacts[{place}]")]
    return [*errors, FieldError("contacts", "too-many", TOO_MANY)] if len(forms) > MOST else errors


def _line_faults(form: ContactForm, path: str) -> list[FieldError]:
    errors = [
        FieldError(f"{path}.{key}", "too-long", TOO_LONG, {"limit": str(LONGEST_LINE)})
        for key, value in asdict(form).items()
        if len(value) > LONGEST_LINE
    ]
    if not form.name.strip():
        errors.append(FieldError(f"{path}.name", "required", NO_NAME))
    if not (form.phone.strip() or form.private_email.strip()):
        errors.append(FieldError(f"{path}.phone", "required", NO_WAY))
    if form.phone.strip() and sum(sign.isdigit() for sign in form.phone) < 3:
        errors.append(FieldError(f"{path}.phone", "number", NOT_A_NUMBER))
    if form.private_email.strip() and not is_mail_address(form.private_email):
        errors.append(FieldError(f"{path}.private_email", "not-an-address", NOT_AN_ADDRESS))
    return errors


def in_order(forms: Sequence[ContactForm]) -> list[ContactForm]:
    """The list as it is called: by the numbers given, the others behind in the order in which they stand."""
    return sorted(forms, key=lambda form: int(form.order) if _is_number(form.order) else LONGEST_LINE)


def _is_number(text: str) -> bool:
    return text.strip().isascii() and text.strip().isdecimal() and len(text.strip()) <= 3


def sheet_state(changed_at: datetime | None, printed_at: datetime | None, now: datetime) -> str:
    """How the printed sheet stands: ``never``, ``changed`` since, ``old`` (90 days), or ``fresh``."""
    if printed_at is None:
        return "never"
    if changed_at is not None and changed_at > printed_at:
        return "changed"
    return "old" if now - printed_at >= TOO_OLD else "fresh"
