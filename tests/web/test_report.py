"""The staff form behind a link: four questions, one submit, nothing lost."""

import pytest

from tests.web.office import LOST_LAPTOP, Office, text_of

ANSWERS = {
    "what_happened": LOST_LAPTOP,
    "noticed_when": "now",
    "kind": "lost_or_stolen_device",
    "contact": "Raktáros Rezső, 06 30 555 0102",
}


def test_a_member_of_staff_reports_with_one_link_four_questions_and_one_submit(office: Office) -> None:
    link = office.report_link()
    answer = office.fill_in(link, ANSWERS)

    assert answer.status_code == 303
    receipt = text_of(office.get(answer.headers["location"]))
    assert "FUT-2026/0001" in receipt
    assert "2026. november 20. 17:50" in receipt
    assert "Ne töröljön semmit." in receipt
    assert "Ne továbbítsa senkinek." in receipt
    assert "Kelemen Katalin" in receipt, "without a DPO the responsible manager is the one to call"


def test_the_form_asks_four_things_and_needs_no_account(small_office: Office) -> None:
    page = small_office.get(small_office.report_link())
    for question in ("1. Mi történt?", "2. Mikor vette észre?", "3. Mi a baj?", "4. Hol érjük el Önt?"):
        assert question in page
    assert "5." not in text_of(page).replace("incidens72", "")


def test_a_report_opens_a_case_with_a_running_provisional_clock(office: Office) -> None:
    office.fill_in(office.report_link(), ANSWERS)
    office.sign_in("dpo")
    board = text_of(office.get("/"))

    assert LOST_LAPTOP.removesuffix(".") in board
    assert "72 óra" in board
    assert "még senki sem vette át" in board


def test_everything_typed_is_kept_and_every_faulty_field_is_named(small_office: Office) -> None:
    answer = small_office.fill_in(
        small_office.report_link(), {"what_happened": "Rossz címre ment egy levél.", "noticed_when": "at"}
    )

    assert answer.status_code == 422
    page = answer.text
    assert "Rossz címre ment egy levél." in page
    for field in ("noticed_at", "kind", "contact"):
        assert f'href="#f-{field}"' in page, f"the summary leads to {field}"
        assert f'id="f-{field}"' in page, f"{field} is where the summary leads to"
    assert "what_happened" not in [line.split('"')[0] for line in page.split('href="#f-')[1:]]


def test_an_earlier_moment_is_read_in_hungarian_time(office: Office) -> None:
    earlier = {"noticed_when": "at", "noticed_at.date": "2026-11-20", "noticed_at.time": "08:15"}
    assert office.fill_in(office.report_link(), ANSWERS | earlier).status_code == 303
    office.sign_in("dpo")
    assert "Határidő: 2026.11.23. 08:15" in text_of(office.get("/"))


def test_a_moment_in_the_future_is_refused(small_office: Office) -> None:
    tomorrow = {"noticed_when": "at", "noticed_at.date": "2026-11-21", "noticed_at.time": "08:15"}
    answer = small_office.fill_in(small_office.report_link(), ANSWERS | tomorrow)
    assert answer.status_code == 422
    assert 'value="2026-11-21"' in answer.text


def test_what_a_robot_fills_in_is_not_taken(small_office: Office) -> None:
    answer = small_office.fill_in(small_office.report_link(), ANSWERS | {"website": "https://spam.example"})
    assert answer.status_code == 422


def test_what_is_typed_never_becomes_markup(small_office: Office) -> None:
    answer = small_office.fill_in(
        small_office.report_link(), {"what_happened": '</textarea><script>alert("1")</script>', "contact": '"><b>'}
    )
    assert "<script>alert" not in answer.text
    assert '"><b>' not in answer.text


def test_a_link_that_was_renewed_leads_nowhere(small_office: Office) -> None:
    from incidents.steps import controllers

    old = small_office.report_link()
    with small_office.uow() as uow:
        controllers.renew_report_link(uow, small_office.firm_id)
    assert "nem" in text_of(small_office.get(old, status=404))
    assert small_office.get(small_office.report_link())


def test_a_receipt_cannot_be_guessed(small_office: Office) -> None:
    small_office.get(f"{small_office.report_link()}/receipt/FUT-2026-0001", status=404)


def test_a_receipt_opens_under_the_link_of_its_own_controller_only(small_office: Office) -> None:
    """The receipt of one organisation must not be shown with the name of another."""
    from incidents.steps import controllers

    answer = small_office.fill_in(small_office.report_link(), ANSWERS)
    receipt = answer.headers["location"].rsplit("/", 1)[1]
    other = small_office.another_firm()
    with small_office.uow() as uow:
        link = controllers.report_link(uow, other).token
    small_office.get(f"/r/{link}/receipt/{receipt}", status=404)


@pytest.mark.parametrize("language", ["hu", "en"])
def test_the_form_speaks_both_languages(small_office: Office, language: str) -> None:
    small_office.browser.cookies.set("lang", language)
    page = small_office.get(small_office.report_link())
    assert f'<html lang="{language}">' in page
    assert ("What happened?" in page) == (language == "en")


def test_somebody_signed_in_opens_a_case_on_the_same_questions(office: Office) -> None:
    office.sign_in("handler")
    answer = office.fill_in("/incidents/new", ANSWERS)
    assert answer.status_code == 303
    assert LOST_LAPTOP in text_of(office.get(answer.headers["location"]))


def test_an_auditor_opens_no_case(small_office: Office) -> None:
    small_office.sign_in("auditor")
    small_office.get("/incidents/new", status=403)


def test_too_many_reports_from_one_address_are_slowed_down(small_office: Office) -> None:
    link = small_office.report_link()
    answers = [small_office.fill_in(link, ANSWERS).status_code for _ in range(21)]
    assert answers == [303] * 20 + [429]
