"""The web application for tests: made once for each kind of settings, since reading every handler takes its time."""

from dataclasses import replace
from functools import cache
from pathlib import Path

from litestar import Litestar

from incidents.base.settings import Settings
from incidents.base.time import Clock
from incidents.store.engine import Database
from incidents.web.app import create_app, state_of
from tests.fakes import FakeClock


@cache
def _application(settings: Settings) -> Litestar:
    return create_app(settings, None, FakeClock())  # type: ignore[arg-type]


def site(settings: Settings, engine: Database, clock: Clock) -> Litestar:
    """The application of an installation: handlers as ever, state new."""
    app = _application(replace(settings, data_dir=Path(), database_url=""))
    app.state.clear()
    app.state.update(state_of(settings, engine, clock))
    return app
