"""Every duty an incident may start, as dated data: which reports, counted from what, due when, and to whom.

GDPR 33 is one of them. A regime is proposed from the controller's profile, a person confirms it, and its reports then
run by the version that was in force on the day of awareness.
"""

from incidents.rules.regimes.due import DueReport, Params, due
from incidents.rules.regimes.explanation import explain_reports
from incidents.rules.regimes.law import (
    Catalogue,
    Contact,
    Duty,
    Kind,
    Limit,
    ReportRule,
    catalogue,
    contact_of,
    duty_for,
    duty_of_version,
)
from incidents.rules.regimes.periods import end_of_days, end_of_months, noon_rule, office_relief
from incidents.rules.regimes.proposal import Profile, Proposal, proposed
from incidents.rules.regimes.words import (
    anchor_words,
    certainty_words,
    choices_of,
    clock_words,
    code_words,
    part_words,
    regime_names,
    setting_help,
    setting_words,
)

__all__ = [
    "Catalogue",
    "Contact",
    "DueReport",
    "Duty",
    "Kind",
    "Limit",
    "Params",
    "Profile",
    "Proposal",
    "ReportRule",
    "anchor_words",
    "catalogue",
    "certainty_words",
    "choices_of",
    "clock_words",
    "code_words",
    "contact_of",
    "due",
    "duty_for",
    "duty_of_version",
    "end_of_days",
    "end_of_months",
    "explain_reports",
    "noon_rule",
    "office_relief",
    "part_words",
    "proposed",
    "regime_names",
    "setting_help",
    "setting_words",
]
