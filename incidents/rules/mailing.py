"""The sending of letters: what may follow what, how fast, in which waves, and how long it will take (Art. 34)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from incidents.base.errors import FieldError

MOVES: Mapping[str, frozenset[str]] = {
    "test": frozenset({"draft", "test_sent"}),
    "approve": frozenset({"test_sent"}),
    "start": frozenset({"approved"}),
    "pause": frozenset({"running"}),
    "resume": frozenset({"paused"}),
    "stop": frozenset({"draft", "test_sent", "approved", "running", "paused"}),
    "close": frozenset({"running", "paused", "stopped"}),
}
"""From which states of a mailing each act is possible."""
BUCKET = timedelta(minutes=1)
"""A rate limit may be used up at once for this long; what was not used earlier is lost."""
FIRST_SIP = timedelta(seconds=15)
"""How much of a minute's letters may leave in the first moment."""
RETRY = (timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4), timedelta(hours=12))
MOST_TRIES = 6
"""A mailbox that says «later» for more than a day is written to by post instead."""
LONGEST_KEPT = timedelta(days=365)
USUALLY_KEPT = timedelta(days=90)


@dataclass(frozen=True)
class Counts:
    """How many people of a mailing are in each state; ``bounced`` cuts across them: whose mail came back."""

    by_state: Mapping[str, int]
    bounced: int = 0

    def of(self, *states: str) -> int:
        """How many are in any of these states."""
        return sum(self.by_state.get(state, 0) for state in states)

    @property
    def people(self) -> int:
        """Everybody."""
        return sum(self.by_state.values())

    @property
    def waiting(self) -> int:
        """Whoever still waits for an e-mail, also those whose mailbox asked to try later."""
        return self.of("queued", "deferred")

    @property
    def by_mail(self) -> int:
        """Reached by e-mail: handed over, and not come back."""
        return self.of("sent")

    @property
    def by_post(self) -> int:
        """Reached by letter: posted, and not come back."""
        return self.of("posted")

    @property
    def reached(self) -> int:
        """Told, as far as is known."""
        return self.by_mail + self.by_post

    def kept(self) -> dict[str, int]:
        """The counts as a record keeps them."""
        return {**{state: count for state, count in sorted(self.by_state.items()) if count}, "bounced": self.bounced}

    @classmethod
    def of_record(cls, kept: Mapping[str, int]) -> "Counts":
        """The counts of a record."""
        return cls({state: count for state, count in kept.items() if state != "bounced"}, kept.get("bounced", 0))


def may(act: str, state: str) -> bool:
    """Whether an act is possible in a state of a mailing."""
    return state in MOVES[act]


def upto(waves: Sequence[int], wave: int) -> int | None:
    """The last place on the list that may be written to in a wave (1 is the first); None: everybody."""
    return sum(waves[:wave]) if wave <= len(waves) else None


def allowance(paid_until: datetime | None, now: datetime, rate: int) -> int | None:
    """How many letters may leave now under a limit per minute; None without a limit (0)."""
    if rate == 0:
        return None
    since = now - FIRST_SIP if paid_until is None else max(paid_until, now - BUCKET)
    return max(int((now - since) / BUCKET * rate), 0)


def paid(paid_until: datetime | None, now: datetime, rate: int, count: int) -> datetime | None:
    """How far the limit is used up once so many letters have left."""
    if rate == 0:
        return None
    since = now - FIRST_SIP if paid_until is None else max(paid_until, now - BUCKET)
    return since + BUCKET / rate * count


def next_try(attempts: int) -> timedelta | None:
    """How long to wait after a mailbox has said «later» so many times; None: no more."""
    return RETRY[min(attempts, len(RETRY)) - 1] if attempts < MOST_TRIES else None


def expected_end(started: datetime, now: datetime, done: int, left: int, rate: int) -> datetime | None:
    """When the last letter will have left, going by the pace so far and the limit; None before the first."""
    if left == 0 or done == 0:
        return None
    pace = (now - started) / done
    return now + left * (max(pace, BUCKET / rate) if rate else pace)


def plan_faults(waves: Sequence[int], rate: int) -> list[FieldError]:
    """What is wrong with the waves and the rate somebody wants."""
    errors = []
    if any(not 1 <= size <= 1_000_000 for size in waves) or len(waves) > 20:
        errors.append(FieldError("waves", "wrong", "A wave has at least one person; give at most 20 waves."))
    if not 0 <= rate <= 100_000:
        errors.append(FieldError("rate", "wrong", "Give a number of mails a minute, or 0 for no limit."))
    return errors
