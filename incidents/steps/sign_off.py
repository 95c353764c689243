"""Sign-off: the responsible manager is asked about exactly one version; a change voids it, lateness never blocks."""

from collections.abc import Sequence
from uuid import UUID

from incidents.base.errors import Conflict, FieldError, Forbidden, InvalidInput
from incidents.base.ids import new_id
from incidents.rules.access import may
from incidents.rules.escalation import Person
from incidents.rules.send import FILING_KINDS
from incidents.rules.thread import sign_off_faults
from incidents.steps.form import Asked, CaseForm, form_of
from incidents.steps.guard import require
from incidents.store import audit, filings, incidents, outbox, people, thread
from incidents.store.tables import Filing, Incident, SignOff, SignOffRequest
from incidents.store.uow import UnitOfWork

WANTED = "sign_off_wanted"


def request(uow: UnitOfWork, incident_id: UUID, asked: Asked) -> SignOffRequest:
    """Ask the responsible manager by mail to sign off the form as it stands, for this kind of filing.

    Raises:
        InvalidInput: no such kind of filing.
        Conflict: the case is closed, or nobody else could sign.
    """
    incident = incidents.lock(uow, incident_id)
    require(uow, incident.controller_id, "draft")
    if incident.closed_at is not None:
        raise Conflict("The case is closed. Reopen it to ask for a sign-off.")
    if asked.kind and asked.kind not in FILING_KINDS:
        raise InvalidInput([FieldError("kind", "required", "Choose what will be sent.")])
    signers = signers_of(uow, incident, uow.actor.user_id)
    if not signers:
        raise Conflict("Nobody else here could sign it off: send it without, and say so.")
    row = _request(uow, incident, form_of(uow, incident, asked), signers)
    uow.add(row)
    said = {"version": row.version, "kind": row.filing_kind, "complete": row.complete, "sha256": row.fingerprint}
    audit.append(uow, audit.about(incident, "sign_off.requested", row, asked=row.asked, **said))
    _tell(uow, incident, row, signers)
    return row


def signers_of(uow: UnitOfWork, incident: Incident, without: UUID | None) -> list[Person]:
    """Who may sign: the managers, where there are none whoever may file; never the one who asks."""
    everybody = people.people_of(uow, [incident.controller_id])[incident.controller_id]
    others = [one for one in everybody if one.user_id and one.user_id != str(without)]
    managers = [one for one in others if "manager" in one.roles]
    return managers or [one for one in others if may(one.roles, "file")]


def _request(uow: UnitOfWork, incident: Incident, found: CaseForm, signers: Sequence[Person]) -> SignOffRequest:
    return SignOffRequest(
        id=new_id(uow.now),
        controller_id=incident.controller_id,
        incident_id=incident.id,
        version=len(thread.requests(uow, incident.id)) + 1,
        filing_kind=found.case.filing_kind,
        complete=found.case.complete,
        form=found.form.id,
        form_version=found.form.version,
        content=found.frozen,
        fingerprint=found.fingerprint,
        asked=[one.name for one in signers],
        requested_by=uow.actor.name,
        requested_by_id=uow.actor.user_id,
        requested_at=uow.now,
    )


def _tell(uow: UnitOfWork, incident: Incident, row: SignOffRequest, signers: Sequence[Person]) -> None:
    for person in signers:
        outbox.add(
            uow,
            outbox.NewMail(
                key=f"{WANTED}:{row.id}:{person.email.casefold()}",
                template=WANTED,
                recipient=person.email,
                name=person.name,
                language=person.language,
                payload={"request": str(row.id), "notice": str(row.id)},
                controller_id=incident.controller_id,
                incident_id=incident.id,
                user_id=UUID(person.user_id) if person.user_id else None,
            ),
        )


def look(uow: UnitOfWork, request_id: UUID) -> tuple[SignOffRequest, CaseForm]:
    """A request, and the form as it stands now for the same kind of filing: equal fingerprints, nothing has changed.

    Raises:
        NotFound, Forbidden: not this actor's to read.
    """
    row = thread.request(uow, request_id)
    require(uow, row.controller_id, "read")
    return row, form_of(uow, incidents.load(uow, row.incident_id), asked_again(row))


def asked_again(row: SignOffRequest) -> Asked:
    """The same question once more: what the form says now to what was asked then."""
    return Asked(kind=row.filing_kind, complete=row.complete, form_id=row.form)


def answer(uow: UnitOfWork, request_id: UUID, said: str, sentence: str) -> SignOff:
    """Sign off exactly the version that was asked about, or refuse it with a sentence.

    Raises:
        InvalidInput: no answer, or a refusal without a sentence of substance.
        Forbidden: the actor is no person who may sign here.
        Conflict: it was answered, is one's own, or the form has changed since.
    """
    row = thread.request(uow, request_id)
    incident = incidents.lock(uow, row.incident_id)
    require(uow, incident.controller_id, "file")
    if uow.actor.user_id is None:
        raise Forbidden("Only a person with an account can sign.")
    _refuse_unfit(uow, incident, row)
    if errors := sign_off_faults(said, sentence):
        raise InvalidInput(errors)
    signed = SignOff(
        id=new_id(uow.now),
        controller_id=incident.controller_id,
        incident_id=incident.id,
        request_id=row.id,
        fingerprint=row.fingerprint,
        answer=said,
        sentence=sentence.strip(),
        answered_by=uow.actor.name,
        answered_by_id=uow.actor.user_id,
        answered_at=uow.now,
    )
    uow.add(signed)
    told = {"version": row.version, "answer": said, "sentence": signed.sentence, "sha256": row.fingerprint}
    audit.append(uow, audit.about(incident, "sign_off.answered", signed, **told))
    return signed


def _refuse_unfit(uow: UnitOfWork, incident: Incident, row: SignOffRequest) -> None:
    if uow.actor.user_id == row.requested_by_id:
        raise Conflict("You asked for this sign-off yourself: somebody else must give it.")
    if row.id in thread.sign_offs(uow, incident.id):
        raise Conflict("This request was answered already.")
    if _is_over(row, filings.of_case(uow, incident.id)):
        raise Conflict("The filing has gone out already: there is nothing to sign any more.")
    if form_of(uow, incident, asked_again(row)).fingerprint != row.fingerprint:
        raise Conflict("The form has changed since: this request is void. Ask for a new one.")


def _is_over(row: SignOffRequest, sent: Sequence[Filing]) -> bool:
    """Whether something was filed after the request."""
    return bool(sent) and sent[-1].recorded_at > row.requested_at


def answer_to(uow: UnitOfWork, row: SignOffRequest) -> SignOff | None:
    """What was answered to a request; None while it waits."""
    return thread.sign_offs(uow, row.incident_id).get(row.id)


def waiting(uow: UnitOfWork, incident: Incident, sent: Sequence[Filing]) -> SignOffRequest | None:
    """The newest request since the last filing; None when nobody has asked."""
    asked = [row for row in thread.requests(uow, incident.id) if not _is_over(row, sent)]
    return asked[-1] if asked else None


def waits_for_sign_off(uow: UnitOfWork, incident: Incident, sent: Sequence[Filing]) -> bool:
    """Whether somebody asked for a sign-off of what is about to be filed."""
    return waiting(uow, incident, sent) is not None


def signed_for(uow: UnitOfWork, incident: Incident, fingerprint: str) -> SignOff | None:
    """The sign-off of exactly this content; None when there is none."""
    given = thread.sign_offs(uow, incident.id).values()
    fitting = [one for one in given if one.answer == "approved" and one.fingerprint == fingerprint]
    return fitting[-1] if fitting else None
