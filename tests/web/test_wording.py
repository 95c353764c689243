"""The words of the letter on pages: what it lacks, what is hard to read, own words, a letter for each group."""

from tests.web.office import Office, text_of


def test_beside_the_letter_stands_what_it_lacks_with_a_way_there(small_office: Office) -> None:
    incident = small_office.open_case()
    small_office.sign_in("handler")
    page = small_office.get(f"/incidents/{incident}/draft?kind=subjects")
    assert "mely adatokat érinti" in page
    assert f"/incidents/{incident}/assess#f-facts.data_categories" in page
    assert "Könnyen érthető-e?" in page


def test_a_sentence_of_lawyers_is_shown_with_what_to_say_instead(small_office: Office) -> None:
    incident = small_office.open_case("Haladéktalanul intézkedtünk az adatok vonatkozásában.")
    small_office.sign_in("dpo")
    page = text_of(small_office.get(f"/incidents/{incident}/draft?kind=subjects"))
    assert "„Haladéktalanul” – sokan nem értik. Írja inkább így: azonnal." in page


def test_own_words_are_written_on_a_page_and_stand_in_the_letter(office: Office) -> None:
    incident = office.open_case()
    office.sign_in("handler")
    address = f"/incidents/{incident}/letter?language=hu"
    assert "Rögzítve: Elveszett egy laptop" in office.get(address)
    answer = office.fill_in(
        address, {"words.what_happened": "Elvesztettünk egy laptopot."}, action=f"/incidents/{incident}/letter"
    )
    assert answer.headers["location"] == f"/incidents/{incident}/draft?kind=subjects&language=hu&done=saved"
    assert "<p>Elvesztettünk egy laptopot.</p>" in office.get(answer.headers["location"])


def test_too_long_words_are_refused_and_nothing_typed_is_lost(small_office: Office) -> None:
    incident = small_office.open_case()
    small_office.sign_in("handler")
    long = "Hosszú. " * 600
    answer = small_office.fill_in(
        f"/incidents/{incident}/letter", {"words.hotline": long}, action=f"/incidents/{incident}/letter"
    )
    assert answer.status_code == 422
    assert long.strip() in answer.text


def test_an_english_letter_says_what_stands_in_it_in_hungarian(small_office: Office) -> None:
    incident = small_office.open_case()
    small_office.sign_in("handler")
    page = text_of(small_office.get(f"/incidents/{incident}/draft?kind=subjects&language=en"))
    assert "Írja meg őket a levél nyelvén is: Mi történt?" in page


def test_a_group_has_a_letter_of_its_own_that_is_frozen_under_its_name(small_office: Office) -> None:
    incident = small_office.open_case()
    small_office.record(incident, "Bérlők", data_categories=["payment_card"])
    small_office.sign_in("handler")
    address = f"/incidents/{incident}/draft?kind=subjects&language=hu&group=B%C3%A9rl%C5%91k"
    assert "a bankkártyájának adatai" in small_office.get(address)
    assert small_office.fill_in(address, {}, action=f"/incidents/{incident}/draft").status_code == 303
    (frozen,) = small_office.case(incident).documents
    assert (frozen.kind, frozen.people_group) == ("subjects", "Bérlők")
    assert "Letter to the data subjects – Bérlők" not in small_office.get(address)
    assert "– Bérlők" in text_of(small_office.get(address))
    small_office.get(f"/incidents/{incident}/draft?kind=subjects&group=Senkik", 404)
