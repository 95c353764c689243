"""What is queued for webhooks, in the transaction of the mails: by ladder, by kind, once, and only at its own firm."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from incidents.base.errors import Forbidden, NotFound
from incidents.rules.webhooks import KINDS
from incidents.steps import webhooks
from incidents.store.tables import OutboxMail
from tests.builders import CaseFile, Firm, Town
from tests.channel_builders import SEAL, add_webhook
from tests.policies_builders import save_ladder, standard, with_stage


def _queued(case: CaseFile) -> list[str]:
    with case.town.uow(read_only=True) as uow:
        rows = uow.session.query(OutboxMail).filter(OutboxMail.incident_id == case.id, OutboxMail.channel == "webhook")
        return [str(row.payload.get("stage") or row.template) for row in rows.order_by(OutboxMail.id)]


def _listen(firm: Firm, *kinds: str) -> None:
    with firm.town.uow() as uow:
        add_webhook(uow, firm, kinds=kinds or KINDS)


def test_a_warning_goes_to_every_webhook_of_its_firm_and_to_no_other(town: Town, firm: Firm) -> None:
    _listen(firm)
    _listen(firm)
    _listen(town.found())
    case = firm.report()
    town.sweep()
    town.sweep()
    assert _queued(case) == ["opened", "opened"]


def test_a_stage_whose_ladder_says_mail_only_goes_to_none(town: Town, firm: Firm) -> None:
    _listen(firm)
    save_ladder(firm, with_stage(standard(firm), "opened", channels=["mail"]))
    case = firm.report()
    town.clock.advance(hours=2)
    town.sweep()
    assert _queued(case) == ["unacknowledged"]


def test_a_change_that_somebody_must_answer_goes_there_too_and_what_is_said_to_one_person_does_not(
    town: Town, firm: Firm
) -> None:
    _listen(firm, "notice")
    case = firm.report()
    town.sweep()
    case.assess()
    proposal = case.propose("no", "no")
    case.answer(proposal, "refused")  # type: ignore[arg-type]
    assert "approval_wanted" in _queued(case)
    assert "proposal_answered" not in _queued(case)


def test_a_crash_before_the_commit_leaves_neither_mail_nor_webhook(town: Town, firm: Firm) -> None:
    _listen(firm)
    case = firm.report()
    with pytest.raises(ZeroDivisionError), town.uow() as uow:
        webhooks.queue_notice(uow, case.look().incident, "verdict_changed", "1")
        raise ZeroDivisionError
    assert _queued(case) == []


def test_a_sweep_asks_for_webhooks_once_however_many_cases_are_due(town: Town, firm: Firm) -> None:
    _listen(firm)
    for _ in range(12):
        firm.report()
    asked: list[str] = []

    def listen(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "FROM webhook" in statement:
            asked.append(statement)

    event.listen(town.database, "before_cursor_execute", listen)
    try:
        town.sweep()
    finally:
        event.remove(town.database, "before_cursor_execute", listen)
    assert len(asked) == 1


def test_only_who_manages_a_firm_touches_its_webhooks_and_only_its_own(town: Town, firm: Firm) -> None:
    with town.uow() as uow:
        made = add_webhook(uow, firm)
    for role in ("dpo", "handler", "auditor", "reporter"):
        with pytest.raises(Forbidden), firm.as_(role) as uow:
            webhooks.listing(uow, firm.id)
    neighbour = town.found()
    for act in (webhooks.ping, webhooks.revoke):
        with pytest.raises(NotFound), neighbour.as_("admin") as uow:
            act(uow, neighbour.id, made.id)
    with pytest.raises(NotFound), neighbour.as_("admin") as uow:
        webhooks.rotate(uow, neighbour.id, made.id, SEAL)


def test_a_message_waits_as_long_as_quiet_hours_hold_the_mail(town: Town, firm: Firm) -> None:
    _listen(firm)
    case = firm.report()
    later = town.clock.now() + timedelta(hours=8)
    look = case.look()
    with town.uow() as uow:
        from incidents.store import channels

        hooks = channels.webhooks_of(uow, [firm.id])[firm.id]
        stage = next(one for one in look.stages if one.name == "t24")
        webhooks.queue_stage(uow, hooks, look.clock, stage, later)
    with town.uow(read_only=True) as uow:
        [row] = uow.session.query(OutboxMail).filter(OutboxMail.incident_id == case.id, OutboxMail.channel == "webhook")
    assert row.next_attempt_at == later
