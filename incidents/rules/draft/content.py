"""What a draft says: numbered items that are filled, to follow or not applicable; and the parts of a letter."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from incidents.rules.draft.case import ControllerProfile


class Status(StrEnum):
    """Whether an item has an answer, will be answered later (Art. 33(4)), or has no place in this case."""

    FILLED = "filled"
    TO_FOLLOW = "to_follow"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True)
class DraftItem:
    """One answer: its number in the document, its words and the article that asks for it.

    ``id`` is stable (``nature.cause``); ``number`` is empty when the item is not shown; ``listed`` says that the
    lines are entries of a list and not paragraphs; ``unfilled`` that somebody must type it before filing.
    """

    id: str
    number: str
    label: str
    lines: tuple[str, ...]
    status: Status
    listed: bool
    unfilled: bool
    fact_key: str
    source: str

    @property
    def text(self) -> str:
        """The answer as one text."""
        return "\n".join(self.lines)

    @property
    def to_follow(self) -> bool:
        """Whether the answer is still owed."""
        return self.status is Status.TO_FOLLOW


@dataclass(frozen=True)
class DraftSection:
    """A numbered section with its legal source; without items to show it is left out of the document."""

    id: str
    number: str
    title: str
    source: str
    items: tuple[DraftItem, ...]

    @property
    def shown(self) -> tuple[DraftItem, ...]:
        """The items that have a place in this case."""
        return tuple(item for item in self.items if item.status is not Status.NOT_APPLICABLE)


@dataclass(frozen=True)
class Authority:
    """The supervisory authority as it stood on the day; ``krid`` is empty until somebody fills it in."""

    name: str
    short_name: str
    seat: str
    postal_address: str
    phone: str
    email: str
    website: str
    krid: str
    version: str


@dataclass(frozen=True)
class Contact:
    """Whom to ask: the data protection officer, or the named responsible manager where there is none."""

    is_dpo: bool
    name: str
    title: str
    email: str
    phone: str


@dataclass(frozen=True)
class AuthorityDraft:
    """The notification to the authority (GDPR Art. 33), ready for its template."""

    lang: str
    kind: str
    late: bool
    phased: bool
    controller: ControllerProfile
    authority: Authority
    reference: str
    authority_reference: str
    date: str
    sections: tuple[DraftSection, ...]
    versions: tuple[str, ...]
    """The dated texts it was made from."""

    @property
    def items(self) -> Iterator[DraftItem]:
        """Every item, also those that are not shown."""
        return (item for section in self.sections for item in section.items)

    @property
    def shown(self) -> tuple[DraftSection, ...]:
        """The sections that have something to say."""
        return tuple(section for section in self.sections if section.shown)

    @property
    def to_follow(self) -> tuple[DraftItem, ...]:
        """What will be told later, in the order of the document (Art. 33(4)); what must be typed now is not in it."""
        return tuple(item for item in self.items if item.to_follow and not item.unfilled)

    def number_of(self, place: str) -> str:
        """The number of a section or item (``contact``, ``delay.reasons``); empty when it is not shown."""
        numbers = {item.id: item.number for item in self.items}
        numbers.update({section.id: section.number for section in self.sections})
        return numbers.get(place, "")

    @property
    def missing(self) -> tuple[str, ...]:
        """The ids of what is still owed."""
        return tuple(item.id for item in self.items if item.to_follow)


@dataclass(frozen=True)
class AdviceBlock:
    """What the person can do about one kind of data."""

    id: str
    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class LetterContent:
    """The letter to the people concerned (GDPR Art. 34(2)), ready for its template.

    An empty tuple means not known yet: the letter then says so. ``public`` marks the public communication of
    Art. 34(3)(c); ``salutation`` is the greeting of whoever has no name on the list; ``moments`` say when it happened
    and when we learned of it; ``missing`` names what the law asks for and the case does not tell yet; ``untranslated``
    the facts that stand in the letter in another language than its own.
    """

    lang: str
    public: bool
    controller: ControllerProfile
    authority: Authority
    contact: Contact
    reference: str
    date: str
    salutation: str
    for_a_child: str
    people: tuple[str, ...]
    moments: tuple[str, ...]
    what_happened: tuple[str, ...]
    nature: tuple[str, ...]
    data: tuple[str, ...]
    consequences: tuple[str, ...]
    consequences_text: tuple[str, ...]
    measures_taken: tuple[str, ...]
    measures_planned: tuple[str, ...]
    advice: tuple[AdviceBlock, ...]
    advice_extra: tuple[str, ...]
    hotline: tuple[str, ...]
    missing: tuple[str, ...]
    untranslated: tuple[str, ...]
    versions: tuple[str, ...]


def missing(draft: AuthorityDraft | LetterContent) -> list[str]:
    """The ids of what the law asks for and the draft cannot tell yet, in the order of the document."""
    return list(draft.missing)
