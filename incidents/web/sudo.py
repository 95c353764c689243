"""Dangerous acts ask once more who is there: one decorator, and a page that keeps everything that was typed.

Whoever proved it within ten minutes (signing in counts) is not asked. The proof is typed on a page between, which
carries the whole form on to the same address: nothing is lost, and it works without scripts.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any, TypeVar

from litestar import Response

from incidents.base.errors import IncidentError
from incidents.rules.passkeys import site_of
from incidents.steps import passkeys, second_step
from incidents.steps.passkeys import PasskeysImpossible
from incidents.store import accounts
from incidents.store import passkeys as stored
from incidents.web.entrance import outside_name, seal_of, with_target
from incidents.web.forms import Form
from incidents.web.rendering import page
from incidents.web.sessions import (
    PageRequest,
    clock_of,
    person_of,
    session_of,
    session_token,
    settings_of,
    system_uow,
    visit_of,
)

FIELD, PASSKEY = "confirm_secret", "confirm_passkey"
PROOFS = frozenset({FIELD, PASSKEY})
Handler = TypeVar("Handler", bound=Callable[..., Any])


def sudo(handler: Handler) -> Handler:
    """Ask for the password, a code or a passkey before a handler of a POST runs; it takes ``request`` and ``form``."""

    @wraps(handler)
    def guarded(*args: Any, **named: Any) -> Any:
        request, form = named["request"], named["form"]
        person_of(request)
        if not is_fresh(request):
            if (refused := _prove(request, form)) is not None:
                return refused
            named["form"] = _without_proof(form)
        return handler(*args, **named)

    guarded.__dict__["sudo"] = True
    return guarded  # type: ignore[return-value]


def is_fresh(request: PageRequest) -> bool:
    """Whether the person has proved within the last minutes to be themselves."""
    session = session_of(request)
    return session is not None and session.sudo_until is not None and clock_of(request).now() < session.sudo_until


def _prove(request: PageRequest, form: Form) -> Response[str] | None:
    """The page that asks, or None when the proof came along and holds."""
    if not PROOFS & form.data.keys():
        return _ask(request, form)
    wrong = _judge(request, form)
    return None if wrong is None else _ask(request, form, wrong)


def _judge(request: PageRequest, form: Form) -> IncidentError | None:
    """What is wrong with the proof, if anything."""
    person, token, visit = person_of(request), session_token(request) or "", visit_of(request)
    shown, site = form.value(PASSKEY), site_of(settings_of(request).public_url)
    with system_uow(request) as uow:
        if shown:
            return (
                passkeys.prove(uow, person.id, token, shown, site=site, visit=visit) if site else PasskeysImpossible()
            )
        return second_step.prove(uow, person.id, token, form.value(FIELD), seal_of(request), visit)


def _without_proof(form: Form) -> Form:
    return replace(form, data={name: said for name, said in form.data.items() if name not in PROOFS})


def _ask(request: PageRequest, form: Form, wrong: IncidentError | None = None) -> Response[str]:
    person, kept = person_of(request), _without_proof(form).data
    with system_uow(request, read_only=True) as uow:
        has_code = accounts.has_factor(uow, person.id)
        has_passkey = bool(stored.of_person(uow, person.id)) and site_of(settings_of(request).public_url) is not None
    query = request.scope.get("query_string", b"").decode("latin-1")
    return page(
        request,
        "pages/confirm.html",
        form=Form().refused(wrong) if wrong else Form(),
        status=wrong.status if wrong else 200,
        action=request.scope["path"] + (f"?{query}" if query else ""),
        kept=[(name, one) for name, said in kept.items() if not name.startswith("_") for one in said],
        has_password=bool(person.password_hash),
        has_code=has_code,
        has_passkey=has_passkey,
        outside=outside_name(request),
        outside_way=with_target("/login/outside", "/account"),
    )
