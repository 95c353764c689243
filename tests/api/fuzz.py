"""Calls nobody thought of, made from the description of the API: what comes back must be described, and never a 5xx.

``make fuzz`` runs it.
"""

import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.web.walk import Body, House

CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
ROLES = ("dpo", "dpo", "dpo", "handler", "reporter", "auditor", "stranger")
"""The key with most rights is asked most: its calls go furthest."""
SENT = {"method", "url", "headers", "params", "json", "data", "files"}


@dataclass
class Tally:
    """How many calls were made, what they were answered, and what was wrong."""

    cases: int = 0
    answers: Counter[int] = field(default_factory=Counter)
    faults: dict[str, str] = field(default_factory=dict)


def operations(house: House) -> Iterator[Any]:
    """Every operation of the description."""
    schema = schemathesis.openapi.from_dict(json.loads(house.ask("GET", "/api/v1/openapi.json").body))
    for one in schema.get_all_operations():
        yield one.ok()


def fuzz(house: House, each: int, number: int = 72) -> Tally:
    """So many calls of each operation: right and wrong, with keys of real objects and with any, by each role."""
    tally = Tally()
    for operation in operations(house):
        _fuzz_one(house, operation, each, number, tally)
        house.put_back()
    return tally


def _ways(house: House, operation: Any) -> Iterator[Any]:
    real = {one.name: house.objects[one.name] for one in operation.path_parameters}
    takes = any(list(given) for given in (operation.body, operation.query, operation.path_parameters))
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE) if takes else (GenerationMode.POSITIVE,):
        yield operation.as_strategy(mode)
        if real:
            yield operation.as_strategy(mode, path_parameters=real)


def _fuzz_one(house: House, operation: Any, each: int, number: int, tally: Tally) -> None:
    @seed(number)
    @settings(max_examples=each, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(case=st.one_of(*_ways(house, operation)), role=st.sampled_from(ROLES))
    def call(case: Any, role: str) -> None:
        answer = _sent(house, case, role)
        tally.cases += 1
        tally.answers[answer.status_code] += 1
        try:
            case.validate_response(answer, checks=CHECKS)
        except FailureGroup as group:
            for one in group.exceptions:
                said = f"{operation.label}: {type(one).__name__} {answer.status_code}"
                example = f"{role} {answer.request.url} {answer.request.content[:300]!r} -> {answer.text[:300]}"
                tally.faults.setdefault(said, example)

    call()


def _sent(house: House, case: Any, role: str) -> httpx.Response:
    """The call, straight into the application."""
    given = case.as_transport_kwargs(base_url="http://127.0.0.1")
    sent = requests.Request(**{name: value for name, value in given.items() if name in SENT}).prepare()
    content = sent.body or b""
    body = Body(content.encode() if isinstance(content, str) else bytes(content), sent.headers.get("content-type", ""))
    answer = house.ask(sent.method or "GET", sent.path_url, role, body if sent.body is not None else None)
    request = httpx.Request(sent.method or "GET", sent.url or "", content=body.content)
    response = httpx.Response(answer.status, headers=dict(answer.headers), content=answer.body, request=request)
    response.elapsed = timedelta()
    return response


def main() -> int:
    """The long run; says what it found."""
    from incidents.store.migrate import upgrade
    from tests.builders import Town
    from tests.fakes import FakeClock

    each = int(os.environ.get("FUZZ_EACH", "420"))
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/fuzz.db"
        upgrade(url)
        house = House(Town(url, FakeClock()), Path(folder))
        tally = fuzz(house, each)
        house.close()
    for fault, example in tally.faults.items():
        sys.stdout.write(f"{fault}\n    {example}\n")
    answers = ", ".join(f"{count} x {status}" for status, count in sorted(tally.answers.items()))
    sys.stdout.write(f"{tally.cases} cases, {len(tally.faults)} faults; answers: {answers}\n")
    return 1 if tally.faults else 0


if __name__ == "__main__":
    sys.exit(main())
