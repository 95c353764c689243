"""Pages of absences and hand-overs: who is away, who stands in, in whose hands a case is, what reached nobody."""

from datetime import timedelta
from uuid import UUID

import pytest

from incidents.base.time import ZonedInstant
from incidents.steps import people
from incidents.store import outbox
from tests.web.office import Office, text_of


def away(office: Office, first: str = "2026-11-23", last: str = "2026-11-27", **fields: str) -> int:
    return office.fill_in("/account/absences", {"first": first, "last": last, **fields}).status_code


def test_one_enters_ones_own_absence_with_a_stand_in_and_ends_it(office: Office) -> None:
    office.sign_in("dpo")
    assert away(office, stand_in=str(office.users["manager"]), note="délelőtt telefonon") == 303
    page = text_of(office.get("/account/absences"))
    assert "2026. november 23. – 2026. november 27." in page
    assert "Kelemen Katalin" in page
    html = office.get("/account/absences")
    end = html.split('action="/account/absences/')[1].split('"')[0]
    assert office.fill_in("/account/absences", {}, action=f"/account/absences/{end}").status_code == 303
    assert "Nincs rögzített távollét." in text_of(office.get("/account/absences"))


def test_a_wrong_day_is_named_at_its_field_and_nothing_typed_is_lost(small_office: Office) -> None:
    small_office.sign_in("dpo")
    answer = small_office.fill_in("/account/absences", {"first": "holnap", "last": "2026-11-27", "note": "telefonon"})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert 'value="telefonon"' in answer.text
    backwards = small_office.fill_in("/account/absences", {"first": "2026-11-27", "last": "2026-11-23"})
    assert "Az utolsó nap nem lehet korábbi az elsőnél." in text_of(backwards.text)


def test_everybody_of_the_firm_sees_who_is_away_and_only_an_administrator_enters_it(office: Office) -> None:
    address = f"/controllers/{office.firm_id}/absences"
    office.sign_in("dpo")
    assert away(office, note="magánügy") == 303
    office.sign_in("handler")
    page = office.get(address)
    assert "Doktor Dóra" in page
    assert "magánügy" not in page
    assert "Munkatárs távollétének rögzítése" not in page
    with office.uow() as uow:
        office.users["admin"] = people.invite(
            uow, office.firm_id, people.NewPerson("admin@futar.example", "Adorján Ádám", "admin")
        ).id
    office.sign_in("admin")
    entered = {"user": str(office.users["handler"]), "first": "2026-11-23", "last": "2026-11-24"}
    assert office.fill_in(address, entered).status_code == 303
    assert "Halmos Hanna" in office.get(address)


class TestHandOver:
    @pytest.fixture
    def case(self, small_office: Office) -> UUID:
        small_office.sign_in("dpo")
        return small_office.open_case()

    def test_the_case_page_says_in_whose_hands_it_is_and_since_when(self, small_office: Office, case: UUID) -> None:
        address = f"/incidents/{case}/hand-over"
        chosen = {"user": str(small_office.users["manager"]), "note": "Az informatika nézi a naplókat."}
        assert small_office.fill_in(address, chosen).status_code == 303
        page = text_of(small_office.get(f"/incidents/{case}"))
        assert "Kelemen Katalin átadta: Doktor Dóra, 2026.11.20. 17:50" in page
        assert "Az informatika nézi a naplókat." in page
        assert "Ügy átadva Átvette: Kelemen Katalin" in page

    def test_nobody_chosen_and_no_note_are_named_and_the_note_stays(self, small_office: Office, case: UUID) -> None:
        address = f"/incidents/{case}/hand-over"
        refused = small_office.fill_in(address, {"note": "Holnap folytatom."})
        assert refused.status_code == 422
        assert "Olyan személyt válasszon" in refused.text
        assert "Holnap folytatom." in refused.text
        empty = small_office.fill_in(address, {"user": str(small_office.users["manager"])})
        assert "mi a következő lépés: ebből indul tovább" in empty.text
        assert f'value="{small_office.users["manager"]}" checked' in empty.text

    def test_who_is_away_is_marked_before_the_case_goes_there(self, small_office: Office, case: UUID) -> None:
        small_office.sign_in("manager")
        away(small_office, "2026-11-20", "2026-11-24")
        small_office.sign_in("dpo")
        page = text_of(small_office.get(f"/incidents/{case}/hand-over"))
        assert "távol: 2026. november 20. – 2026. november 24." in page

    def test_an_auditor_is_offered_no_hand_over(self, small_office: Office, case: UUID) -> None:
        small_office.sign_in("auditor")
        assert "/hand-over" not in small_office.get(f"/incidents/{case}")


def test_a_warning_that_reached_nobody_shows_red_until_somebody_acknowledges(office: Office) -> None:
    from incidents.steps.escalate import sweep
    from incidents.store import audit

    case = office.open_case()
    sweep(office.engine, office.clock)
    with office.uow() as uow:
        mail = outbox.mails_of(uow, case)[0]
        row = outbox.lock(uow, mail.id)
        assert row
        outbox.mark_failed(uow, row, "550 no such user", final=True)
        said = {"to": row.recipient, "template": "stage", "stage": "opened", "failure": row.last_error}
        audit.append(uow, audit.NewEvent(row.controller_id, case, "mail.dead", said))
    office.sign_in("dpo")
    mark = '<span class="badge badge--danger">egy figyelmeztetés nem ért célba</span>'
    assert mark in office.get("/")
    assert f"Nem kézbesíthető: {row.recipient}." in text_of(office.get(f"/incidents/{case}"))
    office.clock.advance(minutes=1)
    office.fill_in(f"/incidents/{case}", {}, action=f"/incidents/{case}/acknowledge")
    assert mark not in office.get("/")
    assert "Nem kézbesíthető" not in office.get(f"/incidents/{case}")


def test_a_repeated_warning_can_be_acknowledged_on_the_case_page(small_office: Office) -> None:
    from incidents.steps.escalate import sweep

    case = small_office.open_case()
    small_office.sign_in("dpo")
    small_office.fill_in(f"/incidents/{case}", {}, action=f"/incidents/{case}/acknowledge")
    small_office.clock.advance(hours=96)
    small_office.sign_in("dpo")
    sweep(small_office.engine, small_office.clock)
    page = text_of(small_office.get(f"/incidents/{case}"))
    assert "Nyugtázásig ismétlődik: A határidő 24 órája lejárt" in page
    small_office.fill_in(f"/incidents/{case}", {}, action=f"/incidents/{case}/seen")
    assert "Nyugtázásig ismétlődik" not in small_office.get(f"/incidents/{case}")
    assert small_office.case(case).acknowledgements[-1].stage == "overdue-1"


def test_the_timeline_says_which_duty_a_warning_was_about_and_who_stood_in(small_office: Office) -> None:
    from incidents.rules.escalation import plan_stages
    from incidents.steps.escalate import sweep
    from incidents.steps.policies import DUTY, ladder_today
    from incidents.store import deadlines, incidents

    small_office.sign_in("dpo")
    away(small_office, "2026-11-20", "2026-11-24", stand_in=str(small_office.users["manager"]))
    case = small_office.open_case()
    with small_office.uow() as uow:
        ladder, anchor = ladder_today(uow, small_office.firm_id, DUTY), ZonedInstant(uow.now)
        end = uow.now + timedelta(days=4)
        new = deadlines.NewClock("naih-order", "2018-05-25", anchor, "received", end, ladder, report="answer")
        clock = deadlines.add_clock(uow, incidents.load(uow, case), new)
        deadlines.add_stages(uow, clock, plan_stages(ladder, opened_at=uow.now, anchor=uow.now, deadline=end))
    sweep(small_office.engine, small_office.clock)
    page = text_of(small_office.get(f"/incidents/{case}"))
    assert "A Hatóság végzésének teljesítése, válasz: Új kötelezettség" in page
    assert "manager@futar.example, helyettesként: Doktor Dóra helyett" in page
