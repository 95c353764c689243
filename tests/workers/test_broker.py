"""The death of Redis ends no worker: whatever it meets on the way is a lost connection, which it waits out."""

import pytest

from incidents.base.settings import load_settings
from tests.servers import RedisServer
from workers.factory import make_app


def test_a_channel_whose_connection_is_gone_says_so(redis_server: RedisServer) -> None:
    app = make_app(
        load_settings({"DATABASE_URL": "postgresql+psycopg://nobody@127.0.0.1/none", "REDIS_URL": redis_server.url})
    )
    with app.connection_for_read() as connection:
        channel = connection.default_channel
        assert channel.client.ping()
        transport, channel.connection.client = channel.connection, None
        with pytest.raises(connection.connection_errors, match="closed"):
            channel._create_client()
        transport.client = connection
