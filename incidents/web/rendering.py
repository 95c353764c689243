"""Pages from templates: one environment a language, autoescaped, where an undefined name is an error.

``page(request, "pages/board.html", rows=rows)`` is all a handler needs. Every template finds: ``_`` (and
``{% trans %}``), ``lang``, ``person`` (or None), ``actor``, ``path``, ``now``, ``csrf_token``, ``notice``, ``banners``,
``demo``, ``may_anywhere(act)`` and the filters below.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cache
from html import escape as plainly
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Response
from litestar.enums import MediaType
from litestar.template.base import csrf_token
from markupsafe import Markup

from incidents.base import hungarian
from incidents.base.errors import FieldError, IncidentError
from incidents.base.i18n import Translator, known_language, msgid, translator
from incidents.base.time import BUDAPEST
from incidents.rules import vocabulary
from incidents.rules.browsers import browser_words
from incidents.rules.drills import period_of
from incidents.rules.regimes import clock_words
from incidents.rules.sign_in import event_words
from incidents.rules.terms import terms
from incidents.web import arrival
from incidents.web.forms import Form
from incidents.web.security import cookie_name
from incidents.web.sessions import Connection, actor_of, clock_of, may_anywhere, settings_of, user_of
from incidents.web.watch import alarms

TEMPLATES = Path(__file__).parents[2] / "templates"

NOTICES = {
    "saved": msgid("Saved."),
    "sent": msgid("Invitation sent."),
    "removed": msgid("Removed."),
    "pinged": msgid("A test message is on its way. Its result appears here within a minute."),
    "renewed": msgid("There is a new link. The old one no longer works."),
    "password": msgid("Your password has changed. Your other sign-ins have ended."),
    "out": msgid("You have signed out."),
    "others": msgid("Your other sign-ins have ended."),
    "passkey": msgid("The passkey is added."),
    "unlocked": msgid("The waiting time is lifted. Sign in now; guesses from elsewhere no longer hold you up here."),
    "second-step": msgid("Saved. It holds from the next sign-in of the people concerned."),
    "step-reset": msgid("The second step of this person is removed, and they have a mail about it."),
    "created": msgid("Created."),
    "reported": msgid("The case is open and its clock is running."),
    "put_aside": msgid("The mail is put aside."),
    "acknowledged": msgid("You have acknowledged the case."),
    "handed_over": msgid("The case is handed over. The other person has a mail."),
    "seen": msgid("You have acknowledged the warning."),
    "awareness": msgid("The moment of awareness is recorded and the deadline is recalculated."),
    "assessed": msgid("The risk assessment is recorded."),
    "decided": msgid("The decision is recorded."),
    "proposed": msgid("Your proposal waits for a second person. Until there is an answer the clock goes on."),
    "refused": msgid("You have refused the proposal. Nothing is decided yet."),
    "frozen": msgid("This version is frozen and can be downloaded."),
    "filed": msgid("The filing is recorded."),
    "asked": msgid("The sign-off has been asked for by mail."),
    "answered": msgid("Your answer is recorded."),
    "told": msgid("The communication to the data subjects is recorded."),
    "published": msgid("The publication is recorded."),
    "proved": msgid("The proof is recorded."),
    "duty-confirmed": msgid("The duty is confirmed and its clock is running."),
    "duty-declined": msgid("The duty is declined; the reason stands in the register."),
    "duty-reconsidered": msgid("The duty waits for an answer again."),
    "duty-changed": msgid("Recorded, and the deadlines of the duty are recalculated."),
    "duty-reported": msgid("The report is recorded."),
    "erased": msgid("The list is erased."),
    "mailing-test": msgid("The test letter is on its way to your mailbox."),
    "mailing-approve": msgid("The sending is approved. It can be started now."),
    "mailing-start": msgid("The letters are on their way."),
    "mailing-pause": msgid("The sending is paused."),
    "mailing-resume": msgid("The sending goes on."),
    "mailing-stop": msgid("The sending is stopped for good."),
    "mailing-print": msgid("The print run is ready."),
    "mailing-posted": msgid("The posting is recorded."),
    "mailing-returned": msgid("The letters that came back are recorded."),
    "mailing-certified": msgid("The certificate is made, and the case knows of the communication."),
    "closed": msgid("The case is closed."),
    "reopened": msgid("The case is open again."),
    "drilling": msgid("The drill is running. The first mails leave within a minute."),
    "drilled": msgid("The drill has ended."),
}
"""What a page says after an act, by the code in ``?done=``: only these sentences can be shown."""


ROLE_NAMES = {
    "reporter": msgid("reporter"),
    "handler": msgid("case handler"),
    "dpo": msgid("data protection officer"),
    "manager": msgid("manager"),
    "auditor": msgid("auditor"),
    "admin": msgid("administrator"),
}


def language_of(request: Connection) -> str:
    """The language of a page: chosen in this browser, else the person's own, else Hungarian."""
    chosen = request.cookies.get(cookie_name(settings_of(request), "lang"))
    user = user_of(request)
    return known_language(chosen or (user.language if user else None))


def words(request: Connection) -> Translator:
    """The translator for a request, for sentences made in Python."""
    return translator(language_of(request))


def page(
    request: Connection,
    template: str,
    *,
    status: int = 200,
    form: Form | None = None,
    banners: Sequence[str] | None = None,
    **context: Any,
) -> Response[str]:
    """A page in the person's language. ``form`` brings what was typed and what was wrong with it."""
    context |= {**_surroundings(request, banners), "form": form or Form()}
    html = environment(language_of(request)).get_template(template).render(context)
    answer = Response(html, status_code=status, media_type=MediaType.HTML)
    if context["arrival"]:
        arrival.said(request, answer)
    return answer


def see_other(path: str, done: str = "") -> Response[str]:
    """Go on to another page after an act; ``done`` names the notice it shows."""
    join = "&" if "?" in path else "?"
    target = f"{path}{join}done={quote(done)}" if done else path
    return Response("", status_code=303, headers={"location": target}, media_type=MediaType.HTML)


def _surroundings(request: Connection, banners: Sequence[str] | None) -> dict[str, Any]:
    say = words(request)
    notice = NOTICES.get(request.query_params.get("done", ""), "")
    return {
        "lang": language_of(request),
        "person": user_of(request),
        "actor": actor_of(request),
        "path": request.scope["path"],
        "now": clock_of(request).now(),
        "csrf_token": csrf_token({"request": request}),
        "notice": say(notice) if notice else "",
        "banners": [say(alarm) for alarm in alarms(request)] if banners is None else banners,
        "demo": settings_of(request).demo,
        "arrival": arrival.arrival(request),
        "may_anywhere": lambda act: may_anywhere(request, act),
    }


@cache
def environment(lang: str) -> Environment:
    """The templates of one language."""
    found = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    say = translator(lang)
    found.install_gettext_callables(say.gettext, say.ngettext, newstyle=True)  # type: ignore[attr-defined]
    found.globals |= {
        "_": _sayer(say),
        "static": static_address,
        "lang": lang,
        "languages": {"hu": "Magyar", "en": "English"},
    }
    found.globals["legal_terms"] = terms()
    found.filters |= _filters(lang, say)
    return found


def _sayer(say: Translator) -> Callable[..., Markup]:
    """``_`` of templates: as jinja2 has it, with sentences that have no places to fill made once."""
    whole: dict[str, Markup] = {}

    def sentence(message: str, **places: object) -> Markup:
        if places:
            return Markup(say.gettext(message)) % places  # noqa: S704  ours; what fills it is escaped by Markup
        if message not in whole:
            whole[message] = Markup(say.gettext(message)) % {}  # noqa: S704  ours
        return whole[message]

    return sentence


def _filters(lang: str, say: Translator) -> dict[str, Any]:
    def when(instant: datetime, zone: str = BUDAPEST) -> str:
        return hungarian.format_datetime(instant, lang, zone)

    def when_table(instant: datetime, zone: str = BUDAPEST) -> str:
        return hungarian.format_table_datetime(instant, lang, zone)

    def hours_left(deadline: datetime, now: datetime) -> str:
        return hungarian.hours_in_words(deadline - now, lang)

    def sentence(error: FieldError | IncidentError) -> str:
        return say(error.message, **error.params)

    return {
        "when": when,
        "when_table": when_table,
        "day": lambda instant: hungarian.format_date(instant, lang),
        "hours_left": hours_left,
        "hours_words": lambda passed: hungarian.hours_in_words(passed, lang),
        "drill_period": lambda speed: hungarian.hours_in_words(period_of(speed), lang),
        "decimal": lambda value: f"{value:g}".replace(".", "," if lang == "hu" else "."),
        "options": options,
        "number": lambda count: hungarian.format_number(count, lang),
        "az": lambda word: hungarian.with_article(word) if lang == "hu" else word,
        "Az": lambda word: hungarian.with_article(word, capital=True) if lang == "hu" else word,
        "listed": lambda items: hungarian.join_words(list(items), lang),
        "sentence": sentence,
        "browser": browser_words,
        "account_event": lambda kind: event_words(kind, lang),
        "clock_label": lambda clock: clock_words(clock.regime, clock.regime_version, clock.report, lang),
        "role_name": lambda role: say(ROLE_NAMES[role]),
        "fact_label": lambda key: vocabulary.label(key, lang),
        "fact_help": lambda key: vocabulary.help_text(key, lang),
        "code_label": lambda code, key: vocabulary.code_label(key, code, lang),
        "fact_codes": lambda key: [
            (code, text.in_language(lang)) for code, text in vocabulary.vocabulary()[key].codes.items()
        ],
    }


def options(choices: Iterable[tuple[object, str]], chosen: str = "") -> Markup:
    """The options of a long list, the chosen one marked; a template takes several times as long for hundreds."""
    lines = (
        f'<option value="{plainly(key)}"{" selected" if key == chosen else ""}>{plainly(name)}</option>'
        for key, name in ((str(key), name) for key, name in choices)
    )
    return Markup("".join(lines))  # noqa: S704  every part is escaped above


@cache
def static_address(name: str) -> str:
    """The address of a static file; it changes with the content, so browsers may keep it for good."""
    digest = hashlib.sha256((TEMPLATES / "static" / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"
