"""Draft: the case as the documents need it, and frozen versions that never change (Art. 33(3), 34(2))."""

from uuid import uuid4

import pytest

from incidents.base.errors import Forbidden, NotFound
from incidents.rules.draft import CaseFile as DraftCase
from incidents.steps import controllers, draft
from incidents.steps.controllers import ActivityForm, ProcessorForm
from tests.builders import WHY_LATER, CaseFile, Firm, Town, rendered


def case_file(case: CaseFile, delay_reasons: str = "") -> DraftCase:
    with case.firm.as_("handler", read_only=True) as uow:
        return draft.case_file(uow, case.id, delay_reasons)


class TestTheCaseAsDocumentsNeedIt:
    def test_before_anybody_said_when_we_became_aware_the_awareness_is_open(self, firm: Firm) -> None:
        said = case_file(firm.report(noticed=firm.town.ago(hours=10)))
        assert (said.awareness, said.awareness_reason) == (None, "")
        assert said.first_signal == firm.town.ago(hours=10)

    def test_the_awareness_comes_with_its_reason(self, firm: Firm) -> None:
        case = firm.report(noticed=firm.town.ago(hours=10))
        case.set_awareness(firm.town.ago(hours=2))
        said = case_file(case)
        assert said.awareness == firm.town.ago(hours=2)
        assert said.awareness_reason == WHY_LATER

    def test_who_acts_for_the_controller_stands_in_it(self, firm: Firm) -> None:
        with firm.as_("admin") as uow:
            controllers.save_processors(
                uow, firm.id, [ProcessorForm("Példa Tárhely Kft.", task="tárhely", country="US")]
            )
            activity = ActivityForm("Kézbesítés", "szerződés", ("identification",), ("customers",))
            controllers.save_activities(uow, firm.id, [activity])
        said = case_file(firm.report()).controller
        assert [(one.name, one.country) for one in said.processors] == [("Példa Tárhely Kft.", "US")]
        assert said.activities[0].name == "Kézbesítés"
        assert "customers" not in said.activities[0].subject_categories  # words, not codes

    def test_the_newest_decision_stands_in_it(self, firm: Firm) -> None:
        case = firm.report()
        assert case_file(case).decision is None
        case.decide("no")
        case.decide("yes", "yes")
        decision = case_file(case).decision
        assert decision
        assert (decision.notify, decision.tell) == ("yes", "yes")

    def test_after_the_first_filing_it_is_a_follow_up_with_the_number_of_the_authority(self, firm: Firm) -> None:
        case = firm.report()
        assert case_file(case).filing_kind == "new"
        case.file(complete=False, authority_identifier="NAIH-1/2026")
        filed_at = firm.town.clock.now()
        firm.town.clock.advance(days=3)
        said = case_file(case)
        assert (said.filing_kind, said.authority_reference, said.now) == ("follow_up", "NAIH-1/2026", filed_at)

    def test_reasons_for_delay_are_those_given_now_or_those_filed(self, firm: Firm) -> None:
        case = firm.report(noticed=firm.town.ago(hours=80))
        assert case_file(case, "Most írt indok.").delay_reasons == "Most írt indok."
        case.file(delay_reasons=WHY_LATER)
        assert case_file(case).delay_reasons == WHY_LATER

    def test_who_may_only_report_does_not_get_it(self, firm: Firm) -> None:
        case = firm.report()
        with firm.as_("reporter") as uow, pytest.raises(Forbidden):
            draft.case_file(uow, case.id)


class TestFrozenDrafts:
    def test_they_are_numbered_by_kind_and_language(self, firm: Firm) -> None:
        case = firm.report()
        made = [
            case.freeze(kind, lang)
            for kind, lang in [("authority", "hu")] * 2 + [("authority", "en"), ("subjects", "hu")]
        ]
        assert [row.version for row in made] == [1, 2, 1, 1]

    def test_a_frozen_draft_stays_while_the_case_goes_on(self, firm: Firm) -> None:
        case = firm.report()
        first = case.freeze()
        case.amend(subjects_count=400)
        second = case.freeze()
        assert (first.facts_version, second.facts_version) == (1, 2)
        with firm.as_("auditor", read_only=True) as uow:
            kept = draft.document(uow, first.id)
        assert (kept.html, kept.docx, kept.pdf, kept.missing) == (
            "<p>tervezet</p>",
            b"docx",
            b"pdf",
            ["subjects_count"],
        )
        assert (kept.made_by, kept.sha256) == ("Halmos Hanna", "a" * 64)

    def test_the_list_of_drafts_does_not_carry_the_files(self, firm: Firm) -> None:
        case = firm.report()
        case.freeze()
        (listed,) = case.look().documents
        assert "docx" not in vars(listed)
        assert "pdf" not in vars(listed)

    def test_the_hash_of_the_wording_stands_in_the_log(self, firm: Firm) -> None:
        case = firm.report()
        case.freeze()
        (frozen,) = [event for event in case.look().events if event.kind == "document.frozen"]
        assert (frozen.data["sha256"], frozen.data["kind"], frozen.data["version"]) == ("a" * 64, "authority", 1)

    def test_who_only_reads_freezes_none(self, firm: Firm) -> None:
        case = firm.report()
        with firm.as_("auditor") as uow, pytest.raises(Forbidden):
            draft.freeze_document(uow, case.id, rendered())

    def test_a_draft_of_another_firm_is_not_there(self, town: Town, firm: Firm) -> None:
        theirs = town.found(staff=("handler",)).report().freeze()
        for key in (theirs.id, uuid4()):
            with firm.as_("dpo") as uow, pytest.raises(NotFound):
                draft.document(uow, key)
