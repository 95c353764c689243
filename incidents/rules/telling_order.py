"""An order of the authority to tell the people (GDPR Art. 34(4)): when it stands, and what it leaves to decide."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from incidents.base.dated import in_force
from incidents.base.errors import FieldError
from incidents.base.hungarian import format_date
from incidents.base.time import BUDAPEST, zone
from incidents.rules.decide import DecisionForm

TELL_PEOPLE = "tell_people"
"""The kind of order it is."""
ORDERED = "The authority has ordered that the people be told (Art. 34(4)). While the order stands they must be told."

_DAY_ENDINGS = {1: "-jén", **dict.fromkeys((2, 3, 6, 8, 13, 16, 18, 20, 23, 26, 28, 30), "-án")}


@dataclass(frozen=True)
class TellingOrder:
    """The order as far as a decision needs it; ``reference`` is the authority's own, as it came."""

    received_at: datetime
    reference: str = ""
    title: str = ""


def standing(orders: Iterable[TellingOrder], told_at: Collection[datetime]) -> TellingOrder | None:
    """The newest order that nobody has followed yet: since its receipt the people have not been told."""
    newest = max(orders, key=lambda one: one.received_at, default=None)
    if newest is None or any(at >= newest.received_at for at in told_at):
        return None
    return newest


def follows(tell: str, exemption: str) -> bool:
    """Whether a decision obeys: the people are told, each of them or by a public notice (Art. 34(3)(c))."""
    return tell == "yes" or (tell == "exempt" and exemption == "c")


def order_faults(form: DecisionForm, order: TellingOrder | None) -> list[FieldError]:
    """A decision against an order that stands cannot be recorded."""
    if order is None or follows(form.tell, form.exemption):
        return []
    return [FieldError("tell", "ordered", ORDERED)]


def citing(form: DecisionForm, order: TellingOrder | None, lang: str, on: date) -> DecisionForm:
    """The decision with the order in its reasons, unless they name it already.

    Raises:
        NoSuchLawError: no text applies on that day.
    """
    if order is None or (order.reference and order.reference in form.reasons_subjects):
        return form
    said = citation(order, lang, on)
    if said in form.reasons_subjects:
        return form
    return replace(form, reasons_subjects="\n".join(part for part in (form.reasons_subjects.strip(), said) if part))


def citation(order: TellingOrder, lang: str, on: date) -> str:
    """The sentence that names the order, its reference and the day it came."""
    phrases = in_force("texts", "telling-order", on)["citation"]
    phrase = phrases["with_reference" if order.reference else "without_reference"][lang]
    return str(phrase).format(reference=order.reference, day=_day(order.received_at, lang))


def _day(at: datetime, lang: str) -> str:
    """A day; in Hungarian with its ending: ``2026. december 1-jén``, ``2026. december 5-én``."""
    local = at.astimezone(zone(BUDAPEST)).date()
    said = format_date(local, lang)
    return f"{said.removesuffix('.')}{_DAY_ENDINGS.get(local.day, '-én')}" if lang == "hu" else said
