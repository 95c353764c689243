"""Sending letters to many people: each one by itself, over one connection, with a lease and a fence.

A crash between the server's «250 OK» and our commit repeats the one letter in hand, under the same Message-ID; nobody
is passed over, for whoever is not settled gets another turn when the lease ends. A letter is settled while the server
is told of the next one: that one's content leaves only when the settling is committed.

That commit does not wait for the disk, the claim of the next batch does, for all of it. A database that is killed in
between forgets what we still know: it is told again.
"""

import logging
import re
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parseaddr
from uuid import UUID

from incidents.base.errors import SealBroken
from incidents.base.settings import Settings
from incidents.base.time import Clock
from incidents.rules.recipients import Person
from incidents.steps import recipients, sending
from incidents.steps.sending import Turn
from incidents.store import controllers, documents, heartbeat, incidents, mailings
from incidents.store.engine import Database, DatabaseTrouble, hurried_statements
from incidents.store.mailings import Claimed
from incidents.store.tables import Mailing
from incidents.store.uow import EVERY_CONTROLLER, SYSTEM, UnitOfWork, unit_of_work
from incidents.store.vault import Vault
from notifications import lists, verp
from notifications.failures import FinalFailure, RetryableFailure, ServerFailure
from notifications.letter_mail import LetterMail, Sender
from notifications.smtp import Mailer, parse_url

log = logging.getLogger("notifications.letters")
BATCH = 50
"""Letters claimed at once: a pause takes effect behind them, a crash holds them until the lease ends."""
LONGEST_TURN = timedelta(minutes=2)
"""After so long the rest of a batch is given back: well before the lease ends."""
RUN = timedelta(seconds=60)
"""How long one run goes on before others get the worker."""
PATIENCE_SECONDS = 60
"""How long a database that was away is waited for, to tell it what left meanwhile."""
SUSPICIOUS = 5
"""So many letters in a row refused for no fault of the mailboxes: a person has to look."""
_ANSWER = re.compile(r"\d{3}(?:[ -]\d\.\d{1,3}\.\d{1,3})?")
_OF_MAILBOX = re.compile(r"5\d\d[ -]5\.[12]\.\d")
"""RFC 3463: the address or the mailbox is at fault, not us."""


def vault_of(settings: Settings) -> Vault:
    """What seals and opens people under the keys of this installation."""
    return Vault((settings.secret_key, *settings.old_secret_keys))


def run(engine: Database, clock: Clock, settings: Settings, *, length: timedelta = RUN) -> int:
    """Erase what is due, import what was confirmed, send what waits; returns how many letters were handed over.

    Without SMTP_URL no letter is claimed: they wait, and every page says so.
    """
    until, vault = clock.now() + length, vault_of(settings)
    _erase(engine, clock)
    lists.import_waiting(engine, clock, vault)
    sent = 0
    if settings.smtp_url:
        with (
            Mailer(parse_url(settings.smtp_url)) as mailer,
            hurried_statements(engine) as hurried,
            ThreadPoolExecutor(1, "letters-settle") as settler,
        ):
            sent = _Post(engine, clock, settings, vault, mailer, until, hurried, settler).run()
    with unit_of_work(engine, clock, SYSTEM) as uow:
        heartbeat.beat(uow, "letters")
    return sent


def _erase(engine: Database, clock: Clock) -> None:
    with unit_of_work(engine, clock, SYSTEM, EVERY_CONTROLLER, read_only=True) as uow:
        due = recipients.to_erase(uow)
    for list_id in due:
        erased = False
        while not erased:
            with unit_of_work(engine, clock, SYSTEM, EVERY_CONTROLLER) as uow:
                erased = recipients.erase(uow, list_id)


def letter_of(uow: UnitOfWork, mailing: Mailing | Turn, language: str, settings: Settings) -> LetterMail:
    """The letter of a mailing in a language, ready to be made out to people."""
    chosen = mailing.letters[language]
    document = documents.with_files(uow, UUID(chosen["document_id"]))
    incident = incidents.load(uow, mailing.incident_id)
    controller = controllers.load(uow, mailing.controller_id)
    sender = Sender(controller.name, settings.mail_from, controller.dpo_email or controller.email)
    return LetterMail(document.html, language, incident.reference, document.sha256, sender)


@dataclass
class _Post:
    """One run: its connection, the letters it has made ready, and what it knows of the server's temper."""

    engine: Database
    clock: Clock
    settings: Settings
    vault: Vault
    mailer: Mailer
    until: datetime
    hurried: Database
    settler: ThreadPoolExecutor
    sent: int = 0
    _settling: "Future[None] | None" = None
    _left: list[Claimed] = field(default_factory=list)
    """The letters of this batch that the server has taken."""
    _letters: dict[tuple[UUID, str], LetterMail] = field(default_factory=dict)
    _refused: list[tuple[Claimed, str]] = field(default_factory=list)

    def run(self) -> int:
        """Test letters first, somebody waits for them; then every mailing in turn until the time is up."""
        with self._uow(read_only=True) as uow:
            tests, running = list(mailings.to_test(uow)), list(mailings.running(uow))
        try:
            for mailing_id in tests:
                self._test(mailing_id)
            for mailing_id in running:
                self._send_all(mailing_id)
        except ServerFailure as failure:
            log.warning("the mail server takes no letters: %s", failure)
        return self.sent

    def _uow(self, *, read_only: bool = False) -> AbstractContextManager[UnitOfWork]:
        return unit_of_work(self.engine, self.clock, SYSTEM, EVERY_CONTROLLER, read_only=read_only)

    def _send_all(self, mailing_id: UUID) -> None:
        before = self.sent
        while self.clock.now() < self.until:
            with self._uow() as uow:
                turn = sending.next_turn(uow, mailing_id, BATCH)
            if turn is None or not self._send(turn):
                break
        if self.sent > before:
            with self._uow() as uow:
                sending.forget_trouble(uow, mailing_id)

    def _send(self, turn: Turn) -> bool:
        """The letters of a turn; False when the run is over."""
        rest = list(turn.claimed)
        self._left.clear()
        try:
            return self._send_some(turn, rest)
        except ServerFailure as failure:
            with self._uow() as uow:
                sending.note_trouble(uow, turn.mailing_id, str(failure))
            raise
        except SealBroken as failure:
            log.exception("recipients of mailing %s cannot be read", turn.mailing_id)
            with self._uow() as uow:
                sending.note_trouble(uow, turn.mailing_id, str(failure), pause=True)
            return False
        except DatabaseTrouble:
            self._tell_again()
            raise
        finally:
            self._let_go(rest)

    def _send_some(self, turn: Turn, rest: list[Claimed]) -> bool:
        """Send while there is time; what was tried is taken off the rest. False when the run is over."""
        end = min(self.clock.now() + LONGEST_TURN, self.until)
        try:
            while rest and self.clock.now() < end:
                self._one(turn, rest[0])
                rest.pop(0)
                if len(self._refused) >= SUSPICIOUS:
                    self._stop_for_a_person(turn)
                    return False
        finally:
            self._settled()
        return not rest

    def _tell_again(self) -> None:
        """The database was away, and what it was told without waiting for its disk may be forgotten."""
        for _ in range(PATIENCE_SECONDS):
            try:
                with self._uow() as uow:
                    for claimed in self._left:
                        sending.sent(uow, claimed)
            except DatabaseTrouble:
                time.sleep(1)
            else:
                return

    def _one(self, turn: Turn, claimed: Claimed) -> None:
        """Hand one letter over and record how it went, before the next one is touched."""
        person = self.vault.open(claimed.sealed)
        try:
            self._hand_over(self._letter(turn, claimed.language), person, claimed)
        except ServerFailure:
            raise
        except RetryableFailure as failure:
            answer = _answer(failure)
            self._settle(lambda uow: sending.put_off(uow, claimed, answer))
        except (FinalFailure, ValueError) as failure:
            self._refuse(claimed, str(failure))
        else:
            self.sent += 1
            self._left.append(claimed)
            self._settling = self.settler.submit(self._settle, lambda uow: sending.sent(uow, claimed))
            self._believe_refusals()

    def _hand_over(self, letter: LetterMail, person: Person, claimed: Claimed) -> None:
        content = letter.content(person, claimed.id, claimed.edition, self.clock.now())
        self.mailer.send_content(content, _return_address(self.settings, claimed.id), person.email, self._settled)

    def _letter(self, turn: Turn, language: str) -> LetterMail:
        key = (turn.mailing_id, language)
        if key not in self._letters:
            with self._uow(read_only=True) as uow:
                self._letters[key] = letter_of(uow, turn, language, self.settings)
        return self._letters[key]

    def _settled(self) -> None:
        """The letter before is settled and committed, or this raises what went wrong there."""
        settling, self._settling = self._settling, None
        if settling is not None:
            settling.result()

    def _settle(self, how: Callable[[UnitOfWork], bool]) -> None:
        """Record how it went with one letter; ``how`` is one statement."""
        with unit_of_work(self.hurried, self.clock, SYSTEM, EVERY_CONTROLLER, hurried=True) as uow:
            how(uow)

    def _refuse(self, claimed: Claimed, said: str) -> None:
        """Refused for good. Unless the mailbox is clearly at fault, it is believed only once another letter leaves."""
        if _OF_MAILBOX.match(said):
            self._settle(lambda uow: sending.refused(uow, claimed, _answer(said)))
        else:
            self._refused.append((claimed, said))

    def _believe_refusals(self) -> None:
        for claimed, said in self._refused:
            self._settle(lambda uow, one=claimed, text=said: sending.refused(uow, one, _answer(text)))  # type: ignore[misc]
        self._refused.clear()

    def _stop_for_a_person(self, turn: Turn) -> None:
        """The server refuses every letter: nobody's mailbox is given up for that."""
        said = self._refused[-1][1]
        with self._uow() as uow:
            sending.give_back(uow, [claimed for claimed, _ in self._refused])
            sending.note_trouble(uow, turn.mailing_id, said, pause=True)
        self._refused.clear()

    def _let_go(self, rest: Sequence[Claimed]) -> None:
        """What was not tried keeps its turn; what was refused without any other letter leaving is tried again later."""
        with self._uow() as uow:
            sending.give_back(uow, rest)
            for claimed, said in self._refused:
                sending.put_off(uow, claimed, _answer(said))
        self._refused.clear()

    def _test(self, mailing_id: UUID) -> None:
        """The letter of each language to whoever asked for it, as a person of that name would get it."""
        with self._uow(read_only=True) as uow:
            mailing = mailings.load(uow, mailing_id)
            letters = [letter_of(uow, mailing, language, self.settings) for language in sorted(mailing.letters)]
        person = Person(mailing.test_to["name"], mailing.test_to["email"])
        try:
            for letter in letters:
                content = letter.content(person, mailing.id, -mailing.tests_wanted, self.clock.now())
                sender = parseaddr(self.settings.mail_from)[1]
                self.mailer.send_content(content, sender, person.email, self._settled)
        except (RetryableFailure, FinalFailure, ValueError) as failure:
            with self._uow() as uow:
                sending.not_tested(uow, mailing_id, str(failure), again=isinstance(failure, RetryableFailure))
            if isinstance(failure, ServerFailure):
                raise
        else:
            with self._uow() as uow:
                sending.tested(uow, mailing_id, mailing.tests_wanted)


def _return_address(settings: Settings, recipient_id: UUID) -> str:
    """Where a bounce of this letter goes; the sender's own address without a mailbox for them."""
    if not settings.bounce_address:
        return parseaddr(settings.mail_from)[1]
    return verp.encode(settings.secret_key, settings.bounce_address, "l", recipient_id)


def _answer(said: Exception | str) -> str:
    """The code of a server's answer. Its words may name the person: they are not kept."""
    found = _ANSWER.match(str(said))
    return found.group() if found else type(said).__name__ if isinstance(said, Exception) else "-"
