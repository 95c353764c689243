"""Casework in which everything has happened once."""

from typing import TYPE_CHECKING

from incidents.rules.casework import TaskForm
from incidents.rules.evidence import NewFile
from incidents.steps import casework

if TYPE_CHECKING:
    from tests.builders import CaseFile

LOG = NewFile("naplo.txt", b"2026-11-20 17:50 sikertelen bejelentkezes 192.0.2.7")


def busy_casework(case: "CaseFile") -> None:
    """A playbook, a task by hand that is done, a file, a comment that was taken back."""
    with case.firm.as_("handler") as uow:
        casework.start_playbook(uow, case.id, "lost-device", "hu")
        task = casework.add_task(uow, case.id, TaskForm("Felhívni a villamostársaságot."))
        casework.settle(uow, case.id, task.id, "done", "Nem adták le.")
        casework.add_file(uow, case.id, LOG, "a levelezés naplója")
        said = casework.comment(uow, case.id, "A gép a pénteki nagytakarítás óta nincs meg.")
        casework.withdraw(uow, case.id, said.id, "Mégis megvolt hétfőn.")
