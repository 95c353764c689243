"""Letters on paper: printed once, posted once, and what comes back is found by its code; the proof counts all of it."""

from datetime import timedelta

import pytest

from incidents.base.errors import Conflict, Forbidden, InvalidInput
from incidents.rules import letter_codes
from incidents.steps import mailing as steps
from incidents.steps import posting, sending
from incidents.store.tables import Mailing
from notifications.certificate import certify
from tests.builders import CaseFile, Firm
from tests.letters_builders import Letters, people

PAPER = [f"Minta {n}. Béla;;1111;Budapest;Minta utca {n}.;hu" for n in range(1, 4)]


@pytest.fixture
def case(firm: Firm) -> CaseFile:
    return firm.report()


@pytest.fixture
def post(case: CaseFile) -> Letters:
    return Letters(case.town.database, case.town.clock, case.id)


def mailed(post: Letters, made: Mailing) -> None:
    """Everybody who waits for an e-mail has got it."""
    with post.uow() as uow:
        while turn := sending.next_turn(uow, made.id, 50):
            for one in turn.claimed:
                sending.sent(uow, one)


def printed(post: Letters, made: Mailing) -> posting.PrintRun:
    with post.uow() as uow:
        return posting.print_letters(uow, made.id)


def posted(post: Letters, made: Mailing) -> posting.PrintRun:
    run = printed(post, made)
    with post.uow() as uow:
        return posting.post(uow, run.id, post.clock.now().date(), "registered")


def test_everybody_on_the_post_list_is_printed_once(post: Letters) -> None:
    made = post.started(*PAPER, *people(1))
    assert printed(post, made).letters == 3
    with pytest.raises(Conflict, match="Nobody waits"):
        printed(post, made)


def test_whose_mail_bounces_later_comes_into_the_next_print_run(post: Letters) -> None:
    made = post.started(*PAPER, *people(1))
    mailed(post, made)
    printed(post, made)
    by_mail = next(one for one in post.people_of(made) if one.state == "sent")
    with post.uow() as uow:
        assert sending.bounced(uow, by_mail.id, "5.1.1", final=True)
    second = printed(post, made)
    assert (second.number, second.letters) == (2, 1)


def test_posted_letters_count_as_reached_until_they_come_back(post: Letters) -> None:
    made = post.started(*PAPER)
    posted(post, made)
    assert post.look(made).counts.reached == 3
    codes = [one.letter_code for one in post.people_of(made)]
    typed = f"{letter_codes.shown(codes[0]).lower()}\n{codes[1]}\n{codes[1]}  ismeretlen {letter_codes.code(5)}"
    with post.uow() as uow:
        back = posting.came_back(uow, made.id, typed)
    assert (back.taken, back.unknown) == (2, (letter_codes.code(5), "ismeretlen"))
    counts = post.look(made).counts
    assert (counts.reached, counts.by_state["returned"]) == (1, 2)
    with post.uow() as uow:
        assert posting.came_back(uow, made.id, codes[0]).taken == 0, "the same letter comes back once"


def test_a_letter_that_was_not_posted_cannot_have_come_back(post: Letters) -> None:
    made = post.started(*PAPER)
    code = post.people_of(made)[0].letter_code
    with post.uow() as uow:
        assert posting.came_back(uow, made.id, code) == posting.Returned(0, (code,))
    with pytest.raises(InvalidInput), post.uow() as uow:
        posting.came_back(uow, made.id, "nincs kód")


def test_posting_needs_a_day_that_has_come_and_a_way(post: Letters) -> None:
    run = printed(post, post.started(*PAPER))
    tomorrow = post.clock.now().date() + timedelta(days=1)
    with pytest.raises(InvalidInput) as refused, post.uow() as uow:
        posting.post(uow, run.id, tomorrow, "")
    assert [fault.path for fault in refused.value.errors] == ["posted_on", "method"]


def test_one_person_gets_the_letter_again_as_a_new_mail(post: Letters) -> None:
    made = post.started(*people(2))
    mailed(post, made)
    person = post.people_of(made)[0]
    with post.uow() as uow:
        posting.send_again(uow, person.id)
    again = post.people_of(made)[0]
    assert (again.state, again.edition) == ("queued", 2)
    assert post.look(made).mailing.state == "running"
    mailed(post, made)
    assert post.look(made).mailing.state == "done"


def test_one_person_is_written_to_by_post_instead(post: Letters) -> None:
    made = post.started(*people(1), "Minta Cili;cili@pelda.example;;;;hu")
    mailed(post, made)
    anna, cili = post.people_of(made)
    with post.uow() as uow:
        posting.to_post(uow, anna.id)
    with pytest.raises(Conflict), post.uow() as uow:
        posting.to_post(uow, cili.id)
    assert printed(post, made).letters == 1


def test_the_certificate_says_who_was_reached_and_the_case_knows_it(post: Letters, case: CaseFile) -> None:
    made = post.started(*PAPER, *people(2))
    mailed(post, made)
    posted(post, made)
    with post.uow() as uow:
        paper = certify(uow, made.id, "hu")
    assert paper.counts == {"posted": 3, "sent": 2, "bounced": 0}
    assert "Elért érintettek összesen" in paper.html
    letter = made.letters["hu"]
    assert letter["sha256"] in paper.html
    told = case.look().communications
    assert [(one.form, one.reached, str(one.document_id)) for one in told] == [
        ("email", 2, letter["document_id"]),
        ("post", 3, letter["document_id"]),
    ]


def test_a_second_certificate_adds_only_whom_the_first_did_not_know(post: Letters, case: CaseFile) -> None:
    made = post.started(*PAPER, *people(2))
    mailed(post, made)
    with post.uow() as uow:
        certify(uow, made.id, "hu")
    posted(post, made)
    with post.uow() as uow:
        certify(uow, made.id, "en")
        certify(uow, made.id, "hu")
    assert [(one.form, one.reached) for one in case.look().communications] == [("email", 2), ("post", 3)]
    with post.uow(read_only=True) as uow:
        assert [one.version for one in posting.certificates_of(uow, made.id)] == [1, 2, 3]


def test_the_second_approval_comes_from_somebody_else(firm: Firm, case: CaseFile, post: Letters) -> None:
    listed = post.listed(*people(1))
    letter = post.frozen().id
    with firm.as_("handler") as uow:
        made = steps.prepare(uow, listed.id, steps.Plan({"hu": letter}))
    with pytest.raises(Conflict), firm.as_("dpo") as uow:
        steps.approve(uow, made.id)  # nobody has seen a test letter
    with post.uow() as uow:
        sending.tested(uow, made.id, 0)
    with pytest.raises(Forbidden), firm.as_("handler") as uow:
        steps.approve(uow, made.id)
    with firm.as_("dpo") as uow:
        approved = steps.approve(uow, made.id)
    assert (approved.approved_by, approved.alone) == ("Doktor Dóra", False)
    with pytest.raises(Forbidden), firm.as_("handler") as uow:
        steps.start(uow, made.id)
    with firm.as_("manager") as uow:
        assert steps.start(uow, made.id).state == "running"


def test_where_there_is_nobody_else_one_person_may_do_both_and_the_record_says_so(town: object) -> None:
    firm = town.found(staff=("manager", "admin"))  # type: ignore[attr-defined]
    with firm.town.uow() as uow:
        from incidents.steps import report
        from tests.builders import staff_report

        opened = report.open_from_staff(uow, firm.id, staff_report(firm.town.now), "link")
    post = Letters(firm.town.database, firm.town.clock, opened.incident_id)
    listed, letter = post.listed(*people(1)), post.frozen().id
    with firm.as_("manager") as uow:
        made = steps.prepare(uow, listed.id, steps.Plan({"hu": letter}))
    with post.uow() as uow:
        sending.tested(uow, made.id, 0)
    with firm.as_("manager") as uow:
        assert steps.approve(uow, made.id).alone


def test_a_language_without_a_letter_is_named_before_anything_is_sent(post: Letters) -> None:
    listed = post.listed(*people(1), "Sample Anna;sample@pelda.example;;;;angol")
    with pytest.raises(InvalidInput) as refused:
        post.prepared(listed, "hu")
    assert [fault.path for fault in refused.value.errors] == ["letter.en"]


def test_nobody_gets_the_letter_of_another_group(post: Letters) -> None:
    """It would tell them of data that are not theirs."""
    patients, everybody = post.listed(*people(1), group="A betegek"), post.listed(*people(1, first=2))
    for listed in (patients, everybody):
        with pytest.raises(InvalidInput) as refused:
            post.prepared(listed, group="A dolgozók")
        assert [(fault.path, fault.code) for fault in refused.value.errors] == [("letter.hu", "other-people")]
    assert post.prepared(patients, group="A betegek").state == "draft"
    assert post.prepared(everybody).state == "draft"
