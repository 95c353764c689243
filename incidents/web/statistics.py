"""Statistics: pictures made here with the table beside each, for reading and as files."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from litestar import Response, get
from litestar.params import FromPath

from incidents.base.errors import NotFound
from incidents.base.hungarian import hours_in_words
from incidents.base.i18n import Translator, msgid
from incidents.rules import vocabulary
from incidents.rules.statistics import Statistics
from incidents.steps import controllers, statistics
from incidents.web.board import key_or_none
from incidents.web.draft import attachment
from incidents.web.rendering import environment, language_of, page, words
from incidents.web.scope import list_uow
from incidents.web.sessions import PageRequest
from notifications.documents import csv, xlsx
from notifications.documents.register import RegisterCell

OUTCOME_WORDS = {
    "filed_in_time": msgid("notified in time"),
    "filed_late": msgid("notified late"),
    "to_notify": msgid("to be notified"),
    "not_notified": msgid("not notified, with reasons"),
    "undecided": msgid("not decided yet"),
}
LEFT_WORDS = {
    "overdue": msgid("overdue"),
    "under_12": msgid("less than 12 hours"),
    "under_24": msgid("12 to 24 hours"),
    "under_48": msgid("24 to 48 hours"),
    "under_72": msgid("48 to 72 hours"),
    "longer": msgid("longer"),
}
SPAN_WORDS = {
    "signal_to_awareness": msgid("From the first signal to awareness"),
    "awareness_to_filing": msgid("From awareness to the notification"),
    "signal_to_filing": msgid("From the first signal to the notification"),
}
TITLES = {
    "months": msgid("Incidents by month"),
    "causes": msgid("Incidents by cause"),
    "outcomes": msgid("Incidents by outcome"),
    "clocks": msgid("Open clocks by the time left"),
}
NO_CAUSE = msgid("no cause recorded")
FILES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "svg": "image/svg+xml",
}


@dataclass(frozen=True)
class Chart:
    """A picture: its name in addresses, its title, and what stands beside each bar."""

    name: str
    title: str
    bars: tuple[tuple[str, int], ...]

    @property
    def most(self) -> int:
        """The longest bar."""
        return max((count for _, count in self.bars), default=0)

    @property
    def total(self) -> int:
        """All bars together."""
        return sum(count for _, count in self.bars)


def charts(found: Statistics, lang: str, say: Translator) -> list[Chart]:
    """The pictures of a set of figures, in words of a language."""
    bars: dict[str, Sequence[tuple[str, int]]] = {
        "months": found.by_month,
        "causes": [(_cause(code, lang, say), count) for code, count in found.by_cause],
        "outcomes": [(say(OUTCOME_WORDS[code]), count) for code, count in found.by_outcome],
        "clocks": [(say(LEFT_WORDS[code]), count) for code, count in found.open_clocks],
    }
    return [Chart(name, say(TITLES[name]), tuple(some)) for name, some in bars.items()]


def _cause(code: str, lang: str, say: Translator) -> str:
    return vocabulary.code_label("cause", code, lang) if code else say(NO_CAUSE)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _found(request: PageRequest) -> tuple[Statistics, dict[str, str], Sequence[Any]]:
    """The figures an address asks for, what it asked, and the controllers to choose from."""
    given = {name: request.query_params.get(name, "") for name in ("controller", "first", "last")}
    with list_uow(request, "register") as uow:
        mine = controllers.names(uow)
        key = key_or_none(given["controller"])
        if key not in {one for one, _ in mine}:
            key, given["controller"] = None, ""
        found = statistics.statistics(uow, key, _day(given["first"]), _day(given["last"]))
    return found, given, mine


@get("/statistics", sync_to_thread=True)
def show_statistics(request: PageRequest) -> Response[str]:
    """Every picture with its table, for one controller or all, in a period."""
    found, filters, mine = _found(request)
    lang, say = language_of(request), words(request)
    return page(
        request,
        "pages/statistics.html",
        found=found,
        charts=charts(found, lang, say),
        spans=[
            (
                say(SPAN_WORDS[one.name]),
                one.cases,
                *(hours_in_words(t, lang) if t is not None else "" for t in (one.median, one.ninth_decile)),
            )
            for one in found.spans
        ],
        controllers=mine,
        filters=filters,
        query=urlencode({name: said for name, said in filters.items() if said}),
    )


@get("/statistics/{name:str}", sync_to_thread=True)
def chart_file(request: PageRequest, name: FromPath[str]) -> Response[bytes]:
    """One picture as SVG, or its numbers as CSV or XLSX."""
    found, _, _ = _found(request)
    lang, say = language_of(request), words(request)
    which, _, kind = name.partition(".")
    chart = next((one for one in charts(found, lang, say) if one.name == which), None)
    if chart is None or kind not in FILES:
        raise NotFound
    return attachment(_written(chart, kind, lang, say), FILES[kind], name)


LABEL, COUNT = msgid("What"), msgid("Cases")


def _written(chart: Chart, kind: str, lang: str, say: Translator) -> bytes:
    if kind == "svg":
        macros: Any = environment(lang).get_template("parts/chart.html").module
        return str(macros.bars(chart, True)).strip().encode()
    columns = [("what", say(LABEL)), ("count", say(COUNT))]
    rows: list[dict[str, RegisterCell]] = [{"what": label, "count": count} for label, count in chart.bars]
    if kind == "csv":
        return csv.write(rows, columns, lang)
    return xlsx.write_register(rows, columns, lang, title=chart.title)


handlers: list[Any] = [show_statistics, chart_file]
