"""The case read for a form: facts by their state, profile fields, and codes of facts turned into options."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, cast

from incidents.base.time import ZonedInstant
from incidents.rules.draft.case import CaseFile
from incidents.rules.draft.words import Texts, in_words, stored_moment
from incidents.rules.facts import Facts, FactState, JsonValue, vocabulary
from incidents.rules.form import found
from incidents.rules.form.found import NOTHING, SILENT, TBD, Found
from incidents.rules.form.model import LANGUAGES, FactMap, FormField, mark


@dataclass(frozen=True)
class Told:
    """One communication to the people: when, in what form (codes of rules/send), how many reached, its wording."""

    at: ZonedInstant
    form: str
    reached: int | None = None
    content: str = ""


@dataclass(frozen=True)
class Reporter:
    """Who submits the notification: ``function`` is dpo, legal_representative, other or empty for not said."""

    name: str = ""
    contact: str = ""
    function: Literal["dpo", "legal_representative", "other", ""] = ""
    description: str = ""


@dataclass(frozen=True)
class Beside:
    """What a form asks for and a case file does not hold: the sender, the people told, the kind of controller.

    ``asks`` says what the authority's own entry asks for (``national_id``, ``declaration``): yes, no or unknown.
    """

    reporter: Reporter = field(default_factory=Reporter)
    told: tuple[Told, ...] = ()
    outside_eea: bool = False
    asks: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Reading:
    """A case and what stands beside it, read for one form."""

    case: CaseFile
    beside: Beside

    @property
    def facts(self) -> Facts:
        """The facts of the case."""
        return self.case.facts

    @cached_property
    def texts(self) -> Mapping[str, Texts]:
        """The wording of facts in each language, as the notification prints it."""
        return {lang: Texts("authority", self.case.today, lang) for lang in LANGUAGES}

    @cached_property
    def states(self) -> dict[str, JsonValue]:
        """The states of the case that conditions may ask for."""
        yes_no = {True: "yes", False: "no"}
        return {
            "case.late": yes_no[self.case.late],
            "case.outside_eea": yes_no[self.beside.outside_eea],
            "case.authority_asks_national_id": self.beside.asks.get("national_id", "unknown"),
            "case.authority_asks_declaration": self.beside.asks.get("declaration", "unknown"),
        }

    def unknown(self, key: str, spec: FormField) -> Found:
        """A fact without a value: still to be found out while incomplete; once complete, only what was said counts.

        A complete notification may leave a fact undetermined only when somebody said that it is (Art. 33(4)).
        """
        state = self.facts.state(key)
        if self.facts.get(key) is None:
            return NOTHING
        if state is FactState.TO_BE_DETERMINED or not self.case.complete:
            return found.chosen(spec, spec.tbd_option) if spec.tbd_option else TBD
        if spec.unknown:
            return found.chosen(spec, spec.unknown)
        return _undetermined() if not spec.options and spec.type in {"text", "long_text"} else NOTHING

    def fact(self, key: str, spec: FormField) -> Found:
        """A fact as a text, a moment or a list of countries; or what is said in its place."""
        if not self.facts.is_known(key):
            return self.unknown(key, spec)
        value, kind = self.facts.value(key), vocabulary()[key].type
        if kind == "instant":
            return found.instant(stored_moment(value))
        if kind == "countries":
            return found.countries(cast("list[str]", value), self.texts)
        return found.said(value, {lang: in_words(key, value, self.texts[lang]) for lang in LANGUAGES})

    def codes(self, path: str) -> list[str]:
        """The codes of a known fact, or of a part of it; none when nobody knows."""
        key, _, part = path.partition(".")
        value = self.facts.value(key)
        if part and isinstance(value, dict):
            value = value.get(part)
        return [str(one) for one in value] if isinstance(value, list) else [str(value)] if value is not None else []

    def mapped(self, spec: FormField) -> Found:
        """The options that the facts of a field stand for; the first fact decides what an unknown means."""
        first = spec.maps[0].fact.partition(".")[0]
        if not spec.loose and first in self.facts.by_key and not self.facts.is_known(first):
            return self.unknown(first, spec)
        options = [option for one in spec.maps for option in self._options(spec, one)]
        if options:
            return found.chosen(spec, *options)
        return SILENT if spec.loose or self.facts.is_known(first) else NOTHING

    def _options(self, spec: FormField, one: FactMap) -> list[str]:
        rest = (spec.rest,) if spec.rest else ()
        return [option for code in self.codes(one.fact) for option in one.to.get(code, rest)]

    def contact_lines(self, **parts: str) -> Found:
        """Contact details, each with its name; nothing when none is known."""
        return found.joined([found.phrased(name, text=text) for name, text in parts.items() if text.strip()])


def _undetermined() -> Found:
    words = mark("undetermined")
    return found.said(words.hu, {lang: (words.in_language(lang),) for lang in LANGUAGES})
