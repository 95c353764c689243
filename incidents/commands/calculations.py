"""Clock and risk test without a database: what a script, a lawyer or another product asks."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import yaml

from incidents.base.errors import InvalidInput
from incidents.base.time import BUDAPEST, LocalTimeError, ZonedInstant, parse_local
from incidents.commands.saying import fail, print_json
from incidents.rules import assess as risk
from incidents.rules import clock as clock_rules
from incidents.rules import regimes
from incidents.rules.escalation import policy_for
from incidents.rules.office import local

NOTIFICATION = "gdpr-33"


@click.command()
@click.argument("awareness")
@click.option("--zone", default=BUDAPEST, show_default=True, help="Zone of the given time.")
@click.option("--regime", default=NOTIFICATION, show_default=True, help="Whose clock.")
@click.option("--anchor", "anchors", multiple=True, help="classification=2026-10-23T18:00; may be repeated.")
@click.option("--json", "as_json", is_flag=True, help="All of it, as JSON.")
def clock(awareness: str, zone: str, regime: str, anchors: tuple[str, ...], as_json: bool) -> None:
    """The deadline of an AWARENESS such as 2026-10-23T16:20, with the warnings of the policy.

    Of another regime than gdpr-33, such as dora-mnb, every report: what is not known yet says what it waits for.
    """
    try:
        aware = parse_local(awareness, zone)
        others = {name: parse_local(text, zone) for name, _, text in (one.partition("=") for one in anchors)}
        answer = _duty(regime, aware, others) if regime != NOTIFICATION else _notification(aware)
    except (LocalTimeError, LookupError) as error:
        fail(f"clock: {error}")
    if as_json:
        print_json(answer)
    elif "deadline" in answer:
        click.echo(answer["deadline"])
    else:
        for one in answer["reports"]:
            click.echo(f"{one['name']}: {one['deadline'] or 'waits for ' + one['waits_for']}")


def _notification(aware: ZonedInstant) -> dict[str, Any]:
    """The 72 hours of Art. 33, with the readings that are information only."""
    on = aware.local.date()
    return clock_rules.explain(aware, clock_rules.regime_for(NOTIFICATION, on), policy_for("default", on))


def _duty(regime: str, aware: ZonedInstant, anchors: Mapping[str, ZonedInstant]) -> dict[str, Any]:
    """The reports of another regime in the version of the day of awareness in Hungary."""
    on = local(aware.at).date()
    return regimes.explain_reports(
        regimes.duty_for(regime, on), aware, anchors, regimes.Params(), policy_for("duty", on)
    )


@click.command()
@click.argument("source", required=False)
@click.option("--json", "as_json", is_flag=True, help="All of it, as JSON.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of the facts instead.")
def assess(source: str | None, as_json: bool, schema: bool) -> None:
    """Run the risk test on the facts in SOURCE, a YAML or JSON file or - for standard input.

    Exit code 0 on a verdict, 2 on bad input; the message names the field.
    """
    if schema:
        print_json(risk.schema())
        return
    if source is None:
        fail("assess: name a file with facts, or - for standard input")
    answer = risk.explain(_assessed(source))
    if as_json:
        print_json(answer)
    else:
        click.echo(f"authority: {answer['notify_authority']}\npeople: {answer['tell_subjects']}")
    for one in answer["warnings"]:
        click.echo(f"warning: {one['message']['en']}", err=True)


def _assessed(source: str) -> risk.Verdict:
    try:
        text = sys.stdin.read() if source == "-" else Path(source).read_text(encoding="utf-8")
        facts = yaml.safe_load(text)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        fail(f"assess: {source} cannot be read: {error}")
    if not isinstance(facts, dict):
        fail("assess: the document must be a mapping of facts, such as `cause: ransomware`")
    try:
        return risk.assess(facts)
    except InvalidInput as error:
        fail("\n".join(f"{one.path}: {one.message.format(**one.params)}" for one in error.errors))
