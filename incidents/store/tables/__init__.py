"""All tables. Rows of a controller carry ``controller_id`` (mixin ``OfController``)."""

from incidents.store.tables.base import Keyed, OfController, OfIncident, Table
from incidents.store.tables.cases import (
    Acknowledgement,
    Assessment,
    ClockRow,
    Communication,
    Decision,
    Document,
    FactAmendment,
    Filing,
    Incident,
    ReferenceCounter,
    Stage,
)
from incidents.store.tables.log import ChainHead, Event, Heartbeat, OutboxMail
from incidents.store.tables.people import (
    ApiKey,
    Controller,
    IdempotentRequest,
    LoginFailure,
    Membership,
    OneTimeLink,
    ProcessingActivity,
    Processor,
    ReportLink,
    User,
    UserSession,
)

APPEND_ONLY = (
    Event,
    FactAmendment,
    Acknowledgement,
    Assessment,
    Decision,
    Document,
    Filing,
    Communication,
)
"""Tables whose rows the database itself refuses to change or delete."""

__all__ = [
    "APPEND_ONLY",
    "Acknowledgement",
    "ApiKey",
    "Assessment",
    "ChainHead",
    "ClockRow",
    "Communication",
    "Controller",
    "Decision",
    "Document",
    "Event",
    "FactAmendment",
    "Filing",
    "Heartbeat",
    "IdempotentRequest",
    "Incident",
    "Keyed",
    "LoginFailure",
    "Membership",
    "OfController",
    "OfIncident",
    "OneTimeLink",
    "OutboxMail",
    "ProcessingActivity",
    "Processor",
    "ReferenceCounter",
    "ReportLink",
    "Stage",
    "Table",
    "User",
    "UserSession",
]
