"""The only code that calls an address somebody typed: one POST, to an address looked at before, within ten seconds.

Nothing of the answer is kept but its status; no redirect is followed; the name is resolved once and the connection goes
to that very address, so that a name cannot point elsewhere between the look and the call.
"""

import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from incidents.base.i18n import msgid
from incidents.rules import webhooks
from notifications.failures import FinalFailure, RetryableFailure

LONGEST_SECONDS = 10.0
"""For the whole conversation, however slowly the other side answers."""
LONGEST_ANSWER = 16_384
"""Bytes of an answer's head that are read before giving up."""
INSIDE = msgid("The address leads into a private network; only the operator can allow that.")
OUTSIDE = msgid("Without TLS only addresses inside the house may be called.")
NOT_CALLABLE = msgid("The address cannot be called.")
TOO_SLOW = msgid("There was no answer within ten seconds.")
NOBODY_THERE = msgid("Nobody accepts a connection there.")
HTTP_PORT, HTTPS_PORT = 80, 443


class Gone(FinalFailure):
    """The other side says that nobody is there any more (410)."""


@dataclass(frozen=True)
class Target:
    """An address taken apart: where to connect, what to ask for."""

    host: str
    port: int
    tls: bool
    netloc: str
    path: str


def post(url: str, body: bytes, headers: Mapping[str, str], *, private: bool) -> None:
    """Hand a message over; when this returns, the other side has taken it (2xx).

    ``private``: addresses inside the house are allowed.

    Raises:
        Gone: 410.
        FinalFailure: the address may not be called, or the answer is another that no repetition would change.
        RetryableFailure: nobody there, no answer in time, 408, 429 or 5xx.
    """
    target = _target(url)
    until = time.monotonic() + LONGEST_SECONDS
    request = _request(target, body, headers)
    try:
        with _connected(target, _allowed(target, private=private), until) as line:
            line.sendall(request)
            status = _status(line, until)
    except TimeoutError as error:
        raise RetryableFailure(TOO_SLOW) from error
    except ConnectionRefusedError as error:
        raise RetryableFailure(NOBODY_THERE) from error
    except (OSError, ValueError) as error:  # ssl's are OSErrors
        raise RetryableFailure(f"{type(error).__name__}: {error}") from error
    _judge(status)


def _target(url: str) -> Target:
    parts = webhooks.split(url)
    if parts is None or parts.hostname is None:
        raise FinalFailure(NOT_CALLABLE)
    tls = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.hostname, parts.port or (HTTPS_PORT if tls else HTTP_PORT), tls, parts.netloc, path)


def _allowed(target: Target, *, private: bool) -> list[str]:
    """The network addresses of the name, if every one of them may be called."""
    found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    outside = [webhooks.is_public(one) for one in addresses]
    if not private and not all(outside):
        raise FinalFailure(INSIDE)
    if not target.tls and any(outside):
        raise FinalFailure(OUTSIDE)
    return addresses


def _request(target: Target, body: bytes, headers: Mapping[str, str]) -> bytes:
    given = {
        "Host": target.netloc,
        "User-Agent": "incidens72",
        "Content-Type": "application/json; charset=utf-8",
        "Content-Length": str(len(body)),
        "Accept": "*/*",
        "Connection": "close",
        **headers,
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    return f"POST {target.path} HTTP/1.1\r\n{head}\r\n".encode("ascii") + body


@contextmanager
def _connected(target: Target, addresses: list[str], until: float) -> Iterator[socket.socket]:
    line = _first(addresses, target.port, until)
    try:
        if target.tls:
            line = ssl.create_default_context().wrap_socket(line, server_hostname=target.host)
        line.settimeout(_rest(until))
        yield line
    finally:
        line.close()


def _first(addresses: list[str], port: int, until: float) -> socket.socket:
    """A connection to the first address that takes one."""
    for address in addresses[:-1]:
        with suppress(OSError):
            return socket.create_connection((address, port), timeout=_rest(until) / 2)
    return socket.create_connection((addresses[-1], port), timeout=_rest(until))


def _rest(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError(TOO_SLOW)
    return left


def _status(line: socket.socket, until: float) -> int:
    """The status of the final answer; what is announced before it (1xx) is skipped."""
    seen = b""
    while True:
        while b"\r\n\r\n" not in seen and not _is_final(seen):
            line.settimeout(_rest(until))
            more = line.recv(4096)
            if not more:
                raise ConnectionError("the line was cut before an answer")
            seen += more
            if len(seen) > LONGEST_ANSWER:
                raise ConnectionError("the answer does not end")
        if (status := _is_final(seen)) is not None:
            return status
        seen = seen.partition(b"\r\n\r\n")[2]


def _is_final(seen: bytes) -> int | None:
    """The status, once the first line is there and is no interim answer."""
    line, end, _ = seen.partition(b"\r\n")
    if not end:
        return None
    protocol, _, rest = line.partition(b" ")
    if not protocol.startswith(b"HTTP/1.") or not rest[:3].isdigit():
        raise ConnectionError("the answer is not HTTP")
    status = int(rest[:3])
    return status if status >= 200 else None


def _judge(status: int) -> None:
    if 200 <= status < 300:
        return
    if status == 410:
        raise Gone("HTTP 410")
    if status in {408, 429} or status >= 500:
        raise RetryableFailure(f"HTTP {status}")
    raise FinalFailure(f"HTTP {status}")
