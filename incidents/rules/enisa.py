"""ENISA's severity method of 2013, complete: ``SE = DPC x EI + CB``. A second opinion that never lowers a duty."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from incidents.base.dated import of_version
from incidents.base.errors import FieldError, InvalidInput

VERSION = "2013"
EI_VALUES = (Decimal("0.25"), Decimal("0.5"), Decimal("0.75"), Decimal(1))
CB_VALUES = (Decimal(0), Decimal("0.25"), Decimal("0.5"))
MALICE = Decimal("0.5")
LOWEST, HIGHEST = 1, 4

NO_REASON = "This step needs a reason."
NOT_ALLOWED = "“{given}” is not one of the values of the method: {allowed}."


@dataclass(frozen=True)
class DataContext:
    """One kind of data in its category: base score, adjustment by a contextual factor, and why."""

    category: str
    adjustment: int
    factor: str
    justification: str


@dataclass(frozen=True)
class Identification:
    """How easily one identifier leads to the person (0.25 negligible, 0.5 limited, 0.75 significant, 1 maximum)."""

    identifier: str
    value: Decimal
    justification: str


@dataclass(frozen=True)
class Circumstances:
    """Loss of confidentiality, integrity, availability (0, 0.25, 0.5 each), and malicious intent."""

    confidentiality: Decimal
    integrity: Decimal
    availability: Decimal
    malicious: bool
    justification: str


@dataclass(frozen=True)
class Steps:
    """One complete set of inputs; every step carries its reason."""

    contexts: tuple[DataContext, ...]
    identifications: tuple[Identification, ...]
    circumstances: Circumstances


@dataclass(frozen=True)
class Score:
    """The severity with its parts, its band, the range a careful assessor could defend, and the two flags."""

    dpc: int
    ei: Decimal
    cb: Decimal
    se: Decimal
    band: str
    low: Decimal
    high: Decimal
    over_100: bool
    unintelligible: bool
    version: str = VERSION


@cache
def method(version: str = VERSION) -> Mapping[str, Any]:
    """The tables of the method.

    Raises:
        NoSuchLawError: there is no such version.
    """
    return of_version("methods", "enisa", version)


def band_of(se: Decimal) -> str:
    """The band: below 2 low, below 3 medium, below 4 high, else very high."""
    return next(code for line, code in _lines() if se < line)


def lines() -> tuple[Decimal, ...]:
    """Where one band ends and the next begins."""
    return tuple(line for line, _ in _lines()[:-1])


@cache
def _lines() -> tuple[tuple[Decimal, str], ...]:
    return tuple((Decimal(band["below"]), band["code"]) for band in method()["bands"])


def check(steps: Steps) -> list[FieldError]:
    """What is wrong with the inputs: a step without a reason, or a value that the method does not have."""
    errors: list[FieldError] = []
    for place, context in enumerate(steps.contexts):
        errors += _check_context(context, f"contexts[{place}]")
    for place, one in enumerate(steps.identifications):
        errors += _reasoned(one.justification, f"identifications[{place}]")
        errors += _allowed(one.value, EI_VALUES, f"identifications[{place}].value")
    errors += _reasoned(steps.circumstances.justification, "circumstances")
    for name in ("confidentiality", "integrity", "availability"):
        errors += _allowed(getattr(steps.circumstances, name), CB_VALUES, f"circumstances.{name}")
    for name in ("contexts", "identifications"):
        if not getattr(steps, name):
            errors.append(FieldError(name, "missing", NO_REASON))
    return errors


def _check_context(context: DataContext, path: str) -> list[FieldError]:
    errors = _reasoned(context.justification, path) + _allowed(context.category, method()["base"], f"{path}.category")
    if errors:
        return errors
    least, most = method()["adjustments"][context.category]
    errors += _allowed(context.adjustment, range(least, most + 1), f"{path}.adjustment")
    if context.adjustment:
        errors += _allowed(context.factor, method()["factors"], f"{path}.factor")
    return errors


def _reasoned(justification: str, path: str) -> list[FieldError]:
    return [] if justification.strip() else [FieldError(f"{path}.justification", "missing", NO_REASON)]


def _allowed(given: object, allowed: Sequence[object] | Mapping[str, object], path: str) -> list[FieldError]:
    if given in allowed:
        return []
    params = {"given": str(given), "allowed": ", ".join(str(one) for one in allowed)}
    return [FieldError(path, "unknown-code", NOT_ALLOWED, params)]


def score(
    steps: Steps,
    *,
    low: Steps | None = None,
    high: Steps | None = None,
    over_100: bool = False,
    unintelligible: bool = False,
) -> Score:
    """The severity of a breach by the method of 2013.

    ``low`` and ``high`` are the inputs a careful assessor could defend at either end. The flags (more than 100
    people, data unintelligible) stand beside the number and never change it.

    Raises:
        InvalidInput: a step has no reason, or a value that the method does not have.
    """
    if errors := [error for one in (steps, low, high) if one for error in check(one)]:
        raise InvalidInput(errors)
    return rate(steps, low=low, high=high, over_100=over_100, unintelligible=unintelligible)


def rate(steps: Steps, *, low: Steps | None, high: Steps | None, over_100: bool, unintelligible: bool) -> Score:
    """As :func:`score`, for inputs that are right by construction."""
    dpc, ei, cb = _parts(steps)
    se = dpc * ei + cb
    ends = [_severity(one) for one in (low, high) if one]
    return Score(dpc, ei, cb, se, band_of(se), min([se, *ends]), max([se, *ends]), over_100, unintelligible)


def _parts(steps: Steps) -> tuple[int, Decimal, Decimal]:
    base = method()["base"]
    dpc = max(min(HIGHEST, max(LOWEST, base[one.category] + one.adjustment)) for one in steps.contexts)
    ei = max(one.value for one in steps.identifications)
    circumstances = steps.circumstances
    cb = circumstances.confidentiality + circumstances.integrity + circumstances.availability
    return dpc, ei, cb + (MALICE if circumstances.malicious else Decimal(0))


def _severity(steps: Steps) -> Decimal:
    dpc, ei, cb = _parts(steps)
    return dpc * ei + cb
