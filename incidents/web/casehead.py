"""What every page about one case shares: the case as the person may see it, and the form that was refused."""

from typing import Any
from uuid import UUID

from litestar import Response

from incidents.base.i18n import msgid
from incidents.rules.access import may
from incidents.steps import cases
from incidents.web.forms import Form
from incidents.web.rendering import page
from incidents.web.sessions import PageRequest, actor_of, page_uow

OBSTACLES = (
    msgid("The authority has ordered that the people be told: decide so, then tell them."),
    msgid("A proposed decision waits for its second person: it must be answered first."),
    msgid("Facts recorded since have taken the decision its ground: decide again first."),
)
"""Sentences of the lifecycle rules, named here for the catalogues: rules know no languages."""


def load(request: PageRequest, incident_id: UUID) -> cases.Case:
    """The case, for showing.

    Raises:
        NotFound: there is none, or it is not the person's.
    """
    with page_uow(request, read_only=True) as uow:
        return cases.case(uow, incident_id)


def case_page(
    request: PageRequest, template: str, found: cases.Case, form: Form | None = None, **context: Any
) -> Response[str]:
    """A page about one case. A refused form brings its status with it; ``may(act)`` tells what to offer."""
    roles = actor_of(request).roles.get(found.controller.id, frozenset())
    status = form.problem.status if form and form.problem else 200
    return page(request, template, status=status, form=form, case=found, may=lambda act: may(roles, act), **context)
