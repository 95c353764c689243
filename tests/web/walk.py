"""Everybody who may stand before a door, with real keys in hand: the people for the walk through every route.

One installation on SQLite with two firms. In ours everything has happened once; its objects lend their keys to the
addresses. Calls go straight into the application, without a network.
"""

import asyncio
import json
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

from litestar import Litestar
from sqlalchemy import event, select

from incidents.base.settings import load_settings
from incidents.rules.absences import AbsenceForm
from incidents.rules.evidence import NewFile
from incidents.rules.publicity import ProofForm
from incidents.steps import absences, controllers, people, posting, publicity, report
from incidents.store import tables
from incidents.store.tables import Table, User
from incidents.web.access import Door
from notifications.documents import sheets
from tests.accounts_builders import with_second_step
from tests.api.test_access import BODIES as API_BODIES
from tests.builders import GOOD_REASON, Town, busy_case, controller_form, filing_form
from tests.letters_builders import Letters, csv_of
from tests.letters_builders import people as addressed
from tests.sites import site

ROLES = ("reporter", "handler", "dpo", "manager", "auditor", "admin")
OURS = {"name": "Őrzött Példa Kft.", "short_code": "ORZ"}
SECRET_STORY = "Rejtett történet a sárga mappáról"
INLINE = re.compile(
    r"""<[^>]*\s(on[a-z]+|style)=|<style|<script(?![^>]*\ssrc=)|javascript:|<(script|img|link|iframe)[^>]*(src|href)=["'](https?:)?//"""
)
"""Scripts and styles inside a page, and what is loaded from elsewhere."""
NOBODY = UUID(int=0xC0FFEE)


@dataclass(frozen=True)
class Answer:
    """What came back, with the number of statements the database was asked."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    asked: int = 0

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    def like(self, house: "House") -> tuple[int, str]:
        """The answer without what differs by chance: numbers of requests, keys and times."""
        said = re.sub(r"[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}|[0-9a-f]{12,}", "…", self.text)
        return self.status, said

    @property
    def refused(self) -> bool:
        return self.status in {401, 403, 404} or self.headers.get("location", "").startswith("/login")


@dataclass(frozen=True)
class Body:
    """What is sent along: a form, or JSON."""

    content: bytes = b""
    kind: str = "application/x-www-form-urlencoded"


def as_json(value: object) -> Body:
    return Body(json.dumps(value).encode(), "application/json")


@dataclass
class House:
    """The installation, the firm whose doors are tried, and the firm of the stranger."""

    town: Town
    data: Path
    cookies: dict[str, str] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    answers: dict[tuple[Door, str, tuple[tuple[str, str], ...]], Answer] = field(default_factory=dict)
    """What doors have answered."""

    def __post_init__(self) -> None:
        env = {"DATABASE_URL": self.town.url, "INCIDENTS72_DATA": str(self.data), "SECRET_KEY": "k" * 40}
        self.settings = load_settings(env)
        self.firm = self.town.found(controller_form(**OURS))
        self.other = self.town.found(controller_form("Idegen Példa Zrt.", short_code="IDE"))
        self.case = busy_case(self.firm)
        self.case.amend("Most derült ki.", what_happened=SECRET_STORY, title=SECRET_STORY)
        self.theirs = self.other.report()
        self._write_to_people()
        self.waiting = self.firm.report("Ellopott telefon egy irodából.").propose("no", "no")
        self._fill()
        self._enrol()
        self.runner = asyncio.Runner()
        self.token = re.search(r"csrf=([^;]+)", self.ask("GET", "/login").headers["set-cookie"])[1]  # type: ignore[index]

        self.file = self.town.url.removeprefix("sqlite:///")
        self.kept = str(self.data / "kept.db")
        assert self.objects
        self.town.database.dispose()
        shutil.copy(self.file, self.kept)

    @cached_property
    def app(self) -> Litestar:
        return site(self.settings, self.town.database, self.town.clock)

    def close(self) -> None:
        self.runner.close()

    def _write_to_people(self) -> None:
        """A list with people, printed and certified by the product's own steps."""
        letters = Letters(self.town.database, self.town.clock, self.case.id)
        self.fresh_list = letters.listed(*addressed(2, first=50))
        self.sending = letters.started(
            "Minta Ödön;;1111;Budapest;Minta utca 1.;hu", "Minta Pál;;1111;Budapest;Minta utca 2.;hu"
        )
        with letters.uow() as uow:
            self.run = posting.print_letters(uow, self.sending.id)
        self.person = letters.people_of(self.sending)[0]

    def _fill(self) -> None:
        """Files behind the addresses that give one."""
        letters = Letters(self.town.database, self.town.clock, self.case.id)
        self.odd_list = letters.read(letters.upload(csv_of("Minta Anna;;;;;", "Minta Anna;;;;;")))
        now = self.town.now
        with self.town.uow() as uow:
            filing = filing_form(now, "follow_up", promised_on=date(2030, 12, 1), unsigned_because=GOOD_REASON)
            self.printed = sheets.record_filing(uow, self.case.id, filing)
            notice = self.row(tables.Publication)
            proof = ProofForm("seen", now, NewFile("kep.png", b"\x89PNG\r\n\x1a\n"), "")
            self.proof = publicity.prove(uow, self.case.id, notice.id, proof)
            report.amend_facts(uow, self.case.id, {}, group="patients")
            self.webhook = self.row(tables.Webhook)
            self.unasked = absences.record_for(uow, self.firm.id, self.firm.people["auditor"].id, _days(now.at.date()))

    def _enrol(self) -> None:
        everybody = {role: self.firm.people[role] for role in ROLES}
        everybody["stranger"] = self.other.people["dpo"]
        with self.town.uow() as uow:
            for role in ("manager", "admin", "handler"):
                people.grant(uow, self.other.id, everybody["stranger"].id, role, deputy=False)
            for name, email in (("nobody", "senki@pelda.example"), ("operator", "olga@pelda.example")):
                user = people.invite(uow, self.other.id, people.NewPerson(email, name, "reporter"))
                people.revoke_role(uow, self.other.id, user.id, "reporter")
                user.is_operator = name == "operator"
                everybody[name] = user
            for who, user in everybody.items():
                found = uow.session.get_one(User, user.id)
                self.cookies[who] = people.open_session(uow, found, user_agent="walk", address="127.0.0.1").token
            with_second_step(uow, everybody["auditor"].id, self.town.clock)
            for role in controllers.KEY_ROLES:
                self.keys[role] = controllers.make_api_key(uow, self.firm.id, f"{role} key", role)
            self.keys["stranger"] = controllers.make_api_key(uow, self.other.id, "strange key", "dpo")

    def row(self, table: type[Table]) -> Any:
        """A row of our firm; of the busy case where it belongs to one."""
        with self.town.uow(read_only=True) as uow:
            of = (
                table.incident_id == self.case.id
                if hasattr(table, "incident_id")
                else table.controller_id == self.firm.id
            )  # type: ignore[attr-defined]
            return uow.session.scalars(select(table).where(of)).first()

    @cached_property
    def objects(self) -> dict[str, str]:
        """The value of every parameter of an address: keys of our firm's real objects."""
        found = {
            "incident_id": self.case.id,
            "controller_id": self.firm.id,
            "document_id": self.row(tables.Document).id,
            "evidence_id": self.row(tables.Evidence).id,
            "filing_id": self.row(tables.Filing).id,
            "asked_id": self.row(tables.SignOffRequest).id,
            "order_id": self.row(tables.AuthorityOrder).id,
            "list_id": self.fresh_list.id,
            "mailing_id": self.sending.id,
            "recipient_id": self.person.id,
            "run_id": self.run.id,
            "certificate_id": self.row(tables.Certificate).id,
            "duty_id": self.row(tables.DutyRow).id,
            "drill_id": self.drill.id,
            "proposal_id": self.waiting.id,
            "absence_id": self.unasked.id,
            "comment_id": self.row(tables.CaseComment).id,
            "task_id": self.row(tables.CaseTask).id,
            "mail_id": self.row(tables.InboundMail).id,
            "name": "causes.csv",
            "regime": "telecom",
            "ladder": "default",
            "file": "pdf",
            "form": "pdf",
        }
        return {name: str(value) for name, value in found.items()}

    @cached_property
    def drill(self) -> Any:
        with self.town.uow(read_only=True) as uow:
            return uow.session.scalars(select(tables.Drill)).one()

    @cached_property
    def nowhere(self) -> dict[str, str]:
        """Keys of nothing."""
        return {name: str(NOBODY) if name.endswith("_id") else value for name, value in self.objects.items()}

    @cached_property
    def ours(self) -> list[str]:
        """What only our people may read."""
        return [OURS["name"], SECRET_STORY, self.case.reference, *(one.email for one in self.firm.people.values())]

    def searches(self) -> Iterator[str]:
        """Lists asked for what is ours, in every way they can be narrowed."""
        for word in (quote(SECRET_STORY), self.case.reference, "laptop", ""):
            yield f"/?q={word}&only=all&controller={self.firm.id}"
            yield f"/?q={word}&only=all"
            yield f"/register?q={word}&controller={self.firm.id}&verify=1"
            yield f"/register?q={word}"
            yield f"/api/v1/incidents?query={word}&state=all"

    def knock(self, door: Door, who: str, keys: Mapping[str, str] | None = None) -> Answer:
        """Try a door with real keys and a body that would be right; what that changed is put back.

        So whoever asks the same again gets the answer of the first time.
        """
        said = tuple(sorted((keys or {}).items()))
        if (door, who, said) not in self.answers:
            self.answers[door, who, said] = self._try(door, who, keys)
        return self.answers[door, who, said]

    def _try(self, door: Door, who: str, keys: Mapping[str, str] | None) -> Answer:
        own = self.otherwise.get(door.route, {})
        if keys:
            own = {name: value for name, value in own.items() if not name.endswith("_id")}
        values = {**(keys or self.objects), "act": door.act or "report", **own}
        body = self._body(door)
        answer = self.ask(door.method, door.path.format(**values), who, body)
        if door.method != "GET" and answer.status < 400:
            self.put_back()
        return answer

    def _body(self, door: Door) -> Body | None:
        if door.method == "GET":
            return None
        if door.path.startswith("/api/"):
            return as_json(API_BODIES.get((door.method, door.path.removeprefix("/api/v1")), {}))
        if door.route == "POST /incidents/{incident_id}/letters":
            return self._upload()
        return Body(urlencode(self.forms.get(door.route, {})).encode())

    def _upload(self) -> Body:
        parts = {"_csrf_token": self.token, "purpose": "x", "language": "hu"}
        text = "".join(
            f'--X\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in parts.items()
        )
        file = (
            '--X\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nNév\r\nAnna\r\n\r\n--X--\r\n'
        )
        return Body((text + file).encode(), "multipart/form-data; boundary=X")

    @cached_property
    def forms(self) -> dict[str, dict[str, str]]:
        """What has to stand in a form so that it gets as far as the question who sends it."""
        at, auditor = "/controllers/{controller_id}", str(self.firm.people["auditor"].id)
        case = "/incidents/{incident_id}"
        webhook = {"webhook": str(self.webhook.id)}
        return {
            f"POST {at}/absences": {"user": auditor, "first": "2030-01-01", "last": "2030-01-02"},
            f"POST {at}/keys/revoke": {"key": str(self.row(tables.ApiKey).id)},
            f"POST {at}/people/remove": {"user": auditor, "role": "auditor"},
            f"POST {at}/sign-in/reset": {"user": auditor},
            f"POST {at}/webhooks/ping": webhook,
            f"POST {at}/webhooks/revoke": webhook,
            f"POST {at}/webhooks/rotate": webhook,
            f"POST {case}/assess/groups": {"group": "staff"},
            f"POST {case}/assess/groups/end": {"group": "patients", "reason": "Nincs ilyen csoport."},
            f"POST {case}/seen": {"clock": str(self.row(tables.ClockRow).id), "stage": "t48"},
            "POST /register/export": {"format": "csv"},
        }

    @cached_property
    def otherwise(self) -> dict[str, dict[str, str]]:
        """Addresses whose parts belong together otherwise than the objects named above."""
        case, odd = "/incidents/{incident_id}", {"list_id": str(self.odd_list.id)}
        certified = {"mailing_id": str(self.row(tables.Certificate).mailing_id)}
        return {
            f"GET {case}/drill": {"incident_id": str(self.drill.incident_id)},
            f"GET {case}/filings/{{filing_id}}/pdf": {"filing_id": str(self.printed.id)},
            f"POST {case}/lists/{{list_id}}/columns": odd,
            f"GET {case}/lists/{{list_id}}/findings.csv": odd,
            f"GET {case}/mailings/{{mailing_id}}/certificates/{{certificate_id}}": certified,
            f"GET {case}/notice/proofs/{{evidence_id}}": {"evidence_id": str(self.proof.evidence_id)},
            f"GET {case}/notice/{{file}}": {"file": "txt"},
        }

    def put_back(self) -> None:
        self.town.database.dispose()
        for ending in ("-wal", "-shm"):
            Path(f"{self.file}{ending}").unlink(missing_ok=True)
        shutil.copy(self.kept, self.file)

    def unsafe(self, answer: Answer) -> Iterator[str]:
        """What a browser could be made to do with an answer."""
        said = answer.headers
        framed = "sandbox" in said["content-security-policy"]  # the letter in its frame brings styles of its own
        if (
            not said["content-security-policy"].startswith("default-src 'none'")
            or "base-uri 'none'" not in said["content-security-policy"]
        ):
            yield "a loose content policy"
        if "unsafe" in said["content-security-policy"] and not framed:
            yield "an unsafe content policy"
        if said["x-content-type-options"] != "nosniff" or said["referrer-policy"] != "same-origin":
            yield "a header is missing"
        if "no-store" not in said["cache-control"] and "private" not in said["cache-control"]:
            yield "it may be kept"
        kind = said.get("content-type", "").partition(";")[0]
        handed_out = re.fullmatch(r"attachment; filename=\"[\w.-]+\"", said.get("content-disposition", ""))
        if kind not in {"text/html", "application/json", "application/problem+json", ""} and not handed_out:
            yield f"{kind} is shown inside the service"
        if kind == "text/html" and not framed and (found := INLINE.search(answer.text)):
            yield f"inline: {found.group()[:60]}"

    def ask(self, method: str, path: str, who: str = "", body: Body | None = None) -> Answer:
        """One call by somebody signed in, or by nobody."""
        headers = {"host": "127.0.0.1", "accept": "text/html"}
        if path.startswith("/api/"):
            headers |= {"authorization": f"Bearer {self.keys[who]}"} if who in self.keys else {}
        else:
            cookies = [f"session={self.cookies[who]}"] if who else []
            token = getattr(self, "token", "")
            headers |= {"cookie": "; ".join([*cookies, f"csrf={token}"]), "x-csrftoken": token} if token else {}
        self.app.state["throttled"].clear()
        with self.counting() as asked:
            return replace(self.runner.run(self._call(method, path, headers, body)), asked=len(asked))

    @contextmanager
    def counting(self) -> Iterator[list[str]]:
        said: list[str] = []

        def count(*given: Any) -> None:
            said.append(given[2])

        event.listen(self.town.database, "before_cursor_execute", count)
        try:
            yield said
        finally:
            event.remove(self.town.database, "before_cursor_execute", count)

    async def _call(self, method: str, path: str, headers: dict[str, str], body: Body | None) -> Answer:
        sent, start, parts = [body.content if body else b""], {}, []  # type: ignore[var-annotated]
        done = asyncio.Event()
        if body:
            headers |= {"content-type": body.kind, "content-length": str(len(body.content))}
        where, _, query = path.partition("?")

        async def receive() -> dict[str, Any]:
            if not sent:
                await done.wait()
                return {"type": "http.disconnect"}
            return {"type": "http.request", "body": sent.pop(), "more_body": False}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                parts.append(message.get("body", b""))
                if not message.get("more_body"):
                    done.set()

        scope: Any = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": where,
            "raw_path": where.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        }
        await self.app(scope, receive, send)
        given = {name.decode().lower(): value.decode() for name, value in start["headers"]}
        return Answer(start["status"], given, b"".join(parts))


def _days(first: date) -> AbsenceForm:
    return AbsenceForm(first, first + timedelta(days=2), None)
