"""Further duties stand in the register: what was found, what was sent, how late, and what is still due."""

from notifications.documents import registerbook
from tests.builders import CaseFile, Firm
from tests.duties_builders import NOT_OURS, add, confirm, decline, report, subject_to

SERIOUS = "A szerver kiesése súlyos zavart okozott."
LATE = "A rendszer leállása miatt a jelentést csak a helyreállítás után tudtuk elküldeni."


def entry(case: CaseFile, lang: str) -> list[str]:
    return str(registerbook.cells(case.look(), lang)["duties"]).splitlines()


def test_the_register_holds_every_duty_with_its_reports_and_their_lateness(firm: Firm) -> None:
    case = subject_to(firm, kibertv_entity=True, dora=True).report()
    case.set_awareness(case.town.now)
    confirm(case, "kibertv", reason=SERIOUS)
    decline(case, "dora-mnb")
    firm.town.clock.advance(hours=27)
    report(case, "kibertv", "first_notice", note=LATE)
    assert entry(case, "hu") == [
        f"Kiberbiztonsági incidens bejelentése (Kiberbiztonsági tv.): folyamatban ({SERIOUS})",
        "– első jelzés: elküldve 2026.11.21. 20:50, 3 óra késéssel",
        "– eseménybejelentés: határideje 2026.11.23. 17:50",
        f"Jelentős IKT-incidens bejelentése (DORA): nem áll fenn ({NOT_OURS})",
    ]


def test_an_order_names_itself_and_a_newer_version_its_number(firm: Firm) -> None:
    case = firm.report()
    add(case, "naih-order", subject="a" * 32, title="NAIH-1234-2/2026", received=case.town.now, order_days=8)
    report(case, "naih-order", "answer")
    report(case, "naih-order", "answer")
    assert entry(case, "en") == [
        "Answering an order of the authority: NAIH-1234-2/2026: fulfilled",
        "– answer: sent 2026-11-20 17:50, in time",
        "– answer: sent 2026-11-20 17:50, version 2",
    ]


def test_a_case_without_further_duties_has_an_empty_cell(firm: Firm) -> None:
    assert entry(firm.report(), "hu") == []
