"""The command line: everything an operator does, and the two calculations anybody may ask for without a database.

A command's module is imported when the command is called: a calculation must not wait for a web server to load.
"""

from importlib import import_module

import click

from incidents import __version__

COMMANDS = {
    "up": "incidents.commands.running:up",
    "demo": "incidents.commands.demonstration:demo",
    "web": "incidents.commands.running:web",
    "migrate": "incidents.commands.running:migrate",
    "clock": "incidents.commands.calculations:clock",
    "assess": "incidents.commands.calculations:assess",
    "doctor": "incidents.commands.keeping:doctor",
    "test-mail": "incidents.commands.mailing:trial",
    "way-in": "incidents.commands.ways_in:way_in",
    "export": "incidents.commands.keeping:export",
    "handout": "incidents.commands.handing:handout",
    "verify-register": "incidents.commands.keeping:verify_register",
    "backup": "incidents.commands.keeping:backup",
    "restore": "incidents.commands.keeping:restore",
}
"""Where each command stands, in the order of the help."""


class LazyGroup(click.Group):
    """Commands that are imported when they are needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in the order of the table."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """One command, imported now."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command = getattr(import_module(module), name)
        return command if isinstance(command, click.Command) else None


@click.group(cls=LazyGroup)
@click.version_option(__version__)
def main() -> None:
    """incidens72: the 72-hour clock, the drafts and the register of GDPR Art. 33 and 34."""
