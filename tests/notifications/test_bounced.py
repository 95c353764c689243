"""A mail that comes back: it is known by its return address, shows red, and the next contact is told."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from incidents.base.settings import SettingsError, load_settings
from notifications import delivery, verp
from tests.company import DEPUTY, DPO, SECRET_KEY, Company
from tests.servers import Received, SmtpServer

NO_SUCH = "smtp; 550 5.1.1 no such mailbox"


@pytest.fixture
def case(company: Company) -> UUID:
    """A case whose first warnings have left under return addresses of their own."""
    company.settings = replace(company.settings, bounce_address="bounces@futar.example")
    case = company.open_case()
    company.sweep()
    company.deliver()
    return case


def _to(smtp_server: SmtpServer, address: str) -> Received:
    return next(mail for mail in smtp_server.received() if mail.recipients == (address,))


def _come_back(company: Company, mail_id: UUID) -> None:
    with company.uow() as uow:
        delivery.bounced(uow, mail_id, NO_SUCH)


def test_the_return_address_names_the_mail(company: Company, case: UUID, smtp_server: SmtpServer) -> None:
    named = {mail.recipient: verp.Returned("o", mail.id) for mail in company.mails(case)}
    found = {mail.recipients[0]: verp.decode([SECRET_KEY], mail.sender) for mail in smtp_server.received()}
    assert found == named


def test_without_a_bounce_address_bounces_go_to_the_sender(company: Company, smtp_server: SmtpServer) -> None:
    company.open_case()
    company.sweep()
    company.deliver()
    assert {mail.sender for mail in smtp_server.received()} == {"incidens@futar.example"}


def test_a_bounce_shows_red_and_the_next_contact_gets_the_warning(
    company: Company, case: UUID, smtp_server: SmtpServer
) -> None:
    returned = verp.decode([SECRET_KEY], _to(smtp_server, DPO.email).sender)
    assert returned is not None
    _come_back(company, returned.row_id)
    [mail] = company.mails(case, "bounced")
    assert (mail.recipient, mail.last_error) == (DPO.email, NO_SUCH)
    [event] = [event for event in company.case(case).events if event.kind == "mail.bounced"]
    assert (event.data["to"], event.data["failure"]) == (DPO.email, NO_SUCH)
    assert company.deliver() == 1
    told = _to(smtp_server, DEPUTY.email)
    assert DPO.email in told.text()
    assert "no such mailbox" in told.text()


def test_a_second_bounce_of_the_same_mail_is_no_news(company: Company, case: UUID) -> None:
    mail_id = company.mails(case)[0].id
    _come_back(company, mail_id)
    before = len(company.case(case).events), len(company.mails(case))
    _come_back(company, mail_id)
    _come_back(company, uuid4())
    assert (len(company.case(case).events), len(company.mails(case))) == before


@pytest.mark.parametrize("address", ["bounces", "@futar.example", "a-very-long-name-indeed@futar.example", "ő@x.hu"])
def test_a_bounce_address_no_tag_fits_on_is_refused_at_the_start(address: str) -> None:
    with pytest.raises(SettingsError, match="BOUNCE_ADDRESS"):
        load_settings({"BOUNCE_ADDRESS": address, "SECRET_KEY": "k"})


def test_the_longest_name_allowed_leaves_room_for_the_tag() -> None:
    from incidents.base.settings import BOUNCE_NAME_LENGTH

    assert BOUNCE_NAME_LENGTH <= verp.ROOM_FOR_NAME
