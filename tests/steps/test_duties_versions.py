"""A change of law is a dated file: new incidents are judged by it, older ones keep theirs, whatever is done later."""

import shutil
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from incidents.base import dated
from incidents.base.time import ZonedInstant, parse_local
from incidents.rules import regimes
from incidents.store import deadlines
from tests.builders import CaseFile, Firm
from tests.duties_builders import clocks, confirm, duty, subject_to

IN_FORCE = "2026-11-23"
OMNIBUS = "gdpr-33-digital-omnibus.toml"


def _forget() -> None:
    dated._all.cache_clear()
    regimes.catalogue.cache_clear()


@pytest.fixture
def omnibus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The law data as they will read: two dates are changed, nothing else."""
    law = tmp_path / "law"
    shutil.copytree(str(files("incidents") / "law"), law)
    proposal, today = law / "regimes" / OMNIBUS, law / "regimes" / "gdpr-33-2018-05-25.toml"
    text = proposal.read_text(encoding="utf-8")
    proposal.write_text(text.replace("applies_from = 9999-12-31", f"applies_from = {IN_FORCE}"), encoding="utf-8")
    text = today.read_text(encoding="utf-8")
    ended = text.replace("applies_from = 2018-05-25", f"applies_from = 2018-05-25\napplies_to = {IN_FORCE}")
    today.write_text(ended, encoding="utf-8")
    monkeypatch.setattr(dated, "LAW", law)
    _forget()
    yield
    monkeypatch.undo()
    _forget()


def ends(case: CaseFile) -> tuple[str, float]:
    """The version of the rule the case is under, and the hours it gives."""
    clock = case.look().clock
    return clock.regime_version, (clock.deadline_at - clock.anchor_at).total_seconds() / 3600


@pytest.mark.usefixtures("omnibus")
def test_from_the_day_it_applies_new_incidents_have_96_hours_and_older_ones_keep_72(firm: Firm) -> None:
    older = firm.report()
    older.set_awareness(older.town.now)
    firm.town.clock.move_to(parse_local("2026-11-24T09:00").at)
    newer = firm.report()
    assert (ends(older), ends(newer)) == (("2018-05-25", 72), ("digital-omnibus", 96))
    older.set_awareness(parse_local("2026-11-22T23:30"))
    older.decide("yes", "yes")
    assert ends(older) == ("2018-05-25", 72)


@pytest.mark.usefixtures("omnibus")
def test_it_is_the_day_of_awareness_that_decides_not_the_day_of_the_report(firm: Firm) -> None:
    case = firm.report(noticed=parse_local("2026-11-20T17:00"))
    assert ends(case) == ("2018-05-25", 72)
    firm.town.clock.move_to(parse_local("2026-11-24T09:00").at)
    case.set_awareness(parse_local("2026-11-23T00:10"))
    assert ends(case) == ("digital-omnibus", 96)


def test_a_running_duty_follows_the_law_of_a_corrected_awareness_until_it_is_reported(firm: Firm) -> None:
    """Reporting under the CRA began on 11 September 2026: an awareness of the day before starts no such duty."""
    firm.town.clock.move_to(parse_local("2026-09-11T08:00").at)
    case = subject_to(firm, manufacturer=True, kibertv_entity=True).report(noticed=parse_local("2026-09-10T23:00"))
    assert {"kibertv"} == {one.row.regime for one in case.look().duties}
    case.set_awareness(parse_local("2026-09-11T00:30"))
    assert {"kibertv", "cra"} == {one.row.regime for one in case.look().duties}
    confirm(case, "cra")
    assert duty(case, "cra").regime_version == "2026-09-11"
    assert clocks(case, "cra")["early_warning"].deadline_at == parse_local("2026-09-12T00:30").at


def test_the_clock_of_a_duty_names_the_version_it_was_counted_by(firm: Firm) -> None:
    case = subject_to(firm, trust_services=True).report()
    confirm(case, "eidas")
    with firm.town.uow(read_only=True) as uow:
        [clock] = deadlines.clocks_of(uow, case.id, "eidas")
    assert (clock.regime_version, clock.anchor_kind) == ("2024-05-20", "first_signal")
    assert ZonedInstant(clock.anchor_at).at == case.look().incident.first_signal_at
