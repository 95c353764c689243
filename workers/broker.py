"""Kombu's Redis transport, which survives the death of Redis also where the original does not."""

from typing import Any

from kombu.transport import redis as original
from redis.exceptions import ConnectionError as RedisConnectionError


class Channel(original.Channel):
    """Says that its connection is gone; the original trips over ``None`` then, which ends the whole worker."""

    def _connparams(self, asynchronous: bool = False) -> Any:
        if self.connection is None or self.connection.client is None:
            raise RedisConnectionError("the connection of this channel was closed")
        return super()._connparams(asynchronous)  # type: ignore[no-untyped-call]


class Transport(original.Transport):
    """Redis, by such channels."""

    Channel = Channel
