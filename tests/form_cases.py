"""A stolen laptop at a courier firm, and the answers that only the form of the authority asks for."""

import dataclasses
from collections.abc import Mapping
from datetime import date, timedelta

from incidents.base.time import parse_local
from incidents.rules.draft import CaseFile, ControllerProfile, DecisionView, Processor
from incidents.rules.facts import Facts, JsonValue
from incidents.rules.form import EDPB_BREACH, Beside, FilledForm, Form, Reporter, Told, filled, form_in_force

FORM: Form = form_in_force(EDPB_BREACH, date(2026, 11, 22))

COURIER = ControllerProfile(
    name="Futárpont Expressz Kft.",
    short_code="FUT",
    seat="6722 Szeged, Tölgyfa utca 12.",
    company_number="06-09-000000",
    email="adatvedelem@futarpont.example",
    phone="+36 62 000 111",
    responsible_manager_name="Kőműves Ödön",
    responsible_manager_title="ügyvezető",
    responsible_manager_email="ugyvezeto@futarpont.example",
    processors=(Processor("Felhőtár Inc.", "1 Example Street, Denver", "tárhely", "US"),),
)

STOLEN_LAPTOP: Mapping[str, object] = {
    "what_happened": "Pénteken 15:40 körül ellopták a futár laptopját a furgonból. A lemez nem volt titkosítva, "
    "rajta az ügyféllista és a számlaszámok. Nem tudjuk, ki vitte el.",
    "noticed_how": "A futár vette észre, amikor visszaért a furgonhoz.",
    "breach_types": ["confidentiality"],
    "cause": "stolen_device",
    "exfiltrated": "likely",
    "unintelligible": {"state": "no"},
    "systems": "1 db laptop a szegedi telephelyről",
    "occurred_from": "2026-11-20T15:40",
    "subject_categories": ["customers"],
    "vulnerable": ["elderly"],
    "subjects_count": {"number": 12_400, "precision": "approximate"},
    "records_count": 15_200,
    "data_categories": ["contact_basic", "bank_account"],
    "special_categories": [],
    "likely_consequences": ["fraud", "unwanted_contact"],
    "consequences_text": "Megtévesztő hívásokkal próbálhatnak pénzt kicsalni a címzettektől.",
    "measures_taken": "A laptop hozzáféréseit péntek este letiltottuk, a jelszavakat lecseréltük, és feljelentést "
    "tettünk a szegedi kapitányságon.",
    "measures_planned": "Minden hordozható gép lemezét titkosítjuk december 15-ig; a futárok havonta ellenőrzött "
    "zárt dobozban tartják az eszközöket.",
    "mitigations": ["police_report", "password_reset"],
    "countries": ["HU"],
    "other_authorities": "Szegedi Rendőrkapitányság, feljelentés 2026. november 20-án",
}

REPORTER = Reporter("Kőműves Ödön", "ugyvezeto@futarpont.example, +36 62 000 111", "other", "ügyvezető")
TOLD = Told(parse_local("2026-11-21T18:00"), "email", 12_000, "Tisztelt Címzett! Ellopták futárunk laptopját.")

ONLY_IN_FORM: Mapping[str, JsonValue] = {
    "other_parties": "no",
    "discovery": "controller",
    "prior_measures": ["policies", "training"],
    "prior_measures_description": "Adatvédelmi szabályzat és évenkénti oktatás volt.",
    "impact_severity": "moderate",
    "told_extent": "not_all",
    "not_all_told_reasons": "400 címzettnek nincs e-mail-címe, nekik levelet küldünk.",
    "attachments": ["communication", "other"],
    "attachments_other": "Az incidens-nyilvántartás bejegyzésének másolata",
}
"""What the facts of the case do not tell."""


def a_case(facts: Mapping[str, object] = STOLEN_LAPTOP, **changes: object) -> CaseFile:
    """First signal on Friday 17:20, awareness 17:50, the form filled in on Sunday morning."""
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
        decision=DecisionView(
            "yes", "yes", "", "Titkosítatlan adatok.", "A számlaszámokkal csalást kísérelhetnek meg."
        ),
    )
    return dataclasses.replace(case, **changes)  # type: ignore[arg-type]


def a_form(
    facts: Mapping[str, object] = STOLEN_LAPTOP,
    answers: Mapping[str, JsonValue] = ONLY_IN_FORM,
    *,
    beside: Beside = Beside(REPORTER, (TOLD,)),  # noqa: B008  frozen
    **changes: object,
) -> FilledForm:
    """The form of that case."""
    return filled(FORM, a_case(facts, **changes), answers, beside)
