"""A delivery of very many mails shows that it lives before it has ended."""

from incidents.store import heartbeat
from notifications import outgoing
from notifications.delivery import MailCourier
from notifications.smtp import Mailer, parse_url
from tests.company import Company


def test_life_is_shown_with_the_first_mail_and_not_only_at_the_end(company: Company) -> None:
    company.open_case()
    company.sweep()
    with Mailer(parse_url(company.settings.smtp_url)) as mailer:
        assert (
            outgoing.run(
                company.engine, company.clock, MailCourier(mailer, company.clock, company.settings, down=False)
            )
            == 2
        )
    with company.uow(read_only=True) as uow:
        assert heartbeat.read(uow)["deliver"] == company.clock.now()
