"""The questions of the risk test on a page, and what the test makes of the answers."""

import re

from tests.web.office import Office, text_of


def test_the_questions_come_in_nine_groups_in_the_order_in_which_they_decide(small_office: Office) -> None:
    incident = small_office.open_case()
    small_office.sign_in("dpo")
    page = small_office.get(f"/incidents/{incident}/assess")
    assert re.findall(r"<h2>(\d)\. ", page) == list("123456789")
    assert "Megválaszolva: 0 / 9" in text_of(page)


def test_answers_bring_a_proposal_with_reasons_and_sources(office: Office) -> None:
    incident = office.open_case()
    office.sign_in("dpo")
    answer = office.fill_in(
        f"/incidents/{incident}/assess",
        {
            "facts.breach_types": ["confidentiality"],
            "facts.recipient.kind": "attacker",
            "facts.data_categories": ["bank_account", "contact_basic"],
            "facts.malicious": "yes",
            "facts.exfiltrated": "yes",
        },
    )

    assert answer.status_code == 303
    page = text_of(office.get(f"/incidents/{incident}/assess"))
    assert "Értesíteni kell a Hatóságot? igen" in page
    assert "Tájékoztatni kell az érintetteket? igen" in page
    assert "GDPR 33(1)" in page
    (run,) = office.case(incident).assessments
    assert run.facts_version == 2


def test_an_outdated_proposal_says_so(small_office: Office) -> None:
    incident = small_office.open_case()
    small_office.sign_in("dpo")
    small_office.fill_in(f"/incidents/{incident}/assess", {"facts.malicious": "yes"})
    small_office.fill_in(f"/incidents/{incident}/facts", {"facts.systems": "Levelezés"})
    assert "Azóta új tényeket rögzítettek." in small_office.get(f"/incidents/{incident}/assess")


def test_the_decision_page_shows_the_proposal_but_a_person_decides(small_office: Office) -> None:
    incident = small_office.open_case()
    small_office.sign_in("dpo")
    small_office.fill_in(f"/incidents/{incident}/assess", {"facts.breach_types": "confidentiality"})
    page = small_office.get(f"/incidents/{incident}/decide")
    assert "A kockázati teszt javaslata" in page
    assert 'value="yes" checked' not in page, "nothing is chosen for the person"


def test_an_auditor_reads_the_questions_but_answers_none(small_office: Office) -> None:
    incident = small_office.open_case()
    small_office.sign_in("auditor")
    page = small_office.get(f"/incidents/{incident}/assess")
    assert "Válaszok rögzítése" not in page
    token = {"x-csrftoken": small_office.browser.cookies["csrf"]}
    answer = small_office.browser.post(f"/incidents/{incident}/assess", data={"facts.malicious": "no"}, headers=token)
    assert answer.status_code == 403
    assert small_office.case(incident).facts.version == 1
