"""The doors: every address with what it needs, read from access.toml, and docs/access.md made from it.

The table decides nothing by itself: the guards in the steps do. It says what they must come to, and
tests/web/test_access.py tries every door as everybody.
"""

import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from incidents.rules.access import MATRIX, ROLES, may

OPEN = frozenset({"public", "secret", "machine"})
"""Needs that no role answers: everybody may knock, and what opens is the secret in the address or the machine."""


@dataclass(frozen=True)
class Caller:
    """Who stands before a door: the roles at the controller it leads to, and those held at any controller."""

    here: frozenset[str] = frozenset()
    anywhere: frozenset[str] = frozenset()
    signed_in: bool = True
    operator: bool = False
    owner: bool = False


@dataclass(frozen=True)
class Door:
    """One address under one method; ``act`` is the last part of the address where that names what is done."""

    method: str
    path: str
    needs: tuple[str, ...]
    act: str = ""

    @property
    def route(self) -> str:
        """Method and address as the application knows them."""
        return f"{self.method} {self.path}"

    @property
    def is_open(self) -> bool:
        """Whether it asks for no role at all."""
        return not OPEN.isdisjoint(self.needs)

    def opens(self, caller: Caller) -> bool:
        """Whether the table lets somebody in; of a list, whether it may be asked for at all."""
        return self.is_open or any(_answers(need, caller) for need in self.needs)


def _answers(need: str, caller: Caller) -> bool:
    kind, _, act = need.partition(" ")
    if kind in {"person", "list"}:
        return caller.signed_in
    if kind in {"operator", "own"}:
        return caller.operator if kind == "operator" else caller.owner
    return may(caller.anywhere, act) if kind == "anywhere" else may(caller.here, need)


@cache
def doors() -> tuple[Door, ...]:
    """Every door, pages before the API, in the order of the table."""
    table = tomllib.loads((files("incidents") / "web" / "access.toml").read_text(encoding="utf-8"))
    return tuple(
        door for part in ("pages", "api") for route, needs in table[part].items() for door in _doors(route, needs)
    )


def _doors(route: str, needs: str | Mapping[str, str]) -> Iterator[Door]:
    method, _, path = route.partition(" ")
    if isinstance(needs, str):
        yield Door(method, path, _parted(needs))
        return
    for act, need in needs.items():
        yield Door(method, path, _parted(need), act)


def _parted(needs: str) -> tuple[str, ...]:
    return tuple(need.strip() for need in needs.split(","))


WHAT_ACTS_ARE = {
    "report": "open a case",
    "read": "see cases, profile, people, policy, drills",
    "register": "see the register and its verification",
    "amend": "add facts, groups, orders, receipts; confirm a duty",
    "acknowledge": "take a case, hand it over",
    "assess": "run the risk test",
    "draft": "answer the form, freeze drafts, prepare lists and letters",
    "approve": "be the second person to a decision or a sending somebody else prepared",
    "set_awareness": "set the moment of awareness and other anchors",
    "decide": "notify or not, tell or not; decline a duty",
    "file": "record filings and reports, sign off, answer orders",
    "communicate": "tell the people: send, print, publish, certify",
    "close": "close and reopen",
    "export": "take the register out of the house",
    "policy": "change the escalation",
    "drill": "start and stop drills",
    "manage": "profile, people, roles, keys, webhooks, contacts, report link",
}

INTRODUCTION = """# Who may do what

Made from `incidents/rules/access.py` and `incidents/web/access.toml`:

    python -m incidents.web.access > docs/access.md

A test fails when it is not current, when an address is missing, and when any address answers anybody otherwise than it
says here (`tests/web/test_access.py`).

A role is held at one controller. Whoever holds none there gets the answer of an address that does not exist. An API key
has one role at one controller. Nobody but the processes of the installation itself is above the matrix.
"""

NOTES = """
* **Four eyes.** Whoever prepared a decision or a sending is never the second person to it. `approve` belongs to those
  who decide; where nobody else who decides is left, a handler may (`incidents/steps/second.py`). A sending may be
  approved by the one who prepared it only where there is nobody else at all, and the certificate says so. An API key
  never approves and never signs.
* **The operator** takes controllers in, completes the entry of the authority, and manages a controller where the
  operator is a member. The operator reads no case without a role there.
* **Secrets in addresses**: a report link opens a case at its controller and nothing else; a link in a mail acknowledges
  that case; a calendar address shows the deadlines of one person. Each is random and can be ended.
* **Lists** show what belongs to controllers where a role allows it: to everybody else they are empty.
"""

WORDS = {
    "public": "anybody",
    "secret": "the secret in the address",
    "machine": "this machine, or METRICS_TOKEN",
    "person": "anybody signed in, about themselves",
    "own": "the person it belongs to",
    "operator": "the operator",
}


def as_markdown() -> str:
    """docs/access.md."""
    parts = [INTRODUCTION, "## Roles and acts\n", *_matrix(), NOTES]
    for title, prefix in (("Pages", "/"), ("API", "/api/")):
        mine = [door for door in doors() if door.path.startswith("/api/") == (prefix == "/api/")]
        parts += [f"## {title}\n", "| address | needs |\n| --- | --- |", *(_line(door) for door in mine), ""]
    return "\n".join(parts).rstrip() + "\n"


def _matrix() -> Iterator[str]:
    yield "| act | what it is | " + " | ".join(ROLES) + " |"
    yield "| --- | --- |" + " --- |" * len(ROLES)
    for act, what in WHAT_ACTS_ARE.items():
        yield f"| {act} | {what} | " + " | ".join("yes" if act in MATRIX[role] else "" for role in ROLES) + " |"


def _line(door: Door) -> str:
    act = f" (`{door.act}`)" if door.act else ""
    return f"| `{door.route}`{act} | {' or '.join(_words(door.needs))} |"


def _words(needs: Iterable[str]) -> Iterator[str]:
    for need in needs:
        kind, _, act = need.partition(" ")
        if kind == "list":
            yield "anybody signed in; shows what one has a role at" if act == "any" else f"a list: `{act}`"
        else:
            yield f"`{act}` at any controller" if kind == "anywhere" else WORDS.get(need, f"`{need}`")


if __name__ == "__main__":
    sys.stdout.write(as_markdown())
