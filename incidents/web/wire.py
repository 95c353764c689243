"""Connections: who says nothing, says it drop by drop, or will not stop sending does not keep one for ever."""

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 20.0
"""How long a connection may take to say what it wants."""
LINGER_SECONDS = 30.0
"""How long we go on reading, and throwing away, what is still sent after our answer: else the answer may be lost."""


class Wire(H11Protocol):
    """HTTP/1.1 with an end to waiting for a request, and to listening after the answer."""

    head_seconds = HEAD_SECONDS
    linger_seconds = LINGER_SECONDS
    _closing: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Somebody is there: the time to say what they want begins."""
        super().connection_made(transport)
        self._close_in(self.head_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        """They are gone."""
        self._keep_open()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Something came: the rest of a request, or the beginning of one."""
        answering = self.cycle
        super().data_received(data)
        if self.cycle is not answering:
            self._keep_open()
        elif self.conn.their_state is h11.IDLE and self._closing is None:
            self._close_in(self.head_seconds)

    def on_response_complete(self) -> None:
        """Answered; whoever still sends is heard out for a while."""
        super().on_response_complete()
        if self.conn.their_state is h11.SEND_BODY:
            self._close_in(self.linger_seconds)

    def _close_in(self, seconds: float) -> None:
        self._keep_open()
        self._closing = self.loop.call_later(seconds, self.transport.close)

    def _keep_open(self) -> None:
        if self._closing is not None:
            self._closing.cancel()
            self._closing = None
