"""What a controller says of the rules that bind it beside the GDPR: flags, its own target hours, its clients."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date

from incidents.base.dated import of_version
from incidents.base.errors import FieldError
from incidents.rules.regimes import Profile

FLAGS = tuple(field.name for field in fields(Profile))
TEXTS_VERSION = "1"
MOST_HOURS = 8760
LONGEST_LINE = 300
TOO_LONG = "This is too long: at most {limit} characters."
HOURS = "Give whole hours between 1 and 8760, or leave it empty."


@dataclass(frozen=True)
class RegimesForm:
    """The answers of a profile: true, false or None while nobody has said; and the own target for telling people."""

    flags: Mapping[str, bool | None]
    tell_target_hours: int | None = None


@dataclass(frozen=True)
class ClientForm:
    """A controller for which the organisation is the processor (Art. 33(2)); no hours where the contract has none."""

    client: str
    contact: str = ""
    hours: int | None = None
    since: date | None = None


@dataclass(frozen=True)
class Question:
    """A question of the profile in one language, with a help that names its legal source."""

    flag: str
    text: str
    help: str


def questions(lang: str) -> tuple[Question, ...]:
    """What a profile asks, ``hu`` or ``en``, in the order of the law data."""
    asked = of_version("texts", "profile", TEXTS_VERSION)["flags"]
    return tuple(Question(flag, words[lang], words[f"help_{lang}"]) for flag, words in asked.items())


def profile_of(subject_to: Mapping[str, object]) -> Profile:
    """What a controller is subject to, as far as it has said."""
    return Profile(**{flag: answer for flag in FLAGS if isinstance(answer := subject_to.get(flag), bool)})


def said(form: RegimesForm) -> dict[str, bool]:
    """The flags that were answered; what nobody has said is left out."""
    return {flag: answer for flag in FLAGS if (answer := form.flags.get(flag)) is not None}


def regimes_faults(form: RegimesForm) -> list[FieldError]:
    """Every answer of a profile that cannot stand."""
    errors = [
        FieldError(flag, "unknown", "Choose one of the answers offered.") for flag in form.flags if flag not in FLAGS
    ]
    return errors + _hours_faults("tell_target_hours", form.tell_target_hours)


def client_faults(forms: Sequence[ClientForm]) -> list[FieldError]:
    """Every line of the list of clients that cannot stand."""
    seen: set[str] = set()
    errors = []
    for place, form in enumerate(forms):
        path = f"clients[{place}]"
        errors += _line_faults(form, path)
        if (name := form.client.strip().casefold()) in seen:
            errors.append(FieldError(f"{path}.client", "twice", "This client stands in the list already."))
        seen.add(name)
    return errors


def _line_faults(form: ClientForm, path: str) -> list[FieldError]:
    errors = []
    if not form.client.strip():
        errors.append(FieldError(f"{path}.client", "required", "Give a name."))
    errors += [
        FieldError(f"{path}.{key}", "too-long", TOO_LONG, {"limit": str(LONGEST_LINE)})
        for key in ("client", "contact")
        if len(getattr(form, key)) > LONGEST_LINE
    ]
    return errors + _hours_faults(f"{path}.hours", form.hours)


def _hours_faults(path: str, hours: int | None) -> list[FieldError]:
    return [] if hours is None or 1 <= hours <= MOST_HOURS else [FieldError(path, "range", HOURS)]
