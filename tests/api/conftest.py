"""The API of the courier firm, called as a program calls it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from httpx import Response
from litestar.testing import TestClient

from tests.company import Company
from tests.fakes import FakeClock


@dataclass
class Api:
    """A program with an API key."""

    site: TestClient[Any]
    key: str

    def call(self, method: str, path: str, body: object = None, *, lang: str = "en", **headers: str) -> Response:
        """Any call, whatever comes of it."""
        sent = {"Authorization": f"Bearer {self.key}", "Accept-Language": lang} | headers
        if isinstance(body, bytes):
            sent["Content-Type"] = "application/json"
            return self.site.request(method, f"/api/v1{path}", content=body, headers=sent)
        return self.site.request(method, f"/api/v1{path}", json=body, headers=sent)

    def __call__(self, method: str, path: str, body: object = None, *, status: int = 200, **headers: str) -> Any:
        """A call that must be answered so; the answer."""
        answer = self.call(method, path, body, **headers)
        assert answer.status_code == status, (method, path, answer.status_code, answer.text)
        return answer.json()

    def refused(self, method: str, path: str, body: object = None, *, status: int = 422, **headers: str) -> Any:
        """A call that must be refused with a problem as RFC 9457 has it."""
        answer = self.call(method, path, body, **headers)
        assert answer.status_code == status, (method, path, answer.status_code, answer.text)
        assert answer.headers["content-type"] == "application/problem+json"
        problem = answer.json()
        assert {"type", "title", "status", "detail"} <= set(problem)
        assert problem["status"] == status
        return problem

    def faults(self, method: str, path: str, body: object = None, **headers: str) -> dict[str, str]:
        """Path and code of every field a refusal names."""
        return {one["path"]: one["code"] for one in self.refused(method, path, body, **headers)["errors"]}

    def report(self, **more: object) -> Any:
        """A new case."""
        return self("POST", "/incidents", {"first_signal_at": "2026-11-20T17:30", **more}, status=201)


@pytest.fixture
def company(database_url: str, fake_clock: FakeClock, tmp_path: Path) -> Iterator[Company]:
    """The firm; no mail can leave."""
    company = Company(database_url, fake_clock, tmp_path / "data")
    yield company
    company.close()


@pytest.fixture
def site(company: Company) -> Iterator[TestClient[Any]]:
    """The running service."""
    with company.site() as site:
        yield site


@pytest.fixture
def api(company: Company, site: TestClient[Any]) -> Api:
    """A program with the DPO's rights."""
    return Api(site, company.key())


@pytest.fixture
def other(company: Company, site: TestClient[Any]) -> Api:
    """A program of another controller on the same installation."""
    from dataclasses import replace

    from tests.company import FIRM

    return Api(site, company.key("dpo", company.found(replace(FIRM, name="Másik Példa Zrt.", short_code="MAS"))))


@pytest.fixture
def case_id(api: Api) -> UUID:
    """A case of the firm."""
    return UUID(api.report()["id"])
