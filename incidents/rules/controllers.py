"""What a controller's profile must contain, so that drafts are complete and warnings reach somebody (Art. 33(3)(b))."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from incidents.base.errors import FieldError
from incidents.rules.people import LANGUAGES, is_mail_address

LONGEST_LINE = 500
LONGEST_LETTERHEAD = 2000

TOO_LONG = "This is too long: at most {limit} characters."
NOT_AN_ADDRESS = "Give a full e-mail address, such as nev@ceg.hu."


@dataclass(frozen=True)
class ControllerForm:
    """The profile of a controller as a person gives it."""

    name: str
    short_code: str
    language: str = "hu"
    seat: str = ""
    postal_address: str = ""
    company_number: str = ""
    tax_number: str = ""
    email: str = ""
    phone: str = ""
    website: str = ""
    dpo_name: str = ""
    dpo_email: str = ""
    dpo_phone: str = ""
    responsible_manager_name: str = ""
    responsible_manager_title: str = ""
    responsible_manager_email: str = ""
    responsible_manager_phone: str = ""
    representative: str = ""
    letterhead: str = ""
    is_public_body: bool = False


@dataclass(frozen=True)
class ProcessorForm:
    """A processor: who, what for, where, and under which safeguard data leave the EEA."""

    name: str
    address: str = ""
    task: str = ""
    country: str = "HU"
    safeguard: str = ""


@dataclass(frozen=True)
class ActivityForm:
    """A processing activity with its kinds of data and people (codes of the vocabulary)."""

    name: str
    purpose: str = ""
    data_categories: tuple[str, ...] = ()
    subject_categories: tuple[str, ...] = ()


def profile_faults(form: ControllerForm) -> list[FieldError]:
    """Every field of a profile that cannot stand, with the way out."""
    return [*_too_long(form), *_names(form), *_addresses(form)]


def _too_long(form: ControllerForm) -> list[FieldError]:
    limits = {"letterhead": LONGEST_LETTERHEAD}
    return [
        FieldError(key, "too-long", TOO_LONG, {"limit": str(limit)})
        for key, value in asdict(form).items()
        if isinstance(value, str) and len(value) > (limit := limits.get(key, LONGEST_LINE))
    ]


def _names(form: ControllerForm) -> list[FieldError]:
    errors = []
    if not form.name.strip():
        errors.append(FieldError("name", "required", "Give the full name of the controller."))
    if not re.fullmatch(r"[A-Za-z0-9]{2,12}", form.short_code.strip()):
        errors.append(
            FieldError(
                "short_code",
                "format",
                "Give a short code of 2 to 12 letters or digits, such as FUT: case numbers start with it.",
            )
        )
    if form.language not in LANGUAGES:
        errors.append(FieldError("language", "required", "Choose Hungarian or English."))
    if not (form.dpo_name.strip() or form.responsible_manager_name.strip()):
        errors.append(
            FieldError(
                "responsible_manager_name",
                "required",
                "Name the data protection officer, or the manager who is responsible where there is none.",
            )
        )
    return errors


def _addresses(form: ControllerForm) -> list[FieldError]:
    """Warnings go to these: one that no mail can be sent to would be found out in the 72 hours."""
    errors = []
    if "@" not in form.email:
        errors.append(
            FieldError(
                "email",
                "required",
                "Give a mailbox that somebody reads: warnings go there when no person can be reached.",
            )
        )
    given = {key: getattr(form, key) for key in ("email", "dpo_email", "responsible_manager_email")}
    errors += [
        FieldError(key, "not-an-address", NOT_AN_ADDRESS)
        for key, address in given.items()
        if address.strip() and not is_mail_address(address) and (key != "email" or "@" in address)
    ]
    return errors


def list_faults(forms: Sequence[ProcessorForm | ActivityForm], path: str) -> list[FieldError]:
    """Every field of a list of processors or activities that cannot stand."""
    return [error for place, form in enumerate(forms) for error in _line_faults(form, f"{path}[{place}]")]


def _line_faults(form: ProcessorForm | ActivityForm, path: str) -> list[FieldError]:
    errors = []
    if not form.name.strip():
        errors.append(FieldError(f"{path}.name", "required", "Give a name."))
    if isinstance(form, ProcessorForm) and not re.fullmatch(r"[A-Z]{2}", form.country):
        errors.append(FieldError(f"{path}.country", "format", "Give the two-letter code of the country, such as HU."))
    errors += [
        FieldError(f"{path}.{key}", "too-long", TOO_LONG, {"limit": str(LONGEST_LETTERHEAD)})
        for key, value in asdict(form).items()
        if isinstance(value, str) and len(value) > LONGEST_LETTERHEAD
    ]
    return errors
