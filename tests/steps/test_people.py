"""People: the first account, invitations, sign-in, sessions and roles."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
from argon2 import PasswordHasher

from incidents.base.errors import Conflict, Forbidden, IncidentError, InvalidInput, NotFound
from incidents.rules.sign_in import FREE_FOR_ACCOUNT, FREE_FOR_PLACE
from incidents.steps import people, sessions
from incidents.steps.people import NewPerson, SignedIn, SignInFailed, TooManyAttempts
from incidents.steps.sessions import Visit
from incidents.store import people as stored
from incidents.store.tables import OutboxMail, UserSession
from tests.builders import Firm, Town

PASSWORD = "négy szó egymás után"
OTHER_PASSWORD = "öt másik szó egymás után"
BROWSER = {"user_agent": "Firefox", "address": "192.0.2.7"}


@pytest.fixture
def firm(town: Town) -> Firm:
    """A firm whose people have been invited and have not answered yet."""
    return town.found(invited=True)


def account(firm: Firm, role: str = "dpo", password: str = PASSWORD) -> str:
    """Let somebody accept the invitation; gives the address."""
    with firm.town.uow() as uow:
        people.accept_invitation(uow, invitation(firm, role), password)
    return firm.address(role)


def invitation(firm: Firm, role: str) -> str:
    with firm.town.uow(read_only=True) as uow:
        from sqlalchemy import select

        of_person = select(OutboxMail).where(
            OutboxMail.recipient == firm.address(role), OutboxMail.template == "invite"
        )
        return str(uow.session.scalars(of_person).one().payload["token"])


def sign_in(town: Town, email: str, password: str = PASSWORD, **where: str) -> SignedIn | IncidentError:
    visit = Visit(**(BROWSER | where))
    with town.uow(read_only=True) as uow:
        weighed = people.weigh(uow, email, password, visit)
    with town.uow() as uow:
        return people.log_in(uow, email, password, visit, weighed)


def token_of(answer: SignedIn | IncidentError) -> str:
    assert isinstance(answer, SignedIn)
    return answer.token


def who(town: Town, token: str) -> str | None:
    with town.uow(read_only=True) as uow:
        found = people.session_actor(uow, token)
        return found[0].name if found else None


class TestTheFirstAccount:
    @staticmethod
    def link(town: Town) -> str | None:
        with town.uow() as uow:
            return people.create_setup_link(uow)

    @staticmethod
    def set_up(town: Town, token: str | None, **fields: str) -> Any:
        given = {"email": "Operator@futar.example ", "name": "Operátor Olga", "password": PASSWORD} | fields
        with town.uow() as uow:
            return people.set_up(uow, token or "", **given)

    def test_it_is_made_by_a_link_that_works_once(self, empty_town: Town) -> None:
        token = self.link(empty_town)
        user = self.set_up(empty_town, token)
        assert (user.email, user.is_operator) == ("operator@futar.example", True)
        with pytest.raises(NotFound, match="used already"):
            self.set_up(empty_town, token)
        assert self.link(empty_town) is None

    def test_a_newer_link_ends_the_older_one_and_each_ends_after_a_day(self, empty_town: Town) -> None:
        old, new = self.link(empty_town), self.link(empty_town)
        with pytest.raises(NotFound):
            self.set_up(empty_town, old)
        empty_town.clock.advance(hours=24)
        with pytest.raises(NotFound):
            self.set_up(empty_town, new)

    def test_two_who_use_it_at_once_do_not_both_become_operators(self, empty_town: Town) -> None:
        token = self.link(empty_town)

        def take(number: int) -> bool:
            with suppress(NotFound):
                self.set_up(empty_town, token, email=f"operator{number}@futar.example")
                return True
            return False

        with ThreadPoolExecutor(4) as pool:
            assert sorted(pool.map(take, range(4))) == [False, False, False, True]

    @pytest.mark.parametrize(
        ("fields", "path"),
        [({"email": "olga"}, "email"), ({"name": " "}, "name"), ({"password": "rövid"}, "password")],
    )
    def test_what_cannot_be_used_is_named_and_the_link_goes_on_working(
        self, empty_town: Town, fields: dict[str, str], path: str
    ) -> None:
        token = self.link(empty_town)
        with pytest.raises(InvalidInput) as refused:
            self.set_up(empty_town, token, **fields)
        assert [error.path for error in refused.value.errors] == [path]
        assert self.set_up(empty_town, token).is_operator


class TestSigningIn:
    def test_every_sign_in_is_a_new_session_whatever_cookie_came_along(self, firm: Firm) -> None:
        """No fixation: a token somebody else knows beforehand never becomes a session."""
        email = account(firm)
        tokens = [token_of(sign_in(firm.town, email)) for _ in range(3)]
        assert len(set(tokens)) == 3
        assert [who(firm.town, token) for token in tokens] == ["Doktor Dóra"] * 3
        assert who(firm.town, "chosen by the attacker") is None

    def test_only_the_hash_of_a_token_is_kept(self, firm: Firm) -> None:
        token = token_of(sign_in(firm.town, account(firm)))
        with firm.town.uow(read_only=True) as uow:
            kept = uow.session.get_one(UserSession, stored.hashed(token))
            assert token not in {str(value) for value in vars(kept).values()}

    def test_the_address_may_be_typed_in_any_case(self, firm: Firm) -> None:
        email = account(firm)
        assert isinstance(sign_in(firm.town, f" {email.upper()} "), SignedIn)

    def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(self, firm: Firm) -> None:
        email = account(firm)
        wrong, unknown = sign_in(firm.town, email, "nem ez az"), sign_in(firm.town, "nincs@futar.example")
        assert type(wrong) is type(unknown) is SignInFailed
        assert wrong.message == unknown.message

    def test_who_has_not_accepted_the_invitation_cannot_sign_in_with_an_empty_password(self, firm: Firm) -> None:
        assert isinstance(sign_in(firm.town, firm.address("dpo"), ""), SignInFailed)

    def test_after_five_failures_the_wait_doubles_up_to_a_quarter_of_an_hour(self, firm: Firm) -> None:
        email = account(firm)
        for _ in range(FREE_FOR_ACCOUNT):
            assert isinstance(sign_in(firm.town, email, "nem ez az"), SignInFailed)
        assert isinstance(sign_in(firm.town, email), TooManyAttempts)
        firm.town.clock.advance(seconds=30)
        assert isinstance(sign_in(firm.town, email, "nem ez az"), SignInFailed)
        firm.town.clock.advance(seconds=30)
        assert isinstance(sign_in(firm.town, email), TooManyAttempts)
        firm.town.clock.advance(seconds=30)
        assert isinstance(sign_in(firm.town, email), SignedIn)
        assert isinstance(sign_in(firm.town, email, "nem ez az"), SignInFailed), "who got in starts from nothing"

    def test_one_address_that_tries_many_accounts_is_slowed_down(self, empty_town: Town) -> None:
        for number in range(FREE_FOR_PLACE):
            sign_in(empty_town, f"proba{number}@futar.example", address="198.51.100.9")
        answer = sign_in(empty_town, "megegy@futar.example", address="198.51.100.9")
        assert isinstance(answer, TooManyAttempts)
        assert isinstance(sign_in(empty_town, "megegy@futar.example"), SignInFailed)

    def test_whatever_is_typed_into_the_fields_is_just_wrong(self, firm: Firm) -> None:
        assert isinstance(sign_in(firm.town, "x" * 5000, "y" * 100_000, address="z" * 500), SignInFailed)

    def test_a_password_changed_while_it_was_being_weighed_counts_as_it_is_now(self, firm: Firm) -> None:
        email, visit = account(firm), Visit(**BROWSER)
        with firm.town.uow(read_only=True) as uow:
            old, new = (people.weigh(uow, email, said, visit) for said in (PASSWORD, OTHER_PASSWORD))
        with firm.town.uow() as uow:
            user = stored.user_by_email(uow, email)
            assert user
            user.password_hash = sessions.hash_password(OTHER_PASSWORD)
        with firm.town.uow() as uow:
            assert isinstance(people.log_in(uow, email, PASSWORD, visit, old), SignInFailed)
            assert isinstance(people.log_in(uow, email, OTHER_PASSWORD, visit, new), SignedIn)

    def test_a_session_ends_after_twelve_hours(self, firm: Firm) -> None:
        token = token_of(sign_in(firm.town, account(firm)))
        firm.town.clock.advance(hours=12)
        assert who(firm.town, token) is None


def test_a_password_kept_by_an_older_and_cheaper_hash_is_kept_better_after_the_next_sign_in(
    firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    email = account(firm)
    as_in_production = PasswordHasher()
    monkeypatch.setattr(sessions, "_hasher", as_in_production)
    sign_in(firm.town, email)
    with firm.town.uow(read_only=True) as uow:
        kept = stored.user(uow, firm.people["dpo"].id).password_hash
    assert kept.startswith("$argon2id$")
    assert not as_in_production.check_needs_rehash(kept)
    assert as_in_production.memory_cost >= 64 * 1024  # RFC 9106, second recommended option


class TestEndingSessions:
    def test_signing_out_ends_this_session_and_no_other(self, firm: Firm) -> None:
        email = account(firm)
        here, there = (token_of(sign_in(firm.town, email)) for _ in range(2))
        with firm.town.uow() as uow:
            people.log_out(uow, here)
        assert (who(firm.town, here), who(firm.town, there)) == (None, "Doktor Dóra")

    def test_a_person_ends_their_own_sessions_and_nobody_elses(self, firm: Firm) -> None:
        mine, theirs = (token_of(sign_in(firm.town, account(firm, role))) for role in ("dpo", "handler"))
        with firm.town.uow() as uow:
            for token in (mine, theirs):
                people.revoke_session(uow, firm.people["dpo"].id, stored.hashed(token))
        assert (who(firm.town, mine), who(firm.town, theirs)) == (None, "Halmos Hanna")

    def test_a_new_password_ends_every_other_session(self, firm: Firm) -> None:
        email = account(firm)
        here, there = (token_of(sign_in(firm.town, email)) for _ in range(2))
        with firm.town.uow() as uow:
            people.change_password(uow, firm.people["dpo"].id, PASSWORD, "egészen más négy szó", here)
        assert (who(firm.town, here), who(firm.town, there)) == ("Doktor Dóra", None)
        assert isinstance(sign_in(firm.town, email), SignInFailed)
        assert isinstance(sign_in(firm.town, email, "egészen más négy szó"), SignedIn)

    def test_the_old_password_is_asked_and_the_new_one_must_be_long(self, firm: Firm) -> None:
        account(firm)
        for old, new, path in (("nem ez", "egészen más négy szó", "old_password"), (PASSWORD, "rövid", "password")):
            with firm.town.uow() as uow:
                try:
                    refused = people.change_password(uow, firm.people["dpo"].id, old, new, "")
                except InvalidInput as raised:
                    refused = raised
            assert isinstance(refused, InvalidInput)
            assert [error.path for error in refused.errors] == [path]

    def test_the_list_of_sessions_shows_the_live_ones(self, firm: Firm) -> None:
        email = account(firm)
        for _ in range(3):
            token = token_of(sign_in(firm.town, email))
            firm.town.clock.advance(minutes=1)
        with firm.town.uow() as uow:
            people.log_out(uow, token)
            live = stored.sessions_of(uow, firm.people["dpo"].id)
        assert len(live) == 2
        assert live[0].created_at > live[1].created_at


class TestInvitations:
    def test_who_is_invited_gets_a_mail_with_a_link_that_works_once(self, firm: Firm) -> None:
        token = invitation(firm, "dpo")
        with firm.town.uow() as uow:
            assert people.invited(uow, token).name == "Doktor Dóra"
            people.accept_invitation(uow, token, PASSWORD)
        with firm.town.uow() as uow, pytest.raises(NotFound, match="used already"):
            people.accept_invitation(uow, token, "egészen más négy szó")
        assert isinstance(sign_in(firm.town, firm.address("dpo")), SignedIn)

    def test_the_name_of_the_organisation_is_no_password(self, firm: Firm) -> None:
        with firm.town.uow() as uow, pytest.raises(InvalidInput) as refused:
            people.accept_invitation(uow, invitation(firm, "dpo"), "Futár Példa 26")
        assert [one.code for one in refused.value.errors] == ["too-near"]

    def test_two_who_use_it_at_once_do_not_both_set_the_password(self, firm: Firm) -> None:
        token = invitation(firm, "dpo")

        def take(number: int) -> bool:
            with suppress(NotFound), firm.town.uow() as uow:
                people.accept_invitation(uow, token, f"{PASSWORD} {number}")
                return True
            return False

        with ThreadPoolExecutor(4) as pool:
            assert sorted(pool.map(take, range(4))) == [False, False, False, True]

    def test_it_ends_after_a_week(self, firm: Firm) -> None:
        token = invitation(firm, "dpo")
        firm.town.clock.advance(days=7)
        with firm.town.uow() as uow, pytest.raises(NotFound):
            people.invited(uow, token)

    def test_a_short_password_is_refused_and_the_link_goes_on_working(self, firm: Firm) -> None:
        token = invitation(firm, "dpo")
        with firm.town.uow() as uow, pytest.raises(InvalidInput):
            people.accept_invitation(uow, token, "rövid")
        with firm.town.uow() as uow:
            assert people.accept_invitation(uow, token, PASSWORD).password_hash

    def test_whoever_has_an_account_gets_the_role_and_no_second_invitation(self, town: Town, firm: Firm) -> None:
        """An external DPO with many clients has one account."""
        email = account(firm)
        other = town.found(staff=())
        with town.uow() as uow:
            same = people.invite(uow, other.id, NewPerson(email.upper(), "Doktor Dóra", "dpo"))
            assert same.id == firm.people["dpo"].id
            assert set(stored.roles_of(uow, same.id)) == {firm.id, other.id}

    @pytest.mark.parametrize(
        ("person", "path"),
        [
            (NewPerson("dora", "Doktor Dóra", "dpo"), "email"),
            (NewPerson("dora@futar", "Doktor Dóra", "dpo"), "email"),
            (NewPerson("dora@futar.example\nBcc: x@y.example", "Doktor Dóra", "dpo"), "email"),
            (NewPerson(f"{'a' * 250}@futar.example", "Doktor Dóra", "dpo"), "email"),
            (NewPerson("dora@futar.example", "", "dpo"), "name"),
            (NewPerson("dora@futar.example", "Doktor Dóra", "boss"), "role"),
        ],
    )
    def test_somebody_no_mail_could_reach_is_not_invited(self, firm: Firm, person: NewPerson, path: str) -> None:
        with firm.as_("admin") as uow, pytest.raises(InvalidInput) as refused:
            people.invite(uow, firm.id, person)
        assert [error.path for error in refused.value.errors] == [path]

    @pytest.mark.parametrize("role", ["reporter", "handler", "dpo", "manager", "auditor"])
    def test_only_administrators_invite(self, firm: Firm, role: str) -> None:
        with firm.as_(role) as uow, pytest.raises(Forbidden):
            people.invite(uow, firm.id, NewPerson("uj@futar.example", "Új Ubul", "handler"))


class TestRoles:
    def test_a_role_works_from_the_next_request_and_so_does_its_end(self, firm: Firm) -> None:
        user = firm.people["auditor"]
        with firm.as_("admin") as uow:
            people.grant(uow, firm.id, user.id, "handler", deputy=False)
        with firm.town.uow(read_only=True) as uow:
            assert people.actor_of(uow, user).roles[firm.id] == {"auditor", "handler"}
        with firm.as_("admin") as uow:
            people.revoke_role(uow, firm.id, user.id, "handler")
        with firm.town.uow(read_only=True) as uow:
            assert people.actor_of(uow, user).roles[firm.id] == {"auditor"}

    def test_given_again_it_is_held_once_and_may_become_a_deputy_ship(self, firm: Firm) -> None:
        user = firm.people["handler"]
        with firm.as_("admin") as uow:
            people.grant(uow, firm.id, user.id, "handler", deputy=True)
            rows = [row for row, who in stored.memberships(uow, [firm.id]) if who.id == user.id]
        assert [(row.role, row.deputy) for row in rows] == [("handler", True)]

    def test_given_by_two_at_once_it_is_held_once(self, firm: Firm) -> None:
        def give(_: int) -> None:
            with firm.as_("admin") as uow:
                people.grant(uow, firm.id, firm.people["auditor"].id, "dpo", deputy=False)

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(give, range(8)))
        with firm.town.uow(read_only=True) as uow:
            assert people.actor_of(uow, firm.people["auditor"]).roles[firm.id] == {"auditor", "dpo"}

    def test_a_role_or_person_that_does_not_exist_cannot_be_given(self, firm: Firm) -> None:
        with firm.as_("admin") as uow, pytest.raises(InvalidInput):
            people.grant(uow, firm.id, firm.people["dpo"].id, "boss", deputy=False)
        with firm.as_("admin") as uow, pytest.raises(NotFound):
            people.grant(uow, firm.id, firm.id, "dpo", deputy=False)

    def test_a_role_that_is_not_held_cannot_be_taken(self, firm: Firm) -> None:
        with firm.as_("admin") as uow, pytest.raises(NotFound):
            people.revoke_role(uow, firm.id, firm.people["dpo"].id, "auditor")

    def test_the_last_administrator_stays(self, firm: Firm) -> None:
        with firm.as_("admin") as uow, pytest.raises(Conflict, match="last administrator"):
            people.revoke_role(uow, firm.id, firm.people["admin"].id, "admin")

    def test_two_administrators_who_remove_each_other_at_once_do_not_both_succeed(self, firm: Firm) -> None:
        second = firm.employ("admin", name="Második Márta")
        both = [firm.people["admin"].id, second.id]

        def remove(user_id: Any) -> bool:
            with suppress(Conflict), firm.town.uow() as uow:
                people.revoke_role(uow, firm.id, user_id, "admin")
                return True
            return False

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(remove, both)) == [False, True]

    def test_every_change_of_a_role_stands_in_the_log(self, firm: Firm) -> None:
        from incidents.store.tables import Event

        with firm.as_("admin") as uow:
            people.revoke_role(uow, firm.id, firm.people["auditor"].id, "auditor")
        with firm.town.uow(read_only=True) as uow:
            from sqlalchemy import select

            kinds = list(
                uow.session.scalars(select(Event.kind).where(Event.controller_id == firm.id).order_by(Event.seq))
            )
        assert (kinds.count("role.granted"), kinds[-1]) == (6, "role.revoked")


def test_a_language_nobody_speaks_becomes_hungarian(firm: Firm) -> None:
    with firm.town.uow() as uow:
        user = firm.people["dpo"]
        people.set_language(uow, user.id, "en")
        assert stored.user(uow, user.id).language == "en"
        people.set_language(uow, user.id, "tlh")
        assert stored.user(uow, user.id).language == "hu"
