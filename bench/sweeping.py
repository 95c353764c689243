"""The sweep: looking in vain among many future stages, and firing a thousand that are due."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection, insert, select, text, update

from bench.figures import ROUNDS, Line, of, ratio, seconds, stolen_in
from incidents.base.ids import new_id
from incidents.store.tables import ClockRow, Incident, Stage
from incidents.store.uow import EVERY_CONTROLLER, SYSTEM, unit_of_work
from tests.company import Company
from tests.fakes import FakeClock
from tests.processes import Processes

FEW, SOME, MANY, DUE, CHUNK = 10_000, 100_000, 1_000_000, 1_000, 50_000
FLOOD = 100_000
"""Stages due at once."""
FIRINGS = 3 * ROUNDS
VAIN_LIMIT, FIRE_LIMIT, DRAIN_LIMIT = 1.5, 20, 2_000

COPIES = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT :first UNION ALL SELECT i + 1 FROM n WHERE i < :last) "
    "INSERT INTO stage ({columns}) SELECT {values} FROM n "
    "CROSS JOIN stage WHERE stage.id = (SELECT min(id) FROM stage)",
    "postgresql": "INSERT INTO stage ({columns}) SELECT {values} "
    "FROM generate_series(CAST(:first AS int), CAST(:last AS int)) AS n(i) "
    "CROSS JOIN (SELECT * FROM stage ORDER BY id LIMIT 1) AS stage",
}
NEW_KEY = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "gen_random_uuid()"}


def _grow(connection: Connection, first: int, last: int) -> None:
    """Stages that fall due in years, all on one clock: copies of the first stage under other names."""
    dialect = connection.dialect.name
    columns = [column.name for column in Stage.__table__.columns]
    values = {"id": NEW_KEY[dialect], "name": "'future-' || n.i"}
    copied = ", ".join(values.get(name, f"stage.{name}") for name in columns)
    statement = COPIES[dialect].format(columns=", ".join(columns), values=copied)
    for start in range(first, last + 1, CHUNK):
        connection.execute(text(statement), {"first": start, "last": min(start + CHUNK - 1, last)})


def _in_vain(company: Company) -> list[float]:
    """Milliseconds of a sweep that finds nothing due, heartbeat included."""
    company.sweep()
    looks = [stolen_in(company.sweep) for _ in range(40 * ROUNDS)]
    whole = [took for took, torn in looks if not torn]
    return [1000 * took for took in whole or [took for took, _ in looks]]


def vain(company: Company, engine: str) -> Iterator[Line]:
    """With ten thousand, a hundred thousand and a million stages to come."""
    company.open_case()
    with company.engine.begin() as connection:
        future = {"due_at": company.clock.now() + timedelta(days=3650), "state": "scheduled"}
        connection.execute(update(Stage.__table__).values(future))
    few = _at_size(company, 1, FEW)
    yield Line(f"sweep with nothing due, {FEW:,} stages to come, {engine}", str(of(few, "ms")))
    for first, last in ((FEW + 1, SOME), (SOME + 1, MANY)):
        many = _at_size(company, first, last)
        grown = of(many).middle / of(few).middle
        yield Line(
            f"the same with {last:,}, {engine}",
            f"{of(many, 'ms')}; × {grown:.2f}",
            f"≤ × {VAIN_LIMIT}",
            grown <= VAIN_LIMIT,
        )


def _at_size(company: Company, first: int, last: int) -> list[float]:
    with company.engine.begin() as connection:
        _grow(connection, first, last)
    _analyze(company)
    return _in_vain(company)


def _analyze(company: Company) -> None:
    """What PostgreSQL's own housekeeping, which is off here, does: else rows are looked up as in the empty table."""
    with company.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("ANALYZE"))


def due_cases(company: Company, count: int, due_at: Callable[[int], datetime]) -> None:
    """Cases with one stage each (the rest of their ladder is left out), due when the function says."""
    with unit_of_work(company.engine, company.clock, SYSTEM, EVERY_CONTROLLER) as uow:
        pattern = uow.session.scalars(select(Incident).limit(1)).one()
        clock = uow.session.scalars(select(Stage).where(Stage.incident_id == pattern.id).limit(1)).one()
        case = {column.name: getattr(pattern, column.name) for column in Incident.__table__.columns}
        stage = {column.name: getattr(clock, column.name) for column in Stage.__table__.columns}
        ids = [new_id(uow.now) for _ in range(count)]
        due = {"state": "scheduled", "settled_at": None, "late_by_seconds": None}
        copies = [case | {"id": key, "reference": str(key), "receipt_hash": str(key)} for key in ids]
        stages = [stage | due | _stage(uow.now, key, due_at(number)) for number, key in enumerate(ids)]
        _insert(uow.session.connection(), copies, stages)


def _stage(now: datetime, case: UUID, due_at: datetime) -> dict[str, object]:
    return {"id": new_id(now), "incident_id": case, "name": "opened", "clock_id": case, "due_at": due_at}


def _thousand_due(company: Company) -> None:
    now = company.clock.now()
    due_cases(company, DUE, lambda _: now)


def _insert(connection: Connection, copies: list[dict[str, object]], stages: list[dict[str, object]]) -> None:
    pattern = dict(connection.execute(select(ClockRow.__table__).limit(1)).one()._mapping)
    clocks = [pattern | {"id": case["id"], "incident_id": case["id"]} for case in copies]
    for table, rows in ((Incident.__table__, copies), (ClockRow.__table__, clocks), (Stage.__table__, stages)):
        connection.execute(insert(table), rows)


def _bare_claim(company: Company) -> None:
    """What the claim costs without any consequence: read the due rows under lock, mark them."""
    with company.engine.begin() as connection:
        due = (
            select(Stage.id)
            .where(Stage.state == "scheduled", Stage.due_at <= company.clock.now())
            .order_by(Stage.due_at)
            .limit(DUE)
            .with_for_update(skip_locked=True)
        )
        keys = list(connection.scalars(due))
        assert len(keys) == DUE
        connection.execute(update(Stage).where(Stage.id.in_(keys)).values(state="fired"))


def fire(company: Company, engine: str) -> Iterator[Line]:
    """A thousand due stages: the whole firing, and the bare claim of as many; torn rounds count apart."""
    _thousand_due(company)
    company.sweep()
    _analyze(company)
    whole, torn = list[tuple[float, float]](), list[tuple[float, float]]()
    while len(whole) < FIRINGS and len(torn) < 2 * FIRINGS:
        _thousand_due(company)
        claimed, claim_torn = stolen_in(lambda: _bare_claim(company))
        _thousand_due(company)
        fired, fire_torn = stolen_in(company.sweep)
        (torn if claim_torn or fire_torn else whole).append((1000 * fired, 1000 * claimed))
    mine, theirs = zip(*(whole or torn), strict=True)
    part = ratio(mine, theirs)
    beside = f"; {len(torn)} torn ones {ratio(*zip(*torn, strict=True))}" if torn and whole else ""
    yield Line(f"fire {DUE:,} due stages with events and mails queued, {engine}", str(of(mine, "ms")))
    yield Line(f"bare claim of {DUE:,}, {engine}", str(of(theirs, "ms")))
    yield Line(
        f"the first of the second, {engine}",
        f"{part} of {len(whole or torn)} {'rounds' if whole else 'torn rounds'}{beside}",
        f"≤ {FIRE_LIMIT}",
        part.middle <= FIRE_LIMIT,
    )


def drain(company: Company, engine: str) -> Iterator[Line]:
    """A hundred thousand stages due at once, fired by one worker process: every event and mail is queued."""
    now = company.clock.now()
    for _ in range(FLOOD // FEW):
        due_cases(company, FEW, lambda _: now)
        _analyze(company)
    settled = 0

    def sweep() -> None:
        nonlocal settled
        settled = company.sweep()

    took = seconds(sweep)
    assert settled >= FLOOD
    pace = settled / took
    yield Line(
        f"{FLOOD:,} stages due at once, fired by one worker, {engine}",
        f"{pace:.0f} stages/s, {took:.0f} s",
        f"≥ {DRAIN_LIMIT}/s" if engine == "PostgreSQL" else "",
        pace >= DRAIN_LIMIT if engine == "PostgreSQL" else None,
    )


def sweeps(_processes: Processes, database_url: str, engine: str, folder: Path) -> Iterator[Line]:
    """All of it, on one database."""
    company = Company(database_url, FakeClock(), folder / f"sweep-{engine}")
    yield from vain(company, engine)
    yield from fire(company, engine)
    yield from drain(company, engine)
    company.close()
