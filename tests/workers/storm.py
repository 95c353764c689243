"""Reports that keep coming whatever fails: through the API and through the staff form, at random."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from threading import Event, Thread
from types import TracebackType
from typing import Self

import httpx

from incidents.base.time import Clock

DUE_SOON = (24, 48, 60, 66, 70, 71, 72, 96)
"""Hours after awareness at which the ladder has a stage: a signal this far back has one due any moment."""
PATIENCE = 3.0


@dataclass
class Storm:
    """Reports until it is stopped; remembers what was answered, by the marker in the words of each report."""

    address: str
    report_link: str
    key: str
    clock: Clock
    random: Random
    pause: tuple[float, float] = (0.1, 0.6)
    """The shortest and the longest wait between two reports, in seconds."""
    calmer: float = 1.0
    """So many times longer are the waits while the installation is behind with its work."""
    weather: str = ""
    """What is being broken at this moment."""
    accepted: dict[str, str] = field(default_factory=dict)
    """Marker to how it was accepted: ``api`` or ``form``."""
    sent: int = 0
    unanswered: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)
    """Answers that were no acceptance, each with what was broken then."""

    def __post_init__(self) -> None:
        self._over = Event()
        self._thread = Thread(target=self._blow, name="storm", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join(30)

    def _blow(self) -> None:
        while not self._over.wait(self.random.uniform(*self.pause) * self.calmer):
            self.sent += 1
            marker = f"report-{self.sent:05}"
            report = self._by_form if self.random.random() < 0.1 else self._by_api
            try:
                report(marker)
            except httpx.HTTPError:
                self.unanswered += 1

    def probe(self, marker: str, signal: datetime) -> str | None:
        """Report, as often as asked under one key; the case, once it was accepted."""
        body = {"first_signal_at": signal.isoformat(), "facts": {"what_happened": marker}}
        headers = {"Authorization": f"Bearer {self.key}", "Idempotency-Key": marker}
        try:
            answer = self._post(f"{self.address}/api/v1/incidents", body, headers)
        except httpx.HTTPError:
            return None
        self._note(marker, "api", answer, {200, 201})
        return str(answer.json()["id"]) if marker in self.accepted else None

    def _by_api(self, marker: str) -> None:
        """With a key, asked again when no answer came: the case must not be opened twice."""
        ago = timedelta(hours=self.random.choice(DUE_SOON)) - timedelta(seconds=self.random.uniform(0, 8))
        body = {"first_signal_at": (self.clock.now() - ago).isoformat(), "facts": {"what_happened": marker}}
        headers = {"Authorization": f"Bearer {self.key}", "Idempotency-Key": marker}
        try:
            answer = self._post(f"{self.address}/api/v1/incidents", body, headers)
        except httpx.HTTPError:
            answer = self._post(f"{self.address}/api/v1/incidents", body, headers)
        self._note(marker, "api", answer, {200, 201})

    def _post(self, url: str, body: object, headers: dict[str, str]) -> httpx.Response:
        return httpx.post(url, json=body, headers=headers, timeout=PATIENCE)

    def _by_form(self, marker: str) -> None:
        """As a member of staff with a phone; accepted when the receipt is shown."""
        with httpx.Client(timeout=PATIENCE) as phone:
            page = phone.get(self.address + self.report_link)
            token = re.search(r'name="_csrf_token"[^>]*value="([^"]+)"', page.text)
            form = {"what_happened": marker, "kind": "other", "noticed_when": "now", "contact": "porta, 06 1 555 0100"}
            answer = phone.post(
                self.address + self.report_link, data=form | {"_csrf_token": token.group(1) if token else ""}
            )
            self._note(marker, "form", answer, {303})

    def _note(self, marker: str, how: str, answer: httpx.Response, good: set[int]) -> None:
        if answer.status_code in good:
            self.accepted[marker] = how
        elif answer.status_code != 429:
            self.refused.append((self.weather, f"{how} {answer.status_code} {answer.text[:200]}"))
