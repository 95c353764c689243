"""The demo as a whole: its own folder, laid out anew, its own mail server, its past played, its people announced."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from incidents.base.ids import new_token
from incidents.base.settings import Settings, SettingsError
from incidents.base.time import Clock
from incidents.demo.acts import report_address
from incidents.demo.found import PASSWORD
from incidents.demo.script import players
from incidents.demo.sink import free_port, mail_sink
from incidents.demo.stage import Stage
from incidents.demo.walk import seed
from incidents.store.engine import create_engine_for
from incidents.store.migrate import upgrade

SWEEP_SECONDS, DELIVER_SECONDS = 5.0, 2.0
"""Whoever looks at a demo waits for the mail: the worker looks more often than in earnest."""


@contextmanager
def staged(settings: Settings, clock: Clock, say: Callable[[str], None]) -> Iterator[Settings]:
    """Lay the demo out in ``<data folder>/demo`` and receive its mails as long as the block lasts.

    Gives the settings to serve it with. Database and broker of the settings given are never touched.

    Raises:
        SettingsError: somebody listens on the port already.
    """
    port = _port(settings)
    folder = settings.data_dir / "demo"
    _clear(folder)
    with mail_sink(folder / "mailbox") as smtp_url:
        own = _own_settings(settings, folder, port, smtp_url)
        say("Playing sixty days of three fictional organisations …")
        stage = _play(own, clock, say)
        _announce(stage, say)
        yield own


def _port(settings: Settings) -> int:
    try:
        return free_port(settings.web_host, settings.web_port)
    except OSError as error:
        raise SettingsError(
            f"port {settings.web_port} of {settings.web_host} cannot be used ({error.strerror}): "
            "stop what listens there, or choose another one with WEB_PORT=8073"
        ) from error


def _clear(folder: Path) -> None:
    """Remove what the last demo left: its database and its mails, nothing else."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(folder / "mailbox", ignore_errors=True)
    for file in folder.glob("incidents72.db*"):
        file.unlink()


def _own_settings(settings: Settings, folder: Path, port: int, smtp_url: str) -> Settings:
    # With WEB_PORT=0 the default address ends in a port that nobody can open.
    address = settings.public_url.removesuffix(":0") + f":{port}" if settings.web_port == 0 else settings.public_url
    return replace(
        settings,
        data_dir=folder,
        database_url=f"sqlite:///{folder / 'incidents72.db'}",
        redis_url="",
        deadman_url="",
        secret_key=new_token(),
        smtp_url=smtp_url,
        mail_from="incidens72 <incidens72@uzemeltet.example>",
        public_url=address,
        web_port=port,
        sweep_seconds=min(SWEEP_SECONDS, settings.sweep_seconds),
        deliver_seconds=min(DELIVER_SECONDS, settings.deliver_seconds),
        demo=True,
    )


def _play(settings: Settings, clock: Clock, say: Callable[[str], None]) -> Stage:
    upgrade(settings.database_url)
    engine = create_engine_for(settings.database_url)
    try:
        return seed(engine, settings, clock.now(), say)
    finally:
        engine.dispose()


def _announce(stage: Stage, say: Callable[[str], None]) -> None:
    address = stage.settings.public_url
    say(f"\nThe demo: {address}\n")
    say(f"Accounts, all with the password {PASSWORD}:")
    for player in players():
        say(f"  {player.email:36} {player.name:18} {player.about}")
    say(f"\nMailbox with every mail sent:   {address}/mailbox")
    say(f"Report without an account:      {report_address(stage, 'HET')}")
    say("\nEverything here is fictional, and is laid out anew at each start. Ctrl+C ends it.")
