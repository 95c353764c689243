"""A row about a case belongs to the controller of the case: the database itself refuses any other"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TABLES = [
    "acknowledgement",
    "assessment",
    "authority_order",
    "case_comment",
    "case_task",
    "certificate",
    "clock",
    "comment_withdrawal",
    "communication",
    "decision",
    "decision_proposal",
    "document",
    "drill",
    "duty",
    "duty_report",
    "event",
    "evidence",
    "fact_amendment",
    "filing",
    "filing_content",
    "filing_promise",
    "form_answer",
    "handover",
    "idempotent_request",
    "inbound_mail",
    "letter_words",
    "mailing",
    "mailing_event",
    "order_answer",
    "outbox",
    "print_run",
    "proposal_answer",
    "publication",
    "publication_proof",
    "receipt",
    "recipient",
    "recipient_list",
    "sign_off",
    "sign_off_request",
    "stage",
    "upload_chunk",
]

CHECK = """
CREATE OR REPLACE FUNCTION refuse_other_controller() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM incident WHERE id = NEW.incident_id AND controller_id = NEW.controller_id) THEN
        RAISE EXCEPTION '% names another controller than its incident', TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""


def upgrade():
    # Not a foreign key of two columns: SQLite would have to make every table anew and lose its triggers.
    if op.get_bind().dialect.name == "postgresql":
        op.execute(CHECK)
        for table in TABLES:
            op.execute(
                f"CREATE TRIGGER {table}_of_controller BEFORE INSERT OR UPDATE OF incident_id, controller_id ON {table} "
                "FOR EACH ROW WHEN (NEW.incident_id IS NOT NULL) EXECUTE FUNCTION refuse_other_controller()"
            )
        _hold_incident()
        return
    for table in TABLES:
        other = (
            "NEW.incident_id IS NOT NULL AND NOT EXISTS "
            "(SELECT 1 FROM incident WHERE id = NEW.incident_id AND controller_id = NEW.controller_id)"
        )
        refusal = f"BEGIN SELECT RAISE(ABORT, '{table} names another controller than its incident'); END"
        for name, change in (("new", "INSERT"), ("moved", "UPDATE OF incident_id, controller_id")):
            op.execute(f"CREATE TRIGGER {table}_of_controller_{name} BEFORE {change} ON {table} WHEN {other} {refusal}")
    _hold_incident()


def _hold_incident():
    """A case never moves to another controller: what is below it could not follow."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_move() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION "
            "'an incident stays with its controller' USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        op.execute(
            "CREATE TRIGGER incident_of_controller BEFORE UPDATE OF controller_id ON incident FOR EACH ROW "
            "WHEN (NEW.controller_id <> OLD.controller_id) EXECUTE FUNCTION refuse_move()"
        )
        return
    op.execute(
        "CREATE TRIGGER incident_of_controller BEFORE UPDATE OF controller_id ON incident "
        "WHEN NEW.controller_id <> OLD.controller_id "
        "BEGIN SELECT RAISE(ABORT, 'an incident stays with its controller'); END"
    )


def downgrade():
    raise RuntimeError("there is no way back by itself: restore a backup instead")
