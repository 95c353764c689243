"""The dead-man ping: after a sweep that lives, at most once a minute, and never at the cost of a warning."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from incidents.base.settings import Settings, SettingsError, load_settings
from incidents.store import heartbeat
from tests.builders import Town
from tests.towns import empty_town
from workers.deadman import ping

__all__ = ["empty_town"]


class Watchman:
    """Somebody outside who notes down every ping."""

    def __init__(self, status: int) -> None:
        asked: list[str] = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                self.send_response(status)
                self.send_header("location", "/elsewhere")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Nothing is printed."""

        self.asked = asked
        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/ping/abc?from=incidens72"


@contextmanager
def watchman(status: int = 200) -> Iterator[Watchman]:
    man = Watchman(status)
    thread = Thread(target=man.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield man
    finally:
        man.server.shutdown()
        thread.join()
        man.server.server_close()


def settings(address: str, tmp_path: Path) -> Settings:
    return load_settings({"DEADMAN_URL": address, "INCIDENTS72_DATA": str(tmp_path)})


def tick(town: Town, chosen: Settings) -> bool:
    """A sweep and what follows it."""
    begun = town.clock.now()
    town.sweep()
    return ping(chosen, town.database, town.clock, begun)


def test_a_sweep_that_lives_is_told_once_a_minute(empty_town: Town, tmp_path: Path) -> None:
    with watchman() as man:
        chosen = settings(man.address, tmp_path)
        assert tick(empty_town, chosen)
        empty_town.clock.advance(seconds=30)
        assert not tick(empty_town, chosen)
        empty_town.clock.advance(seconds=30)
        assert tick(empty_town, chosen)
        assert man.asked == ["/ping/abc?from=incidens72"] * 2


def test_two_workers_share_the_minute(empty_town: Town, tmp_path: Path) -> None:
    with watchman() as man:
        chosen = settings(man.address, tmp_path)
        assert [tick(empty_town, chosen), tick(empty_town, chosen)] == [True, False]
        assert len(man.asked) == 1


def test_a_sweep_that_gave_no_sign_of_life_is_not_covered_for(empty_town: Town, tmp_path: Path) -> None:
    with empty_town.uow() as uow:
        heartbeat.beat(uow, "sweep")
    empty_town.clock.advance(minutes=5)
    with watchman() as man:
        assert not ping(settings(man.address, tmp_path), empty_town.database, empty_town.clock, empty_town.clock.now())
        assert man.asked == []


@pytest.mark.parametrize("status", [302, 404, 500])
def test_a_refusal_or_a_redirect_is_an_answer_and_followed_nowhere(
    empty_town: Town, tmp_path: Path, status: int
) -> None:
    with watchman(status) as man:
        assert not tick(empty_town, settings(man.address, tmp_path))
        assert len(man.asked) == 1


def test_nobody_there_harms_nothing(empty_town: Town, tmp_path: Path) -> None:
    assert not tick(empty_town, settings("http://127.0.0.1:9/ping", tmp_path))


def test_without_an_address_nobody_is_asked(empty_town: Town, tmp_path: Path) -> None:
    assert not tick(empty_town, settings("", tmp_path))


@pytest.mark.parametrize("address", ["http://watch.example/x", "ftp://127.0.0.1/x", "https://", "watch.example"])
def test_only_tls_or_this_machine(tmp_path: Path, address: str) -> None:
    with pytest.raises(SettingsError, match="DEADMAN_URL"):
        settings(address, tmp_path)
