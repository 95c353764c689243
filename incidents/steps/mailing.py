"""A mailing from its plan to its end: prepared by one, approved by another, started, paused, stopped (GDPR Art. 34)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from incidents.base.errors import Conflict, FieldError, Forbidden, InvalidInput
from incidents.base.ids import new_id
from incidents.rules.mailing import Counts, may, plan_faults
from incidents.steps import second
from incidents.steps.guard import require
from incidents.store import audit, documents, incidents, mailings, people, recipients
from incidents.store.tables import Incident, Mailing, MailingEvent, Recipient, RecipientList, User
from incidents.store.uow import UnitOfWork

SAMPLES = 5
NOT_NOW = "This is not possible as the sending stands now."
DRILL = "This is a drill: letters can be written and tried, but none leaves the house."
OTHER_PEOPLE = "This letter was written for another group of people: choose theirs, or the one for everybody."
NO_LETTER = "Choose the frozen letter for the people written to in this language."


@dataclass(frozen=True)
class Plan:
    """What is to be sent: the frozen letter of each language, in which waves, how many mails a minute (0: no limit)."""

    letters: Mapping[str, UUID]
    waves: Sequence[int] = (500,)
    rate: int = 0


@dataclass(frozen=True)
class Standing:
    """A mailing as it stands: its list, the counts, and whether the actor may approve it."""

    mailing: Mailing
    people: RecipientList
    counts: Counts
    alone: bool
    """Whether nobody but the one who prepared it may approve."""


def note(uow: UnitOfWork, mailing: Mailing, kind: str, **data: object) -> MailingEvent:
    """Write into the record and the log what happened to a mailing, with the counts of this moment."""
    incident = incidents.load(uow, mailing.incident_id)
    row = MailingEvent(
        id=new_id(uow.now),
        controller_id=mailing.controller_id,
        incident_id=mailing.incident_id,
        mailing_id=mailing.id,
        kind=kind,
        counts=recipients.counts_of_mailing(uow, mailing.id).kept(),
        data=data,
        by=uow.actor.name,
        at=uow.now,
    )
    uow.add(row)
    audit.append(uow, audit.about(incident, f"mailing.{kind}", row, mailing=str(mailing.id), **data))
    return row


def prepare(uow: UnitOfWork, list_id: UUID, plan: Plan) -> Mailing:
    """Plan the sending of frozen letters to everybody on a list who was not written to yet.

    Raises:
        InvalidInput: a language has no letter, or waves and rate make no sense; every faulty field is named.
        Conflict: the list is not ready, or a sending to it is under way.
    """
    found = recipients.load(uow, list_id)
    incident = incidents.lock(uow, found.incident_id)
    require(uow, found.controller_id, "draft")
    listed = recipients.load(uow, list_id, lock=True)
    before = mailings.of_list(uow, list_id)
    if incident.closed_at or listed.state != "ready" or any(one.state != "stopped" for one in before):
        raise Conflict(NOT_NOW)
    letters, errors = _letters(uow, listed, plan)
    if errors := [*errors, *plan_faults(plan.waves, plan.rate)]:
        raise InvalidInput(errors)
    row = Mailing(
        id=new_id(uow.now),
        controller_id=listed.controller_id,
        incident_id=listed.incident_id,
        list_id=listed.id,
        letters=letters,
        waves=list(plan.waves),
        rate=plan.rate,
        state="draft",
        people=listed.people,
        prepared_by=uow.actor.name,
        prepared_by_id=uow.actor.user_id,
        prepared_at=uow.now,
    )
    uow.add(row)
    note(uow, row, "prepared", list=str(listed.id), people=listed.people, letters=letters)
    return row


def _letters(uow: UnitOfWork, listed: RecipientList, plan: Plan) -> tuple[dict[str, Any], list[FieldError]]:
    """The frozen letter of every language on the list, with its fingerprint."""
    letters: dict[str, Any] = {}
    errors = []
    for language in sorted({key[0] for key in recipients.by_language_and_channel(uow, listed.id)}):
        chosen = plan.letters.get(language)
        if chosen is None or not documents.exists(uow, listed.incident_id, chosen, "subjects"):
            errors.append(FieldError(f"letter.{language}", "required", NO_LETTER))
            continue
        document = documents.with_files(uow, chosen)
        if not fits(document.people_group, listed.people_group):
            errors.append(FieldError(f"letter.{language}", "other-people", OTHER_PEOPLE))
            continue
        letters[language] = {"document_id": str(document.id), "version": document.version, "sha256": document.sha256}
    if not letters and not errors:
        errors.append(FieldError("list", "empty", "There is nobody on this list who could be written to."))
    return letters, errors


def fits(letter_group: str, list_group: str) -> bool:
    """Whether people may get a letter: their group's own, or the one for everybody. Another group's tells of data that
    are not theirs (Art. 34(2): the people are told of their own breach).
    """
    return letter_group in {"", list_group}


def _held(uow: UnitOfWork, mailing_id: UUID, right: str) -> tuple[Incident, Mailing]:
    """The case and the mailing, both locked, for somebody who may do this."""
    row = mailings.load(uow, mailing_id)
    incident = incidents.lock(uow, row.incident_id)
    require(uow, row.controller_id, right)
    return incident, mailings.load(uow, mailing_id, lock=True)


def _able(mailing: Mailing, act: str) -> None:
    if not may(act, mailing.state):
        raise Conflict(NOT_NOW)


def ask_for_test(uow: UnitOfWork, mailing_id: UUID) -> Mailing:
    """Want the letter in one's own mailbox, as the people will get it; it leaves within seconds.

    Raises:
        Conflict: the sending is approved already.
        Forbidden: an API key has no mailbox.
    """
    _, row = _held(uow, mailing_id, "draft")
    _able(row, "test")
    user = uow.session.get(User, uow.actor.user_id) if uow.actor.user_id else None
    if user is None:
        raise Forbidden
    row.test_to = {"email": user.email, "name": user.name}
    row.tests_wanted += 1
    return row


def approve(uow: UnitOfWork, mailing_id: UUID) -> Mailing:
    """The second person agrees: to these letters, for so many people. Whoever prepared it cannot be that person.

    Where nobody else holds a role that may approve, the same person may, and the record says so.

    Raises:
        Forbidden: the actor prepared it, and somebody else could approve; or it is no person.
        Conflict: there was no test letter yet, the list has changed since, or the case is a drill.
    """
    found = mailings.load(uow, mailing_id)
    incident = incidents.lock(uow, found.incident_id)
    second.require_second(uow, found.controller_id, found.prepared_by_id)
    row = mailings.load(uow, mailing_id, lock=True)
    _able(row, "approve")
    if incident.is_drill:
        raise Conflict(DRILL)
    listed = recipients.load(uow, row.list_id)
    alone = uow.actor.user_id == row.prepared_by_id
    if uow.actor.user_id is None or (alone and others_may_approve(uow, row)):
        raise Forbidden("Somebody else has to approve this: whoever prepared it cannot.")
    if listed.people != row.people or listed.state != "ready":
        raise Conflict("The list has changed since the sending was prepared: prepare it again.")
    row.state, row.approved_by, row.approved_at, row.alone = "approved", uow.actor.name, uow.now, alone
    note(uow, row, "approved", people=row.people, alone=alone)
    return row


def others_may_approve(uow: UnitOfWork, mailing: Mailing) -> bool:
    """Whether anybody but the one who prepared it could approve."""
    everybody = people.people_of(uow, [mailing.controller_id])[mailing.controller_id]
    return bool(second.others(everybody, mailing.prepared_by_id))


def start(uow: UnitOfWork, mailing_id: UUID) -> Mailing:
    """Let the letters go: from now on everybody on the list has a state of their own.

    Raises:
        Conflict: nobody has approved it, the list has changed since, or the case is a drill.
    """
    incident, row = _held(uow, mailing_id, "communicate")
    _able(row, "start")
    if incident.is_drill:
        raise Conflict(DRILL)
    listed = recipients.load(uow, row.list_id, lock=True)
    if listed.people != row.people or listed.state != "ready" or incident.closed_at:
        raise Conflict("The list has changed since the sending was prepared: prepare it again.")
    mailings.queue_everybody(uow, row)
    row.state, row.wave, row.started_at, row.paid_until = "running", 1, uow.now, None
    note(uow, row, "started", people=row.people)
    return row


def pause(uow: UnitOfWork, mailing_id: UUID) -> Mailing:
    """Hold it: what is in somebody's hand at this moment still leaves.

    Raises:
        Conflict: it does not run.
    """
    _, row = _held(uow, mailing_id, "communicate")
    _able(row, "pause")
    row.state, row.why_paused = "paused", "person"
    note(uow, row, "paused", why="person")
    return row


def resume(uow: UnitOfWork, mailing_id: UUID) -> Mailing:
    """Go on; after a finished wave, with the next one.

    Raises:
        Conflict: it is not paused.
    """
    _, row = _held(uow, mailing_id, "communicate")
    _able(row, "resume")
    row.wave += row.why_paused == "wave"
    row.state, row.why_paused, row.paid_until, row.trouble = "running", "", None, ""
    note(uow, row, "resumed", wave=row.wave)
    return row


def stop(uow: UnitOfWork, mailing_id: UUID) -> Mailing:
    """End it for good; whoever was not written to can be written to by a new mailing.

    Raises:
        Conflict: it has ended already.
    """
    _, row = _held(uow, mailing_id, "communicate")
    _able(row, "stop")
    end(uow, row)
    return row


def end(uow: UnitOfWork, row: Mailing) -> None:
    """Stop a mailing that has not ended, whoever or whatever stops it."""
    row.state, row.finished_at, row.tests_wanted = "stopped", uow.now, 0
    note(uow, row, "stopped")


def look(uow: UnitOfWork, mailing_id: UUID) -> Standing:
    """A mailing with its counts; of an erased list the counts that were kept.

    Raises:
        NotFound, Forbidden: not this actor's to read.
    """
    row = mailings.load(uow, mailing_id)
    require(uow, row.controller_id, "read")
    listed = recipients.load(uow, row.list_id)
    counts = counts_of(uow, row, listed)
    alone = row.prepared_by_id == uow.actor.user_id and not others_may_approve(uow, row)
    return Standing(row, listed, counts, alone)


def of_case(uow: UnitOfWork, incident_id: UUID) -> list[Standing]:
    """The mailings of a case as they stand, newest first.

    Raises:
        NotFound, Forbidden: not this actor's to read.
    """
    return [look(uow, row.id) for row in mailings.of_case(uow, incident_id)]


def kinds_of(uow: UnitOfWork, list_id: UUID) -> dict[tuple[str, str], int]:
    """How many people of a list are written to in each language through each channel.

    Raises:
        NotFound, Forbidden: not this actor's to prepare.
    """
    row = recipients.load(uow, list_id)
    require(uow, row.controller_id, "draft")
    return recipients.by_language_and_channel(uow, list_id)


def events_of(uow: UnitOfWork, mailing_id: UUID) -> Sequence[MailingEvent]:
    """What happened in a mailing, oldest first."""
    return mailings.events_of(uow, mailing_id)


def samples(uow: UnitOfWork, mailing_id: UUID) -> list[Recipient]:
    """Five people of each language and channel, for looking at their letters before anything leaves.

    Raises:
        NotFound, Forbidden: not this actor's to prepare.
    """
    row = mailings.load(uow, mailing_id)
    require(uow, row.controller_id, "draft")
    kinds = recipients.by_language_and_channel(uow, row.list_id)
    wanted = [key for key in kinds if key[1] != "none"]
    return [one for key in wanted for one in recipients.sample(uow, row.list_id, *key, SAMPLES)]


def counts_of(uow: UnitOfWork, mailing: Mailing, listed: RecipientList) -> Counts:
    """The counts of a mailing: from the people while they are there, else as they were recorded."""
    if listed.state == "deleted":
        kept = [event.counts for event in mailings.events_of(uow, mailing.id)]
        return Counts.of_record(kept[-1] if kept else {})
    if mailing.started_at is None:
        return recipients.counts_of_list(uow, listed.id)
    return recipients.counts_of_mailing(uow, mailing.id)
