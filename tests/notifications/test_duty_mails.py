"""Whoever decides hears at once that another duty may apply, and until when its first report would be due."""

import pytest

from tests.builders import Firm
from tests.duties_builders import subject_to
from tests.notifications.test_notices import firm, written

__all__ = ["firm"]


@pytest.mark.parametrize(
    ("lang", "subject", "sentences"),
    [
        (
            "hu",
            "További kötelezettség merült fel: döntsön róla",
            [
                "Jelentős IKT-incidens bejelentése (DORA) – első bejelentés legkésőbb: 2026. november 21. 17:50",
                "Az adatkezelő értesítése adatfeldolgozóként (GDPR 33. cikk (2) bekezdés)",
                "nem megy riasztás",
            ],
        ),
        (
            "en",
            "Another duty may apply: decide on it",
            [
                "Major ICT-related incident (DORA) – initial notification at the latest: 21 November 2026, 17:50",
                "Until it is confirmed nobody is warned of that deadline",
            ],
        ),
    ],
)
def test_one_mail_names_every_duty_that_was_proposed(firm: Firm, lang: str, subject: str, sentences: list[str]) -> None:
    case = subject_to(firm, dora=True, acts_as_processor=True).report()
    title, text, html = written(case, "duty_proposed", lang)
    assert (subject in title, case.reference in title) == (True, True)
    for sentence in sentences:
        assert sentence in text
        assert sentence in html
    assert f"/incidents/{case.id}/duties" in text
    assert {mail.recipient for mail in case.mails() if mail.template == "duty_proposed"} == {
        firm.address("dpo"),
        firm.address("manager"),
    }


def test_without_a_proposal_there_is_no_such_mail(firm: Firm) -> None:
    case = firm.report()
    case.amend(cause="ransomware")
    assert [mail for mail in case.mails() if mail.template == "duty_proposed"] == []
