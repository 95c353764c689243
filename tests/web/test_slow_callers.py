"""Callers who take their time, over real connections: nobody keeps us waiting for ever; a slow honest one is served.

In each test the one limit it is about is cut to a moment; what is asserted is the answer, never how long it took.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest
from litestar import Litestar, get, post
from litestar.params import RawBody

from incidents.base.settings import Settings
from incidents.serve import listening
from incidents.store.engine import create_engine_for
from incidents.web.app import create_app
from incidents.web.limits import Limits, guard
from incidents.web.problems import EXCEPTION_HANDLERS
from incidents.web.wire import Wire
from tests.e2e.served import running, settings_for
from tests.fakes import FakeClock

A_MOMENT = 0.2


class HurriedHead(Wire):
    head_seconds = A_MOMENT


class HurriedEnd(Wire):
    linger_seconds = A_MOMENT


@post("/api/v1/echo", status_code=200)
async def echo(body: RawBody) -> dict[str, int]:
    return {"taken": len(body)}


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path) -> Settings:
    return settings_for(sqlite_url, tmp_path)


@contextmanager
def calling(
    settings: Settings, limits: Limits | None = None, wire: type[Wire] = Wire, app: Litestar | None = None
) -> Iterator[socket.socket]:
    """A connection to an application with one limit cut short."""
    app = app or guard(
        Litestar([echo], exception_handlers=EXCEPTION_HANDLERS, openapi_config=None), settings, limits or Limits()
    )
    config = listening(settings, app)
    config.http = wire
    with running(config) as port, socket.create_connection(("127.0.0.1", port), timeout=120) as caller:
        yield caller


def everything(caller: socket.socket) -> str:
    """What is said until the other side hangs up."""
    said = b""
    while piece := caller.recv(65536):
        said += piece
    return said.decode()


def head(path: str, length: str = "Content-Length: 1000", kind: str = "application/json") -> bytes:
    return f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: {kind}\r\n{length}\r\n\r\n".encode()


@pytest.mark.parametrize("said", [b"", b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "])
def test_who_never_says_what_they_want_is_hung_up_on(settings: Settings, said: bytes) -> None:
    with calling(settings, wire=HurriedHead) as caller:
        caller.sendall(said)
        assert everything(caller) == ""


def test_a_body_that_stops_coming_is_refused_and_the_line_closed(settings: Settings) -> None:
    with calling(settings, Limits(grace_seconds=A_MOMENT), HurriedEnd) as caller:
        caller.sendall(head("/api/v1/echo") + b"x")
        said = everything(caller)
    assert said.startswith("HTTP/1.1 408 ")
    assert '"code":"too-slow"' in said


def test_who_goes_on_sending_after_the_answer_is_heard_out_for_a_while_only(settings: Settings) -> None:
    with calling(settings, wire=HurriedEnd) as caller:
        caller.sendall(head("/api/v1/nothing-there", "Transfer-Encoding: chunked"))
        assert everything(caller).startswith("HTTP/1.1 404 ")


def test_a_body_without_an_announced_length_is_counted(settings: Settings) -> None:
    with calling(settings, Limits(bytes=5_000), HurriedEnd) as caller:
        caller.sendall(head("/api/v1/echo", "Transfer-Encoding: chunked") + b"1F40\r\n" + b"x" * 8000 + b"\r\n")
        assert everything(caller).startswith("HTTP/1.1 413 ")


def test_an_answer_that_does_not_come_is_said_to_be_late(settings: Settings) -> None:
    gate = Event()

    @get("/api/v1/thinking", sync_to_thread=True)
    def thinking() -> dict[str, str]:
        gate.wait(60)
        return {"said": "late"}

    app = Litestar([thinking], exception_handlers=EXCEPTION_HANDLERS, openapi_config=None)
    with calling(settings, app=guard(app, settings, Limits(answer_seconds=A_MOMENT))) as caller:
        caller.sendall(b"GET /api/v1/thinking HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
        said = everything(caller)
        gate.set()
    assert said.startswith("HTTP/1.1 503 ")
    assert '"code":"took-too-long"' in said


def test_one_connection_serves_one_call_after_the_other_piece_by_piece(settings: Settings) -> None:
    with calling(settings) as caller:
        for body in (b"{}", b"[1, 2]"):
            asked = head("/api/v1/echo", f"Content-Length: {len(body)}") + body
            for place in range(0, len(asked), 40):
                caller.sendall(asked[place : place + 40])
            said = b""
            while b"}" not in said:
                said += caller.recv(65536)
            assert said.endswith(f'{{"taken":{len(body)}}}'.encode())


def test_a_slow_form_gets_a_page_with_the_way_out(settings: Settings, fake_clock: FakeClock) -> None:
    engine = create_engine_for(settings.database_url)
    app = create_app(settings, engine, fake_clock, limits=Limits(grace_seconds=A_MOMENT))
    with calling(settings, app=app, wire=HurriedEnd) as caller:
        caller.sendall(head("/login", kind="application/x-www-form-urlencoded") + b"email=dpo")
        said = everything(caller)
    engine.dispose()
    assert said.startswith("HTTP/1.1 408 ")
    assert "Nem érkezett meg időben" in said
