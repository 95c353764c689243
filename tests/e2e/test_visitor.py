"""A watch that sees nothing proves nothing: what must never happen is noticed when it happens."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from tests.e2e.visitor import DESK, Watch

if TYPE_CHECKING:
    from playwright.sync_api import Browser

PAGE = """<!doctype html><html lang="hu"><title>Próba</title>
<script>document.title = "futott"</script><img src="http://192.0.2.1/kep.png"></html>"""


class BadPage(BaseHTTPRequestHandler):
    """A page that breaks its own content policy, asks a stranger for a picture, and comes with an error."""

    def do_GET(self) -> None:
        self.send_response(500)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.send_header("content-security-policy", "script-src 'self'")
        self.end_headers()
        self.wfile.write(PAGE.encode())

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def bad_site() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), BadPage) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.browser
def test_strange_requests_broken_policies_and_errors_are_noticed(browser: "Browser", bad_site: str) -> None:
    watch = Watch(bad_site)
    visitor = watch.visitor(browser, DESK)
    visitor.open("/")
    assert visitor.page.title() == "Próba"
    met = " ".join(watch.faults)
    assert "a request left this machine: http://192.0.2.1/kep.png" in met
    assert "Content Security Policy" in met
    assert f"500: {bad_site}/" in met
