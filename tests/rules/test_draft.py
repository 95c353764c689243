"""What the drafts say: everything of Art. 33(3) and 34(2), unknown things as to follow, the current address."""

import dataclasses
import tomllib
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidents.base.time import ZonedInstant, parse_local
from incidents.rules.draft import (
    CaseFile,
    ControllerProfile,
    DecisionView,
    DraftItem,
    Processor,
    Status,
    authority_draft,
    authority_on,
    missing,
    subjects_letter,
)
from incidents.rules.facts import Facts, vocabulary

TO_FOLLOW = "Jelenleg nem ismert, pótlólag közöljük."
OLD_ADDRESS = ("Szilágyi", "1125", "1530", "Pf. 5.")

COURIER = ControllerProfile(
    name="Futárpont Expressz Kft.",
    short_code="FUT",
    seat="6722 Szeged, Tölgyfa utca 12.",
    email="adatvedelem@futarpont.example",
    phone="+36 62 000 111",
    responsible_manager_name="Kőműves Ödön",
    responsible_manager_title="ügyvezető",
    responsible_manager_email="ugyvezeto@futarpont.example",
    processors=(Processor("Felhőtár Inc.", "1 Example Street, Denver", "tárhely", "US", "általános feltételek"),),
)

STOLEN_LAPTOP: Mapping[str, object] = {
    "what_happened": "Ellopták a futár laptopját.\nA lemez nem volt titkosítva.",
    "noticed_how": "A futár vette észre.",
    "breach_types": ["confidentiality"],
    "cause": "stolen_device",
    "exfiltrated": "likely",
    "unintelligible": {"state": "no"},
    "systems": "1 db laptop",
    "occurred_from": "2026-11-20T15:40",
    "subject_categories": ["customers"],
    "subjects_count": {"number": 12_400, "precision": "approximate"},
    "records_count": 15_200,
    "data_categories": ["contact_basic", "bank_account"],
    "special_categories": [],
    "likely_consequences": ["fraud"],
    "measures_taken": "A hozzáféréseket letiltottuk.",
    "measures_planned": "Minden lemezt titkosítunk.",
    "countries": ["HU"],
}


def a_case(facts: Mapping[str, object] = STOLEN_LAPTOP, **changes: object) -> CaseFile:
    """A stolen laptop: first signal on Friday 17:20, awareness 17:50, the draft made on Sunday morning."""
    awareness = parse_local("2026-11-20T17:50")
    case = CaseFile(
        controller=COURIER,
        reference="FUT-2026/0001",
        facts=Facts.of(facts),
        first_signal=parse_local("2026-11-20T17:20"),
        awareness=awareness,
        awareness_reason="Ekkor derült ki, hogy a laptopon ügyféladatok voltak.",
        deadline=awareness.at + timedelta(hours=72),
        now=parse_local("2026-11-22T10:15").at,
        decision=DecisionView("yes", "yes", "", "Kockázat.", "Ellopott, titkosítatlan ügyféladatok."),
    )
    return dataclasses.replace(case, **changes)  # type: ignore[arg-type]


def item(case: CaseFile, item_id: str, lang: str = "hu") -> DraftItem:
    return next(one for one in authority_draft(case, lang).items if one.id == item_id)


class TestNotificationToTheAuthority:
    def test_a_complete_story_leaves_nothing_missing(self) -> None:
        assert missing(authority_draft(a_case(), "hu")) == []

    @pytest.mark.parametrize(
        ("item_id", "article"),
        [
            ("nature.what_happened", "a)"),
            ("people.subject_categories", "a)"),
            ("people.subjects_count", "a)"),
            ("people.data_categories", "a)"),
            ("people.records_count", "a)"),
            ("contact.name", "b)"),
            ("consequences.likely", "c)"),
            ("measures.taken", "d)"),
            ("measures.planned", "d)"),
        ],
    )
    def test_every_point_of_article_33_3_has_its_item(self, item_id: str, article: str) -> None:
        found = item(a_case(), item_id)
        assert found.status is Status.FILLED
        assert found.source == f"GDPR 33. cikk (3) bekezdés {article} pont"

    def test_approximate_and_exact_numbers_are_told_apart(self) -> None:
        assert item(a_case(), "people.subjects_count").text == "12\u00a0400 fő (hozzávetőleges szám)"
        assert item(a_case(), "people.records_count").text == "15\u00a0200 adatrekord (pontos szám)"

    def test_an_unknown_number_is_to_follow_and_never_zero(self) -> None:
        found = item(a_case({**STOLEN_LAPTOP, "subjects_count": "unknown"}), "people.subjects_count")
        assert (found.text, found.status) == (TO_FOLLOW, Status.TO_FOLLOW)

    def test_zero_people_is_a_number_and_not_unknown(self) -> None:
        assert item(a_case({**STOLEN_LAPTOP, "subjects_count": 0}), "people.subjects_count").text.startswith("0 fő")

    def test_the_order_of_magnitude_stands_in_for_an_unknown_number(self) -> None:
        facts = {**STOLEN_LAPTOP, "subjects_count": None, "subjects_band": "thousands"}
        assert item(a_case(facts), "people.subjects_count").text.startswith("Több ezer fő (nagyságrend")

    def test_what_is_being_found_out_says_so(self) -> None:
        found = item(a_case({**STOLEN_LAPTOP, "cause": "to_be_determined"}), "nature.cause")
        assert found.text == "Vizsgálat alatt áll, az eredményt pótlólag közöljük."
        assert found.to_follow

    def test_no_special_category_is_an_answer(self) -> None:
        assert item(a_case(), "people.special_categories").text == "Nincs."

    def test_none_of_the_listed_circumstances_is_an_answer_and_leaves_nothing_to_follow(self) -> None:
        answered = a_case({**STOLEN_LAPTOP, "context": [], "vulnerable": []})
        assert item(answered, "nature.context").text == "Nincs."
        assert missing(authority_draft(answered, "hu")) == []

    def test_an_empty_list_of_data_is_not(self) -> None:
        assert item(a_case({**STOLEN_LAPTOP, "data_categories": []}), "people.data_categories").text == TO_FOLLOW

    def test_first_signal_and_awareness_stand_apart_with_the_reason(self) -> None:
        case = a_case()
        assert item(case, "timeline.first_signal").text == "2026. november 20. 17:20"
        assert item(case, "timeline.awareness").text == "2026. november 20. 17:50"
        assert item(case, "timeline.awareness_reason").text.startswith("Ekkor derült ki")
        assert item(case, "timeline.deadline").text == "2026. november 23. 17:50"

    def test_awareness_later_than_the_first_signal_needs_a_reason(self) -> None:
        assert item(a_case(awareness_reason=" "), "timeline.awareness_reason").unfilled

    def test_awareness_at_the_first_signal_needs_none(self) -> None:
        case = a_case(awareness=parse_local("2026-11-20T17:20"), awareness_reason="")
        assert item(case, "timeline.awareness_reason").status is Status.NOT_APPLICABLE

    def test_without_awareness_the_clock_is_said_to_run_from_the_first_signal(self) -> None:
        found = item(a_case(awareness=None, awareness_reason=""), "timeline.awareness")
        assert found.to_follow
        assert "az első észleléstől számítjuk" in found.text

    def test_a_time_from_abroad_names_its_zone(self) -> None:
        seen = ZonedInstant(datetime(2026, 11, 20, 16, 20, tzinfo=UTC), "Europe/London")
        assert (
            item(a_case(first_signal=seen), "timeline.first_signal").text == "2026. november 20. 16:20 (Europe/London)"
        )

    def test_the_end_of_a_breach_that_goes_on_is_not_invented(self) -> None:
        assert item(a_case(), "timeline.occurred").text.endswith("vége nem ismert")
        going_on = a_case({**STOLEN_LAPTOP, "context": ["continuing"]})
        assert item(going_on, "timeline.occurred").text.endswith("az incidens még tart")

    def test_the_manager_stands_in_where_there_is_no_dpo(self) -> None:
        assert item(a_case(), "contact.name").text == "Kőműves Ödön"
        assert "nincs kijelölt adatvédelmi tisztviselő" in item(a_case(), "contact.role").text

    def test_the_dpo_is_the_contact_where_there_is_one(self) -> None:
        with_dpo = a_case(
            controller=dataclasses.replace(COURIER, dpo_name="Űr Őzike", dpo_email="dpo@futarpont.example")
        )
        assert item(with_dpo, "contact.name").text == "Űr Őzike"
        assert item(with_dpo, "contact.role").text == "Adatvédelmi tisztviselő"
        assert item(with_dpo, "contact.email").text == "dpo@futarpont.example"

    def test_a_known_processor_comes_with_what_the_profile_says_about_it(self) -> None:
        found = item(a_case({**STOLEN_LAPTOP, "processor": "Felhőtár Inc."}), "others.processor")
        assert found.text == "Felhőtár Inc.; 1 Example Street, Denver; Egyesült Államok; tárhely; általános feltételek"

    def test_nobody_mentions_a_processor_when_none_was_named(self) -> None:
        assert item(a_case(), "others.processor").status is Status.NOT_APPLICABLE

    def test_availability_is_asked_only_where_it_was_hit_or_nobody_knows(self) -> None:
        assert item(a_case(), "nature.backup").status is Status.NOT_APPLICABLE
        assert item(a_case({"what_happened": "?"}), "nature.backup").to_follow

    def test_statutory_words_are_used_for_the_kind_of_breach(self) -> None:
        assert item(a_case(), "nature.breach_types").text.startswith("A bizalmas jelleg sérülése")

    def test_a_record_is_told_in_full_words(self) -> None:
        facts = {**STOLEN_LAPTOP, "recipient": {"kind": "attacker", "count": 1, "assurance": "none"}}
        assert item(a_case(facts), "nature.recipient").lines == (
            "Címzett: támadó, tolvaj",
            "A címzettek száma: 1",
            "Biztosíték arra, hogy az adatokkal nem él vissza: nincs",
        )

    def test_the_result_of_the_assessment_has_its_place(self) -> None:
        assert item(a_case(), "consequences.assessment").status is Status.NOT_APPLICABLE
        assessed = a_case(assessment={"hu": "Magas kockázat.", "en": "High risk."})
        assert item(assessed, "consequences.assessment").text == "Magas kockázat."

    @pytest.mark.parametrize(
        ("letter", "words"),
        [("a", "értelmezhetetlenné teszik"), ("b", "további intézkedéseket"), ("c", "aránytalan erőfeszítést")],
    )
    def test_an_exemption_quotes_its_ground(self, letter: str, words: str) -> None:
        decision = DecisionView("yes", "exempt", letter, "", "Indok.")  # type: ignore[arg-type]
        assert words in item(a_case(decision=decision), "communication.exemption").text

    def test_an_undecided_case_says_that_it_is_being_examined(self) -> None:
        assert item(a_case(decision=None), "communication.tell").to_follow

    def test_items_are_numbered_without_gaps(self) -> None:
        draft = authority_draft(a_case(), "hu")
        assert [section.number for section in draft.shown] == [str(n) for n in range(1, len(draft.shown) + 1)]
        for section in draft.shown:
            assert [one.number for one in section.shown] == [
                f"{section.number}.{n}" for n in range(1, len(section.shown) + 1)
            ]

    def test_the_texts_it_was_made_from_are_named(self) -> None:
        assert authority_draft(a_case(), "hu").versions == ("authority 1", "naih 2021")


class TestDelay:
    def test_in_time_nobody_asks_for_reasons(self) -> None:
        assert item(a_case(), "delay.reasons").status is Status.NOT_APPLICABLE
        assert not authority_draft(a_case(), "hu").late

    def test_exactly_at_72_hours_it_is_still_in_time(self) -> None:
        assert not a_case(now=a_case().deadline).late

    def test_after_72_hours_missing_reasons_are_marked_to_be_filled_in(self) -> None:
        late = a_case(now=parse_local("2026-11-24T09:00").at)
        assert item(late, "delay.reasons").unfilled
        assert item(late, "delay.reasons").text == "[Kitöltendő]"
        assert missing(authority_draft(late, "hu")) == ["delay.reasons"]

    def test_reasons_that_must_be_written_now_are_not_promised_for_later(self) -> None:
        assert authority_draft(a_case(now=parse_local("2026-11-24T09:00").at), "hu").to_follow == ()

    def test_the_time_past_the_deadline_is_said_in_hours(self) -> None:
        late = a_case(now=parse_local("2026-11-26T09:00").at, delay_reasons="Beteg volt a tisztviselő.")
        assert item(late, "delay.lateness").text.startswith("63 óra 10 perc")
        assert item(late, "delay.reasons").text == "Beteg volt a tisztviselő."

    def test_a_follow_up_after_the_deadline_owes_no_reasons(self) -> None:
        assert not a_case(now=parse_local("2026-11-30T09:00").at, filing_kind="follow_up").late


class TestPhases:
    def test_what_will_follow_is_listed_only_while_something_is_owed(self) -> None:
        assert not authority_draft(a_case(), "hu").phased
        early = authority_draft(a_case({"what_happened": "Eltűnt egy laptop."}), "hu")
        assert early.phased
        assert "people.subjects_count" in [one.id for one in early.to_follow]

    def test_a_follow_up_asks_for_the_identifier_of_the_first_notification(self) -> None:
        assert item(a_case(filing_kind="follow_up"), "notification.authority_reference").unfilled
        known = a_case(filing_kind="follow_up", authority_reference="2A4E89072FB4")
        assert item(known, "notification.authority_reference").text == "2A4E89072FB4"

    def test_a_withdrawal_carries_its_reasons_and_little_else(self) -> None:
        draft = authority_draft(a_case(filing_kind="withdrawal"), "hu")
        assert "notification.withdrawal_reasons" in missing(draft)
        assert [section.id for section in draft.shown] == [
            "notification",
            "controller",
            "contact",
            "timeline",
            "nature",
        ]

    def test_complete_means_that_unknown_was_said_by_somebody(self) -> None:
        said = a_case({**STOLEN_LAPTOP, "cause": "unknown"}, complete=True)
        assert item(said, "nature.cause").text == "Nem lehetett megállapítani."
        assert missing(authority_draft(said, "hu")) == []

    def test_complete_is_not_complete_while_something_is_to_be_determined_or_was_never_asked(self) -> None:
        open_case = a_case({**STOLEN_LAPTOP, "cause": "to_be_determined"}, complete=True)
        never_asked = a_case({key: STOLEN_LAPTOP[key] for key in STOLEN_LAPTOP if key != "cause"}, complete=True)
        assert missing(authority_draft(open_case, "hu")) == ["nature.cause"]
        assert item(never_asked, "nature.cause").unfilled


class TestLetterToThePeople:
    def test_a_told_story_has_everything_of_article_34_2(self) -> None:
        letter = subjects_letter(a_case(), "hu")
        assert missing(letter) == []
        assert letter.what_happened == ("Ellopták a futár laptopját.", "A lemez nem volt titkosítva.")
        assert letter.data == ("a neve, a lakcíme, a telefonszáma", "a bankszámlaszáma")
        assert letter.contact.name == "Kőműves Ödön"
        assert letter.consequences == ("Az adatokkal csalást kísérelhetnek meg Ön ellen vagy az Ön nevében.",)
        assert letter.measures_taken == ("A hozzáféréseket letiltottuk.",)

    def test_what_is_not_known_is_named_as_missing(self) -> None:
        bare = a_case({}, controller=ControllerProfile(name="Futárpont Expressz Kft."))
        assert missing(subjects_letter(bare, "hu")) == [
            "letter.nature",
            "letter.data",
            "letter.contact",
            "letter.consequences",
            "letter.measures",
        ]

    @pytest.mark.parametrize(
        ("data", "advice"),
        [
            ("credentials_plain", "passwords"),
            ("payment_card", "cards"),
            ("bank_account", "bank"),
            ("id_document_copy", "documents"),
            ("national_id", "national_ids"),
            ("health", "sensitive"),
            ("contact_email", "contact"),
            ("protected_address", "address"),
            ("location", "location"),
            ("salary", "employment"),
            ("cv_application", "work"),
            ("communications_content", "messages"),
            ("phone_number_control", "phone"),
            ("child_protection", "children"),
        ],
    )
    def test_advice_fits_the_kind_of_data(self, data: str, advice: str) -> None:
        letter = subjects_letter(a_case({**STOLEN_LAPTOP, "data_categories": [data]}), "hu")
        assert advice in [block.id for block in letter.advice]
        assert letter.advice[-1].id == "everybody"

    def test_every_kind_of_data_has_its_advice_and_every_advice_its_kind(self) -> None:
        blocks = tomllib.loads((files("incidents") / "law/texts/advice-2.toml").read_text("utf-8"))["blocks"]
        advised = {code for block in blocks for code in block["data"]}
        known = set(vocabulary()["data_categories"].codes)
        assert advised - known == set()
        assert known - advised == {"food_preference", "unspecified"}

    def test_every_consequence_and_kind_of_breach_is_said_in_plain_words(self) -> None:
        texts = tomllib.loads((files("incidents") / "law/texts/letter-1.toml").read_text("utf-8"))
        assert set(texts["consequences"]) == set(vocabulary()["likely_consequences"].codes) - {"other"}
        assert set(texts["nature"]) == set(vocabulary()["breach_types"].codes)

    def test_every_kind_of_data_and_every_measure_has_words_for_the_person(self) -> None:
        texts = tomllib.loads((files("incidents") / "law/texts/letter-1.toml").read_text("utf-8"))
        assert set(texts["data"]) == set(vocabulary()["data_categories"].codes) - {"unspecified"}
        silent = {"subjects_told", "public_notice"}
        assert set(texts["measures"]) == set(vocabulary()["mitigations"].codes) - silent
        assert set(texts["salutation"]) - set(vocabulary()["subject_categories"].codes) == {"unknown", "mixed"}

    def test_disproportionate_effort_makes_it_a_public_communication(self) -> None:
        assert subjects_letter(a_case(decision=DecisionView("yes", "exempt", "c")), "hu").public
        assert not subjects_letter(a_case(), "hu").public


class TestAddressOfTheAuthority:
    def test_today_it_is_the_current_one(self) -> None:
        authority = authority_on(date(2026, 11, 22), "hu")
        assert authority.seat == "1055 Budapest, Falk Miksa utca 9-11."
        assert authority.postal_address == "1363 Budapest, Pf. 9."

    def test_the_old_one_is_known_only_as_the_past(self) -> None:
        assert "Szilágyi Erzsébet" in authority_on(date(2019, 6, 1), "hu").seat

    @pytest.mark.parametrize("lang", ["hu", "en"])
    def test_no_draft_of_today_names_the_old_one(self, lang: str) -> None:
        drafts = f"{authority_draft(a_case(), lang)} {subjects_letter(a_case(), lang)}"
        assert not any(piece in drafts for piece in OLD_ADDRESS)

    def test_what_nobody_could_find_out_is_empty_and_not_invented(self) -> None:
        assert authority_on(date(2026, 11, 22), "hu").krid == ""


def test_the_town_of_the_dateline_is_read_from_the_seat() -> None:
    towns = {
        seat: ControllerProfile(seat=seat).town
        for seat in ("6722 Szeged, Tölgyfa utca 12.", "H-1055 Budapest, X u. 1.", "Fő utca 1.")
    }
    assert list(towns.values()) == ["Szeged", "Budapest", ""]


def test_items_read_only_facts_that_exist() -> None:
    sections = tomllib.loads((files("incidents") / "law/texts/authority-1.toml").read_text("utf-8"))["sections"]
    named = {one["fact"] for section in sections for one in section["items"] if "fact" in one}
    assert named - set(vocabulary()) == set()


@given(st.sets(st.sampled_from(sorted(STOLEN_LAPTOP))), st.sampled_from(["hu", "en"]), st.booleans())
def test_whatever_is_known_no_shown_item_is_blank(known: set[str], lang: str, complete: bool) -> None:
    draft = authority_draft(a_case({key: STOLEN_LAPTOP[key] for key in known}, complete=complete), lang)
    assert all(one.text.strip() for section in draft.shown for one in section.shown)


@given(st.sets(st.sampled_from(sorted(STOLEN_LAPTOP))), st.sampled_from(sorted(STOLEN_LAPTOP)))
def test_saying_one_more_fact_never_leaves_more_missing(known: set[str], more: str) -> None:
    def owed(keys: set[str]) -> int:
        return len(missing(authority_draft(a_case({key: STOLEN_LAPTOP[key] for key in keys}), "hu")))

    assert owed(known | {more}) <= owed(known)
