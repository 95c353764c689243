"""Reading typed moments and numbers, so that a form names every faulty field at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from incidents.base.errors import FieldError, InvalidInput
from incidents.base.i18n import msgid
from incidents.base.time import BUDAPEST, LocalTimeError, ZonedInstant, parse_local
from incidents.web.forms import Form

NOT_A_MOMENT = msgid("Give both the date and the time, as it was on the clock on the wall in Hungary.")
NOT_A_DAY = msgid("Give a day, for example 2026-12-01, or leave the field empty.")
NOT_A_NUMBER = msgid("Give a whole number, or leave the field empty when it is not known yet.")
NOT_ANSWERED = msgid("Choose yes or no: this question has no answer yet.")
NOT_A_CHOICE = msgid("Choose one from the list, or leave it empty.")


@dataclass
class Reader:
    """Reads fields of a form and keeps what could not be read; a placeholder stands in until the form is refused."""

    form: Form
    now: datetime
    faults: list[FieldError] = field(default_factory=list)

    def moment(self, name: str) -> ZonedInstant:
        """The instant of a date and a time field, read in Europe/Budapest."""
        try:
            return parse_local(self.form.local_time(name), BUDAPEST)
        except (LocalTimeError, OverflowError):
            self.faults.append(FieldError(name, "not-a-time", NOT_A_MOMENT))
            return ZonedInstant(self.now)

    def number(self, name: str) -> int | None:
        """A whole number with or without spaces between thousands; None when the field is empty."""
        typed = "".join(self.form.text(name).split())
        if typed.isascii() and typed.isdecimal() and len(typed) <= 10:
            return int(typed)
        if typed:
            self.faults.append(FieldError(name, "not-a-number", NOT_A_NUMBER))
        return None

    def day(self, name: str) -> date | None:
        """A day; None when the field is empty."""
        typed = self.form.text(name)
        try:
            return date.fromisoformat(typed) if typed else None
        except ValueError:
            self.faults.append(FieldError(name, "not-a-day", NOT_A_DAY))
            return None

    def truth(self, name: str) -> bool:
        """Whether «yes» was chosen; neither «yes» nor «no» is a fault."""
        typed = self.form.text(name)
        if typed not in {"yes", "no"}:
            self.faults.append(FieldError(name, "required", NOT_ANSWERED))
        return typed == "yes"

    def key(self, name: str) -> UUID | None:
        """The key of a row chosen from a list; None when nothing is chosen."""
        typed = self.form.text(name)
        try:
            return UUID(typed) if typed else None
        except ValueError:
            self.faults.append(FieldError(name, "not-a-choice", NOT_A_CHOICE))
            return None

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """Run a step and refuse with its faults and the reader's together; inside a unit of work nothing is kept.

        Raises:
            InvalidInput: anything could not be read, or the step refused.
        """
        try:
            yield
        except InvalidInput as refused:
            unread = {fault.path for fault in self.faults}
            raise InvalidInput([*self.faults, *(one for one in refused.errors if one.path not in unread)]) from refused
        if self.faults:
            raise InvalidInput(self.faults)
