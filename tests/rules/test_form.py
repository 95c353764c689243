"""Forms as data: all 100 fields of the common template in two languages, conditions that point somewhere."""

import re
from datetime import date

import pytest

from incidents.base.dated import NoSuchLawError, of_version
from incidents.rules.controllers import ControllerForm
from incidents.rules.form import FormField, form_in_force, form_of_version, mark, naih_mapping
from incidents.rules.form.model import Conditions, form_words
from incidents.rules.form.readers import READERS
from incidents.rules.vocabulary import vocabulary
from tests.form_cases import FORM, a_form

FIELDS = list(FORM.fields.values())
TYPES = {
    "choice",
    "choices",
    "text",
    "long_text",
    "checkbox",
    "date",
    "datetime",
    "number",
    "countries",
    "numbers_by_country",
}
# The template's own numbers: titles and explanations have numbers as well, so there are gaps.
ROWS = [
    *range(3, 8), *range(10, 20), *range(21, 27), *range(29, 32), *range(33, 37), *range(38, 42), *range(44, 54),
    *range(55, 64), *range(65, 69), *range(70, 74), 75, 76, *range(79, 88), 89, 90, 92, 94, 95, *range(97, 107),
    *range(109, 112), *range(113, 119), *range(120, 124), 125, 126,
]  # fmt: skip
STATES = {
    "case.late": {"yes", "no"},
    "case.outside_eea": {"yes", "no"},
    "case.authority_asks_national_id": {"yes", "no", "unknown"},
    "case.authority_asks_declaration": {"yes", "no", "unknown"},
}


def _conditions(field: FormField) -> Conditions:
    due = () if isinstance(field.due, bool) else field.due
    return (*field.when, *field.unless, *due, *FORM.sections[field.section].when)


def test_the_common_template_has_exactly_its_100_input_fields() -> None:
    assert len(FIELDS) == 100
    assert [field.row for field in FIELDS] == ROWS
    assert sum(len(field.options) for field in FIELDS) == 227


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.id)
def test_every_field_and_option_is_there_in_hungarian_and_english(field: FormField) -> None:
    texts = [field.label, *(option.label for option in field.options.values())]
    for words in texts:
        assert words.hu.strip()
        assert words.en.strip()
        assert not re.search(r"[\[\]_]", words.hu + words.en)
    assert bool(field.help.hu) == bool(field.help.en)
    assert re.fullmatch(r"[a-z_]+", field.id)


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.id)
def test_options_stand_where_something_is_chosen_and_nowhere_twice(field: FormField) -> None:
    assert field.type in TYPES
    assert field.requirement in form_words()["requirements"]
    assert bool(field.options) == (field.type in {"choice", "choices"})
    for lang in ("hu", "en"):
        labels = [option.label.in_language(lang) for option in field.options.values()]
        assert len(set(labels)) == len(labels)


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.id)
def test_conditions_ask_for_options_of_earlier_fields(field: FormField) -> None:
    for condition in _conditions(field):
        for key, answers in condition.items():
            if key in STATES:
                assert answers <= STATES[key]
            else:
                assert FORM.fields[key].row < field.row
                assert answers <= set(FORM.fields[key].options)


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.id)
def test_every_source_exists_and_facts_map_to_options(field: FormField) -> None:
    assert not field.fact or field.fact in vocabulary()
    assert not field.profile or field.profile in ControllerForm.__dataclass_fields__
    assert not field.read or field.read in READERS
    assert set(field.words_of) <= set(vocabulary())
    assert field.form in {"", "only", "refine", "gap"}
    assert (field.form == "only") == (field.source == f"form:{field.id}" and not field.read and not field.maps)
    for one in (field.unknown, field.rest):
        assert not one or one in field.options
    for fact_map in field.maps:
        key, _, part = fact_map.fact.partition(".")
        found = vocabulary()[key].parts[part] if part else vocabulary()[key]
        assert set(fact_map.to) <= set(found.codes)
        assert {option for options in fact_map.to.values() for option in options} <= set(field.options)


def test_every_cause_people_can_choose_has_its_nature_in_the_form() -> None:
    causes = set(vocabulary()["cause"].codes) - {"unspecified"}
    assert set(FORM.fields["incident_nature"].maps[0].to) == causes


def test_every_reader_is_used_by_the_form() -> None:
    assert {field.read for field in FIELDS} - {""} == set(READERS)


def test_hungarian_uses_the_terms_of_the_gdpr() -> None:
    hungarian = " ".join(words.hu for field in FIELDS for words in (field.label, field.help))
    assert "fő felügyeleti hatóság" in hungarian
    assert "vezető felügyeleti" not in hungarian
    assert FORM.by_row(49).label.hu == "A késedelem igazolására szolgáló indokok"
    assert "ésszerű" not in str(of_version("forms", "edpb-breach", "1.0-draft"))


def test_the_fields_named_by_the_rules_are_in_the_form() -> None:
    def names(role: object) -> list[str]:
        return [role] if isinstance(role, str) else [one for part in role for one in names(part)]  # type: ignore[attr-defined]

    assert {one for role in FORM.roles.values() for one in names(role)} <= set(FORM.fields)


def test_what_may_be_to_be_determined_is_marked_as_in_the_template() -> None:
    rows = [field.row for field in FIELDS if field.tbd_option]
    assert rows == [44, 56, 57, 60, 61, 65, 67, 70, 72, 79, 81, 83, 85, 87, 89, 97]


def test_the_draft_says_that_it_is_one_and_applies_since_its_adoption() -> None:
    assert "Konzultációs tervezet" in FORM.status.hu
    assert form_in_force("edpb-breach", date(2026, 6, 8)) is FORM
    with pytest.raises(NoSuchLawError):
        form_in_force("edpb-breach", date(2026, 6, 7))
    assert form_of_version("edpb-breach", "1.0-draft") is FORM
    with pytest.raises(KeyError):
        FORM.by_row(1)


class TestTheEntryOfTheAuthority:
    """Its field list is not public: a mapping that an operator can complete, with visible gaps."""

    def test_every_field_of_the_template_has_one_place(self) -> None:
        placed = [field for entry in naih_mapping(date(2026, 11, 22)).entries for field in entry.fields]
        assert sorted(placed) == sorted(FORM.fields)

    def test_nothing_about_its_screens_is_invented(self) -> None:
        mapping = naih_mapping(date(2026, 11, 22))
        assert mapping.gaps == tuple(entry.id for entry in mapping.entries)
        assert {entry.shown for entry in mapping.entries} == {mark("unknown_entry")}
        assert set(mapping.asks.values()) == {"unknown"}

    def test_an_operator_completes_it_without_touching_code(self) -> None:
        seen = {"people": {"screen": "3. lap", "label": "Érintettek"}, "asks": {"national_id": "no"}}
        mapping = naih_mapping(date(2026, 11, 22), seen)
        people = next(entry for entry in mapping.entries if entry.id == "people")
        assert people.shown.hu == "3. lap › Érintettek"
        assert "people" not in mapping.gaps
        assert mapping.asks == {"national_id": "no", "declaration": "unknown"}

    def test_a_filled_form_is_carried_over_in_its_order(self) -> None:
        carried = dict(naih_mapping(date(2026, 11, 22)).carried(a_form()))
        entries = {entry.id: [field.spec.id for field in fields] for entry, fields in carried.items()}
        assert next(iter(entries)) == "filing"
        assert entries["people"][-1] == "subjects_number"
        assert "integrity_type" not in entries["nature"]
