"""Six published breaches lived through again: report, 72 hours of mails, decision, drafts, filing, register.

The stories stand in replay_cases.yaml, the facts and the published outcomes in tests/vectors/cases.yaml.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from docx import Document
from pypdf import PdfReader

from incidents.base.time import parse_local
from incidents.steps import register
from incidents.steps.controllers import ControllerForm
from tests.api.conftest import Api
from tests.company import Company
from tests.fakes import FakeClock
from tests.processes import ROOT
from tests.servers import Received, SmtpServer
from tests.thread_builders import ANSWERED, KNOWN

STORIES: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "replay_cases.yaml").read_text(encoding="utf-8"))
PUBLISHED = {
    case["id"]: case
    for case in yaml.safe_load((ROOT / "tests/vectors/cases.yaml").read_text(encoding="utf-8"))["cases"]
}
SOURCE = "EDPB Guidelines 01/2021"
NAIH_IDENTIFIER = "NAIH-1234-1/2026"


@dataclass
class Replay:
    """One case on its way through the hours."""

    name: str
    company: Company
    clock: FakeClock
    api: Api
    smtp: SmtpServer
    mails: list[str] = field(default_factory=list)
    """``hour | who | subject``, as the mail server got them."""
    drafts: dict[tuple[str, str], Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.story: dict[str, Any] = STORIES[self.name]
        self.expected: dict[str, str] = PUBLISHED[self.name]["expected"]
        self.begun = self.clock.now()
        self.last: dict[str, Received] = {}

    @property
    def filed(self) -> list[str]:
        """The kinds of filings of the story, in its order."""
        kinds = {"file": "new", "complete": "follow_up"}
        return [kinds[act["do"]] for act in self.story["story"] if act["do"] in kinds]

    @property
    def path(self) -> str:
        return f"/incidents/{self.id}"

    def local(self, hour: float = 0) -> str:
        """An hour of the story as people in the office would write it."""
        from zoneinfo import ZoneInfo

        at = self.begun + timedelta(hours=hour)
        return at.astimezone(ZoneInfo("Europe/Budapest")).isoformat()

    def report(self) -> None:
        facts = PUBLISHED[self.name]["fields"] | self.story["words"]
        made = self.api("POST", "/incidents", {"first_signal_at": self.local(), "facts": facts}, status=201)
        self.id, self.reference = made["id"], made["reference"]

    def live(self) -> None:
        """Go from moment to moment: what people do, and what the clock does."""
        acts = list(self.story["story"])
        end = self.begun + timedelta(hours=self.story["until"])
        self.tick()
        while (now := self.next_moment(acts)) <= end:
            self.clock.move_to(now)
            while acts and self.begun + timedelta(hours=acts[0]["at"]) <= now:
                self.act(**acts.pop(0))
            self.tick()
        assert acts == []

    def next_moment(self, acts: list[Any]) -> datetime:
        stages = self.api("GET", f"{self.path}/stages")
        due = [datetime.fromisoformat(stage["due_at"]) for stage in stages if stage["state"] == "scheduled"]
        planned = [self.begun + timedelta(hours=acts[0]["at"])] if acts else []
        return min([*due, *planned, self.begun + timedelta(hours=1000)])

    def tick(self) -> None:
        """The clock sweeps, the mails leave, the server has them."""
        self.company.sweep()
        self.company.deliver()
        hour = (self.clock.now() - self.begun) / timedelta(hours=1)
        for mail in sorted(self.smtp.received(), key=lambda one: one.recipients):
            who = mail.recipients[0].partition("@")[0]
            assert mail.subject.endswith(f" – {self.reference}")
            self.mails.append(f"{hour:g} | {who} | {mail.subject.removesuffix(f' – {self.reference}')}")
            self.last[who] = mail
        self.smtp.clear()

    def act(self, do: str, **how: Any) -> None:
        getattr(self, f"do_{do}")(**how)

    def do_acknowledge(self, at: float, name: str) -> None:
        self.api("POST", f"{self.path}/acknowledgements", {"name": name}, status=201)

    def do_acknowledge_by_mail(self, at: float, who: str) -> None:
        """Open the link in the newest mail and press the button."""
        found = re.search(r"https?://[^/]+(/ack/\S+)", self.last[who].text())
        assert found is not None
        page = self.api.site.get(found.group(1))
        token, *_ = re.findall(r'name="_csrf_token"[^>]*value="([^"]+)"', page.text)
        assert self.api.site.post(found.group(1), data={"_csrf_token": token}).status_code == 303

    def do_awareness(self, at: float, hour: float, reason: str = "") -> None:
        self.api("PUT", f"{self.path}/awareness", {"awareness_at": self.local(hour), "reason": reason})

    def do_decide(self, at: float, reasons_authority: str, reasons_subjects: str) -> None:
        """As the published outcome says; the risk test of that moment may leave it open but not contradict it."""
        wanted = {
            "notify_authority": self.expected["notify_authority"],
            "tell_subjects": self.expected["tell_subjects"],
        }
        outcome = self.api("POST", f"{self.path}/assessments", status=201)["outcome"]
        for question, answer in wanted.items():
            assert outcome[question] in {answer, "review"}, question
        decision = {
            "notify": wanted["notify_authority"],
            "tell": wanted["tell_subjects"],
            "reasons_authority": reasons_authority,
            "reasons_subjects": reasons_subjects,
        }
        self.decided_on = self.api("GET", self.path)["facts_version"]
        self.api("POST", f"{self.path}/decisions", decision, status=201)

    def do_drafts(self, at: float) -> None:
        kinds = ["authority"] + ["subjects"] * (self.expected["tell_subjects"] == "yes")
        late = next((act.get("delay_reasons", "") for act in self.story["story"] if act["do"] == "file"), "")
        for kind in kinds:
            for language in ("hu", "en"):
                body = {"kind": kind, "language": language, "delay_reasons": late if kind == "authority" else ""}
                self.drafts[kind, language] = self.api("POST", f"{self.path}/drafts", body, status=201)

    def do_file(self, at: float, delay_reasons: str = "") -> None:
        body = {
            "filed_at": self.local(at),
            "channel": "online",
            "complete": False,
            "authority_identifier": NAIH_IDENTIFIER,
            "delay_reasons": delay_reasons,
            "document_id": self.drafts["authority", "hu"]["id"],
        }
        self.api("POST", f"{self.path}/filings", body, status=201)

    def do_complete(self, at: float) -> None:
        """Say what still stands in the way, and file the follow-up that is complete."""
        form = self.api("GET", f"{self.path}/form")
        asked = [gap["place"].removeprefix("facts:") for gap in form["in_the_way"] if gap["place"].startswith("facts:")]
        self.api("PATCH", f"{self.path}/facts", {"facts": {key: KNOWN[key] for key in asked}})
        self.api("PATCH", f"{self.path}/form", {"answers": ANSWERED | self.story["form"]})
        body = {"filed_at": self.local(at), "channel": "online", "kind": "follow_up", "complete": True}
        self.api("POST", f"{self.path}/filings", body, status=201)

    def do_tell(self, at: float, reached: int) -> None:
        body = {"sent_at": self.local(at), "form": "email", "reached": reached}
        body["document_id"] = self.drafts["subjects", "hu"]["id"]
        self.api("POST", f"{self.path}/communications", body, status=201)

    def do_close(self, at: float, note: str) -> None:
        self.api("POST", f"{self.path}/closing", {"note": note}, status=201)

    def words_of(self, kind: str, language: str) -> tuple[str, str]:
        """What stands in the DOCX and in the PDF of a frozen draft, each on one line."""
        address = f"/drafts/{self.drafts[kind, language]['id']}"
        word = Document(BytesIO(self.api.call("GET", f"{address}/docx").content))
        texts = "\n".join(node.text or "" for node in word.element.body.iter() if str(node.tag).endswith("}t"))
        pages = PdfReader(BytesIO(self.api.call("GET", f"{address}/pdf").content)).pages
        return _one_line(texts), _one_line("\n".join(page.extract_text() for page in pages))


def _one_line(text: str) -> str:
    """Without line ends, hyphenation and spaces: where a line breaks is the typesetter's business."""
    return re.sub(r"\s+", "", re.sub(r"(?<=\w)[\u00ad\u2010-]\n", "", text)).replace("\u00ad", "")


def _holds(said: str, text: str) -> bool:
    return _one_line(said).casefold() in text.casefold()


@pytest.fixture(params=STORIES)
def replay(
    request: pytest.FixtureRequest, database_url: str, smtp_server: SmtpServer, tmp_path: Path
) -> Iterator[Replay]:
    """A case of the file, from its report to the end of its story."""
    story = STORIES[request.param]
    clock = FakeClock(parse_local(story["begins"]).at)
    form = ControllerForm(
        name=story["controller"],
        short_code="UGY",
        seat="1111 Budapest, Minta utca 1.",
        email="iroda@futar.example",
        phone="+36 1 555 0100",
        dpo_name="Doktor Dóra",
        dpo_email="dpo@futar.example",
        dpo_phone="+36 1 555 0101",
    )
    company = Company(database_url, clock, tmp_path / "data", smtp_server.url, form)
    with company.site() as site:
        yield _lived(Replay(request.param, company, clock, Api(site, company.key()), smtp_server))
    company.close()


def _lived(replay: Replay) -> Replay:
    replay.report()
    replay.live()
    return replay


def test_a_published_case_goes_the_way_the_guideline_says(replay: Replay) -> None:
    _the_right_mails_arrived(replay)
    _the_decision_stands(replay)
    _the_drafts_say_what_they_must(replay)
    _the_clock_stopped_as_it_should(replay)
    _the_register_has_its_line(replay)
    _the_log_is_whole(replay)


def _the_right_mails_arrived(replay: Replay) -> None:
    assert replay.mails == replay.story["mails"]


def _the_decision_stands(replay: Replay) -> None:
    [decision] = replay.api("GET", f"{replay.path}/decisions")
    assert PUBLISHED[replay.name]["source"]["document"].startswith(SOURCE)
    assert decision["notify"] == replay.expected["notify_authority"]
    assert decision["tell"] == replay.expected["tell_subjects"]
    assert decision["facts_version"] == replay.decided_on


def _the_drafts_say_what_they_must(replay: Replay) -> None:
    """A draft for the authority when it is notified, a letter when people are told, and neither without need."""
    kept = {(draft["kind"], draft["language"]) for draft in replay.api("GET", f"{replay.path}/drafts")}
    wanted = {"authority": replay.expected["notify_authority"], "subjects": replay.expected["tell_subjects"]}
    assert kept == {(kind, lang) for kind, answer in wanted.items() if answer == "yes" for lang in ("hu", "en")}
    if wanted["authority"] == "yes":
        missing = replay.drafts["authority", "hu"]["missing"]
        assert set(replay.story["missing"]) <= set(missing)
        for text in replay.words_of("authority", "hu"):
            for said in (replay.reference, replay.story["controller"], "Doktor Dóra", *replay.story["says"]):
                assert _holds(said, text), said
    if wanted["subjects"] == "yes":
        _the_letter_has_everything_of_article_34_2(replay)


def _the_letter_has_everything_of_article_34_2(replay: Replay) -> None:
    words = replay.story["words"]
    for text in replay.words_of("subjects", "hu"):
        for said in (
            words["what_happened"],
            words["measures_taken"],
            "Doktor Dóra",
            "dpo@futar.example",
            "1055 Budapest, Falk Miksa utca 9-11.",
        ):
            assert _holds(said, text), said
    for text in replay.words_of("subjects", "en"):
        assert _holds("Doktor Dóra", text)
        assert _holds("Falk Miksa utca 9-11.", text)


def _the_clock_stopped_as_it_should(replay: Replay) -> None:
    case = replay.api("GET", replay.path)
    notified = replay.expected["notify_authority"] == "yes"
    assert case["clock"]["state"] == "stopped"
    assert case["clock"]["stop_reason"] == ("filed" if notified else "decided_not_to_notify")
    filings = replay.api("GET", f"{replay.path}/filings")
    assert [one["kind"] for one in filings] == replay.filed
    assert bool(filings) == notified
    late = bool(filings) and filings[0]["late_by_seconds"] > 0
    assert late == (replay.story["register"]["lateness"] not in {None, "határidőben"})
    if "deadline" in replay.story:
        assert case["clock"]["deadline_at"] == parse_local(replay.story["deadline"]).at.strftime("%FT%TZ")
    states = {stage["state"] for stage in replay.api("GET", f"{replay.path}/stages")}
    assert states == {"fired", "cancelled"}


def _the_register_has_its_line(replay: Replay) -> None:
    [line] = replay.api("GET", "/register")
    for column, said in replay.story["register"].items():
        assert line[column] == said, column
    [decided] = [act for act in replay.story["story"] if act["do"] == "decide"]
    assert line["reference"] == replay.reference
    assert line["reasons_authority"] == decided["reasons_authority"]
    assert line["reasons_subjects"] == decided["reasons_subjects"]
    assert line["what_happened"] == replay.story["words"]["what_happened"]
    assert line["measures_taken"] == replay.story["words"]["measures_taken"]
    assert bool(line["communications"]) == (replay.expected["tell_subjects"] == "yes")
    assert (line["authority_identifier"] == NAIH_IDENTIFIER) == (replay.expected["notify_authority"] == "yes")


def _the_log_is_whole(replay: Replay) -> None:
    proof = replay.api("GET", "/register/verification")
    assert (proof["intact"], proof["breaks"]) == (True, [])
    kinds = [event["kind"] for event in replay.api("GET", f"{replay.path}/events")]
    assert kinds.count("mail.sent") == len(replay.story["mails"])
    assert kinds[:2] == ["incident.opened", "clock.started"]
    with replay.company.uow(read_only=True) as uow:
        assert list(register.verify(uow, replay.company.id)) == []


def test_the_six_cases_are_published_ones_and_cover_every_outcome() -> None:
    assert [name.rpartition("-")[2] for name in STORIES] == ["C02", "C05", "C09", "C10", "C16", "C18"]
    outcomes = {
        (PUBLISHED[name]["expected"]["notify_authority"], PUBLISHED[name]["expected"]["tell_subjects"])
        for name in STORIES
    }
    assert outcomes == {("yes", "no"), ("yes", "yes"), ("no", "no")}
