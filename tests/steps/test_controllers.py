"""Controllers: a profile that makes drafts complete and warnings reach somebody, links, keys (Art. 4(7), 28, 30)."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from incidents.base.errors import Forbidden, InvalidInput, NotFound
from incidents.steps import controllers
from incidents.steps.controllers import ActivityForm, ControllerForm, ProcessorForm
from incidents.store.tables import Controller, Event
from incidents.store.uow import EVERY_CONTROLLER, SYSTEM, Actor
from tests.builders import Firm, Town, controller_form


def refusal(town: Town, form: ControllerForm) -> list[str]:
    with town.uow() as uow, pytest.raises(InvalidInput) as refused:
        controllers.create_controller(uow, form)
    return [error.path for error in refused.value.errors]


def log_of(firm: Firm) -> list[Event]:
    from sqlalchemy import select

    with firm.town.uow(read_only=True) as uow:
        mine = select(Event).where(Event.controller_id == firm.id, Event.incident_id.is_(None)).order_by(Event.seq)
        return list(uow.session.scalars(mine))


class TestTheProfile:
    def test_a_new_controller_has_a_log_and_a_report_link_from_the_start(self, town: Town) -> None:
        firm = town.found(staff=())
        with town.uow() as uow:
            assert len(controllers.report_link(uow, firm.id).token) == 22
        assert [event.kind for event in log_of(firm)] == ["controller.created"]

    def test_the_operator_who_makes_it_administers_it(self, town: Town, firm: Firm) -> None:
        operator = Actor("Operátor Olga", firm.people["auditor"].id, {}, is_operator=True)
        with town.uow(operator, EVERY_CONTROLLER) as uow:
            made = controllers.create_controller(uow, controller_form())
        with town.uow() as uow:
            from incidents.store.people import roles_of

            assert roles_of(uow, firm.people["auditor"].id)[made.id] == {"admin"}

    def test_who_does_not_run_the_installation_makes_none(self, firm: Firm) -> None:
        with firm.as_("admin") as uow, pytest.raises(Forbidden):
            controllers.create_controller(uow, controller_form())

    def test_every_missing_field_is_named_at_once(self, town: Town) -> None:
        assert sorted(refusal(town, ControllerForm(name=" ", short_code="F-1"))) == [
            "email",
            "name",
            "responsible_manager_name",
            "short_code",
        ]

    @pytest.mark.parametrize("path", ["email", "dpo_email", "responsible_manager_email"])
    @pytest.mark.parametrize(
        "address", ["a@b", "a b@futar.example", "a@futar.example\r\nBcc: x@y.example", f"{'a' * 300}@b.example"]
    )
    def test_an_address_no_mail_can_be_sent_to_is_found_out_now_and_not_in_the_72_hours(
        self, town: Town, path: str, address: str
    ) -> None:
        assert refusal(town, controller_form(**{path: address})) == [path]

    def test_a_language_without_templates_is_refused(self, town: Town) -> None:
        assert refusal(town, controller_form(language="de")) == ["language"]

    def test_a_text_too_long_for_a_letter_is_named(self, town: Town) -> None:
        assert refusal(town, controller_form(seat="x" * 501)) == ["seat"]
        assert refusal(town, controller_form(letterhead="x" * 2001)) == ["letterhead"]

    def test_a_change_is_logged_with_the_old_and_the_new_value(self, firm: Firm) -> None:
        form = controller_form()
        with firm.as_("admin") as uow:
            controllers.update_controller(uow, firm.id, form)
        with firm.as_("admin") as uow:
            controllers.update_controller(uow, firm.id, replace(form, seat=" 1111 Budapest, Minta utca 1. "))
        assert log_of(firm)[-1].data["changes"] == {"seat": {"old": "", "new": "1111 Budapest, Minta utca 1."}}

    def test_nothing_changed_is_nothing_logged(self, firm: Firm) -> None:
        form = controller_form()
        for _ in range(2):
            with firm.as_("admin") as uow:
                controllers.update_controller(uow, firm.id, form)
        assert [event.kind for event in log_of(firm)].count("controller.updated") == 1

    def test_a_short_code_is_taken_once_also_by_a_controller_one_cannot_see(self, town: Town, firm: Firm) -> None:
        neighbour = town.found(staff=())
        with town.uow(read_only=True) as uow:
            taken = uow.session.get_one(Controller, neighbour.id).short_code
        assert refusal(town, controller_form(short_code=taken.lower())) == ["short_code"]
        with pytest.raises(InvalidInput) as refused, firm.as_("admin") as uow:
            controllers.update_controller(uow, firm.id, controller_form(short_code=taken))
        assert [error.code for error in refused.value.errors] == ["taken"]

    @pytest.mark.parametrize("role", ["reporter", "handler", "dpo", "manager", "auditor"])
    def test_only_administrators_change_it(self, firm: Firm, role: str) -> None:
        with firm.as_(role) as uow, pytest.raises(Forbidden):
            controllers.update_controller(uow, firm.id, controller_form())


class TestProcessorsAndActivities:
    def test_a_list_takes_the_place_of_the_one_before(self, firm: Firm) -> None:
        with firm.as_("admin") as uow:
            controllers.save_processors(
                uow, firm.id, [ProcessorForm("Zöld Példa Bt."), ProcessorForm("Alma Példa Kft.")]
            )
            controllers.save_processors(
                uow, firm.id, [ProcessorForm("Zöld Példa Bt."), ProcessorForm("Barna Példa Kft.")]
            )
            controllers.save_activities(uow, firm.id, [ActivityForm("Kézbesítés", "", ("identification",))])
            assert [row.name for row in controllers.processors(uow, firm.id)] == ["Barna Példa Kft.", "Zöld Példa Bt."]
            assert controllers.activities(uow, firm.id)[0].data_categories == ["identification"]

    def test_each_line_without_a_name_is_named_by_its_place(self, firm: Firm) -> None:
        with firm.as_("admin") as uow, pytest.raises(InvalidInput) as refused:
            controllers.save_processors(uow, firm.id, [ProcessorForm(""), ProcessorForm("jó"), ProcessorForm(" ")])
        assert [error.path for error in refused.value.errors] == ["processors[0].name", "processors[2].name"]

    @pytest.mark.parametrize("country", ["", "H", "HUN", "hu", "1A"])
    def test_a_country_is_its_two_letter_code(self, firm: Firm, country: str) -> None:
        with firm.as_("admin") as uow, pytest.raises(InvalidInput) as refused:
            controllers.save_processors(uow, firm.id, [ProcessorForm("jó", country=country)])
        assert [error.path for error in refused.value.errors] == ["processors[0].country"]

    def test_who_does_not_manage_the_firm_changes_neither(self, firm: Firm) -> None:
        for act in (controllers.save_processors, controllers.save_activities):
            with firm.as_("dpo") as uow, pytest.raises(Forbidden):
                act(uow, firm.id, [])


class TestTheReportLink:
    def test_renewed_by_many_at_once_one_is_left(self, firm: Firm) -> None:
        def renew(_: int) -> None:
            with firm.as_("admin") as uow:
                controllers.renew_report_link(uow, firm.id)

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(renew, range(6)))
        from sqlalchemy import select

        from incidents.store.tables import ReportLink

        with firm.town.uow() as uow:
            links = uow.session.scalars(select(ReportLink).where(ReportLink.controller_id == firm.id)).all()
        assert (len(links), sum(link.revoked_at is None for link in links)) == (7, 1)

    def test_of_another_firm_it_is_not_there(self, town: Town, firm: Firm) -> None:
        other = town.found(staff=())
        with firm.as_("admin") as uow, pytest.raises(NotFound):
            controllers.report_link(uow, other.id)


class TestApiKeys:
    @staticmethod
    def make(firm: Firm, role: str = "reporter", name: str = "beléptető") -> str:
        with firm.as_("admin") as uow:
            return controllers.make_api_key(uow, firm.id, name, role)

    @staticmethod
    def look_up(town: Town, secret: str) -> Any:
        with town.uow(read_only=True) as uow:
            return controllers.key_actor(uow, secret)

    def test_a_key_acts_for_one_controller_in_one_role(self, firm: Firm) -> None:
        actor, controller_id = self.look_up(firm.town, self.make(firm, "handler"))
        assert (actor.name, controller_id, actor.roles) == ("API: beléptető", firm.id, {firm.id: {"handler"}})

    def test_the_secret_is_shown_once_and_kept_nowhere(self, firm: Firm) -> None:
        secret = self.make(firm)
        with firm.as_("admin") as uow:
            (key,) = controllers.api_keys(uow, firm.id)
        assert secret not in {str(value) for value in vars(key).values()}
        assert secret not in str([event.data for event in log_of(firm)])

    def test_revoked_it_opens_nothing_any_more(self, firm: Firm) -> None:
        secret = self.make(firm)
        with firm.as_("admin") as uow:
            (key,) = controllers.api_keys(uow, firm.id)
            controllers.revoke_api_key(uow, firm.id, key.id)
            assert controllers.api_keys(uow, firm.id) == []
            with pytest.raises(NotFound):
                controllers.revoke_api_key(uow, firm.id, key.id)
        assert self.look_up(firm.town, secret) is None

    @pytest.mark.parametrize(
        ("role", "name", "path"), [("admin", "jó", "role"), ("manager", "jó", "role"), ("dpo", " ", "name")]
    )
    def test_no_key_manages_people_and_every_key_has_a_name(self, firm: Firm, role: str, name: str, path: str) -> None:
        with pytest.raises(InvalidInput) as refused:
            self.make(firm, role, name)
        assert [error.path for error in refused.value.errors] == [path]

    def test_keys_are_looked_up_by_the_house_alone(self, firm: Firm) -> None:
        secret = self.make(firm)
        with (
            firm.town.uow(SYSTEM, frozenset({firm.id})) as uow,
            pytest.raises(ValueError, match="over every controller"),
        ):
            controllers.key_actor(uow, secret)

    def test_who_does_not_manage_the_firm_sees_and_makes_none(self, firm: Firm) -> None:
        with firm.as_("dpo") as uow, pytest.raises(Forbidden):
            controllers.api_keys(uow, firm.id)
        with firm.as_("dpo") as uow, pytest.raises(Forbidden):
            controllers.make_api_key(uow, firm.id, "kulcs", "reporter")


def test_an_external_dpo_lists_the_firms_she_serves_by_name(town: Town) -> None:
    firms = [town.found(controller_form(name=name), staff=()) for name in ("Zöld Példa Kft.", "Alma Példa Kft.")]
    town.found(staff=())
    with town.uow(SYSTEM, frozenset(firm.id for firm in firms)) as uow:
        assert [one.name for one in controllers.controllers_of(uow)] == ["Alma Példa Kft.", "Zöld Példa Kft."]


def test_an_operator_manages_what_she_can_see_and_an_administrator_only_her_own(town: Town, firm: Firm) -> None:
    other = town.found(staff=())
    operator = Actor("Operátor Olga", None, {}, is_operator=True)
    with town.uow(operator, frozenset({firm.id})) as uow:
        assert controllers.controller(uow, firm.id).id == firm.id
        with pytest.raises(NotFound):
            controllers.controller(uow, other.id)
    with firm.as_("admin") as uow, pytest.raises(NotFound):
        controllers.controller(uow, other.id)
