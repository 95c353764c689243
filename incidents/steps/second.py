"""Four eyes: who may be the second person to a decision or a sending that somebody else has prepared."""

from collections.abc import Iterable
from uuid import UUID

from incidents.base.errors import Forbidden
from incidents.rules.access import second_people
from incidents.rules.escalation import Person
from incidents.steps.guard import require
from incidents.store import people
from incidents.store.uow import UnitOfWork


def others(everybody: Iterable[Person], first: UUID | None) -> list[Person]:
    """The people of a controller who may answer what ``first`` has prepared."""
    known = [one for one in everybody if one.user_id != str(first)]
    able = second_people({one.user_id: one.roles for one in known})
    return [one for one in known if one.user_id in able]


def may_answer(uow: UnitOfWork, controller_id: UUID, first: UUID | None) -> bool:
    """Whether the actor is one of them."""
    everybody = people.people_of(uow, [controller_id])[controller_id]
    return any(one.user_id == str(uow.actor.user_id) for one in others(everybody, first))


def require_second(uow: UnitOfWork, controller_id: UUID, first: UUID | None) -> None:
    """Refuse whoever may not answer, but for the first person: that one is told why by the step itself.

    Raises:
        NotFound: the controller is not the actor's at all.
        Forbidden: no role there makes the actor a second person.
    """
    try:
        require(uow, controller_id, "approve")
    except Forbidden:
        if uow.actor.user_id is None or not may_answer(uow, controller_id, first):
            raise
