"""Wording: what a person writes for the letter in place of a recorded fact, in each language, group by group."""

from uuid import UUID

from incidents.base.errors import Conflict, InvalidInput
from incidents.base.ids import new_id
from incidents.rules.draft.wording import WordingForm, wording_faults
from incidents.steps.guard import require
from incidents.store import audit, incidents, publicity
from incidents.store.tables import LetterWords
from incidents.store.uow import UnitOfWork


def word_letter(uow: UnitOfWork, incident_id: UUID, form: WordingForm) -> LetterWords:
    """Keep own words for the letter; earlier ones stay on record, the newest count (Art. 34(2): plain language).

    Raises:
        InvalidInput: they cannot stand so; every faulty field is named.
        Conflict: the case is closed.
        NotFound, Forbidden: not this actor's to draft.
    """
    incident = incidents.lock(uow, incident_id)
    require(uow, incident.controller_id, "draft")
    if incident.closed_at is not None:
        raise Conflict("The case is closed. Reopen it to change the letter.")
    groups = incidents.fold_groups(incidents.amendments(uow, incident_id))
    if errors := wording_faults(form, groups):
        raise InvalidInput(errors)
    row = LetterWords(
        id=new_id(uow.now),
        controller_id=incident.controller_id,
        incident_id=incident.id,
        people_group=form.group,
        language=form.language,
        words={key: text.strip() for key, text in form.words.items() if text.strip()},
        said_by=uow.actor.name,
        said_at=uow.now,
    )
    uow.add(row)
    said = {"group": row.people_group, "language": row.language, "words": sorted(row.words)}
    audit.append(uow, audit.about(incident, "letter.worded", row, **said))
    return row


def words_for(uow: UnitOfWork, incident_id: UUID, group: str, language: str) -> dict[str, str]:
    """What was written for exactly this group in this language, for the form.

    Raises:
        NotFound, Forbidden: not this actor's to read.
    """
    incident = incidents.load(uow, incident_id)
    require(uow, incident.controller_id, "read")
    return publicity.said_for(uow, incident_id, group, language)
