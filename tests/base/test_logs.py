"""A line of the log: codes, keys and durations, and nothing a person typed, whoever wrote it."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from incidents.base import logs

CASE = UUID("0199a000-0000-7000-8000-000000000001")


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """The log of this process as JSON lines, for the time of a test."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    stream = io.StringIO()
    logs.configure("json", stream)
    yield stream
    logs.clear()
    root.handlers[:] = handlers
    root.setLevel(level)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_has_its_time_its_code_and_the_keys_of_the_case(written: io.StringIO) -> None:
    logs.logger("incidents.test").info("event", kind="stage.fired", incident_id=CASE, duration_ms=1.5)
    (line,) = lines(written)
    assert line["at"].endswith("+00:00")
    assert line | {"at": ""} == {
        "at": "",
        "level": "info",
        "logger": "incidents.test",
        "event": "event",
        "kind": "stage.fired",
        "incident_id": str(CASE),
        "duration_ms": 1.5,
    }


def test_what_is_no_known_key_is_dropped(written: io.StringIO) -> None:
    logs.logger("incidents.test").info("saved", name="Doktor Dóra", title="Elveszett laptop", status=200)
    (line,) = lines(written)
    assert "name" not in line
    assert "title" not in line
    assert line["status"] == 200


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("to dpo@futar.example", "to [address]"),
        ("smtp://user:secret@mail.example:587", "smtp://[secret]@mail.example:587"),
        ("GET /ack/WyIwMTlhIl0.x1 200", "GET /ack/[token] 200"),
        ("/r/abc/receipt/def", "/r/[token]/receipt/[token]"),
        ("/calendar/abc.ics", "/calendar/[token]"),
        ("/ack/{token}", "/ack/{token}"),
        ("/register?q=Laptop", "/register?[query]"),
        ("key Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4MTIz", "key [token]"),
        (str(CASE), str(CASE)),
    ],
)
def test_addresses_tokens_and_queries_are_scrubbed_from_every_value(written: io.StringIO, said: str, kept: str) -> None:
    logs.logger("incidents.test").info("seen", route=said)
    assert lines(written)[0]["route"] == kept


def test_an_error_is_its_kind_and_place_with_what_caused_it_and_never_its_message(written: io.StringIO) -> None:
    try:
        try:
            raise OSError(113, "no route to dpo@futar.example")
        except OSError as cause:
            raise ValueError("Doktor Dóra cannot be written to") from cause
    except ValueError:
        logs.logger("incidents.test").exception("mail.failed")
    (line,) = lines(written)
    assert line["exception"][0].startswith("builtins.ValueError at ")
    assert line["exception"][1].startswith("builtins.OSError [113] at ")
    assert "Dóra" not in written.getvalue()
    assert "futar" not in written.getvalue()


def test_an_error_names_our_own_line_rather_than_that_of_a_library(written: io.StringIO) -> None:
    from incidents.base.time import zone

    try:
        zone("Nowhere/At-All")
    except ValueError:
        logs.logger("incidents.test").exception("zone.unknown")
    assert "incidents/base/time.py:" in lines(written)[0]["exception"][0]


def test_of_a_library_the_template_is_kept_and_what_it_was_filled_with_left_out(written: io.StringIO) -> None:
    logging.getLogger("celery.app.trace").error("Task %s raised %r", "x", "Doktor Dóra")
    assert lines(written)[0]["event"] == "Task %s raised %r"


def test_libraries_speak_only_when_something_is_wrong(written: io.StringIO) -> None:
    logging.getLogger("celery.worker").info("Task received")
    logging.getLogger("alembic.runtime").info("Context impl")
    assert lines(written) == []


def test_what_was_bound_stands_on_every_line_until_it_is_cleared(written: io.StringIO) -> None:
    logs.bind(request_id="abc123")
    logs.logger("incidents.test").info("one")
    logging.getLogger("some.library").warning("two")
    logs.clear()
    logs.logger("incidents.test").info("three")
    assert [line.get("request_id") for line in lines(written)] == ["abc123", "abc123", None]


def test_on_a_terminal_lines_are_for_people() -> None:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    stream = io.StringIO()
    logs.configure("console", stream)
    logs.logger("incidents.test").info("sweep.done", stages=3)
    root.handlers[:] = handlers
    root.setLevel(level)
    assert "sweep.done" in stream.getvalue()
    assert "stages=3" in stream.getvalue()
    assert not stream.getvalue().startswith("{")
