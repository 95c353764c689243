"""Letters to many people: each gets one, by itself; nobody is passed over, whatever the mail server does."""

from datetime import timedelta

import pytest

from incidents.steps import mailing as steps
from incidents.store.tables import Mailing, Recipient
from notifications import letters, verp
from tests.company import MAIL_FROM, Company
from tests.fakes import FakeClock
from tests.letters_builders import Letters, people
from tests.servers import SmtpServer


@pytest.fixture
def post(company: Company) -> Letters:
    """The firm's letters in a case that was just opened."""
    return Letters(company.engine, company.clock, company.open_case())


def send(company: Company) -> int:
    return letters.run(company.engine, company.clock, company.settings)


def states(post: Letters, made: Mailing) -> list[str]:
    return [person.state for person in post.people_of(made)]


def act(post: Letters, step: object, made: Mailing) -> None:
    with post.uow() as uow:
        step(uow, made.id)  # type: ignore[operator]


def test_each_person_gets_a_mail_of_their_own_with_their_name_in_it(
    company: Company, post: Letters, smtp_server: SmtpServer
) -> None:
    made = post.started(*people(3))
    assert send(company) == 3
    mails = smtp_server.received()
    assert [mail.recipients for mail in mails] == [(f"anna{n}@pelda.example",) for n in (1, 2, 3)]
    for number, mail in enumerate(mails, 1):
        assert f"Tisztelt Minta {number}. Anna!" in mail.text()
        assert f"Tisztelt Minta {number}. Anna!" in mail.text("html")
        assert "anna" not in str(mail.message["To"]).replace(f"anna{number}@", "")
        assert mail.message["Bcc"] is None
        assert mail.message["Auto-Submitted"] == "auto-generated"
        assert str(mail.message["Reply-To"]) == "iroda@futar.example"
        assert "Futár Példa Kft." in str(mail.message["From"])
    standing = post.look(made)
    assert (standing.mailing.state, standing.counts.reached, standing.counts.people) == ("done", 3, 3)


def test_a_second_run_sends_nothing_again(company: Company, post: Letters, smtp_server: SmtpServer) -> None:
    post.started(*people(2))
    assert [send(company), send(company)] == [2, 0]
    assert len({mail.message_id for mail in smtp_server.received()}) == 2


def test_who_has_no_address_or_wants_paper_is_not_written_to_by_mail(
    company: Company, post: Letters, smtp_server: SmtpServer
) -> None:
    made = post.started(*people(1), "Minta Béla;;1111;Budapest;Minta utca 2.;hu", "Minta Cili;;;;;hu")
    assert send(company) == 1
    assert states(post, made) == ["sent", "post", "unreachable"]


def test_a_refused_mailbox_goes_on_to_the_post_list_where_there_is_an_address(
    company: Company, post: Letters, smtp_server: SmtpServer
) -> None:
    made = post.started(
        "Minta Anna;anna@pelda.example;1111;Budapest;Fő utca 1.;hu", "Minta Béla;bela@pelda.example;;;;hu"
    )
    smtp_server.behave("refuse", 2)
    assert send(company) == 0
    rows = post.people_of(made)
    assert [(row.state, row.answer, row.bounced_at is not None) for row in rows] == [
        ("post", "550 5.1.1", True),
        ("unreachable", "550 5.1.1", True),
    ]
    assert post.look(made).counts.bounced == 2


def test_a_busy_mailbox_is_tried_again_later_and_holds_up_nobody(
    company: Company, post: Letters, smtp_server: SmtpServer, fake_clock: FakeClock
) -> None:
    made = post.started(*people(3))
    smtp_server.behave("busy", 1)
    assert send(company) == 2
    assert states(post, made) == ["deferred", "sent", "sent"]
    assert send(company) == 0
    fake_clock.advance(minutes=5)
    assert send(company) == 1
    assert post.look(made).mailing.state == "done"


def test_a_mailbox_that_never_takes_the_letter_ends_on_the_post_list(
    company: Company, post: Letters, smtp_server: SmtpServer, fake_clock: FakeClock
) -> None:
    made = post.started(*people(1))
    smtp_server.behave("busy", 100)
    for _ in range(6):
        send(company)
        fake_clock.advance(hours=12)
    assert states(post, made) == ["post"]


def test_a_server_that_is_down_costs_nobody_a_try(
    company: Company, post: Letters, smtp_server: SmtpServer, fake_clock: FakeClock
) -> None:
    made = post.started(*people(2))
    smtp_server.stop()
    for _ in range(10):
        assert send(company) == 0
    assert [(row.state, row.attempts) for row in post.people_of(made)] == [("queued", 0)] * 2
    assert post.look(made).mailing.trouble
    smtp_server.start()
    assert send(company) == 2
    assert post.look(made).mailing.trouble == ""


def test_a_line_cut_before_the_answer_repeats_the_letter_in_hand_under_the_same_message_id(
    company: Company, post: Letters, smtp_server: SmtpServer, fake_clock: FakeClock
) -> None:
    post.started(*people(3))
    smtp_server.behave("drop")
    send(company)
    fake_clock.advance(minutes=5)
    send(company)
    mails = smtp_server.received()
    assert len(mails) == 4
    assert {mail.recipients[0] for mail in mails} == {f"anna{n}@pelda.example" for n in (1, 2, 3)}
    assert len({mail.message_id for mail in mails}) == 3


def test_a_database_that_dies_and_forgets_is_told_again_what_has_left(
    company: Company, post: Letters, smtp_server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is committed without waiting for the disk may be lost with the database; the sender still knows it."""
    from sqlalchemy import update

    from incidents.steps import sending
    from incidents.store.engine import DatabaseTrouble

    made, sent = post.started(*people(3)), sending.sent

    def dies(*_: object) -> bool:
        with post.uow() as uow:
            forgotten = {"state": "queued", "sent_at": None}
            uow.session.execute(update(Recipient).where(Recipient.state == "sent").values(**forgotten))
        monkeypatch.setattr(sending, "sent", sent)
        raise DatabaseTrouble("gone", None, Exception())

    def once(*given: object) -> bool:
        monkeypatch.setattr(sending, "sent", dies)
        return sent(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(sending, "sent", once)
    with pytest.raises(DatabaseTrouble):
        send(company)
    assert states(post, made) == ["sent", "sent", "queued"]
    assert send(company) == 1
    assert len(smtp_server.received()) == 3


def test_who_was_claimed_by_a_sender_that_died_gets_another_turn_when_the_lease_ends(
    company: Company, post: Letters, smtp_server: SmtpServer, fake_clock: FakeClock
) -> None:
    from incidents.steps import sending

    made = post.started(*people(2))
    with post.uow() as uow:
        turn = sending.next_turn(uow, made.id, 50)  # and then the power goes
    assert turn is not None
    assert send(company) == 0
    fake_clock.advance(minutes=5)
    assert send(company) == 2
    with post.uow() as uow:
        assert not sending.sent(uow, next(iter(turn.claimed))), "the dead one is fenced off"


def test_a_limit_of_so_many_a_minute_is_kept(
    company: Company, post: Letters, smtp_server: SmtpServer, fake_clock: FakeClock
) -> None:
    post.started(*people(10), rate=8)
    assert [send(company), send(company)] == [2, 0]
    fake_clock.advance(seconds=15)
    assert send(company) == 2
    fake_clock.advance(hours=1)
    assert send(company) == 6


def test_after_the_first_wave_somebody_has_to_look_before_the_rest_goes(
    company: Company, post: Letters, smtp_server: SmtpServer
) -> None:
    made = post.started(*people(5), waves=[2])
    assert send(company) == 2
    standing = post.look(made)
    assert (standing.mailing.state, standing.mailing.why_paused, standing.counts.waiting) == ("paused", "wave", 3)
    assert send(company) == 0
    act(post, steps.resume, made)
    assert send(company) == 3
    assert post.look(made).mailing.state == "done"


def test_a_pause_holds_the_rest_and_a_stop_ends_it(company: Company, post: Letters, smtp_server: SmtpServer) -> None:
    made = post.started(*people(2))
    act(post, steps.pause, made)
    assert send(company) == 0
    act(post, steps.resume, made)
    act(post, steps.stop, made)
    assert send(company) == 0
    assert states(post, made) == ["queued", "queued"]


def test_after_a_stop_a_new_mailing_goes_to_those_not_written_to(
    company: Company, post: Letters, smtp_server: SmtpServer
) -> None:
    first = post.started(*people(3), waves=[1])
    send(company)
    act(post, steps.stop, first)
    second = post.approved(post.look(first).people)
    act(post, steps.start, second)
    assert send(company) == 2
    assert len({mail.recipients for mail in smtp_server.received()}) == 3
    assert (post.look(first).counts.people, post.look(second).counts.people) == (1, 2)


def test_a_server_that_refuses_every_letter_gives_up_nobody_s_mailbox_and_calls_a_person(
    company: Company, post: Letters, smtp_server: SmtpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from notifications.failures import FinalFailure
    from notifications.smtp import Mailer

    def forbidden(*_: object) -> None:
        raise FinalFailure("554 5.7.1 Relay access denied")

    made = post.started(*people(20))
    with monkeypatch.context() as patched:
        patched.setattr(Mailer, "send_content", forbidden)
        assert send(company) == 0
    standing = post.look(made)
    assert (standing.mailing.state, standing.counts.waiting, standing.counts.bounced) == ("paused", 20, 0)
    assert "554" in standing.mailing.trouble
    act(post, steps.resume, made)
    assert send(company) == 20


def test_each_language_gets_its_own_letter(company: Company, post: Letters, smtp_server: SmtpServer) -> None:
    rows = post.listed(*people(1), "Sample Anna;sample@pelda.example;;;;angol")
    made = post.approved(rows, "hu", "en")
    act(post, steps.start, made)
    assert send(company) == 2
    hungarian, english = smtp_server.received()
    assert hungarian.subject.startswith("Tájékoztatás")
    assert english.subject.startswith("Communication")
    assert "Dear Sample Anna," in english.text()


def test_the_return_address_names_the_letter(company: Company, post: Letters, smtp_server: SmtpServer) -> None:
    from dataclasses import replace

    company.settings = replace(company.settings, bounce_address="vissza@futar.example")
    made = post.started(*people(1))
    send(company)
    (mail,) = smtp_server.received()
    (person,) = post.people_of(made)
    named = verp.decode([company.settings.secret_key], mail.sender)
    assert named == verp.Returned("l", person.id)


def test_a_test_letter_goes_to_who_asked_for_it_and_only_to_them(
    company: Company, post: Letters, smtp_server: SmtpServer
) -> None:
    from incidents.steps import people as accounts
    from incidents.store.tables import User
    from incidents.store.uow import unit_of_work

    made = post.prepared(post.listed(*people(2)))
    with post.uow() as uow:
        user = uow.session.query(User).filter(User.email == "handler@futar.example").one()
        actor = accounts.actor_of(uow, user)
    with unit_of_work(company.engine, company.clock, actor, frozenset(actor.roles)) as uow:
        steps.ask_for_test(uow, made.id)
    assert send(company) == 0
    (mail,) = smtp_server.received()
    assert mail.recipients == ("handler@futar.example",)
    assert "Tisztelt Halmos Hanna!" in mail.text()
    standing = post.look(made)
    assert (standing.mailing.state, standing.mailing.tests_wanted) == ("test_sent", 0)
    assert send(company) == 0
    assert len(smtp_server.received()) == 1


def test_on_the_day_given_the_people_are_erased_and_the_counts_stay(
    company: Company, post: Letters, smtp_server: SmtpServer, fake_clock: FakeClock
) -> None:
    made = post.started(*people(3))
    send(company)
    fake_clock.advance(days=91)
    send(company)
    with post.uow() as uow:
        assert uow.session.query(Recipient).count() == 0
    standing = post.look(made)
    assert standing.people.deleted_at == fake_clock.now()
    assert (standing.people.counts, standing.counts.reached) == ({"sent": 3, "bounced": 0}, 3)
    assert "recipients.deleted" in [event.kind for event in company.case(post.incident_id).events]


def test_a_list_whose_day_comes_while_letters_wait_ends_the_sending(
    company: Company, post: Letters, smtp_server: SmtpServer, fake_clock: FakeClock
) -> None:
    made = post.started(*people(3), waves=[1])
    send(company)
    fake_clock.advance(days=91)
    assert send(company) == 0
    standing = post.look(made)
    assert (standing.mailing.state, standing.counts.reached, standing.counts.waiting) == ("stopped", 1, 2)


def test_a_mail_library_that_is_fed_a_break_sends_no_second_header(company: Company, post: Letters) -> None:
    from incidents.rules.recipients import Person
    from notifications.letter_mail import LetterMail, Sender

    mail = LetterMail("<article><h1>x</h1></article>", "hu", "FUT-1", "a" * 64, Sender("Futár", MAIL_FROM))
    key = post.incident_id
    with pytest.raises(ValueError, match="no address"):
        mail.content(Person("Anna", "anna@pelda.example\r\nBcc: x@y.example"), key, 1, post.clock.now())
    content = mail.content(Person("Anna\r\nBcc: x@y.example", "anna@pelda.example"), key, 1, post.clock.now())
    assert b"\r\nBcc:" not in content


def test_the_whole_run_is_over_after_its_time(company: Company, post: Letters, smtp_server: SmtpServer) -> None:
    post.started(*people(2))
    assert letters.run(company.engine, company.clock, company.settings, length=timedelta(0)) == 0
