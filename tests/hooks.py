"""An endpoint for webhooks in a thread of the test: keeps what it gets and answers as it is told."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

OK = b"HTTP/1.1 204 No Content\r\n\r\n"


def answer(status: int, *head: str) -> bytes:
    """The bytes of an answer."""
    return "\r\n".join((f"HTTP/1.1 {status} Answer", *head, "Content-Length: 0", "", "")).encode()


@dataclass(frozen=True)
class Called:
    """One call as it came over the line."""

    line: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        import json

        return json.loads(self.body)


@dataclass
class Endpoint:
    """Where it listens, what it got, and what it says next; the last answer is repeated."""

    url: str
    answers: list[bytes] = field(default_factory=lambda: [OK])
    calls: list[Called] = field(default_factory=list)
    silent: threading.Event = field(default_factory=threading.Event)
    """While set, it takes calls and says nothing."""


@contextmanager
def endpoint(*answers: bytes, certificates: Path | None = None) -> Iterator[Endpoint]:
    """An endpoint on this machine; with the folder of a certificate it speaks TLS only."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        scheme = "https" if certificates else "http"
        found = Endpoint(f"{scheme}://127.0.0.1:{listener.getsockname()[1]}/hook?for=us", list(answers) or [OK])
        serving = threading.Thread(target=_serve, args=(listener, found, _tls(certificates)), daemon=True)
        serving.start()
        yield found
        listener.shutdown(socket.SHUT_RDWR)
    serving.join(10)


def _tls(folder: Path | None) -> ssl.SSLContext | None:
    if folder is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    return context


def _serve(listener: socket.socket, found: Endpoint, tls: ssl.SSLContext | None) -> None:
    while True:
        try:
            line, _ = listener.accept()
        except OSError:
            return
        with line:
            try:
                _answer(tls.wrap_socket(line, server_side=True) if tls else line, found)
            except OSError:  # the caller has hung up, or trusts nobody
                continue


def _answer(line: socket.socket, found: Endpoint) -> None:
    with line:
        line.settimeout(20)
        found.calls.append(_read(line))
        if found.silent.is_set():
            line.recv(1)  # until the caller gives up
            return
        line.sendall(found.answers[0] if len(found.answers) == 1 else found.answers.pop(0))


def _read(line: socket.socket) -> Called:
    seen = b""
    while b"\r\n\r\n" not in seen:
        seen += _more(line)
    head, _, body = seen.partition(b"\r\n\r\n")
    first, *rest = head.decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (one.partition(": ") for one in rest)}
    while len(body) < int(headers["content-length"]):
        body += _more(line)
    return Called(first, headers, body)


def _more(line: socket.socket) -> bytes:
    more = line.recv(65536)
    if not more:
        raise ConnectionError("hung up")
    return more
