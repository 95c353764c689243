"""Recipients of the letters of Art. 34: from the rows of somebody's list to people one can write to."""

from incidents.rules.recipients.columns import FIELDS, column_faults, guess
from incidents.rules.recipients.judging import Findings, Judge, Judged
from incidents.rules.recipients.person import Person

__all__ = ["FIELDS", "Findings", "Judge", "Judged", "Person", "column_faults", "guess"]
