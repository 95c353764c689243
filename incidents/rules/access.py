"""Who may do what at a controller: the matrix role × act, as data."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

ROLES: Final = ("reporter", "handler", "dpo", "manager", "auditor", "admin")

_READ = frozenset({"read", "register"})
_WORK = frozenset({"report", "read", "register", "amend", "acknowledge", "assess", "draft", "approve"})
_OWN = _WORK | {"set_awareness", "decide", "file", "communicate", "close", "export", "policy", "drill"}

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
