"""One case of each outcome on the running product: the questions answered by hand, the verdict live, kept, decided on.

The cases are published ones (tests/vectors/cases.yaml), on a phone and on a desk, with scripts and without.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from playwright.sync_api import expect

from incidents.rules.vocabulary import Field, vocabulary
from tests.e2e.service import Service
from tests.e2e.test_journey import DPO, accept_the_invitation, link_in, set_up, take_the_firm_in
from tests.e2e.visitor import DESK, PHONE, Visitor, Watch
from tests.processes import ROOT, Processes
from tests.servers import SmtpServer

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PUBLISHED = {
    case["id"]: case["fields"]
    for case in yaml.safe_load((ROOT / "tests/vectors/cases.yaml").read_text(encoding="utf-8"))["cases"]
}
BECAUSE = "A tények alapján, a közzétett esethez hasonlóan döntöttünk így."
MUST_WEIGH = "embernek kell mérlegelnie"


@pytest.fixture
def service(processes: Processes, smtp_server: SmtpServer, tmp_path: Path) -> Iterator[Service]:
    yield Service.start(processes, smtp_server, tmp_path / "data")


@pytest.mark.browser
def test_each_outcome_from_the_questions_to_the_decision(browser: "Browser", service: Service) -> None:
    watch = Watch(service.address)
    operator = watch.visitor(browser, DESK)
    set_up(operator, service.setup_link())
    report_link = take_the_firm_in(operator)
    invited = link_in(service.mail_to(DPO, "Meghívó"), "/invite/")
    desk = watch.visitor(browser, DESK)
    accept_the_invitation(desk, invited)
    phone, plain = (signed_in_too(watch, browser, desk, javascript=script) for script in (True, False))

    cleared = opened(watch.visitor(browser, PHONE), report_link, desk, "Táblázat a megbízható ügynöknél")
    walk(desk, cleared, "EDPB-01-2021-C09", ("nem", "nem"), ("Nem", "Nem"))
    desk.sees("Táblázat megbízható biztosítási ügynökhöz")  # the nearest published case is this one

    authority = opened(watch.visitor(browser, PHONE), report_link, desk, "Két levél egy borítékban")
    walk(phone, authority, "EDPB-01-2021-C16", ("igen", "nem"), ("Igen", "Nem"))

    both = opened(watch.visitor(browser, PHONE), report_link, desk, "Feltört levelezés, bérek")
    walk(desk, both, "EDPB-01-2021-C18", ("igen", "igen"), ("Igen", "Igen, mindegyiküket közvetlenül"))
    turn_one_fact_over(desk, both)

    weighed = opened(watch.visitor(browser, PHONE), report_link, desk, "Ügyféladatok egy támadónál")
    walk(plain, weighed, "EDPB-09-2022-B02", ("igen", MUST_WEIGH), ("Igen", "Nem"), script=False)

    assert watch.faults == []
    assert watch.refused == []
    assert "Traceback" not in service.stop()
    assert "FUT: intact" in service.command("verify-register")


def signed_in_too(watch: Watch, browser: "Browser", who: Visitor, *, javascript: bool) -> Visitor:
    """The same person on a phone."""
    other = watch.visitor(browser, PHONE, javascript=javascript)
    other.page.context.add_cookies(who.page.context.cookies())  # type: ignore[arg-type]
    return other


def opened(reporter: Visitor, link: str, dpo: Visitor, what: str) -> str:
    """A case that somebody reports now; its address."""
    reporter.open(link)
    reporter.type("1. Mi történt?", what)
    reporter.choose("2. Mikor vette észre?", "Most")
    reporter.choose("3. Mi a baj?", "Egyéb")
    reporter.type("4. Hol érjük el Önt?", "Raktáros Rezső, 06 30 555 0102")
    reporter.press("Bejelentés elküldése")
    dpo.open("/")
    address = dpo.page.get_by_role("link", name=re.compile(re.escape(what))).first.get_attribute("href")
    assert address
    return address


def walk(
    dpo: Visitor, address: str, name: str, verdict: tuple[str, str], decision: tuple[str, str], *, script: bool = True
) -> None:
    """Answer, see the verdict before anything is kept, record, decide, and end on the result page."""
    dpo.open(f"{address}/assess")
    answer(dpo, PUBLISHED[name])
    if not script:
        dpo.press("Mit mond most?")
    live = dpo.page.locator("#live dd")
    expect(live).to_have_text(list(verdict))
    dpo.sees("Még semmi nincs rögzítve.")

    dpo.press("Válaszok rögzítése")
    proposal = dpo.region("A kockázati teszt javaslata")
    assert proposal.locator("dd").all_inner_texts() == list(verdict)
    for words in ("Miért?", "A leghasonlóbb közzétett eset", "Második vélemény: ENISA-pontszám", "A teszt segédeszköz"):
        dpo.sees(words)
    dpo.sees_no("GDPR recital")
    dpo.picture(f"eredmeny-{name}")

    dpo.open(f"{address}/decide")
    dpo.choose("Bejelentik a Hatóságnak (NAIH)?", decision[0])
    dpo.type("A bejelentésről szóló döntés indokolása", BECAUSE)
    dpo.choose("Tájékoztatják az érintetteket?", decision[1])
    dpo.type("Az érintettek tájékoztatásáról szóló döntés indokolása", BECAUSE)
    dpo.press("Döntés rögzítése")
    dpo.sees("A döntést rögzítettük.")  # what equals the verdict needs no second person
    dpo.open(f"{address}/assess/result")


def turn_one_fact_over(dpo: Visitor, address: str) -> None:
    """Somebody asks what hangs on one fact; the case stays as it is."""
    dpo.page.get_by_label("Egy tény mindenkiről").select_option("exfiltrated=no_proven")
    dpo.press("Mit mondana?")
    asked = dpo.region("Mi lenne, ha?")
    expect(asked.get_by_role("status")).to_contain_text("igen → nem")
    dpo.open(f"{address}/assess/result")
    assert dpo.region("A kockázati teszt javaslata").locator("dd").all_inner_texts() == ["igen", "igen"]


def answer(dpo: Visitor, facts: Mapping[str, Any]) -> None:
    """Fill the questionnaire in, as far as the published case tells."""
    for key, value in facts.items():
        field = vocabulary()[key]
        if field.parts:
            for name, part in field.parts.items():
                if part.type != "text" and (value or {}).get(name) is not None:
                    give(dpo, part, f"facts.{key}.{name}", value[name])
        elif value is not None and key not in {"mitigations", "records_count"}:
            give(dpo, field, f"facts.{key}", value)


def give(dpo: Visitor, field: Field, name: str, value: Any) -> None:
    """Give one answer in the way its kind of question is answered."""
    question = dpo.page.locator(f'[name="{name}"]')
    if field.type in {"count", "integer", "number"}:
        wanted = dpo.page.locator(f'[name="{name}.number"]') if field.type == "count" else question
        wanted.fill(str(value))
    elif field.type == "truth":
        dpo.page.locator(f'[name="{name}"][value="{"yes" if value else "no"}"]').check()
    elif question.first.evaluate("element => element.tagName") == "SELECT":
        question.select_option(value)
    else:
        for code in value if isinstance(value, list) and value else ["none"] if value == [] else [value]:
            if code in field.codes or code == "none":
                dpo.page.locator(f'[name="{name}"][value="{code}"]').check()
