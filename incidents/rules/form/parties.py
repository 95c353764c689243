"""Rows about who: the controller, the sender, the data protection officer, the contact point, other parties."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from incidents.rules.draft.answers import contact_of
from incidents.rules.form import found
from incidents.rules.form.found import NOTHING, SILENT, Found
from incidents.rules.form.model import FormField
from incidents.rules.form.reading import Reading

Reader: TypeAlias = Callable[[Reading, FormField], Found]


def _identifier_type(reading: Reading, spec: FormField) -> Found:
    who = reading.case.controller
    if who.company_number:
        return found.chosen(spec, "organisation_number" if who.is_public_body else "company_number")
    return found.chosen(spec, "tax_number") if who.tax_number else NOTHING


def _identifier(reading: Reading, _: FormField) -> Found:
    who = reading.case.controller
    return found.text(who.company_number or who.tax_number)


def _controller_contact(reading: Reading, _: FormField) -> Found:
    who = reading.case.controller
    return reading.contact_lines(seat=who.seat, postal_address=who.postal_address, phone=who.phone, email=who.email)


def _sector(reading: Reading, spec: FormField) -> Found:
    return found.chosen(spec, "public" if reading.case.controller.is_public_body else "private")


def _reporter_function(reading: Reading, spec: FormField) -> Found:
    return found.chosen(spec, reading.beside.reporter.function)


def _dpo_designated(reading: Reading, spec: FormField) -> Found:
    who = reading.case.controller
    if who.dpo_name:
        return found.chosen(spec, "yes")
    return found.chosen(spec, "no") if who.responsible_manager_name else NOTHING


def _dpo_contact(reading: Reading, _: FormField) -> Found:
    who = reading.case.controller
    return reading.contact_lines(phone=who.dpo_phone or who.phone, email=who.dpo_email or who.email)


def _contact_role(reading: Reading, spec: FormField) -> Found:
    contact = contact_of(reading.case)
    if not contact.name:
        return NOTHING
    return found.chosen(spec, "dpo" if contact.is_dpo else "other")


def _contact_details(reading: Reading, _: FormField) -> Found:
    contact = contact_of(reading.case)
    return reading.contact_lines(phone=contact.phone, email=contact.email)


def _other_parties(reading: Reading, spec: FormField) -> Found:
    """A named processor is a party; that none is, somebody has to say in the form."""
    if reading.codes("processor"):
        return found.chosen(spec, "yes")
    unknown = reading.unknown("processor", spec)
    return unknown if unknown.state is not found.State.NONE else SILENT


def _other_party_role(reading: Reading, spec: FormField) -> Found:
    return found.chosen(spec, "processor") if reading.codes("processor") else NOTHING


def _other_party_contact(reading: Reading, _: FormField) -> Found:
    """What the controller's profile knows about the processor named in the case."""
    named = " ".join(reading.codes("processor")).casefold()
    listed = reading.case.controller.processors
    known = [one for one in listed if one.name and one.name.casefold() in named and one.address]
    return found.text("\n".join(f"{one.name}: {one.address}" for one in known))


PARTY_READERS: Mapping[str, Reader] = {
    "identifier_type": _identifier_type,
    "identifier": _identifier,
    "controller_contact": _controller_contact,
    "sector": _sector,
    "reporter_name": lambda reading, _: found.text(reading.beside.reporter.name),
    "reporter_contact": lambda reading, _: found.text(reading.beside.reporter.contact),
    "reporter_function": _reporter_function,
    "reporter_function_other": lambda reading, _: found.text(reading.beside.reporter.description),
    "dpo_designated": _dpo_designated,
    "dpo_contact": _dpo_contact,
    "contact_role": _contact_role,
    "contact_name": lambda reading, _: found.text(contact_of(reading.case).name),
    "contact_function": lambda reading, _: found.text(contact_of(reading.case).title),
    "contact_details": _contact_details,
    "other_parties": _other_parties,
    "other_party_role": _other_party_role,
    "other_party_contact": _other_party_contact,
    "outside_eea": lambda reading, spec: found.chosen(spec, "yes" if reading.beside.outside_eea else "no"),
}
