"""Bring a database to the newest shape."""

from importlib.resources import files

from alembic import command
from alembic.config import Config

from incidents.store.engine import create_engine_for


def alembic_config(url: str) -> Config:
    """The migration settings for a database, without any ini file."""
    config = Config()
    config.set_main_option("script_location", str(files("incidents.store") / "migrations"))
    config.attributes["url"] = url
    return config


def upgrade(url: str) -> None:
    """Run every missing migration; on a current database this does nothing."""
    engine = create_engine_for(url)
    try:
        with engine.connect() as connection:
            config = alembic_config(url)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()
    finally:
        engine.dispose()
