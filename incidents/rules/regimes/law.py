"""The dated regimes as objects: what each asks for, of whom, and since when."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from typing import Any

from incidents.base.dated import NoSuchLawError, every, in_force

NOT_YET = date.max
"""The first day of a proposal that is not law."""


class Kind(StrEnum):
    """How the end of a report's period is found."""

    HOURS = "hours"
    DAYS = "days"
    MONTHS = "months"
    GIVEN = "given"
    INTERNAL = "internal"


@dataclass(frozen=True)
class Limit:
    """A second end that may come first: so long after another anchor."""

    anchor: str
    after: timedelta


@dataclass(frozen=True)
class ReportRule:
    """One report of a regime and when it is due.

    ``anchor`` names what is counted from: awareness, classification, first_signal, received, given, promised,
    fix_available, or ``previous:<report>``, the instant at which another report was first sent (``from_latest``: its
    latest version). The amount is the law's, or comes from the field of ``Params`` that ``param`` names.
    """

    name: str
    label: Mapping[str, str]
    kind: Kind
    anchor: str
    amount: float | None = None
    param: str = ""
    not_after: Limit | None = None
    noon: str = ""
    only_event: str = ""
    office_relief_level: int | None = None
    otherwise: "ReportRule | None" = None
    from_latest: bool = False


@dataclass(frozen=True)
class Duty:
    """A regime in one dated version: authority, threshold, route, reports, and how sure its data are."""

    id: str
    version: str
    applies_from: date
    applies_to: date
    authority: str
    label: Mapping[str, str]
    route: Mapping[str, str]
    threshold: Mapping[str, str]
    certainty: str
    unverified: tuple[str, ...]
    sources: tuple[str, ...]
    reports: tuple[ReportRule, ...]
    contact: Mapping[str, Any] | None
    proposal: Mapping[str, Any] | None
    if_feasible: bool = True
    register_years: int | None = None

    def applies(self, on: date) -> bool:
        """Whether this version is in force on a day; the last day is exclusive."""
        return self.applies_from <= on < self.applies_to

    @property
    def is_law(self) -> bool:
        """Whether it has a first day at all: a proposal has none."""
        return self.applies_from != NOT_YET


@dataclass(frozen=True)
class Contact:
    """Where a report goes; an empty address is one nobody could find, to be filled in and never guessed."""

    name: Mapping[str, str]
    email: str
    phone: str
    website: str
    certainty: str


@dataclass(frozen=True)
class Catalogue:
    """All versions of all regimes, and the answers by day or by version."""

    duties: tuple[Duty, ...]

    def in_force(self, regime_id: str, on: date) -> Duty:
        """The version of a regime that applies to an awareness on that day (in Hungary).

        Raises:
            NoSuchLawError: none applies.
        """
        for duty in self.duties:
            if duty.id == regime_id and duty.applies(on):
                return duty
        raise NoSuchLawError(f"no regimes/{regime_id} applies on {on}")

    def of_version(self, regime_id: str, version: str) -> Duty:
        """The version an older case was judged under, whatever the day.

        Raises:
            NoSuchLawError: there is none.
        """
        for duty in self.duties:
            if (duty.id, duty.version) == (regime_id, version):
                return duty
        raise NoSuchLawError(f"there is no version {version} of regimes/{regime_id}")

    def all_in_force(self, on: date) -> tuple[Duty, ...]:
        """Every regime on a day, in order of id."""
        return tuple(sorted((duty for duty in self.duties if duty.applies(on)), key=lambda duty: duty.id))

    def switched_on(self, regime_id: str, version: str, on: date) -> "Catalogue":
        """The catalogue as it reads once a version applies from a day: what applied then ends, the rest stays.

        Raises:
            NoSuchLawError: there is no such version.
        """
        new = replace(self.of_version(regime_id, version), applies_from=on)
        others = (duty for duty in self.duties if (duty.id, duty.version) != (regime_id, version))
        ended = (replace(old, applies_to=on) if old.id == regime_id and old.applies(on) else old for old in others)
        return Catalogue((*ended, new))


@cache
def catalogue() -> Catalogue:
    """Every regime of the law data."""
    return Catalogue(tuple(_duty(law) for law in every("regimes")))


def duty_for(regime_id: str, on: date) -> Duty:
    """The version of a regime that applies to an awareness on that day (in Hungary).

    Raises:
        NoSuchLawError: none applies.
    """
    return catalogue().in_force(regime_id, on)


def duty_of_version(regime_id: str, version: str) -> Duty:
    """The version an older case was judged under.

    Raises:
        NoSuchLawError: there is none.
    """
    return catalogue().of_version(regime_id, version)


def contact_of(duty: Duty, on: date) -> Contact:
    """Where the reports of a regime go on a day: its own contact, or the dated address of its authority.

    Raises:
        NoSuchLawError: it has neither.
    """
    data = duty.contact or in_force("authorities", duty.authority, on)
    plain = {key: data[key] for key in ("name", "email", "phone", "website", "certainty")}
    return Contact(**plain)


def _duty(law: Mapping[str, Any]) -> Duty:
    plain = {key: law[key] for key in ("id", "version", "applies_from", "authority", "label", "route", "threshold")}
    return Duty(
        **plain,
        applies_to=law.get("applies_to", date.max),
        certainty=law["certainty"],
        unverified=tuple(law.get("unverified", ())),
        sources=tuple(law["sources"]),
        reports=tuple(_report(one) for one in law.get("reports", (_only_report(law),))),
        contact=law.get("contact"),
        proposal=law.get("proposal"),
        if_feasible=law.get("if_feasible", True),
        register_years=law.get("register_years"),
    )


def _only_report(law: Mapping[str, Any]) -> dict[str, Any]:
    """The report of a regime that has just one period in hours."""
    words = {"hu": "bejelentés", "en": "notification"}
    period = {"anchor": law.get("anchor"), "amount": law.get("period_hours")}
    return {"name": "notification", "label": words, "kind": "hours", **period}


_PLAIN = ("amount", "param", "noon", "only_event", "office_relief_level", "from_latest")


def _report(data: Mapping[str, Any]) -> ReportRule:
    limit, otherwise = data.get("not_after"), data.get("otherwise")
    plain = {key: data[key] for key in _PLAIN if key in data}
    return ReportRule(
        name=data.get("name", ""),
        label=data.get("label", {}),
        kind=Kind(data["kind"]),
        anchor=data["anchor"],
        not_after=Limit(limit["anchor"], timedelta(hours=limit["hours"])) if limit else None,
        otherwise=_report(otherwise) if otherwise else None,
        **plain,
    )
