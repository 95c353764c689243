"""Several clocks in one case: each escalates by its own ladder, loses its point by itself and is acknowledged apart."""

from incidents.store import deadlines
from tests.builders import CaseFile, Firm
from tests.policies_builders import duty_clock, stages_of


def pass_hours(case: CaseFile, hours: float) -> None:
    case.town.clock.advance(hours=hours)
    case.town.sweep()


def acknowledge(case: CaseFile, clock_id: object, stage: str, role: str = "dpo") -> None:
    from incidents.steps import clock as step

    with case.firm.as_(role) as uow:
        step.acknowledge(uow, case.id, via="mail", stage=stage, clock_id=clock_id)  # type: ignore[arg-type]


class TestAnotherDuty:
    def test_it_warns_beside_the_72_hours_in_mails_of_its_own(self, firm: Firm) -> None:
        case = firm.report()
        order = duty_clock(case, 96)
        firm.town.sweep()
        opened = [mail for mail in case.mails("queued") if mail.payload["stage"] == "opened"]
        assert len(opened) == 4  # the data protection officer and the handler, once for each clock
        assert {mail.payload["clock_id"] for mail in opened} == {str(order.id), str(case.look().clock.id)}

    def test_an_outage_folds_the_warnings_of_a_clock_and_not_those_of_two(self, firm: Firm) -> None:
        case = firm.report()
        order = duty_clock(case, 240)
        pass_hours(case, 71.5)
        waiting = [mail for mail in case.mails("queued") if mail.recipient == firm.address("dpo")]
        said = {mail.payload["clock_id"]: (mail.payload["stage"], mail.payload["folded"]) for mail in waiting}
        assert len(waiting) == 2
        assert said[str(case.look().clock.id)] == (
            "t71",
            ["opened", "unacknowledged", "t24", "t48", "t60", "t66", "t70"],
        )
        assert said[str(order.id)][0] == "unacknowledged-36"

    def test_to_file_the_notification_stops_the_72_hours_only(self, firm: Firm) -> None:
        case = firm.report()
        order = duty_clock(case, 48)
        pass_hours(case, 0)
        case.file()
        pass_hours(case, 48)
        assert stages_of(case, order)["deadline"] == ("fired", "")
        assert case.stages()["t48"] == ("cancelled", "filed")

    def test_a_duty_that_is_over_stops_alone(self, firm: Firm) -> None:
        case = firm.report()
        order = duty_clock(case, 48)
        with firm.town.uow() as uow:
            deadlines.stop(uow, deadlines.load(uow, order.id), "filed")
        pass_hours(case, 48)
        assert {state for state, _ in stages_of(case, order).values()} == {"cancelled"}
        assert case.stages()["t48"] == ("fired", "")


class TestAcknowledgingADuty:
    def test_it_nags_until_somebody_acknowledges_it(self, firm: Firm) -> None:
        case = firm.report()
        order = duty_clock(case, 240)
        for _ in range(5):
            pass_hours(case, 1)
        acknowledge(case, order.id, "unacknowledged-3")
        for _ in range(5):
            pass_hours(case, 1)
        nagged = {name: said for name, said in stages_of(case, order).items() if name.startswith("unack")}
        assert nagged == {
            "unacknowledged-1": ("fired", ""),
            "unacknowledged-2": ("fired", ""),
            "unacknowledged-3": ("fired", ""),
            "unacknowledged-4": ("cancelled", "acknowledged"),
        }

    def test_a_case_taken_before_the_duty_came_up_leaves_the_duty_to_be_taken(self, firm: Firm) -> None:
        case = firm.report()
        case.acknowledge()
        pass_hours(case, 3)
        order = duty_clock(case, 240)
        pass_hours(case, 1)
        assert stages_of(case, order)["unacknowledged-1"] == ("fired", "")

    def test_whoever_takes_the_case_since_has_taken_the_duty_with_it(self, firm: Firm) -> None:
        case = firm.report()
        order = duty_clock(case, 240)
        case.acknowledge()
        pass_hours(case, 1)
        assert stages_of(case, order)["unacknowledged-1"] == ("cancelled", "acknowledged")

    def test_the_duty_acknowledged_the_reminder_of_the_case_stops_as_well(self, firm: Firm) -> None:
        case = firm.report()
        order = duty_clock(case, 240)
        pass_hours(case, 0)
        acknowledge(case, order.id, "opened")
        pass_hours(case, 2)
        assert case.stages()["unacknowledged"] == ("cancelled", "acknowledged")
