"""Forms of an authority as data: filled from the case, checked, measured, frozen and compared (GDPR Art. 33)."""

from incidents.rules.form.answers import validate_answers
from incidents.rules.form.completeness import FormHint, Obstacle, obstacles, quality_hints
from incidents.rules.form.difference import Change, difference, difference_of_frozen, fingerprint, frozen
from incidents.rules.form.filling import FieldStatus, FilledField, FilledForm, Meter, filled
from incidents.rules.form.mapping import EntryMapping, MappedEntry, naih_mapping
from incidents.rules.form.model import (
    EDPB_BREACH,
    Form,
    FormField,
    FormOption,
    FormSection,
    form_in_force,
    form_of_version,
    form_to_fill,
    forms_to_fill,
    mark,
)
from incidents.rules.form.reading import Beside, Reporter, Told

__all__ = [
    "EDPB_BREACH",
    "Beside",
    "Change",
    "EntryMapping",
    "FieldStatus",
    "FilledField",
    "FilledForm",
    "Form",
    "FormField",
    "FormHint",
    "FormOption",
    "FormSection",
    "MappedEntry",
    "Meter",
    "Obstacle",
    "Reporter",
    "Told",
    "difference",
    "difference_of_frozen",
    "filled",
    "fingerprint",
    "form_in_force",
    "form_of_version",
    "form_to_fill",
    "forms_to_fill",
    "frozen",
    "mark",
    "naih_mapping",
    "obstacles",
    "quality_hints",
    "validate_answers",
]
