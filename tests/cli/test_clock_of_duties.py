"""The command answers for every regime: each report, or what it waits for."""

import json

from click.testing import CliRunner

from incidents.cli import main


def said(*arguments: str) -> str:
    done = CliRunner().invoke(main, ["clock", "2026-11-20T17:50", *arguments])
    assert done.exit_code == 0, done.output
    return done.output


def test_of_a_regime_with_several_reports_it_prints_each_with_its_end_or_what_it_waits_for() -> None:
    assert said("--regime", "dora-mnb", "--anchor", "classification=2026-11-20T18:00").splitlines() == [
        "initial: 2026-11-20T22:00:00+01:00",
        "intermediate: waits for previous:initial",
        "final: waits for previous:intermediate",
    ]


def test_the_order_of_an_authority_runs_to_its_own_deadline() -> None:
    given = said("--regime", "naih-order", "--anchor", "given=2026-12-01T12:00")
    assert given.strip() == "answer: 2026-12-01T12:00:00+01:00"


def test_as_json_each_report_says_why_and_when_it_warns() -> None:
    answer = json.loads(said("--regime", "kibertv", "--json"))
    first, second, closing = answer["reports"]
    assert (answer["policy"], answer["rule_version"]) == ("duty-1", "2025-01-01")
    assert (first["deadline"], first["counted_from"]) == ("2026-11-21T17:50:00+01:00", "awareness")
    assert first["why"][0]["en"].startswith("Counted in elapsed hours")
    assert "before6" in [stage["name"] for stage in second["stages"]]
    assert (closing["deadline"], closing["waits_for"], closing["stages"]) == (None, "previous:event_notification", [])


def test_a_time_that_cannot_be_read_and_a_regime_nobody_knows_are_named() -> None:
    for wrong in (["--anchor", "classification=tegnap"], ["--regime", "hipaa"]):
        done = CliRunner().invoke(main, ["clock", "2026-11-20T17:50", "--regime", "dora-mnb", *wrong])
        assert done.exit_code == 2
        assert ("tegnap" in done.output) or ("hipaa" in done.output)
