"""The mails a change in a case calls for: what moved, what is asked of the reader, and where to go."""

import re
from collections.abc import Iterator
from html import unescape

import pytest

from incidents.base.settings import load_settings
from incidents.base.time import ZonedInstant
from incidents.rules.vocabulary import label
from incidents.store.tables import DecisionProposal, OutboxMail
from notifications import mails
from tests.builders import GOOD_REASON, CaseFile, Firm, Town
from tests.fakes import FakeClock
from tests.steps.test_second_person import STOLEN, WRONG_LETTER

SETTINGS = load_settings({"SECRET_KEY": "k" * 40, "PUBLIC_URL": "https://incidens.futar.example"})


@pytest.fixture
def firm(sqlite_url: str, fake_clock: FakeClock) -> Iterator[Firm]:
    """The firm on one database only: the wording does not depend on it."""
    town = Town(sqlite_url, fake_clock)
    yield town.found()
    town.close()


def written(case: CaseFile, template: str, lang: str) -> tuple[str, str, str]:
    """Subject, text and the visible words of the HTML of the newest such mail, in a language."""
    row: OutboxMail = [mail for mail in case.mails() if mail.template == template][-1]
    row.language = lang
    with case.town.uow(read_only=True) as uow:
        mail = mails.compose(uow, row, SETTINGS)
    text, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    bare = re.sub(r"<[^>]*>", " ", re.sub(r"</?strong>", "", html.get_content()))
    seen = re.sub(r"\s+", " ", unescape(bare))
    return str(mail["Subject"]), text.get_content(), seen


@pytest.mark.parametrize(
    ("lang", "subject", "sentences"),
    [
        (
            "hu",
            "Megváltozott, amit a kockázati teszt mond",
            ["Eddig: nem. Most: igen.", "újra kell dönteni", "A határidő addig is tovább fut."],
        ),
        (
            "en",
            "The risk test now says something else",
            ["Before: no. Now: yes.", "decide again", "The clock runs on meanwhile."],
        ),
    ],
)
def test_a_changed_verdict_says_from_what_to_what_and_why(
    firm: Firm, lang: str, subject: str, sentences: list[str]
) -> None:
    case = firm.report()
    case.amend(**WRONG_LETTER)
    case.decide("no", "no")
    case.amend(recipient={"kind": "attacker"}, malicious=True)
    title, text, html = written(case, "verdict_changed", lang)
    assert subject in title
    assert case.reference in title
    for sentence in (*sentences, label("malicious", lang), label("recipient", lang)):
        assert sentence in text
        assert sentence in html
    assert f"/incidents/{case.id}/assess/result" in text


@pytest.mark.parametrize(
    ("lang", "sentences"),
    [
        ("hu", ["Doktor Dóra döntést javasolt", "Bejelentik a Hatóságnak? nem", "a határidő tovább fut", "holott"]),
        ("en", ["Doktor Dóra has proposed a decision", "Notify the authority? no", "the clock goes on", "although"]),
    ],
)
def test_who_is_asked_for_approval_reads_what_why_and_where(firm: Firm, lang: str, sentences: list[str]) -> None:
    case = firm.report()
    case.amend(**STOLEN)
    proposal = case.propose("no", "no")
    assert isinstance(proposal, DecisionProposal)
    title, text, html = written(case, "approval_wanted", lang)
    assert case.reference in title
    for sentence in sentences:
        assert sentence in text
        assert sentence in html
    assert proposal.reasons_authority in text
    assert f"/incidents/{case.id}/decide" in text
    case.answer(proposal, "refused")
    over = {"hu": "már nem kell válaszolni", "en": "no longer waits"}[lang]
    assert over in written(case, "approval_wanted", lang)[1]


@pytest.mark.parametrize(("lang", "words"), [("hu", "újra kell dönteni"), ("en", "decided again")])
def test_a_fallen_exemption_names_its_point_and_the_fact(firm: Firm, lang: str, words: str) -> None:
    case = firm.report().encrypted()
    case.decide("yes", "exempt", exemption="a")
    case.amend(unintelligible={"state": "no"})
    _, text, html = written(case, "exemption_reopened", lang)
    assert words in text
    assert words in html
    assert {"hu": "(3) bekezdés a) pontja", "en": "34(3)(a)"}[lang] in text


@pytest.mark.parametrize(
    ("lang", "answer", "sentences"),
    [
        ("hu", "refused", ["Kelemen Katalin elutasította", "Nem született döntés, a határidő tovább fut"]),
        ("hu", "approved", ["Kelemen Katalin jóváhagyta", "A javaslat ezzel döntéssé vált."]),
        ("en", "refused", ["Kelemen Katalin has refused", "Nothing is decided, and the clock goes on"]),
        ("en", "approved", ["Kelemen Katalin has approved", "The proposal is now the decision."]),
    ],
)
def test_whoever_proposed_reads_the_answer_and_its_sentence(
    firm: Firm, lang: str, answer: str, sentences: list[str]
) -> None:
    case = firm.report()
    case.amend(**STOLEN)
    proposal = case.propose("no", "no")
    assert isinstance(proposal, DecisionProposal)
    case.answer(proposal, answer)
    subject, text, html = written(case, "proposal_answered", lang)
    assert case.reference in subject
    for sentence in (*sentences, GOOD_REASON):
        assert sentence in text
        assert sentence in html


def test_one_that_reaches_nobody_is_told_to_the_next_person(firm: Firm) -> None:
    from notifications.delivery import _tell_next

    case = firm.report()
    case.amend(**STOLEN)
    case.propose("no", "no")
    with case.town.uow() as uow:
        (row,) = [mail for mail in case.mails() if mail.template == "approval_wanted"]
        row.last_error = "nincs ilyen postafiók"
        _tell_next(uow, row)
    _, text, _ = written(case, "undeliverable", "hu")
    assert "Egy döntéshez az Ön jóváhagyása kell" in text
    assert firm.address("manager") in text


def test_times_are_told_in_hours(firm: Firm) -> None:
    case = firm.report(noticed=ZonedInstant(firm.town.ago(hours=50).at))
    case.amend(**STOLEN)
    case.propose("no", "no")
    assert "22 óra" in written(case, "approval_wanted", "hu")[1]
