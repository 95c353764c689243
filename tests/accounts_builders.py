"""How people of a firm get in: what every table of it needs to hold a row; authenticators that tests can read."""

from typing import TYPE_CHECKING

from incidents.steps import sign_in_rules

if TYPE_CHECKING:
    from tests.builders import CaseFile


def busy_accounts(case: "CaseFile") -> None:
    """A firm that demands a second step of its administrators."""
    with case.town.uow() as uow:
        sign_in_rules.demand(uow, case.firm.id, ["admin"])
