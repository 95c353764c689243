"""A mail to try the way out with: what the doctor cannot know is whether it arrives."""

from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

import click

from incidents.base.settings import Settings
from incidents.base.time import SystemClock
from incidents.commands.saying import fail, settings
from notifications.smtp import FinalFailure, Mailer, RetryableFailure, ServerFailure, SmtpUrlError, parse_url

TEXT = """Ez egy próbalevél: a szolgáltatás levelei megérkeznek erre a címre. Nincs vele teendője.

This is a test mail: the mails of the service reach this address. There is nothing to do.

{address}
"""


@click.command()
@click.argument("recipient")
def trial(recipient: str) -> None:
    """Send one test mail to RECIPIENT at once, past the outbox, and say what the mail server answered."""
    chosen = settings()
    if not chosen.smtp_url:
        fail("test-mail: SMTP_URL is not set, so no mail can leave")
    try:
        with Mailer(parse_url(chosen.smtp_url)) as mailer:
            mailer.send(_letter(chosen, recipient))
    except (SmtpUrlError, ValueError) as error:
        fail(f"test-mail: {error}")
    except (ServerFailure, RetryableFailure, FinalFailure) as error:
        fail(f"test-mail: the mail server did not take it: {error}")
    click.echo(f"The mail server took it for {recipient}. Now look whether it has arrived, and not among the spam.")


def _letter(chosen: Settings, recipient: str) -> EmailMessage:
    letter = EmailMessage()
    letter["From"], letter["To"] = chosen.mail_from, recipient
    letter["Subject"] = "incidens72: próbalevél – test mail"
    letter["Date"] = format_datetime(SystemClock().now())
    letter["Message-ID"] = make_msgid(domain="incidens72")
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(TEXT.format(address=chosen.public_url))
    return letter
