"""What a clock counts, in words without anything about the case: the duty and, where it has several, the report."""

from incidents.rules.regimes import duty_of_version
from incidents.store.tables import ClockRow


def owed(clock: ClockRow, lang: str) -> str:
    """The duty a clock belongs to: ``Bejelentés a felügyeleti hatóságnak (GDPR 33. cikk)``.

    Raises:
        NoSuchLawError: the version it runs by is not there.
    """
    duty = duty_of_version(clock.regime, clock.regime_version)
    report = next((one for one in duty.reports if one.name == clock.report), None)
    if report is None or len(duty.reports) == 1:
        return str(duty.label[lang])
    return f"{duty.label[lang]} – {report.label[lang]}"
