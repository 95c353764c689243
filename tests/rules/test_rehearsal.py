"""The report of a drill: what it says when people answer, when nobody does, and when mails get lost."""

from datetime import UTC, datetime, timedelta
from typing import Any

from incidents.rules.pace import Pace
from incidents.rules.rehearsal import Letter, Rehearsal, Reply, Rung, verdict

START = datetime(2026, 11, 20, 16, 50, tzinfo=UTC)
HOURS = {"opened": 0, "unacknowledged": 2, "t24": 24, "t48": 48, "deadline": 72, "overdue-1": 96}
DORA = Letter("Doktor Dóra", "dpo@futar.example", "sent", START)
KATALIN = Letter("Kelemen Katalin", "manager@futar.example", "sent", START)


def rehearsal(minutes: float = 120, until: float = 96, **fields: Any) -> Rehearsal:
    """72 hours in so many minutes, seen up to an hour of the ladder; everything fires in time."""
    pace = Pace(START, 72 * 60 / minutes)
    letters = fields.pop("letters", (DORA, KATALIN))
    rungs = tuple(
        Rung(
            number=number,
            name=name,
            label=name,
            due_at=(at := START + timedelta(hours=hours) / pace.speed),
            state="fired" if hours <= until else "cancelled",
            fired_at=at if hours <= until else None,
            letters=letters if hours <= until else (),
        )
        for number, (name, hours) in enumerate(HOURS.items(), start=1)
    )
    seen = {"running": False, "rungs": rungs, **fields}
    return Rehearsal(pace, at_hour(pace, 72), at_hour(pace, until), **seen)


def at_hour(pace: Pace, hours: float) -> datetime:
    return pace.of_day(START + timedelta(hours=hours))


def reply(hours: float, name: str = "Doktor Dóra", minutes: float = 120) -> Reply:
    return Reply(name, at_hour(Pace(START, 72 * 60 / minutes), hours))


def said(seen: Rehearsal, lang: str = "hu") -> list[str]:
    return verdict(seen).sentences(lang)


def test_answered_within_two_hours_of_the_ladder_the_chain_works() -> None:
    seen = rehearsal(replies=(reply(1), reply(1.5, "Kelemen Katalin")))
    assert verdict(seen).grade == "passed"
    assert verdict(seen).headline("hu") == "A riasztási lánc működött."
    assert said(seen)[0] == "Az 1. fokozat után 1 óra elteltével Doktor Dóra átvette az ügyet (valós időben 1 perc)."


def test_a_long_silence_is_said_with_the_hours_of_the_ladder_and_of_the_day() -> None:
    seen = rehearsal(replies=(reply(16),))
    assert verdict(seen).grade == "gaps"
    assert "A 2. fokozatnál 14 óra telt el nyugtázás nélkül (valós időben 23 perc)." in said(seen)
    assert "At Stage 2 14 hours passed without an acknowledgement (in real time: 23 minutes)." in said(seen, "en")


def test_seconds_are_no_silence_however_many_hours_of_the_ladder_they_are() -> None:
    """72 hours in ten minutes: an hour of the ladder is eight seconds, nobody reads a mail in sixteen."""
    seen = rehearsal(10, replies=(reply(20, minutes=10),))
    assert not any("nyugtázás nélkül" in sentence for sentence in said(seen))


def test_when_nobody_answers_the_chain_has_missed_its_aim() -> None:
    seen = rehearsal()
    assert verdict(seen).grade == "failed"
    assert said(seen)[0] == "Senki sem vette át az ügyet."
    assert "A határidőig nem született döntés." in said(seen)
    assert "A határidőig nem rögzítettek bejelentést." in said(seen)


def test_who_was_warned_and_never_answered_is_named() -> None:
    assert "Riasztást kapott, de nem nyugtázott: Kelemen Katalin." in said(rehearsal(replies=(reply(1),)))


def test_a_mail_that_did_not_arrive_is_a_gap_and_a_stage_that_reached_nobody_a_failure() -> None:
    lost = Letter("Kelemen Katalin", "manager@futar.example", "bounced", START, "550 no such user")
    one = rehearsal(letters=(DORA, lost), replies=(reply(1),))
    assert verdict(one).grade == "gaps"
    assert "Nem jutott el a címzetthez: Kelemen Katalin." in said(one)
    assert verdict(rehearsal(letters=(lost,), replies=(reply(1),))).grade == "failed"


def test_a_mail_still_on_its_way_and_a_late_stage_are_gaps() -> None:
    seen = rehearsal(letters=(DORA, Letter("", "iroda@futar.example", "queued")), replies=(reply(1),))
    assert "Még nem ment ki a levelezőkiszolgálóhoz: iroda@futar.example." in said(seen)
    slow = Rung(3, "t24", "t24", START, "fired", START + timedelta(minutes=3), letters=(DORA,))
    late = rehearsal(replies=(reply(0.5),), rungs=(slow,))
    assert "A 3. fokozat 3 perc késéssel szólalt meg." in said(late)
    assert "Stage 3 went out 3 minutes late." in said(late, "en")


def test_what_people_did_in_the_case_is_told_on_the_ladder() -> None:
    pace = rehearsal().pace
    seen = rehearsal(replies=(reply(1),), decided_at=at_hour(pace, 20), filed_at=at_hour(pace, 50))
    assert {"A döntésig 20 óra telt el a létrán.", "A bejelentés rögzítéséig 50 óra telt el a létrán."} <= {*said(seen)}
    late = rehearsal(replies=(reply(1),), filed_at=at_hour(pace, 80))
    assert "A bejelentést csak a határidő után rögzítették." in said(late)


def test_stopped_early_it_says_by_whom_and_judges_only_what_was_seen() -> None:
    seen = rehearsal(until=10, replies=(reply(1),), stopped_by="Kelemen Katalin")
    assert said(seen)[-1].startswith("A gyakorlatot Kelemen Katalin leállította, amikor a létrán 10 óra telt el")
    assert not any("határidőig" in sentence for sentence in said(seen))


def test_absent_people_and_stand_ins_are_named() -> None:
    rung = Rung(1, "opened", "", START, "fired", START, "", (DORA,), ("Helyettes Hedvig",), ("Kelemen Katalin",))
    seen = rehearsal(rungs=(rung,), replies=(reply(0.5),))
    assert "Helyettesként kapott riasztást: Helyettes Hedvig." in said(seen)
    assert "Távol volt, mégis csak neki szólt a riasztás: Kelemen Katalin." in said(seen)


def test_a_drill_that_goes_on_is_not_judged_yet() -> None:
    assert verdict(rehearsal(until=2, running=True)).grade == "running"


def test_an_answer_before_the_first_warning_is_said_to_be_so() -> None:
    seen = rehearsal(rungs=(Rung(1, "opened", "", START, "scheduled"),), replies=(reply(0),))
    assert said(seen)[0] == "Doktor Dóra már az első riasztás előtt átvette az ügyet."


def test_a_reply_belongs_to_the_stage_it_names_else_to_the_newest_one() -> None:
    pace = rehearsal().pace
    named = Reply("Kelemen Katalin", at_hour(pace, 50), "t24")
    seen = rehearsal(replies=(reply(3), named))
    by_name = {rung.name: [one.name for one in seen.replies_to(rung)] for rung in seen.rungs}
    assert by_name["unacknowledged"] == ["Doktor Dóra"]
    assert by_name["t24"] == ["Kelemen Katalin"]
    assert by_name["t48"] == []
