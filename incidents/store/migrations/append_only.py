"""Tables that keep the record: the database itself refuses to change or delete their rows."""

from collections.abc import Mapping

from alembic import op

KEYED = "rowid = NEW.rowid OR id = NEW.id"
VERSIONED = "rowid = NEW.rowid OR id = NEW.id OR (incident_id = NEW.incident_id AND version = NEW.version)"

REFUSAL = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$
"""


def keep(same_key: Mapping[str, str]) -> None:
    """Add the triggers. ``same_key`` maps a table to the SQL that finds the row a new one would replace (SQLite)."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(REFUSAL)
        for table in same_key:
            op.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            )
            op.execute(
                f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
            )
        return
    for table in same_key:
        refusal = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for change in ("UPDATE", "DELETE"):
            op.execute(f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} {refusal}")
        # INSERT OR REPLACE deletes the row in its way without asking the trigger on DELETE.
        taken = f"EXISTS (SELECT 1 FROM {table} WHERE {same_key[table]})"  # noqa: S608  our own names
        op.execute(f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} WHEN {taken} {refusal}")
