"""How mails and documents of a drill are marked, so that nobody takes them for earnest."""

from dataclasses import dataclass
from typing import Any

from incidents.base.hungarian import hours_in_words
from incidents.rules.drills import period_of, words
from incidents.store import drills
from incidents.store.tables import OutboxMail
from incidents.store.uow import UnitOfWork


@dataclass(frozen=True)
class Mark:
    """What a mail says before everything else; empty in earnest."""

    subject: str = ""
    heading: str = ""
    banner: str = ""

    @property
    def text(self) -> str:
        """The mark on top of a plain text."""
        if not self.banner:
            return ""
        line = "*" * 72
        return f"{line}\n{self.heading}\n{self.banner}\n{line}\n\n"


IN_EARNEST = Mark()


def of_mail(uow: UnitOfWork, mail: OutboxMail) -> Mark:
    """The mark of a mail, in the language of its recipient."""
    if mail.incident_id is None or not drills.is_drill(uow, mail.incident_id):
        return IN_EARNEST
    return mark(drills.of_incident(uow, mail.incident_id).speed, mail.language)


def mark(speed: float, lang: str) -> Mark:
    """The mark of a drill at a speed, in a language."""
    said: dict[str, Any] = words()["mail"]
    banner = said["banner_real" if speed == 1 else "banner"][lang]
    period = hours_in_words(period_of(speed), lang)
    return Mark(said["subject"][lang], said["heading"][lang], banner.format(period=period))


def on_document(html: str, lang: str) -> str:
    """The wording of a document with the mark of a drill before everything else."""
    opening, _, rest = html.partition(">")
    return f'{opening}>\n<p class="notice"><strong>{words()["mail"]["document"][lang]}</strong></p>{rest}'


def on_title(title: str, lang: str, *, drill: bool) -> str:
    """A title of a document, with the mark of a drill before it where it is one."""
    return f"{words()['mail']['subject'][lang]} {title}" if drill else title
