"""Mails that tell of a breach, and a firm that has one waiting."""

from email.message import EmailMessage
from typing import TYPE_CHECKING

from incidents.rules.evidence import NewFile
from incidents.steps import inbox

if TYPE_CHECKING:
    from tests.builders import CaseFile

SUBJECT = "Adatvédelmi incidens a bérszámfejtő rendszerben"
TEXT = "Tisztelt Partnerünk!\n\nMa reggel észleltük, hogy illetéktelen személy lépett be a rendszerbe.\n"


def processors_mail(
    subject: str = SUBJECT, *, html: bool = False, date: str = "Fri, 20 Nov 2026 16:12:00 +0100"
) -> bytes:
    """A mail of a processor with two files: one of a kind that is taken as evidence, and one that is not."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = (
        "Ügyeleti Ubul <ugyelet@berszamfejto.example>",
        "x@futar.example",
        subject,
    )
    if date:
        mail["Date"] = date
    mail.set_content(f"<style>p {{}}</style><p>{TEXT}</p><script>alert(1)</script>" if html else TEXT)
    if html:
        mail.set_type("text/html")
    mail.add_attachment(b"%PDF-1.7\nnapl\xc3\xb3", maintype="application", subtype="pdf", filename="naplo.pdf")
    mail.add_attachment(b"MZ\x90", maintype="application", subtype="octet-stream", filename="../../nezze.exe")
    mail.set_boundary("minta")
    return mail.as_bytes()


def busy_inbox(case: "CaseFile") -> None:
    """The mail the case came with, and one that waits at the firm."""
    with case.firm.as_("dpo") as uow:
        first = inbox.bring(uow, case.firm.id, NewFile("elso.eml", processors_mail("Elveszett laptop")))
        first.state, first.judged_by, first.judged_at, first.incident_id = "accepted", "Dóra", uow.now, case.id
        inbox.bring(uow, case.firm.id, NewFile("level.eml", processors_mail()))
