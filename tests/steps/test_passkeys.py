"""Passkeys: what lets somebody in, and everything that looks like it and does not."""

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import count

import pytest
from sqlalchemy import select

from incidents.base.errors import IncidentError, NotFound
from incidents.rules.passkeys import CHALLENGE_LENGTH, Site, copied, named, site_of
from incidents.rules.sign_in import FREE_FOR_ACCOUNT, FREE_FOR_PLACE
from incidents.steps import passkeys, people, sign_in_rules
from incidents.steps.attempts import TooManyAttempts
from incidents.steps.passkeys import PasskeyRefused
from incidents.steps.sessions import SignedIn, Visit
from incidents.store import passkeys as stored
from incidents.store.tables import AccountEvent, Passkey, PasskeyChallenge, User
from tests.accounts_builders import with_second_step
from tests.builders import Firm
from tests.passkey_device import Device

SITE = Site("incidens.example", "https://incidens.example")
FIREFOX = "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"
BROWSER = "the token of a form"


class Holder:
    """Somebody of a firm with a device, at a network address of their own."""

    numbers = count(1)

    def __init__(self, firm: Firm, role: str = "dpo") -> None:
        self.firm, self.town, self.id = firm, firm.town, firm.people[role].id
        self.device = Device(SITE.origin)
        self.visit = Visit(FIREFOX, f"2001:db8::{next(self.numbers):x}")
        with self.town.uow() as uow:
            user = uow.session.get_one(User, self.id)
            self.token = people.open_session(uow, user, user_agent="", address="").token

    def add(self, device: Device | None = None, name: str = "Telefon") -> PasskeyRefused | None:
        with self.town.uow() as uow:
            question = passkeys.begin_adding(uow, self.id, self.token, SITE)
        said = (device or self.device).make(question)
        with self.town.uow() as uow:
            return passkeys.add(uow, self.id, self.token, said, name, site=SITE, visit=self.visit)

    def asked(self, browser: str = BROWSER) -> str:
        with self.town.uow() as uow:
            return passkeys.begin_sign_in(uow, browser, SITE)

    def answer(self, said: str, browser: str = BROWSER, visit: Visit | None = None) -> SignedIn | IncidentError:
        with self.town.uow() as uow:
            return passkeys.log_in(uow, browser, said, SITE, visit or self.visit)

    def come_in(self) -> SignedIn | IncidentError:
        return self.answer(self.device.show(self.asked()))

    def held(self) -> list[Passkey]:
        with self.town.uow(read_only=True) as uow:
            return list(stored.of_person(uow, self.id))

    def events(self) -> list[str]:
        with self.town.uow(read_only=True) as uow:
            mine = select(AccountEvent.kind).where(AccountEvent.user_id == self.id).order_by(AccountEvent.id)
            return list(uow.session.scalars(mine))


@pytest.fixture
def dora(firm: Firm) -> Holder:
    dora = Holder(firm)
    assert dora.add() is None
    return dora


class TestSigningIn:
    def test_a_passkey_is_password_and_second_step_in_one(self, dora: Holder) -> None:
        with dora.town.uow() as uow:
            with_second_step(uow, dora.id, dora.town.clock)
            sign_in_rules.demand(uow, dora.firm.id, ["dpo"])
        signed = dora.come_in()
        assert isinstance(signed, SignedIn)
        assert (signed.level, signed.advised, signed.user.id) == ("full", None, dora.id)
        [key] = dora.held()
        assert (key.name, key.sign_count, key.last_used_at) == ("Telefon", 1, dora.town.clock.now())

    def test_an_answer_is_good_once(self, dora: Holder) -> None:
        said = dora.device.show(dora.asked())
        assert isinstance(dora.answer(said), SignedIn)
        assert isinstance(dora.answer(said), PasskeyRefused)

    def test_a_refused_answer_has_used_its_question_up(self, dora: Holder) -> None:
        question = dora.asked()
        assert isinstance(dora.answer(Device(SITE.origin, user=dora.id.bytes).show(question)), PasskeyRefused)
        assert isinstance(dora.answer(dora.device.show(question)), PasskeyRefused)

    def test_a_question_is_for_one_browser_and_for_five_minutes(self, dora: Holder) -> None:
        assert isinstance(dora.answer(dora.device.show(dora.asked("another browser"))), PasskeyRefused)
        said = dora.device.show(dora.asked())
        dora.town.clock.advance(seconds=CHALLENGE_LENGTH.total_seconds())
        assert isinstance(dora.answer(said), PasskeyRefused)
        dora.asked()
        with dora.town.uow() as uow:
            assert len(uow.session.scalars(select(PasskeyChallenge)).all()) == 1, "what is too old is erased"

    @pytest.mark.parametrize(
        "strange",
        [
            pytest.param(lambda device: replace(device, origin="https://incidens.exampie"), id="a false page"),
            pytest.param(lambda device: replace(device, host="pelda.example"), id="another site"),
            pytest.param(lambda device: replace(device, asks_who=False), id="nobody asked who holds the device"),
            pytest.param(lambda device: replace(device, credential=b"never seen"), id="a passkey nobody knows"),
            pytest.param(lambda device: replace(device, user=b"somebody else"), id="the name of somebody else"),
            pytest.param(lambda device: replace(device, user=b""), id="the name of nobody"),
            pytest.param(lambda device: replace(device, key=Device("").key), id="another key"),
        ],
    )
    def test_what_is_not_this_passkey_here_and_now_opens_nothing(
        self, dora: Holder, strange: Callable[[Device], Device]
    ) -> None:
        assert isinstance(dora.answer(strange(dora.device).show(dora.asked())), PasskeyRefused)
        assert isinstance(dora.come_in(), SignedIn), "the passkey itself is as good as before"

    @pytest.mark.parametrize(
        "said", ["", "[]", "{}", "null", '{"id": 1, "response": {"clientDataJSON": 7}}', "[" * 9_000, "x" * 30_000]
    )
    def test_what_is_no_answer_at_all_is_refused_like_any(self, dora: Holder, said: str) -> None:
        assert isinstance(dora.answer(said), PasskeyRefused)

    def test_an_answer_about_a_new_passkey_is_none_about_an_old_one(self, dora: Holder) -> None:
        said = json.loads(dora.device.show(dora.asked()))
        with dora.town.uow() as uow:
            added = passkeys.add(uow, dora.id, dora.token, json.dumps(said), "", site=SITE, visit=dora.visit)
        assert isinstance(added, PasskeyRefused)

    def test_a_closed_account_stays_closed(self, dora: Holder) -> None:
        with dora.town.uow() as uow:
            uow.session.get_one(User, dora.id).is_active = False
        assert isinstance(dora.come_in(), PasskeyRefused)


class TestACopy:
    def test_a_count_that_runs_backwards_is_refused_and_told_to_the_person(self, dora: Holder) -> None:
        copy = replace(dora.device)
        assert isinstance(dora.come_in(), SignedIn)
        assert isinstance(dora.answer(copy.show(dora.asked())), PasskeyRefused)
        assert dora.events() == ["passkey_added", "passkey_copied"]
        assert isinstance(dora.come_in(), SignedIn)

    def test_only_who_holds_the_key_can_raise_that_alarm(self, dora: Holder) -> None:
        dora.come_in()
        liar = replace(dora.device, key=Device("").key, used=0)
        assert isinstance(dora.answer(liar.show(dora.asked())), PasskeyRefused)
        assert dora.events() == ["passkey_added"]

    def test_devices_that_do_not_count_are_no_copies(self, firm: Firm) -> None:
        synced = Holder(firm)
        synced.device.counts = False
        synced.add()
        assert [type(synced.come_in()) for _ in range(2)] == [SignedIn] * 2


class TestSlowedDown:
    def test_five_worthless_answers_make_this_passkey_wait_and_no_password_guess_does(self, dora: Holder) -> None:
        forger = replace(dora.device, key=Device("").key)
        for _ in range(FREE_FOR_ACCOUNT):
            assert isinstance(dora.answer(forger.show(dora.asked())), PasskeyRefused)
        assert isinstance(dora.come_in(), TooManyAttempts)
        dora.town.clock.advance(minutes=1)
        assert isinstance(dora.come_in(), SignedIn)
        with dora.town.uow() as uow:
            for _ in range(FREE_FOR_ACCOUNT):
                people.log_in(uow, dora.firm.address("dpo"), "találgatás", dora.visit)
        assert isinstance(dora.come_in(), SignedIn)

    def test_forty_from_one_address_make_everybody_there_wait(self, dora: Holder) -> None:
        with dora.town.uow() as uow:
            for _ in range(FREE_FOR_PLACE):
                passkeys.log_in(uow, BROWSER, "{}", SITE, dora.visit)
        assert isinstance(dora.come_in(), TooManyAttempts)
        elsewhere = replace(dora.visit, address="198.51.100.7")
        assert isinstance(dora.answer(dora.device.show(dora.asked()), visit=elsewhere), SignedIn)


class TestProof:
    def test_one_of_ones_own_proves_it_and_somebody_elses_does_not(self, dora: Holder) -> None:
        hanna = Holder(dora.firm, "handler")
        hanna.add()
        with dora.town.uow() as uow:
            question = passkeys.begin_proof(uow, dora.id, dora.token, SITE)
        assert len(json.loads(question)["allowCredentials"]) == 1
        hers = hanna.device.show(question)
        with dora.town.uow() as uow:
            refused = passkeys.prove(uow, dora.id, dora.token, hers, site=SITE, visit=dora.visit)
        assert isinstance(refused, PasskeyRefused)
        with dora.town.uow() as uow:
            said = dora.device.show(passkeys.begin_proof(uow, dora.id, dora.token, SITE))
            assert passkeys.prove(uow, dora.id, dora.token, said, site=SITE, visit=dora.visit) is None

    def test_a_question_at_the_door_is_none_for_a_proof(self, dora: Holder) -> None:
        said = dora.device.show(dora.asked(dora.token))
        with dora.town.uow() as uow:
            refused = passkeys.prove(uow, dora.id, dora.token, said, site=SITE, visit=dora.visit)
        assert isinstance(refused, PasskeyRefused)

    def test_who_has_none_cannot_be_asked_for_one(self, dora: Holder) -> None:
        hanna = Holder(dora.firm, "handler")
        with dora.town.uow() as uow, pytest.raises(NotFound):
            passkeys.begin_proof(uow, hanna.id, hanna.token, SITE)


class TestKeeping:
    def test_several_are_named_listed_and_removed_one_by_one_and_the_person_is_told(self, dora: Holder) -> None:
        assert dora.add(Device(SITE.origin), "  ") is None
        assert [one.name for one in dora.held()] == ["Telefon", "Firefox, Windows"]
        with dora.town.uow() as uow:
            passkeys.remove(uow, dora.id, dora.held()[0].id, dora.visit)
        assert isinstance(dora.come_in(), PasskeyRefused)
        assert dora.events() == ["passkey_added", "passkey_added", "passkey_removed"]

    def test_nobody_removes_that_of_somebody_else(self, dora: Holder) -> None:
        hanna = Holder(dora.firm, "handler")
        with dora.town.uow() as uow:
            passkeys.remove(uow, hanna.id, dora.held()[0].id, hanna.visit)
        assert len(dora.held()) == 1
        assert hanna.events() == []

    def test_one_made_without_asking_who_or_for_another_site_or_known_already_is_not_kept(self, dora: Holder) -> None:
        other = Device(SITE.origin)
        for strange in (replace(other, asks_who=False), replace(other, origin="https://x.example"), dora.device):
            assert isinstance(dora.add(strange), PasskeyRefused)
        assert len(dora.held()) == 1

    def test_a_second_step_taken_away_by_somebody_else_takes_the_passkeys_with_it(self, dora: Holder) -> None:
        with dora.town.uow() as uow:
            sign_in_rules.lose_second_step(uow, uow.session.get_one(User, dora.id))
        assert dora.held() == []


@pytest.mark.parametrize(
    ("address", "site"),
    [
        ("https://Incidens.example", SITE),
        ("https://incidens.example:443", SITE),
        ("https://incidens.example:8443", Site("incidens.example", "https://incidens.example:8443")),
        (
            "https://incidensek.példa.example",
            Site("incidensek.xn--plda-bpa.example", "https://incidensek.xn--plda-bpa.example"),
        ),
        ("http://localhost:8072", Site("localhost", "http://localhost:8072")),
        ("http://incidens.example", None),
        ("http://127.0.0.1:8072", None),
        ("https://[::1]", None),
        ("https://192.0.2.7", None),
    ],
)
def test_passkeys_are_bound_to_the_address_people_open(address: str, site: Site | None) -> None:
    assert site_of(address) == site


def test_a_count_tells_of_a_copy_unless_the_device_counts_nothing() -> None:
    assert [copied(*pair) for pair in ((0, 0), (0, 1), (1, 2), (2, 2), (2, 1), (2, 0))] == [False] * 3 + [True] * 3


def test_a_passkey_always_has_a_name_that_fits_in_a_line() -> None:
    assert named(" A\nkulcscsomón ", "") == "A kulcscsomón"
    assert named("", "Firefox, Windows") == "Firefox, Windows"
    assert named("", "") == "passkey"
    assert len(named("x" * 500, "")) == 60
