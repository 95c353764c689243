"""The authority's own entry: what the operator has seen there, for every case of the installation."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency

from incidents.base.errors import Forbidden, InvalidInput
from incidents.rules.authority import CHANNEL_KEYS, EntryForm
from incidents.rules.channels import channel_advice
from incidents.steps import authority
from incidents.web.forms import Form
from incidents.web.rendering import page, see_other
from incidents.web.sessions import PageRequest, actor_of, clock_of, may_anywhere, operator_uow, system_uow

PARTS = ("screen", "label")


@get("/authority", sync_to_thread=True)
def show_entry(request: PageRequest) -> Response[str]:
    """What is known of the authority's entry, and what is not; the operator completes it, administrators read it.

    Raises:
        Forbidden: the person is neither.
    """
    if not (actor_of(request).is_operator or may_anywhere(request, "manage")):
        raise Forbidden
    return _show(request)


def _show(request: PageRequest, refused: Form | None = None) -> Response[str]:
    today = clock_of(request).now().date()
    with system_uow(request, read_only=True) as uow:
        mapping, versions = authority.entry(uow), authority.versions(uow)
        channels = authority.entered(uow)
    recorded = {f"{one.id}.{part}": [getattr(one, part)] for one in mapping.entries for part in PARTS}
    recorded |= {f"asks.{name}": [answer] for name, answer in mapping.asks.items()}
    recorded |= {f"channels.{key}": [channels.get(key, "")] for key in CHANNEL_KEYS}
    details = {one.name: one for way in channel_advice("unknown", today, channels).channels for one in way.details}
    return page(
        request,
        "pages/authority.html",
        status=refused.problem.status if refused and refused.problem else 200,
        form=refused or Form(recorded),
        mapping=mapping,
        versions=versions,
        details=[details[key] for key in CHANNEL_KEYS],
        editable=actor_of(request).is_operator,
    )


@post("/authority", sync_to_thread=True)
def save_entry(request: PageRequest, form: NamedDependency[Form]) -> Response[str]:
    """Keep what the operator has seen as the next version."""
    try:
        with operator_uow(request) as uow:
            mapping = authority.entry(uow)
            entries = {one.id: {part: form.text(f"{one.id}.{part}") for part in PARTS} for one in mapping.entries}
            asks = {name: form.text(f"asks.{name}") for name in mapping.asks}
            channels = {key: form.text(f"channels.{key}") for key in CHANNEL_KEYS}
            authority.save_entry(uow, EntryForm(entries, asks, channels))
    except InvalidInput as refused:
        return _show(request, form.refused(refused))
    return see_other("/authority", done="saved")


handlers: list[Any] = [show_entry, save_entry]
