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
    assert "GDPR 33. cikk (1) bekezdés" in page
    (run,) = office.case(incident).assessments
    assert run.facts_version == 2


def test_new_facts_run_the_test_again_by_themselves(small_office: Office) -> None:
    incident = small_office.open_case()
    small_office.sign_in("dpo")
    small_office.fill_in(f"/incidents/{incident}/assess", {"facts.malicious": "yes"})
    small_office.fill_in(f"/incidents/{incident}/facts", {"facts.systems": "Levelezés"})
    assert [run.facts_version for run in small_office.case(incident).assessments] == [2, 3]


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


WRONG_LETTER = {
    "facts.breach_types": "confidentiality",
    "facts.exfiltrated": "yes",
    "facts.cause": "misaddressed_post",
    "facts.recipient.kind": "known_wrong",
    "facts.recipient.count": "1",
    "facts.recipient.assurance": "none",
    "facts.data_categories": "contact_basic",
    "facts.special_categories": "none",
    "facts.malicious": "no",
    "facts.service_impact": "none",
    "facts.vulnerable": "none",
    "facts.context": "none",
    "facts.subjects_count.number": "1",
}
"""A letter in the wrong letterbox, as somebody fills it in: nothing to notify."""


SCRIPT = {"x-fragment": "1"}


def live(office: Office, incident: object, fields: dict[str, str], headers: dict[str, str] | None = None) -> str:
    """What the page shows while somebody answers, before anything is saved."""
    page = f"/incidents/{incident}/assess"
    answer = office.fill_in(page, fields, to=f"{page}/preview", headers=headers)
    assert answer.status_code == 200
    return answer.text


def test_the_verdict_moves_with_the_answers_and_nothing_is_saved(office: Office) -> None:
    incident = office.open_case()
    office.sign_in("dpo")
    before = live(office, incident, {}, SCRIPT)
    after = live(office, incident, WRONG_LETTER, SCRIPT)
    assert "<html" not in after
    assert "Értesíteni kell a Hatóságot? igen" in text_of(before)
    assert "Értesíteni kell a Hatóságot? nem" in text_of(after)
    assert "Még semmi nincs rögzítve." in text_of(after)
    assert office.case(incident).facts.version == 1
    assert not office.case(incident).assessments


def test_without_the_script_a_button_asks_and_keeps_what_was_typed(small_office: Office) -> None:
    incident = small_office.open_case()
    small_office.sign_in("dpo")
    page = live(small_office, incident, WRONG_LETTER)
    assert "Értesíteni kell a Hatóságot? nem" in text_of(page)
    assert 'value="misaddressed_post" selected' in page
    assert f'formaction="/incidents/{incident}/assess/preview"' in page


def test_a_faulty_answer_does_not_stop_the_verdict(small_office: Office) -> None:
    incident = small_office.open_case()
    small_office.sign_in("dpo")
    faulty = live(small_office, incident, {**WRONG_LETTER, "facts.records_count.number": "sok"}, SCRIPT)
    assert "Értesíteni kell a Hatóságot? nem" in text_of(faulty)


def test_the_result_shows_rules_evidence_unknowns_the_nearest_case_and_the_score(office: Office) -> None:
    incident = office.open_case()
    office.sign_in("dpo")
    office.fill_in(f"/incidents/{incident}/assess", {**WRONG_LETTER, "facts.malicious": ""})
    page = text_of(office.get(f"/incidents/{incident}/assess/result"))
    for words in (
        "Amit még senki nem tud, és változtatna az eredményen",
        "A leghasonlóbb közzétett eset",
        "Második vélemény: ENISA-pontszám",
        "A teszt segédeszköz",
        "szabályok: hu-1/risk-1",
        "Doktor Dóra",
    ):
        assert words in page
    office.fill_in(f"/incidents/{incident}/assess", {"facts.malicious": "no"})
    cleared = text_of(office.get(f"/incidents/{incident}/assess/result"))
    assert "Ami már nem számít, és ami ezt mutatja" in cleared
    result, _, history = cleared.partition("Hogyan alakult ki az eredmény?")
    assert result.count("Csak hétköznapi adatok") == 1, "a clearing rule is told once"
    assert "Az előző értékelés óta" in history
    assert "(3) bekezdés" not in cleared
    assert "recital" not in cleared


def test_an_earlier_run_can_be_read_again(small_office: Office) -> None:
    incident = small_office.open_case()
    small_office.sign_in("dpo")
    small_office.fill_in(f"/incidents/{incident}/assess", WRONG_LETTER)
    small_office.record(incident, malicious=True, recipient={"kind": "attacker"})
    page = text_of(small_office.get(f"/incidents/{incident}/assess/result?run=1"))
    assert "Ez egy korábbi értékelés." in page
    assert "Értesíteni kell a Hatóságot? nem" in page
    small_office.get(f"/incidents/{incident}/assess/result?run=9", status=404)


def test_one_fact_turned_over_shows_what_hangs_on_it_and_saves_nothing(small_office: Office) -> None:
    incident = small_office.open_case()
    small_office.sign_in("dpo")
    small_office.fill_in(f"/incidents/{incident}/assess", WRONG_LETTER)
    result = f"/incidents/{incident}/assess/result"
    page = text_of(small_office.get(f"{result}?flip=recipient.kind%3Dattacker"))
    assert "nem → igen" in page
    stays = text_of(small_office.get(f"{result}?flip=data_categories%2Bfood_preference"))
    assert "A válaszok nem változnak" in stays
    assert small_office.case(incident).facts.version == 2
    small_office.get(f"{result}?flip=recipient.kind%3Dnobody", status=404)


def test_a_suggested_answer_leads_to_its_what_if(small_office: Office) -> None:
    incident = small_office.open_case()
    small_office.sign_in("dpo")
    small_office.fill_in(f"/incidents/{incident}/assess", {**WRONG_LETTER, "facts.malicious": ""})
    page = small_office.get(f"/incidents/{incident}/assess/result")
    found = re.search(r'href="([^"#]+flip=malicious[^"#]+)#what-if"', page)
    assert found, "an unknown fact offers its answers"
    assert "→" in small_office.get(found[1].replace("&amp;", "&"))


def test_a_group_of_people_gets_its_own_questions_verdict_and_what_if(office: Office) -> None:
    incident = office.open_case()
    office.sign_in("dpo")
    office.fill_in(f"/incidents/{incident}/assess", WRONG_LETTER)
    result = f"/incidents/{incident}/assess/result"
    added = office.fill_in(result, {"group": "A betegek"}, action=f"/incidents/{incident}/assess/groups")
    questions = added.headers["location"].partition("&done")[0]
    page = office.get(questions)
    assert "Kérdések a kockázatról: A betegek" in text_of(page)
    assert 'name="facts.mitigations"' not in page
    answered = office.fill_in(
        questions, {"facts.data_categories": ["contact_basic", "health"], "facts.special_categories": "health"}
    )
    assert answered.status_code == 303
    shown = text_of(office.get(result))
    assert "Mindenki más Értesíteni kell a Hatóságot? nem" in shown
    assert "A betegek Értesíteni kell a Hatóságot? igen" in shown
    assert office.case(incident).facts.value("data_categories") == ["contact_basic"]
    office.get(f"{result}?group=A%20betegek&flip=special_categories-health")

    ended = office.fill_in(result, {}, action=f"/incidents/{incident}/assess/groups/end")
    assert ended.status_code == 303
    assert not office.case(incident).groups


def test_a_group_needs_a_name(small_office: Office) -> None:
    incident = small_office.open_case()
    small_office.sign_in("dpo")
    result = f"/incidents/{incident}/assess/result"
    answer = small_office.fill_in(result, {"group": " "}, action=f"/incidents/{incident}/assess/groups")
    assert answer.status_code == 422
    assert 'href="#f-group"' in answer.text
    small_office.get(f"/incidents/{incident}/assess?group=Senki", status=404)
