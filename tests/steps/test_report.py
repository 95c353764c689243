"""Report: from one sentence of a colleague to a case whose clock runs (Art. 33(1), 33(5))."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.base.errors import Conflict, Forbidden, InvalidInput, NotFound
from incidents.base.time import ZonedInstant
from incidents.rules.facts import FactState, ParsedFact
from incidents.steps import cases, controllers, report
from incidents.store import incidents
from incidents.store.cases import CaseRows
from incidents.store.incidents import BoardFilter
from incidents.store.tables import FactAmendment, Incident
from incidents.store.uow import EVERY_CONTROLLER, Actor
from tests.builders import WHAT_HAPPENED, Firm, Town, parsed, staff_report


class TestAReportOpensACase:
    def test_four_answers_are_a_case_with_a_number_a_running_clock_and_planned_warnings(self, firm: Firm) -> None:
        case = firm.report().look()
        assert case.incident.reference.endswith("-2026/0001")
        assert case.incident.title == WHAT_HAPPENED.rstrip(".")
        assert case.state == "reported"
        assert case.next_act == "acknowledge"
        assert case.clock.state == "running"
        assert [stage.name for stage in case.stages][:3] == ["opened", "unacknowledged", "t24"]
        assert [event.kind for event in case.events] == ["incident.opened", "clock.started"]

    def test_until_somebody_says_when_we_became_aware_the_clock_runs_from_the_first_signal(self, firm: Firm) -> None:
        case = firm.report(noticed=firm.town.ago(hours=5)).look()
        assert case.provisional
        assert case.clock.anchor_at == case.incident.first_signal_at == firm.town.ago(hours=5).at
        assert (case.clock.deadline_at - case.clock.anchor_at).total_seconds() == 72 * 3600

    def test_what_nobody_has_said_stays_unknown_and_is_never_nought(self, firm: Firm) -> None:
        case = firm.report().look()
        assert case.facts.state("subjects_count") is FactState.UNKNOWN
        assert case.facts.value("subjects_count") is None
        assert "subjects_count" in case.missing
        assert "what_happened" not in case.missing

    def test_case_numbers_count_up_within_a_controller_and_a_local_year(self, town: Town, firm: Firm) -> None:
        other = town.found(staff=())
        assert [firm.report().reference[-9:], firm.report().reference[-9:]] == ["2026/0001", "2026/0002"]
        assert other.report().reference[-9:] == "2026/0001"
        town.clock.move_to(datetime.fromisoformat("2026-12-31T23:30:00+00:00"))  # 00:30 of the new year in Budapest
        assert firm.report().reference[-9:] == "2027/0001"

    def test_reports_at_once_get_numbers_of_their_own(self, firm: Firm) -> None:
        with ThreadPoolExecutor(6) as pool:
            made = [done.result().reference[-4:] for done in [pool.submit(firm.report) for _ in range(12)]]
        assert sorted(made) == [f"{number:04}" for number in range(1, 13)]

    @pytest.mark.parametrize(("hours", "path"), [(-1, "first_signal_at"), (6 * 366 * 24, "first_signal_at")])
    def test_a_first_signal_in_the_future_or_years_ago_is_a_slip(self, firm: Firm, hours: int, path: str) -> None:
        with pytest.raises(InvalidInput) as refused:
            firm.report(noticed=firm.town.ago(hours=hours))
        assert [error.path for error in refused.value.errors] == [path]

    def test_who_is_a_reporter_may_report_and_who_is_an_auditor_may_not(self, firm: Firm) -> None:
        said = staff_report(firm.town.now)
        with firm.as_("reporter") as uow:
            assert report.open_from_staff(uow, firm.id, said, "page").reference
        with firm.as_("auditor") as uow, pytest.raises(Forbidden):
            report.open_from_staff(uow, firm.id, said, "page")

    def test_nobody_reports_at_a_firm_that_is_not_theirs(self, town: Town, firm: Firm) -> None:
        other = town.found(staff=())
        with firm.as_("dpo") as uow, pytest.raises(NotFound):
            report.open_from_staff(uow, other.id, staff_report(town.now), "page")


class TestTheLinkOfAController:
    def test_it_leads_to_its_controller_until_it_is_renewed(self, firm: Firm) -> None:
        with firm.town.uow() as uow:
            token = controllers.report_link(uow, firm.id).token
            assert report.controller_of_link(uow, token).id == firm.id
        with firm.as_("admin") as uow:
            fresh = controllers.renew_report_link(uow, firm.id).token
        with firm.town.uow() as uow:
            assert report.controller_of_link(uow, fresh).id == firm.id
            with pytest.raises(NotFound, match="ask for the current one"):
                report.controller_of_link(uow, token)

    def test_the_receipt_shows_what_was_said_first_and_nothing_later(self, firm: Firm) -> None:
        case = firm.report()
        case.amend(what_happened="Bizalmas belső megállapítás.")
        with firm.town.uow() as uow:
            receipt = report.receipt(uow, case.receipt_token)
            assert (receipt.reference, receipt.what_happened) == (case.reference, WHAT_HAPPENED)
            with pytest.raises(NotFound):
                report.receipt(uow, "guessed")


class TestTheApi:
    @staticmethod
    def ask(firm: Firm, key: str | None, body: bytes = b"{}", **facts: object) -> tuple[Incident, bool]:
        asked = report.ApiReport(firm.town.ago(hours=1), facts or {"what_happened": WHAT_HAPPENED}, "beléptető")
        with firm.town.uow(
            Actor("API: beléptető", None, {firm.id: frozenset({"reporter"})}), frozenset({firm.id})
        ) as uow:
            return report.open_by_api(uow, firm.id, asked, key, body)

    def test_asked_again_under_the_same_key_it_gives_the_same_case(self, firm: Firm) -> None:
        first, created = self.ask(firm, "kulcs")
        again, created_again = self.ask(firm, "kulcs")
        assert (created, created_again) == (True, False)
        assert first.id == again.id

    def test_the_same_key_for_another_body_is_a_conflict(self, firm: Firm) -> None:
        self.ask(firm, "kulcs", b"one")
        with pytest.raises(Conflict, match="Use a new key"):
            self.ask(firm, "kulcs", b"other")

    def test_the_same_key_at_another_controller_is_another_key(self, town: Town, firm: Firm) -> None:
        other = town.found(staff=())
        assert self.ask(firm, "kulcs", b"one")[1]
        assert self.ask(other, "kulcs", b"other")[1]

    def test_a_refused_request_leaves_its_key_free(self, firm: Firm) -> None:
        with pytest.raises(InvalidInput):
            self.ask(firm, "kulcs", b"bad", kind="no such kind")
        assert self.ask(firm, "kulcs", b"good")[1]

    def test_many_times_at_once_under_one_key_is_one_case(self, firm: Firm) -> None:
        with ThreadPoolExecutor(8) as pool:
            answers = [done.result() for done in [pool.submit(self.ask, firm, "kulcs") for _ in range(16)]]
        assert len({incident.id for incident, _ in answers}) == 1
        assert sum(created for _, created in answers) == 1

    def test_without_a_key_every_request_is_a_case(self, firm: Firm) -> None:
        assert self.ask(firm, None)[0].id != self.ask(firm, None)[0].id

    def test_every_faulty_field_is_named_at_once(self, firm: Firm) -> None:
        with pytest.raises(InvalidInput) as refused:
            self.ask(firm, None, kind="?", subjects_count=-3, no_such_fact=1)
        paths = {error.path for error in refused.value.errors}
        assert paths == {"facts.kind", "facts.subjects_count", "facts.no_such_fact"}

    def test_a_key_too_long_to_keep_is_named(self, firm: Firm) -> None:
        with pytest.raises(InvalidInput) as refused:
            self.ask(firm, "k" * 201)
        assert [error.path for error in refused.value.errors] == ["Idempotency-Key"]


class TestAmendments:
    def test_an_amendment_is_a_new_version_and_the_old_one_stays(self, firm: Firm) -> None:
        case = firm.report()
        assert case.amend("pontosabb szám", subjects_count=400) == 2
        assert case.amend(subjects_count={"number": 380, "precision": "exact"}) == 3
        rows = case.look().amendments
        assert incidents.fold_facts(rows).value("subjects_count") == {"number": 380, "precision": "exact"}
        assert incidents.fold_facts(rows, upto=2).value("subjects_count") == {"number": 400, "precision": "exact"}
        assert incidents.fold_facts(rows, upto=1).value("subjects_count") is None

    def test_it_says_who_said_it_when_and_why(self, firm: Firm) -> None:
        case = firm.report()
        firm.town.clock.advance(hours=3)
        case.amend("a szállítólevelek alapján", subjects_count=400)
        fact = case.look().facts.get("subjects_count")
        assert fact
        assert (fact.said_by, fact.said_at, fact.reason) == (
            "Halmos Hanna",
            firm.town.clock.now(),
            "a szállítólevelek alapján",
        )

    def test_saying_the_same_again_makes_no_version(self, firm: Firm) -> None:
        case = firm.report()
        assert [case.amend(subjects_count=400), case.amend(subjects_count=400)] == [2, 2]

    def test_a_known_fact_may_become_unknown_again(self, firm: Firm) -> None:
        case = firm.report()
        case.amend(subjects_count=400)
        case.amend(subjects_count="unknown", cause="to_be_determined")
        facts = case.look().facts
        assert facts.state("subjects_count") is FactState.UNKNOWN
        assert facts.state("cause") is FactState.TO_BE_DETERMINED

    def test_a_better_title_takes_the_place_of_the_first_line(self, firm: Firm) -> None:
        case = firm.report()
        case.amend(title="Elveszett laptop a villamoson")
        assert case.look().incident.title == "Elveszett laptop a villamoson"

    def test_one_faulty_fact_keeps_all_of_them_out(self, firm: Firm) -> None:
        case = firm.report()
        with pytest.raises(InvalidInput):
            case.amend(title="jó", subjects_count="sok")
        assert case.look().incident.facts_version == 1

    def test_amendments_at_once_become_versions_one_after_the_other(self, firm: Firm) -> None:
        case = firm.report()
        with ThreadPoolExecutor(6) as pool:
            versions = list(pool.map(lambda number: case.amend(what_happened=f"{number}. változat"), range(12)))
        assert sorted(versions) == list(range(2, 14))

    def test_a_closed_case_takes_no_new_facts(self, firm: Firm) -> None:
        case = firm.report()
        case.decide("no")
        close(case)
        with pytest.raises(Conflict, match="Reopen it"):
            case.amend(subjects_count=1)


def close(case: Any) -> None:
    from incidents.steps.register import close_incident

    with case.firm.as_("dpo") as uow:
        close_incident(uow, case.id, "Nem járt kockázattal.")


KEYS = ("what_happened", "measures_taken", "systems")
SAID = st.dictionaries(
    st.sampled_from(KEYS),
    st.text(min_size=1, max_size=5).map(lambda text: ParsedFact(FactState.KNOWN, text))
    | st.sampled_from([ParsedFact(FactState.UNKNOWN), ParsedFact(FactState.TO_BE_DETERMINED)]),
    min_size=1,
)


@given(st.lists(SAID, min_size=1, max_size=6))
def test_whatever_is_amended_the_newest_word_stands_and_every_older_version_can_be_had(history: list[Any]) -> None:
    rows = [
        FactAmendment(
            version=version,
            facts={key: {"state": str(fact.state), "value": fact.value} for key, fact in said.items()},
            said_by=f"szerző {version}",
            said_at=datetime.fromisoformat("2026-11-20T17:50:00+01:00"),
            reason="",
        )
        for version, said in enumerate(history, start=1)
    ]
    for upto in range(1, len(history) + 1):
        facts = incidents.fold_facts(rows, upto)
        assert facts.version == upto
        for key in KEYS:
            newest = [version for version in range(1, upto + 1) if key in history[version - 1]]
            said = history[newest[-1] - 1][key] if newest else ParsedFact(FactState.UNKNOWN)
            assert facts.state(key) is said.state
            found = facts.get(key)
            assert (found.version if found else None) == (newest[-1] if newest else None)
            assert facts.value(key) == (said.value if said.state is FactState.KNOWN else None)
    assert incidents.fold_facts(rows) == incidents.fold_facts(rows, len(history))


class TestTheBoard:
    def test_first_what_nobody_has_taken_then_what_falls_due_first(self, firm: Firm) -> None:
        taken = firm.report("átvett", noticed=firm.town.ago(hours=20))
        taken.acknowledge()
        later, sooner = firm.report("ráér"), firm.report("siet", noticed=firm.town.ago(hours=10))
        assert self.seen(firm, BoardFilter()) == [sooner.reference, later.reference, taken.reference]

    def test_page_by_page_it_shows_every_case_once(self, firm: Firm) -> None:
        made = [firm.report(f"eset {number}", noticed=firm.town.ago(hours=number % 3)) for number in range(7)]
        for case in made[::2]:
            case.acknowledge()
        seen: list[str] = []
        after = None
        while True:
            with firm.as_("dpo", read_only=True) as uow:
                page = cases.board(uow, BoardFilter(limit=2, after=after))
            seen += [row.reference for row in page.rows]
            if (after := page.next_after) is None:
                break
        assert seen == self.seen(firm, BoardFilter())
        assert sorted(seen) == sorted(case.reference for case in made)

    @pytest.mark.parametrize("query", ["ÁRVÍZ", "árvíz", "rvíztŰ", "2026/0001"])
    def test_the_search_is_blind_to_case_also_in_hungarian(self, firm: Firm, query: str) -> None:
        found = firm.report("Árvíztűrő irattár ázott el")
        firm.report("Valami más")
        assert self.seen(firm, BoardFilter(query=query)) == [found.reference]

    def test_signs_that_mean_something_to_the_database_mean_themselves(self, firm: Firm) -> None:
        firm.report("száz százalék")
        percent = firm.report("100% elveszett")
        assert self.seen(firm, BoardFilter(query="%")) == [percent.reference]
        assert self.seen(firm, BoardFilter(query="_")) == []

    def test_closed_cases_are_shown_when_asked_for(self, firm: Firm) -> None:
        case, still_open = firm.report(), firm.report()
        case.decide("no")
        close(case)
        assert self.seen(firm, BoardFilter()) == [still_open.reference]
        assert self.seen(firm, BoardFilter(state="closed")) == [case.reference]
        assert len(self.seen(firm, BoardFilter(state="all"))) == 2

    def test_who_may_only_report_sees_no_case_of_anybody(self, firm: Firm) -> None:
        """The unit of work is open for the firm, because she may report there; the list asks for the role as well."""
        firm.report()
        assert self.seen(firm, BoardFilter(), role="reporter") == []
        assert len(self.seen(firm, BoardFilter(), role="auditor")) == 1

    def test_after_a_correction_a_case_stands_there_once_with_its_newest_clock(self, firm: Firm) -> None:
        case = firm.report(noticed=firm.town.ago(hours=5))
        case.set_awareness(firm.town.ago(hours=1))
        with firm.as_("dpo", read_only=True) as uow:
            (row,) = cases.board(uow, BoardFilter()).rows
        assert row.deadline_at == case.look().clock.deadline_at
        assert not row.provisional

    @staticmethod
    def seen(firm: Firm, wanted: BoardFilter, role: str = "dpo") -> list[str]:
        with firm.as_(role, read_only=True) as uow:
            return [row.reference for row in cases.board(uow, wanted).rows]


def test_who_may_only_report_cannot_open_a_case_file(firm: Firm) -> None:
    case = firm.report()
    with firm.as_("reporter") as uow, pytest.raises(Forbidden):
        cases.case(uow, case.id)


def test_a_case_of_another_firm_looks_like_one_that_does_not_exist(town: Town, firm: Firm) -> None:
    case = town.found(staff=()).report()
    with firm.as_("dpo") as uow, pytest.raises(NotFound):
        cases.case(uow, case.id)


def test_a_whole_case_costs_one_query_per_kind_of_row_however_many_cases_there_are(town: Town, firm: Firm) -> None:
    from sqlalchemy import event

    for number in range(5):
        firm.report(f"eset {number}")
    counted: list[str] = []

    def count(*args: Any) -> None:
        counted.append(str(args[2]))

    with town.uow(read_only=True) as uow:
        found = incidents.for_register(uow, incidents.RegisterQuery(frozenset({firm.id})))
        event.listen(town.database, "before_cursor_execute", count)
        assert len(cases.read_cases(uow, found)) == 5
    event.remove(town.database, "before_cursor_execute", count)
    kinds = {field.name for field in fields(CaseRows)} - {"incident", "controller"}
    assert len([sql for sql in counted if sql.startswith("SELECT")]) == len(kinds) + 1


def test_a_title_is_the_first_line_when_the_report_gives_none(firm: Firm) -> None:
    with firm.town.uow(Actor("teszt", is_process=True), EVERY_CONTROLLER) as uow:
        first = ZonedInstant(firm.town.clock.now())
        opened = report.open_incident(
            uow,
            firm.id,
            facts=parsed(what_happened="Eltűnt egy akta.\nA raktárban volt utoljára."),
            first_signal=first,
            via="page",
            reporter="",
        )
        assert incidents.load(uow, opened.incident_id).title == "Eltűnt egy akta"
