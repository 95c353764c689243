"""What a warning says of its own clock and of its reader: which duty, how much time, instead of whom, seen or not."""

import re
from collections.abc import Iterator
from html import unescape

import pytest

from incidents.base.settings import load_settings
from incidents.base.time import parse_local
from incidents.store.tables import OutboxMail
from notifications import mails
from tests.builders import CaseFile, Firm, Town
from tests.fakes import FakeClock
from tests.policies_builders import away, duty_clock, hand_over
from tests.steps.test_second_person import WRONG_LETTER

SETTINGS = load_settings({"SECRET_KEY": "k" * 40, "PUBLIC_URL": "https://incidens.futar.example"})


@pytest.fixture
def firm(sqlite_url: str, fake_clock: FakeClock) -> Iterator[Firm]:
    """The firm on one database only, on a day of the newest ladder: the wording does not depend on it."""
    fake_clock.move_to(parse_local("2026-11-24T09:20").at)
    town = Town(sqlite_url, fake_clock)
    yield town.found(staff=("dpo", "handler", "manager"))
    town.close()


def newest(case: CaseFile, to: str, stage: str) -> OutboxMail:
    return [one for one in case.mails() if one.recipient == to and one.payload.get("stage") == stage][-1]


def written(case: CaseFile, row: OutboxMail, lang: str) -> tuple[str, str, str]:
    """Subject, text and the visible words of the HTML."""
    row.language = lang
    with case.town.uow(read_only=True) as uow:
        mail = mails.compose(uow, row, SETTINGS)
    text, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    bare = re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", html.get_content())))
    return str(mail["Subject"]), text.get_content(), bare


def say_the_same(case: CaseFile, row: OutboxMail, lang: str, *sentences: str) -> str:
    subject, text, html = written(case, row, lang)
    for sentence in sentences:
        assert sentence in text
        assert sentence in html
    return subject


@pytest.mark.parametrize(
    ("lang", "subject", "sentences"),
    [
        (
            "hu",
            "24 óra maradt – A Hatóság végzésének teljesítése, válasz – 24 óra van hátra",
            [
                "Nemzeti Adatvédelmi és Információszabadság Hatóság",
                "A végzésben megjelölt módon.",
                "2026. november 26.",
            ],
        ),
        (
            "en",
            "24 hours left – Answering an order of the authority, answer – 24 hours left",
            ["In the way the order says.", "26 November 2026"],
        ),
    ],
)
def test_a_warning_of_another_duty_names_the_duty_the_report_and_its_own_time(
    firm: Firm, lang: str, subject: str, sentences: list[str]
) -> None:
    case = firm.report()
    duty_clock(case, 48)
    firm.town.clock.advance(hours=24)
    firm.town.sweep()
    row = newest(case, firm.address("dpo"), "before24")
    assert say_the_same(case, row, lang, *sentences) == f"{subject} – {case.reference}"
    text = written(case, row, lang)[1]
    assert not re.search("72 (óra|hours)", text)
    assert not re.search("Ami még hiányzik a bejelentéshez|Still missing", text)


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [("hu", "Ezt a levelet Doktor Dóra helyett kapja"), ("en", "You get this mail instead of Doktor Dóra")],
)
def test_a_stand_in_reads_for_whom(firm: Firm, lang: str, sentence: str) -> None:
    away(firm, "dpo", "manager")
    case = firm.report()
    firm.town.sweep()
    say_the_same(case, newest(case, firm.address("manager"), "opened"), lang, sentence)


@pytest.mark.parametrize(("lang", "sentence"), [("hu", "az ügyet Önnek adták át"), ("en", "was handed over to you")])
def test_the_holder_reads_why_the_warning_comes(firm: Firm, lang: str, sentence: str) -> None:
    case = firm.report()
    hand_over(case, "manager")
    firm.town.sweep()
    say_the_same(case, newest(case, firm.address("manager"), "opened"), lang, sentence)
    (row,) = [one for one in case.mails() if one.template == "handed_over"]
    subject = say_the_same(case, row, lang, "Az informatika nézi a naplókat", case.reference)
    assert {"hu": "72 óra maradt – Önnek adtak át egy ügyet", "en": "72 hours left – A case has been"}[lang] in subject


@pytest.mark.parametrize(("lang", "sentence"), [("hu", "ismétlődik"), ("en", "is repeated")])
def test_a_repeated_warning_of_a_case_somebody_has_can_still_be_acknowledged(
    firm: Firm, lang: str, sentence: str
) -> None:
    case = firm.report()
    case.acknowledge()
    firm.town.clock.advance(hours=96)
    firm.town.sweep()
    row = newest(case, firm.address("dpo"), "overdue-1")
    say_the_same(case, row, lang, sentence)
    assert "/ack/" in written(case, row, lang)[1]


@pytest.mark.parametrize(("lang", "sentence"), [("hu", "Az új tények túlhaladták"), ("en", "New facts have overtaken")])
def test_a_clock_that_runs_on_because_of_new_facts_says_so(firm: Firm, lang: str, sentence: str) -> None:
    case = firm.report()
    case.amend(**WRONG_LETTER)
    case.decide("no", "no")
    case.amend(recipient={"kind": "attacker"}, malicious=True)
    firm.town.clock.advance(hours=48)
    firm.town.sweep()
    say_the_same(case, newest(case, firm.address("dpo"), "t48"), lang, sentence)
