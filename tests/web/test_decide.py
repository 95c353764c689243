"""The decision on a page: both questions, reasons of substance, every version kept."""

from tests.builders import ENCRYPTED
from tests.web.office import Office, text_of

RISK = "Támadó kezébe kerültek ügyfelek adatai, ezért a kockázat nem zárható ki."
NO_HIGH_RISK = "Csak nevek és telefonszámok voltak benne, ezért súlyos hátrány nem várható."
CLEAR = "A lemez korszerű titkosítással védett, a kulcs biztonságban van, mentés készült."


def test_a_decision_is_recorded_with_name_time_and_reasons(office: Office) -> None:
    incident = office.open_case()
    office.sign_in("dpo")
    answer = office.fill_in(
        f"/incidents/{incident}/decide",
        {"notify": "yes", "tell": "no", "reasons_authority": RISK, "reasons_subjects": NO_HIGH_RISK},
    )

    assert answer.status_code == 303
    page = text_of(office.get(f"/incidents/{incident}"))
    assert RISK in page
    assert NO_HIGH_RISK in page
    assert "Doktor Dóra, 2026.11.20. 17:50" in page


def test_no_risk_alone_is_no_reason(small_office: Office) -> None:
    incident = small_office.open_case()
    small_office.sign_in("dpo")
    answer = small_office.fill_in(
        f"/incidents/{incident}/decide",
        {"notify": "no", "tell": "no", "reasons_authority": "Nincs kockázat.", "reasons_subjects": CLEAR},
    )
    assert answer.status_code == 422
    assert 'href="#f-reasons_authority"' in answer.text
    assert "Nincs kockázat." in answer.text
    assert not small_office.case(incident).decisions


def test_an_exemption_needs_its_letter(small_office: Office) -> None:
    incident = small_office.open_case()
    small_office.sign_in("dpo")
    answer = small_office.fill_in(
        f"/incidents/{incident}/decide",
        {"notify": "yes", "tell": "exempt", "reasons_authority": RISK, "reasons_subjects": CLEAR},
    )
    assert answer.status_code == 422
    assert 'href="#f-exemption"' in answer.text


def test_a_later_decision_starts_from_the_earlier_one_and_both_stay(office: Office) -> None:
    incident = office.open_case()
    office.record(incident, **ENCRYPTED)
    office.sign_in("dpo")
    address = f"/incidents/{incident}/decide"
    office.fill_in(address, {"notify": "no", "tell": "no", "reasons_authority": CLEAR, "reasons_subjects": CLEAR})
    office.fill_in(address, {"notify": "yes", "reasons_authority": RISK})

    earlier, later = office.case(incident).decisions
    assert (earlier.notify, later.notify) == ("no", "yes")
    assert later.reasons_subjects == CLEAR
    assert "Korábbi döntések" in office.get(f"/incidents/{incident}")


def test_a_handler_does_not_decide(small_office: Office) -> None:
    incident = small_office.open_case()
    small_office.sign_in("handler")
    assert 'name="notify"' not in small_office.get(f"/incidents/{incident}/decide")
    token = {"x-csrftoken": small_office.browser.cookies["csrf"]}
    answer = small_office.browser.post(f"/incidents/{incident}/decide", data={"notify": "no"}, headers=token)
    assert answer.status_code == 403


def test_less_than_the_test_asks_for_waits_for_a_second_person_who_answers_in_two_acts(office: Office) -> None:
    incident = office.open_case()
    office.sign_in("dpo")
    decision = {"notify": "no", "tell": "no", "reasons_authority": CLEAR, "reasons_subjects": CLEAR}
    answer = office.fill_in(f"/incidents/{incident}/decide", decision)
    assert answer.headers["location"].endswith("done=proposed")
    assert not office.case(incident).decisions
    own = text_of(office.get(f"/incidents/{incident}/decide"))
    assert "Ezt Ön javasolta: másnak kell válaszolnia." in own
    assert "Egy döntés a második emberre vár." in text_of(office.get(f"/incidents/{incident}/facts"))

    office.sign_in("manager")
    proposal = office.case(incident).proposal
    assert proposal is not None
    where = f"/incidents/{incident}/proposals/{proposal.id}"
    page = f"/incidents/{incident}/decide"
    assert "Doktor Dóra" in text_of(office.get(page))
    unfounded = office.fill_in(page, {"answer": "refused", "sentence": "rendben"}, action=where)
    assert unfounded.status_code == 422
    assert 'href="#f-sentence"' in unfounded.text
    assert ">rendben</textarea>" in unfounded.text.replace("\n", ""), "what was typed stays"
    done = office.fill_in(page, {"answer": "approved", "sentence": CLEAR}, action=where)
    assert done.status_code == 303
    (decided,) = office.case(incident).decisions
    assert (decided.decided_by, decided.approved_by) == ("Doktor Dóra", "Kelemen Katalin")
    case = text_of(office.get(f"/incidents/{incident}"))
    assert f"Kelemen Katalin: „{CLEAR}”" in case
    assert "A második személy válaszolt a javaslatra" in case


def test_the_proposer_cannot_answer_and_is_told_so(small_office: Office) -> None:
    incident = small_office.open_case()
    small_office.sign_in("dpo")
    decision = {"notify": "no", "tell": "no", "reasons_authority": CLEAR, "reasons_subjects": CLEAR}
    small_office.fill_in(f"/incidents/{incident}/decide", decision)
    proposal = small_office.case(incident).proposal
    assert proposal is not None
    answer = small_office.browser.post(
        f"/incidents/{incident}/proposals/{proposal.id}",
        data={"answer": "approved", "sentence": CLEAR},
        headers={"x-csrftoken": small_office.browser.cookies["csrf"]},
    )
    assert answer.status_code == 409
    assert "Ezt Ön javasolta" in answer.text


def test_a_later_measure_as_exemption_asks_for_its_evidence(small_office: Office) -> None:
    incident = small_office.open_case()
    small_office.sign_in("dpo")
    given = {"notify": "yes", "tell": "exempt", "exemption": "b", "reasons_authority": RISK, "reasons_subjects": CLEAR}
    answer = small_office.fill_in(f"/incidents/{incident}/decide", given)
    assert answer.status_code == 422
    assert 'href="#f-evidence"' in answer.text


def test_an_exemption_that_has_lost_its_ground_is_on_every_page_of_the_case(small_office: Office) -> None:
    incident = small_office.open_case()
    small_office.record(incident, **ENCRYPTED)
    small_office.sign_in("dpo")
    given = {"notify": "yes", "tell": "exempt", "exemption": "a", "reasons_authority": RISK, "reasons_subjects": CLEAR}
    assert small_office.fill_in(f"/incidents/{incident}/decide", given).status_code == 303
    small_office.record(incident, unintelligible={"state": "no"})
    page = text_of(small_office.get(f"/incidents/{incident}/facts"))
    assert "A mentesség alapja megváltozott: újra kell dönteni." in page


def test_it_is_decided_group_by_group_whom_to_tell(small_office: Office) -> None:
    incident = small_office.open_case()
    small_office.record(incident, **ENCRYPTED)
    patients = {"data_categories": ["health"], "unintelligible": {"state": "no"}, "recipient": {"kind": "attacker"}}
    small_office.record(incident, "A betegek", **patients)
    small_office.sign_in("dpo")
    address = f"/incidents/{incident}/decide"
    given = {"notify": "yes", "reasons_authority": RISK, "reasons_subjects": NO_HIGH_RISK}
    missing = small_office.fill_in(address, {**given, "groups.0": "no"})
    assert missing.status_code == 422
    assert 'href="#f-groups.1"' in missing.text
    assert small_office.fill_in(address, {**given, "groups.0": "no", "groups.1": "yes"}).status_code == 303
    (decided,) = small_office.case(incident).decisions
    assert (decided.tell, decided.tell_by_group) == ("yes", {"": "no", "A betegek": "yes"})
    assert "Mindenki más: nem tájékoztatják őket; A betegek: tájékoztatják őket" in text_of(
        small_office.get(f"/incidents/{incident}")
    )
