"""The authority's own entry and addresses, as the operator of the installation completes them."""

from collections.abc import Mapping, Sequence
from datetime import date

from incidents.base.errors import Forbidden, InvalidInput
from incidents.base.ids import new_id
from incidents.base.time import BUDAPEST, zone
from incidents.rules.authority import EntryForm, entry_faults, stored_channels, stored_entries
from incidents.rules.channels import ChannelAdvice, channel_advice, likely_kind
from incidents.rules.draft import ControllerProfile
from incidents.rules.form import EntryMapping, naih_mapping
from incidents.store import thread
from incidents.store.tables import Controller
from incidents.store.tables import EntryMapping as EntryRow
from incidents.store.uow import UnitOfWork


def today(uow: UnitOfWork) -> date:
    """The day in Hungary."""
    return uow.now.astimezone(zone(BUDAPEST)).date()


def entry(uow: UnitOfWork) -> EntryMapping:
    """The authority's own entry, as far as somebody here has seen it; the rest is marked as unknown."""
    seen = thread.newest_mapping(uow)
    return naih_mapping(today(uow), seen.entries if seen else None)


def entered(uow: UnitOfWork) -> Mapping[str, str]:
    """The addresses the operator has entered, by name; they come before those of the law data."""
    seen = thread.newest_mapping(uow)
    return seen.channels if seen else {}


def versions(uow: UnitOfWork) -> Sequence[EntryRow]:
    """Every version that was saved, newest first."""
    return thread.mappings(uow)


def save_entry(uow: UnitOfWork, form: EntryForm) -> EntryRow:
    """Keep what was seen on the live entry as the next version; earlier ones stay, and so does what was sent by them.

    Raises:
        Forbidden: only the operator of the installation may say this for everybody.
        InvalidInput: a field cannot stand; every faulty one is named.
    """
    if not uow.actor.is_operator:
        raise Forbidden
    law = naih_mapping(today(uow))
    if errors := entry_faults(form, law):
        raise InvalidInput(errors)
    row = EntryRow(
        id=new_id(uow.now),
        version=thread.next_mapping_version(uow),
        law_version=law.version,
        entries=stored_entries(form),
        channels=stored_channels(form),
        saved_by=uow.actor.name,
        saved_at=uow.now,
    )
    uow.add(row)
    return row


def kind_of(controller: Controller, profile: ControllerProfile) -> str:
    """The kind of controller its profile suggests, for the advice on the channel."""
    return "law_enforcement" if controller.subject_to.get("infotv_processing") else likely_kind(profile)


def advice(uow: UnitOfWork, kind: str) -> ChannelAdvice:
    """How a kind of controller should file, with the addresses known here.

    Raises:
        KeyError: there is no such kind.
    """
    return channel_advice(kind, today(uow), entered(uow))
