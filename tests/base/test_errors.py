"""A refusal carries a status for the machine and a sentence for the person."""

from incidents.base.errors import Conflict, FieldError, IncidentError, InvalidInput


def test_a_refusal_has_the_sentence_of_its_kind_unless_it_brings_its_own() -> None:
    assert str(Conflict()) == Conflict.message
    assert str(Conflict("{who} was faster.", who="The DPO")) == "The DPO was faster."


def test_the_sentence_stays_translatable_because_its_values_are_kept_apart() -> None:
    error = IncidentError("{count} letters are left.", count="3")
    assert error.message == "{count} letters are left."
    assert error.params == {"count": "3"}


def test_bad_input_names_every_faulty_field_in_order() -> None:
    errors = [
        FieldError("facts.title", "required", "Say what happened."),
        FieldError("zone", "unknown", "No such zone."),
    ]
    refused = InvalidInput(errors)
    assert refused.status == 422
    assert [error.path for error in refused.errors] == ["facts.title", "zone"]
