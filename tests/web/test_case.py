"""The case page answers at once: how long, what is known, what is missing, who has it, what is next."""

import pytest

from incidents.base.time import ZonedInstant
from incidents.rules.decide import DecisionForm
from incidents.rules.send import FilingForm
from incidents.steps import clock, decide, send
from tests.builders import ENCRYPTED
from tests.thread_builders import say_everything
from tests.web.office import LOST_LAPTOP, Office, text_of

CLEAR = "A lemez korszerű titkosítással védett, a kulcs biztonságban van, az adatokról teljes mentés készült."


def test_one_look_answers_the_five_questions(office: Office) -> None:
    incident = office.open_case()
    office.sign_in("dpo")
    page = text_of(office.get(f"/incidents/{incident}"))

    assert "72 óra" in page
    assert LOST_LAPTOP in page
    assert "Mi hiányzik?" in page
    assert "Az érintettek száma" in page[page.index("Mi hiányzik?") :]
    assert "még senki sem vette át" in page
    assert "Mi a következő lépés?" in page


def test_the_next_act_follows_the_flow_of_the_law(office: Office) -> None:
    incident = office.open_case()
    office.sign_in("dpo")
    address = f"/incidents/{incident}"

    def next_act() -> str:
        page = text_of(office.get(address))
        return page[page.index("Mi a következő lépés?") : page.index("Mi hiányzik?")]

    assert "Átveszem az ügyet" in next_act()
    office.fill_in(address, {}, action=f"{address}/acknowledge")
    assert "Tudomásszerzés rögzítése" in next_act()
    with office.uow() as uow:
        clock.set_awareness(uow, incident, ZonedInstant(office.clock.now()), "")
    assert "Döntés" in next_act()
    with office.uow() as uow:
        decide.record_decision(uow, incident, DecisionForm("yes", "no", "Nem zárható ki a kockázat.", CLEAR))
    assert "A bejelentés tervezete" in next_act()
    with office.uow() as uow:
        now = ZonedInstant(office.clock.now())
        say_everything(uow, incident)
        send.record_filing(uow, incident, FilingForm("new", True, "epapir", now))
    assert "Az ügy lezárása" in next_act()


def test_the_timeline_tells_what_happened_in_words(small_office: Office) -> None:
    incident = small_office.open_case()
    small_office.sign_in("dpo")
    small_office.fill_in(f"/incidents/{incident}", {}, action=f"/incidents/{incident}/acknowledge")
    page = text_of(small_office.get(f"/incidents/{incident}"))
    line = page[page.index("Idővonal") :]
    assert line.index("Ügy átvéve (nyugtázva)") < line.index("Elindult a határidő") < line.index("Bejelentés érkezett")


@pytest.mark.parametrize("page", ["", "/clock", "/facts", "/assess", "/decide", "/draft", "/send", "/close"])
def test_every_page_of_a_case_is_whole_in_both_languages(small_office: Office, page: str) -> None:
    incident = small_office.open_case()
    small_office.sign_in("dpo")
    for language, word in (("hu", "Ügyek"), ("en", "Cases")):
        small_office.browser.cookies.set("lang", language)
        assert word in small_office.get(f"/incidents/{incident}{page}")


@pytest.mark.parametrize("page", ["", "/clock", "/facts", "/assess", "/decide", "/draft", "/send", "/close"])
def test_no_page_of_a_case_opens_for_a_stranger(small_office: Office, page: str) -> None:
    foreign = small_office.open_case(firm_id=small_office.another_firm())
    small_office.sign_in("dpo")
    small_office.get(f"/incidents/{foreign}{page}", status=404)


def test_a_case_with_an_open_duty_cannot_be_closed(small_office: Office) -> None:
    incident = small_office.open_case()
    small_office.sign_in("dpo")
    page = text_of(small_office.get(f"/incidents/{incident}/close"))
    assert "Még nem zárható le:" in page
    assert "döntés" in page[page.index("Még nem zárható le:") :]


def test_a_case_whose_duties_are_done_is_closed_and_reopened_with_a_note(office: Office) -> None:
    incident = office.open_case()
    office.record(incident, **ENCRYPTED)
    with office.uow() as uow:
        decide.record_decision(uow, incident, DecisionForm("no", "no", CLEAR, CLEAR))
    office.sign_in("dpo")
    address = f"/incidents/{incident}/close"

    assert office.fill_in(address, {"note": ""}).status_code == 422
    assert office.fill_in(address, {"note": "Az eszköz előkerült."}).status_code == 303
    assert "Az eszköz előkerült." in text_of(office.get(f"/incidents/{incident}"))
    again = office.fill_in(address, {"note": "Új körülmény merült fel."}, action=f"/incidents/{incident}/reopen")
    assert again.status_code == 303
    assert office.case(incident).incident.closed_at is None


def test_a_closed_case_refuses_new_facts_with_a_sentence(small_office: Office) -> None:
    incident = small_office.open_case()
    small_office.record(incident, **ENCRYPTED)
    with small_office.uow() as uow:
        decide.record_decision(uow, incident, DecisionForm("no", "no", CLEAR, CLEAR))
    small_office.sign_in("dpo")
    small_office.get(f"/incidents/{incident}/facts")
    small_office.fill_in(f"/incidents/{incident}/close", {"note": "Kész."})
    csrf = small_office.browser.cookies["csrf"]
    answer = small_office.browser.post(
        f"/incidents/{incident}/facts", data={"facts.systems": "Levelezés"}, headers={"x-csrftoken": csrf}
    )
    assert answer.status_code == 409
    assert "Levelezés" in answer.text
