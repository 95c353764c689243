"""Migrations: numbered, one line of them, and what they make is what the tables say, on both databases."""

import re

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from incidents.store.engine import create_engine_for
from incidents.store.health import has_newest_shape
from incidents.store.migrate import alembic_config, upgrade
from incidents.store.tables import APPEND_ONLY, Table
from tests.builders import Firm, Town


def script() -> ScriptDirectory:
    return ScriptDirectory.from_config(alembic_config("sqlite://"))


def test_migrations_are_numbered_and_have_one_head() -> None:
    numbers = sorted(revision.revision for revision in script().walk_revisions())
    assert numbers == [f"{number:04d}" for number in range(1, len(numbers) + 1)]
    assert script().get_current_head() == numbers[-1]
    names = [re.sub(r".*/", "", str(revision.path)) for revision in script().walk_revisions()]
    assert all(re.fullmatch(r"\d{4}_[a-z_]+\.py", name) for name in names)


def test_the_migrated_database_is_what_the_tables_say(town: Town) -> None:
    with town.database.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Table.metadata) == []


def test_migrating_a_current_database_again_changes_nothing_and_loses_nothing(town: Town, firm: Firm) -> None:
    case = firm.report()
    assert has_newest_shape(town.database)
    upgrade(town.url)
    upgrade(town.url)
    assert case.look().incident.reference == case.reference


def test_an_empty_database_is_brought_to_the_newest_shape(tmp_path_factory: pytest.TempPathFactory) -> None:
    url = f"sqlite:///{tmp_path_factory.mktemp('fresh') / 'fresh.db'}"
    engine = create_engine_for(url)
    assert not has_newest_shape(engine)
    upgrade(url)
    assert has_newest_shape(engine)
    assert set(inspect(engine).get_table_names()) == {*Table.metadata.tables, "alembic_version"}
    engine.dispose()


def test_every_append_only_table_has_its_triggers(town: Town) -> None:
    listed = (
        "SELECT tgrelid::regclass::text || ' ' || tgname FROM pg_trigger WHERE NOT tgisinternal"
        if town.is_postgresql
        else "SELECT tbl_name || ' ' || name FROM sqlite_master WHERE type = 'trigger'"
    )
    with town.database.connect() as connection:
        triggers = [row[0].split(" ") for row in connection.exec_driver_sql(listed)]
    by_table: dict[str, int] = {}
    for table, name in triggers:
        if "_of_controller" in name:  # tests/store/test_tenancy.py
            continue
        by_table[table] = by_table.get(table, 0) + 1
    each = 2 if town.is_postgresql else 3  # changed, deleted, truncated; SQLite truncates by deleting, but replaces
    assert by_table == {table.__tablename__: each for table in APPEND_ONLY}
