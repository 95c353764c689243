"""The decision on a page: both questions, reasons of substance, every version kept."""

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
