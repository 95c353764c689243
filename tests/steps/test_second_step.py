"""The second step, the ways back in, and that no stranger can keep a person out."""

from typing import Any

import pytest
from sqlalchemy import select

from incidents.base.errors import Conflict, Forbidden, IncidentError, InvalidInput, NotFound, Unauthenticated
from incidents.rules.sign_in import FREE_FOR_ACCOUNT, FREE_LINKS
from incidents.steps import attempts, people, second_step, sign_in_rules, ways_back
from incidents.steps.attempts import TooManyAttempts, TooManyLinks
from incidents.steps.sessions import SignedIn, SignInFailed, Visit, log_in, revoke_others
from incidents.store import accounts, audit
from incidents.store import people as stored
from incidents.store.tables import AccountEvent, Event, OutboxMail, RecoveryCode, SecondFactor, User
from tests.accounts_builders import SEAL, Authenticator, with_second_step
from tests.builders import Firm

PASSWORD = "négy szó egymás után"
HOME = Visit("Mozilla/5.0 (Windows NT 10.0) Firefox/140.0", "192.0.2.7")


class Person:
    """Somebody of a firm with a password, and what they do at the door."""

    def __init__(self, firm: Firm, role: str = "dpo") -> None:
        self.firm, self.town = firm, firm.town
        self.id, self.email = firm.people[role].id, firm.address(role)
        with self.town.uow() as uow:
            stored.user(uow, self.id).password_hash = people.hash_password(PASSWORD)

    def phone(self) -> Authenticator:
        with self.town.uow() as uow:
            phone = with_second_step(uow, self.id, self.town.clock)
        self.town.clock.advance(minutes=1)
        return phone

    def knock(self, password: str = PASSWORD, visit: Visit = HOME) -> SignedIn | IncidentError:
        with self.town.uow() as uow:
            return log_in(uow, self.email, password, visit)

    def come_in(self, visit: Visit = HOME) -> SignedIn:
        answer = self.knock(visit=visit)
        assert isinstance(answer, SignedIn)
        return answer

    def give(self, token: str, code: str) -> SignedIn | IncidentError:
        with self.town.uow() as uow:
            return second_step.finish(uow, token, code, SEAL, visit=HOME)

    def is_in(self, token: str) -> bool:
        with self.town.uow(read_only=True) as uow:
            return people.session_actor(uow, token) is not None

    def events(self) -> list[str]:
        with self.town.uow(read_only=True) as uow:
            rows = uow.session.scalars(select(AccountEvent).where(AccountEvent.user_id == self.id))
            return [row.kind for row in rows.all()]

    def mails(self, template: str) -> list[dict[str, Any]]:
        with self.town.uow(read_only=True) as uow:
            wanted = select(OutboxMail).where(OutboxMail.recipient == self.email, OutboxMail.template == template)
            return [mail.payload for mail in uow.session.scalars(wanted.order_by(OutboxMail.id))]


@pytest.fixture
def dora(firm: Firm) -> Person:
    return Person(firm)


class TestTheSecondStep:
    def test_a_password_alone_opens_nothing_once_it_is_set_up(self, dora: Person) -> None:
        phone = dora.phone()
        half = dora.come_in()
        assert half.level == "second"
        assert not dora.is_in(half.token)
        whole = dora.give(half.token, phone.code())
        assert isinstance(whole, SignedIn)
        assert dora.is_in(whole.token)
        assert whole.token != half.token
        with pytest.raises(Unauthenticated):
            dora.give(half.token, phone.next_code())

    def test_a_code_works_once_and_one_from_before_it_no_longer(self, dora: Person) -> None:
        phone = dora.phone()
        code, older = phone.code(), phone.code(seconds=-30)
        assert isinstance(dora.give(dora.come_in().token, code), SignedIn)
        for used in (code, older):
            assert isinstance(dora.give(dora.come_in().token, used), second_step.CodeWrong)
        assert isinstance(dora.give(dora.come_in().token, phone.next_code()), SignedIn)

    def test_a_telephone_may_go_half_a_minute_wrong_and_not_more(self, dora: Person) -> None:
        phone = dora.phone()
        wrong = [dora.give(dora.come_in().token, phone.code(seconds=by)) for by in (-90, 90)]
        assert [type(one) for one in wrong] == [second_step.CodeWrong] * 2
        assert isinstance(dora.give(dora.come_in().token, phone.code(seconds=-30)), SignedIn)
        assert isinstance(dora.give(dora.come_in().token, phone.code(seconds=30)), SignedIn)

    def test_a_recovery_code_stands_in_once_and_the_person_hears_of_it(self, dora: Person) -> None:
        code = dora.phone().recovery[3]
        assert isinstance(dora.give(dora.come_in().token, code.lower().replace("-", " ")), SignedIn)
        assert isinstance(dora.give(dora.come_in().token, code), second_step.CodeWrong)
        assert [mail["what"] for mail in dora.mails("account_changed")] == ["second_step_on", "recovery_used"]
        with dora.town.uow() as uow:
            assert second_step.codes_left(uow, dora.id) == 9

    def test_neither_secret_nor_codes_can_be_read_from_the_database(self, dora: Person) -> None:
        phone = dora.phone()
        with dora.town.uow(read_only=True) as uow:
            kept = bytes(uow.session.get_one(SecondFactor, dora.id).sealed_secret)
            hashes = list(uow.session.scalars(select(RecoveryCode.code_hash).where(RecoveryCode.user_id == dora.id)))
        assert phone.secret.encode() not in kept
        assert len(hashes) == 10
        assert all(one.startswith("$argon2id$") for one in hashes)

    def test_guessing_codes_is_slowed_down_too(self, dora: Person) -> None:
        phone, half = dora.phone(), dora.come_in()
        for _ in range(FREE_FOR_ACCOUNT):
            assert isinstance(dora.give(half.token, "000000"), second_step.CodeWrong)
        assert isinstance(dora.give(half.token, phone.code()), TooManyAttempts)
        assert isinstance(dora.give(half.token, phone.next_code()), SignedIn)

    def test_new_recovery_codes_end_the_old_ones(self, dora: Person) -> None:
        old = dora.phone().recovery
        with dora.town.uow() as uow:
            new = second_step.renew_codes(uow, dora.id, HOME)
        assert isinstance(dora.give(dora.come_in().token, old[0]), second_step.CodeWrong)
        assert isinstance(dora.give(dora.come_in().token, new[0]), SignedIn)


class TestWhoMust:
    def test_a_demanded_second_step_may_wait_seven_days_and_then_opens_only_its_set_up(self, dora: Person) -> None:
        with dora.firm.as_("admin") as uow:
            sign_in_rules.demand(uow, dora.firm.id, sign_in_rules.standard(uow))
        first = dora.come_in()
        assert (first.level, first.advised is not None) == ("full", True)
        dora.town.clock.advance(days=7)
        late = dora.come_in()
        assert late.level == "setup"
        assert not dora.is_in(late.token)
        with dora.town.uow() as uow:
            phone = with_second_step(uow, dora.id, dora.town.clock)
            done = second_step.set_up_done(uow, late.token, HOME)
        assert dora.is_in(done.token)
        assert phone.recovery
        with dora.town.uow() as uow, pytest.raises(second_step.MustStay):
            second_step.switch_off(uow, dora.id, HOME)
        assert Person(dora.firm, "reporter").come_in().advised is None

    def test_the_operator_can_demand_it_of_everybody(self, dora: Person) -> None:
        assert dora.come_in(Visit(force="everyone")).advised is not None
        assert dora.come_in(Visit(force="operators")).advised is None
        with dora.town.uow() as uow:
            stored.user(uow, dora.id).is_operator = True
        assert dora.come_in(Visit(force="operators")).advised is not None

    def test_only_who_manages_a_controller_says_so_and_the_log_keeps_it(self, dora: Person) -> None:
        with dora.firm.as_("dpo") as uow, pytest.raises(Forbidden):
            sign_in_rules.demand(uow, dora.firm.id, ["dpo"])
        with dora.firm.as_("admin") as uow:
            sign_in_rules.demand(uow, dora.firm.id, ["dpo", "nobody"])
            sign_in_rules.demand(uow, dora.firm.id, ["dpo"])
        with dora.town.uow(read_only=True) as uow:
            said = uow.session.scalars(
                select(Event).where(Event.controller_id == dora.firm.id, Event.kind == "second_step.demanded")
            )
            assert [one.data for one in said] == [{"roles": ["dpo"]}]
            assert audit.verify(uow, dora.firm.id) == []


class TestResetByAnother:
    @staticmethod
    def reset(firm: Firm, person: Person, role: str = "admin") -> None:
        with firm.town.uow(read_only=True) as uow:
            served = stored.roles_of(uow, person.id).keys()
        with firm.as_(role) as uow:
            sign_in_rules.reset_second_step(uow, firm.id, person.id, served)

    def test_an_administrator_helps_who_has_lost_the_telephone_and_the_person_is_told(self, dora: Person) -> None:
        dora.phone()
        before = dora.come_in()
        self.reset(dora.firm, dora)
        assert dora.come_in().level == "full"
        assert not dora.is_in(before.token)
        assert dora.mails("account_changed")[-1]["what"] == "second_step_reset"
        with pytest.raises(NotFound):
            self.reset(dora.firm, dora)

    def test_nobody_resets_their_own_and_only_who_manages_resets_at_all(self, dora: Person) -> None:
        adam = Person(dora.firm, "admin")
        adam.phone()
        dora.phone()
        with pytest.raises(Conflict):
            self.reset(dora.firm, adam)
        with pytest.raises(Forbidden):
            self.reset(dora.firm, adam, "dpo")

    def test_who_also_serves_another_controller_is_the_operators_to_help(self, dora: Person) -> None:
        """An administrator of one firm must not weaken the way in to another one."""
        dora.phone()
        other = dora.town.found(staff=())
        with dora.town.uow() as uow:
            people.grant(uow, other.id, dora.id, "dpo", deputy=False)
        with pytest.raises(Forbidden):
            self.reset(dora.firm, dora)
        with dora.town.uow() as uow:
            sign_in_rules.reset_second_step(uow, dora.firm.id, dora.id, [dora.firm.id, other.id])


class TestStrangersKeepNobodyOut:
    def test_in_a_browser_that_knows_the_person_guesses_from_elsewhere_do_not_count(self, dora: Person) -> None:
        mine = Visit(address="192.0.2.7", browser=dora.come_in().browser)
        for _ in range(FREE_FOR_ACCOUNT + 3):
            dora.knock("találgatás", Visit(address="198.51.100.66"))
        assert isinstance(dora.knock(visit=Visit(address="192.0.2.8")), TooManyAttempts)
        assert isinstance(dora.knock(visit=mine), SignedIn)
        for _ in range(FREE_FOR_ACCOUNT):
            assert isinstance(dora.knock("elgépeltem", mine), SignInFailed)
        assert isinstance(dora.knock(visit=mine), TooManyAttempts), "a stolen browser guesses no faster"

    def test_a_browser_that_knows_somebody_else_is_a_stranger(self, dora: Person) -> None:
        hers = Person(dora.firm, "handler").come_in().browser
        for _ in range(FREE_FOR_ACCOUNT):
            dora.knock("találgatás")
        assert isinstance(dora.knock(visit=Visit(browser=hers)), TooManyAttempts)

    def test_a_link_by_mail_lifts_the_wait_and_makes_the_browser_known(self, dora: Person) -> None:
        for _ in range(FREE_FOR_ACCOUNT + 1):
            dora.knock("találgatás")
        with dora.town.uow() as uow:
            assert ways_back.send_link(uow, f" {dora.email.upper()}", "unlock", HOME)
        token = dora.mails("unlock_link")[0]["token"]
        with dora.town.uow() as uow:
            browser = ways_back.unlock(uow, token, "192.0.2.7")
        for _ in range(FREE_FOR_ACCOUNT + 1):
            dora.knock("találgatás", Visit(address="198.51.100.66"))
        assert isinstance(dora.knock(visit=Visit(browser=browser)), SignedIn)
        with dora.town.uow() as uow, pytest.raises(ways_back.LinkUsed):
            ways_back.unlock(uow, token, "192.0.2.7")


class TestTheForgottenPassword:
    @staticmethod
    def link(person: Person) -> str:
        with person.town.uow() as uow:
            assert ways_back.send_link(uow, person.email, "reset", HOME)
        return str(person.mails("password_link")[-1]["token"])

    def test_the_link_works_once_within_the_hour_and_ends_every_session(self, dora: Person) -> None:
        before, token = dora.come_in(), self.link(dora)
        with dora.town.uow() as uow:
            after = ways_back.choose_password(uow, token, "egészen más négy szó", HOME)
        assert (dora.is_in(before.token), dora.is_in(after.token)) == (False, True)
        assert isinstance(dora.knock(), SignInFailed)
        with dora.town.uow() as uow, pytest.raises(ways_back.LinkUsed):
            ways_back.choose_password(uow, token, "megint egészen más", HOME)
        assert dora.events() == ["password_reset"]
        assert dora.mails("account_changed")[0]["browser"] == "Firefox, Windows"

    def test_a_newer_link_ends_the_older_one_and_an_hour_ends_both(self, dora: Person) -> None:
        old, new = self.link(dora), self.link(dora)
        with dora.town.uow() as uow, pytest.raises(ways_back.LinkUsed):
            ways_back.person_of(uow, old, "reset")
        with dora.town.uow() as uow, pytest.raises(ways_back.LinkUsed):
            ways_back.person_of(uow, new, "unlock")
        dora.town.clock.advance(minutes=60)
        with dora.town.uow() as uow, pytest.raises(ways_back.LinkUsed):
            ways_back.person_of(uow, new, "reset")

    def test_a_bad_password_leaves_the_link_good_and_the_second_step_is_asked_as_ever(self, dora: Person) -> None:
        dora.phone()
        token = self.link(dora)
        with dora.town.uow() as uow, pytest.raises(InvalidInput):
            ways_back.choose_password(uow, token, "jelszó123456", HOME)
        with dora.town.uow() as uow:
            assert ways_back.choose_password(uow, token, "egészen más négy szó", HOME).level == "second"

    def test_nobody_is_written_to_at_an_unknown_address_or_a_closed_account(self, dora: Person) -> None:
        with dora.town.uow() as uow:
            uow.session.get_one(User, dora.id).is_active = False
            assert not ways_back.send_link(uow, dora.email, "reset", HOME)
            assert not ways_back.send_link(uow, "senki@futar.example", "reset", HOME)

    def test_asking_again_and_again_is_refused_alike_for_known_and_unknown(self, dora: Person) -> None:
        said = []
        for email in (dora.email, f"senki-{dora.email}"):
            for _ in range(FREE_LINKS):
                with dora.town.uow() as uow:
                    attempts.count_link(uow, email, "192.0.2.99")
            with dora.town.uow() as uow, pytest.raises(TooManyLinks) as refused:
                attempts.count_link(uow, email, "192.0.2.99")
            said.append((str(refused.value), refused.value.status))
        assert said[0] == said[1]
        dora.town.clock.advance(hours=25)
        with dora.town.uow() as uow:
            attempts.count_link(uow, dora.email, "192.0.2.99")


def test_ending_all_other_sign_ins_makes_strangers_of_the_other_browsers(dora: Person) -> None:
    lost, here = dora.come_in(), dora.come_in()
    with dora.town.uow() as uow:
        revoke_others(uow, dora.id, here.token)
        assert accounts.known_browser(uow, lost.browser, dora.id) is None
    assert (dora.is_in(lost.token), dora.is_in(here.token)) == (False, True)
