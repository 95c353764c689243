"""Before the first incident: set the service up, take in the controllers, engage the people, as a person would."""

import re

from incidents.demo.script import House, Player, houses, players
from incidents.demo.stage import Stage
from incidents.steps import controllers, people, profile, sessions
from incidents.store.people import user_by_email
from incidents.store.uow import EVERY_CONTROLLER
from incidents.web.mailbox import letters

PASSWORD = "hetvenketora72"  # noqa: S105  printed at every start, opens nothing but the demo
_INVITATION = re.compile(r"/invite/(\S+)")


def found(stage: Stage) -> None:
    """Play the set-up: operator, controllers, invitations by mail, first passwords, roles."""
    cast = players()
    _set_up(stage, cast[0])
    for house in houses():
        _take_in(stage, cast[0], house)
    for player in cast[1:]:
        _invite(stage, cast[0], player)
    stage.tick()
    _accept(stage)
    for player in cast:
        _know(stage, player)


def _set_up(stage: Stage, operator: Player) -> None:
    with stage.system() as uow:
        token = people.create_setup_link(uow)
        if token is None:
            raise RuntimeError("the demo needs an empty database")
        people.set_up(uow, token, email=operator.email, name=operator.name, password=PASSWORD)
    _know(stage, operator)


def _know(stage: Stage, player: Player) -> None:
    """Remember a player as the log and the guards know them now."""
    with stage.system(read_only=True) as uow:
        user = user_by_email(uow, player.email)
        if user is None:
            raise LookupError(f"{player.email} has no account")
        stage.actors[player.key] = sessions.actor_of(uow, user)


def _take_in(stage: Stage, operator: Player, house: House) -> None:
    with stage.acting_as(stage.actors[operator.key], EVERY_CONTROLLER) as uow:
        made = controllers.create_controller(uow, house.profile)
        profile.set_regimes(uow, made.id, house.regimes)
        controllers.save_processors(uow, made.id, house.processors)
        controllers.save_activities(uow, made.id, house.activities)
        stage.controllers[made.short_code] = made.id
    _know(stage, operator)


def _invite(stage: Stage, operator: Player, player: Player) -> None:
    """One invitation; further roles are granted to the account it made."""
    first, *further = player.roles
    with stage.acting(operator.key) as uow:
        person = people.NewPerson(player.email, player.name, first.role, first.deputy, player.language)
        user = people.invite(uow, stage.controllers[first.at], person)
        for role in further:
            people.grant(uow, stage.controllers[role.at], user.id, role.role, deputy=role.deputy)


def _accept(stage: Stage) -> None:
    """Everybody opens the link in their invitation and chooses the password of the demo."""
    for letter in letters(stage.settings.data_dir / "mailbox"):
        link = _INVITATION.search(letter.text)
        if link:
            with stage.system() as uow:
                people.accept_invitation(uow, link.group(1), PASSWORD)
