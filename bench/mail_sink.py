"""A mail server that takes everything and keeps nothing; told so, it answers each mail after some milliseconds."""

import asyncio
import sys

from aiosmtpd.smtp import SMTP, Envelope, Session


class Nothing:
    def __init__(self, milliseconds: float) -> None:
        self._wait = milliseconds / 1000

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802, ARG002
        if self._wait:
            await asyncio.sleep(self._wait)
        return "250 OK"


async def serve(port: int, milliseconds: float) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Nothing(milliseconds), hostname="localhost"), "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 0))
