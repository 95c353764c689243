"""Who may do what at a controller: the matrix role × act, as data."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

ROLES: Final = ("reporter", "handler", "dpo", "manager", "auditor", "admin")

_READ = frozenset({"read", "register"})
_WORK = frozenset({"report", "read", "register", "amend", "acknowledge", "assess", "draft"})
_OWN = _WORK | {"approve", "set_awareness", "decide", "file", "communicate", "close", "export", "policy", "drill"}

MATRIX: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "reporter": frozenset({"report"}),
        "handler": _WORK,
        "dpo": _OWN,
        # Without a DPO the responsible manager does what the DPO would do, so the roles own the same acts.
        "manager": _OWN,
        "auditor": _READ | {"export"},
        "admin": _READ | {"report", "acknowledge", "manage", "policy", "drill"},
    }
)


def may(roles: Iterable[str], act: str) -> bool:
    """Whether any of the roles a person holds at a controller allows an act."""
    return any(act in MATRIX.get(role, frozenset()) for role in roles)


def roles_for(act: str) -> tuple[str, ...]:
    """The roles that allow an act."""
    return tuple(role for role in ROLES if act in MATRIX[role])


def second_people(others: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Who of the others, by key, may be the second person: the deciders; where there is none, those who work the case.

    A handler alone with the only decider is better than nobody: four eyes are asked for so that no one lowers a duty
    alone (docs/decisions/0006), and whoever prepared it never counts.
    """
    deciders = frozenset(key for key, roles in others.items() if may(roles, "approve"))
    return deciders or frozenset(key for key, roles in others.items() if "handler" in roles)
