"""The mail that asks for a sign-off: of what, how far it is, how much time is left, and whether it still waits."""

from collections.abc import Iterator
from email.message import EmailMessage

import pytest

from incidents.base.settings import load_settings
from incidents.steps import form, sign_off
from notifications import mails
from tests.builders import CaseFile, Town
from tests.towns import empty_town, shared_town, town

__all__ = ["empty_town", "shared_town", "town"]


@pytest.fixture
def case(town: Town) -> Iterator[CaseFile]:
    """A case whose cause is unknown, and whose DPO has asked the manager."""
    case = town.found().report()
    case.amend(cause="to_be_determined")
    with case.firm.as_("dpo") as uow:
        sign_off.request(uow, case.id, form.Asked())
    yield case


def mail_of(case: CaseFile, lang: str = "hu") -> EmailMessage:
    [queued] = [mail for mail in case.mails() if mail.template == "sign_off_wanted"]
    settings = load_settings({"SECRET_KEY": "k" * 40, "PUBLIC_URL": "https://incidens.example"})
    with case.town.uow() as uow:
        queued.language = lang
        return mails.compose(uow, queued, settings)


def text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def test_it_names_what_is_to_be_signed_what_is_open_and_the_hours_left(case: CaseFile) -> None:
    message = mail_of(case)
    text = text_of(message)
    assert message["Subject"] == f"Egy bejelentéshez az Ön jóváhagyása kell – {case.reference}"
    assert "új bejelentés, hiányos, később kiegészítendő" in text
    assert "Az esemény jellege" in text.partition("Ami még nem ismert")[2]
    assert "Hátralévő idő: 72 óra" in text
    assert f"https://incidens.example/incidents/{case.id}/sign-off/" in text


def test_in_english_for_whoever_reads_english(case: CaseFile) -> None:
    text = text_of(mail_of(case, "en"))
    assert "asks you to sign off the notification to the authority: new notification, incomplete" in text


def test_once_the_form_has_changed_it_says_that_nothing_waits_any_more(case: CaseFile) -> None:
    assert "már nem kell válaszolni" not in text_of(mail_of(case))
    case.amend(systems="egy laptop")
    assert "már nem kell válaszolni" in text_of(mail_of(case))
