"""How commands refuse: one line that says the way out, and exit code 2."""

import json
import sys
from typing import NoReturn

import click

from incidents.base.settings import Settings, SettingsError, load_settings


def fail(message: str) -> NoReturn:
    """Say why and end with exit code 2."""
    click.echo(f"incidens72: {message}", err=True)
    sys.exit(2)


def settings() -> Settings:
    """The settings of this process, or a refusal that names the variable."""
    try:
        return load_settings()
    except SettingsError as error:
        fail(str(error))


def print_json(value: object) -> None:
    """A value as readable JSON."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
