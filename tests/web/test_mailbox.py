"""The mailbox of the demonstration: it exists in the demonstration only, and shows mails without running them."""

import mailbox
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from incidents.web.mailbox import letters, pieces
from tests.fakes import FakeClock
from tests.web.office import Office, text_of


def posted(folder: Path, subject: str, text: str, html: str = "", date: str = "Fri, 20 Nov 2026 17:51:00 +0100") -> str:
    """A mail that has arrived in the folder; its key."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"], mail["Date"] = "a@b.example", "dpo@futar.example", subject, date
    mail.set_content(text)
    if html:
        mail.add_alternative(html, subtype="html")
    folder.parent.mkdir(exist_ok=True)
    return mailbox.Maildir(folder).add(mail.as_bytes())


@pytest.fixture
def demo(sqlite_url: str, fake_clock: FakeClock, tmp_path: Path) -> Iterator[Office]:
    """The office in demo mode."""
    office = Office(sqlite_url, fake_clock, tmp_path / "data", demo=True)
    with office.browser:
        yield office
    office.engine.dispose()


def test_outside_the_demonstration_there_is_no_mailbox(small_office: Office) -> None:
    posted(small_office.settings.data_dir / "mailbox", "Titok", "Titok")
    small_office.sign_in("dpo")
    small_office.get("/mailbox", status=404)


def test_an_empty_mailbox_says_when_the_first_mail_comes(demo: Office) -> None:
    assert "Még nem ment ki levél." in demo.get("/mailbox")


def test_the_acknowledgement_link_in_a_mail_can_be_followed(demo: Office) -> None:
    link = f"{demo.settings.public_url}/ack/abc.def-1"
    key = posted(demo.settings.data_dir / "mailbox", "FUT-2026/0001: új incidens", f"Átveszem: {link}.\nÜdvözlettel")
    assert "FUT-2026/0001: új incidens" in text_of(demo.get("/mailbox"))
    assert f'<a href="{link}">' in demo.get(f"/mailbox/{key}")


def test_no_other_address_becomes_a_link(demo: Office) -> None:
    key = posted(demo.settings.data_dir / "mailbox", "x", "https://elsewhere.example/ack/1 és javascript:alert(1)")
    page = demo.get(f"/mailbox/{key}")
    assert 'href="https://elsewhere' not in page
    assert 'href="javascript' not in page


def test_the_html_of_a_mail_is_shut_in_a_frame_without_scripts(demo: Office) -> None:
    key = posted(demo.settings.data_dir / "mailbox", "x", "szöveg", '<p>Szép</p><script>alert("1")</script>')
    page = demo.get(f"/mailbox/{key}")
    assert "<script>alert" not in page
    assert 'sandbox="allow-top-navigation-by-user-activation"' in page


def test_a_mail_that_is_not_there_is_not_found(demo: Office) -> None:
    demo.get("/mailbox/nothing", status=404)
    demo.get("/mailbox/..%2Fsecret_key", status=404)


def test_the_newest_mail_stands_first(tmp_path: Path) -> None:
    posted(tmp_path / "m", "régi", "x", date="Fri, 20 Nov 2026 17:51:00 +0100")
    posted(tmp_path / "m", "új", "x", date="Fri, 20 Nov 2026 19:51:00 +0100")
    posted(tmp_path / "m", "kelet nélkül", "x", date="")
    assert [one.subject for one in letters(tmp_path / "m")] == ["új", "régi", "kelet nélkül"]


def test_the_pieces_of_a_text_make_up_the_text() -> None:
    text = "Nyissa meg: http://x.example/a?b=1, vagy http://y.example/c."
    found = list(pieces(text, "http://x.example"))
    assert "".join(piece for piece, _ in found) == text
    assert [piece for piece, is_link in found if is_link] == ["http://x.example/a?b=1"]
