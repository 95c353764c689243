"""A public notice: published once it counts as telling, proved by a file with its hash, never altered."""

import hashlib

import pytest

from incidents.base.errors import Conflict, Forbidden, InvalidInput, NotFound
from incidents.rules.evidence import NewFile
from incidents.rules.publicity import ProofForm, PublicationForm
from incidents.steps import publicity
from incidents.store.tables import Publication
from tests.builders import CaseFile, Firm

PNG = b"\x89PNG\r\n\x1a\nbild"


def publish(case: CaseFile, role: str = "dpo", **changes: object) -> Publication:
    given = {
        "place": "website",
        "name": "Kezdőlap",
        "address": "https://futar.example/i",
        "published_at": case.town.now,
    }
    with case.firm.as_(role) as uow:
        return publicity.publish(uow, case.id, PublicationForm(**{**given, **changes}))  # type: ignore[arg-type]


def prove(case: CaseFile, notice: Publication, **changes: object) -> None:
    given = {"kind": "seen", "at": case.town.now, "file": NewFile("kezdőlap.png", PNG)}
    with case.firm.as_("dpo") as uow:
        publicity.prove(uow, case.id, notice.id, ProofForm(**{**given, **changes}))  # type: ignore[arg-type]


def seen(case: CaseFile) -> list[publicity.Published]:
    with case.firm.as_("auditor", read_only=True) as uow:
        return publicity.published(uow, case.id)


def test_a_published_notice_counts_as_telling_the_people_in_public_form(firm: Firm) -> None:
    case = firm.report()
    publish(case, note="A főoldal tetején.")
    (told,) = case.look().communications
    assert (told.form, told.reached) == ("public", None)
    assert told.note == "Kezdőlap – https://futar.example/i – A főoldal tetején."
    assert case.look().marks.told


def test_the_public_notice_an_exemption_owes_is_owed_until_it_is_published(firm: Firm) -> None:
    case = firm.report()
    case.acknowledge()
    case.assess()
    case.decide("yes", "exempt", exemption="c")
    assert case.look().marks.must_tell
    publish(case)
    assert not case.look().marks.must_tell


def test_a_proof_is_kept_with_its_hash_and_the_end_too(firm: Firm) -> None:
    case = firm.report()
    notice = publish(case)
    assert not seen(case)[0].shown
    prove(case, notice)
    prove(case, notice, kind="ended", file=None)
    (found,) = seen(case)
    assert (found.shown, found.ended) == (True, True)
    kept = found.proofs[0].file
    assert kept is not None
    assert (kept.name, kept.media_type, kept.sha256) == ("kezdőlap.png", "image/png", hashlib.sha256(PNG).hexdigest())
    kinds = [event.kind for event in case.look().events if event.kind.startswith("notice.")]
    assert kinds == ["notice.published", "notice.proved", "notice.ended"]
    with firm.as_("auditor", read_only=True) as uow:
        assert publicity.proof_file(uow, case.id, kept.id).content == PNG


def test_a_frozen_letter_is_no_notice(firm: Firm) -> None:
    case = firm.report()
    letter, notice = case.freeze("subjects"), case.freeze("notice")
    with pytest.raises(InvalidInput) as refused:
        publish(case, document_id=letter.id)
    assert [fault.path for fault in refused.value.errors] == ["document_id"]
    assert publish(case, document_id=notice.id).document_id == notice.id


def test_a_proof_of_another_case_is_not_given_out(firm: Firm) -> None:
    case, other = firm.report(), firm.report()
    notice = publish(case)
    prove(case, notice)
    kept = seen(case)[0].proofs[0].file
    assert kept is not None
    with firm.as_("dpo", read_only=True) as uow, pytest.raises(NotFound):
        publicity.proof_file(uow, other.id, kept.id)
    with pytest.raises(InvalidInput):
        prove(other, notice)


def test_only_who_tells_the_people_records_it_and_only_while_the_case_is_open(firm: Firm) -> None:
    case = firm.report()
    with pytest.raises(Forbidden):
        publish(case, role="handler")
    with case.town.uow() as uow:
        uow.session.get_one(type(case.look().incident), case.id).closed_at = uow.now
    with pytest.raises(Conflict):
        publish(case)
