"""The HTML of a letter as a frozen tree of blocks: what the writers walk, and nothing a writer could misread."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from lxml import html as lxml_html
from lxml.html import HtmlElement

_SPACE = re.compile(r"[ \t\r\n\f]+")


class UnknownMarkupError(ValueError):
    """The HTML uses an element that letters do not know."""


@dataclass(frozen=True)
class Span:
    """A run of text; a newline alone is a line break."""

    text: str
    strong: bool = False


Spans: TypeAlias = tuple[Span, ...]


@dataclass(frozen=True)
class Heading:
    """A heading of level 1 to 3."""

    level: int
    spans: Spans


@dataclass(frozen=True)
class Paragraph:
    """A paragraph; its role says what it is in a letter (addressee, notice, signature, …)."""

    spans: Spans
    role: str = ""


@dataclass(frozen=True)
class Bullets:
    """A list, numbered or not."""

    items: tuple[Spans, ...]
    ordered: bool = False


Flow: TypeAlias = Paragraph | Bullets
Cell: TypeAlias = tuple[Flow, ...]


@dataclass(frozen=True)
class Pairs:
    """Labels and what belongs to them (``dl``)."""

    rows: tuple[tuple[Spans, Spans], ...]
    role: str = ""


@dataclass(frozen=True)
class Table:
    """A table with one header row; a cell holds paragraphs or lists."""

    header: tuple[Spans, ...]
    rows: tuple[tuple[Cell, ...], ...]
    role: str = ""


Block: TypeAlias = Heading | Paragraph | Bullets | Pairs | Table


def plain(spans: Spans) -> str:
    """The text of some spans, with its line breaks."""
    return "".join(span.text for span in spans)


def parse(html: str) -> tuple[Block, ...]:
    """The blocks of a letter.

    Raises:
        UnknownMarkupError: an element outside the small set of letters.
    """
    root = lxml_html.fromstring(html)
    return tuple(_block(element) for element in _elements(root))


def _elements(parent: HtmlElement) -> Iterator[HtmlElement]:
    return (child for child in parent if isinstance(child.tag, str))


def _block(element: HtmlElement) -> Block:
    tag, role = str(element.tag), element.get("class") or ""
    if tag in {"h1", "h2", "h3"}:
        return Heading(int(tag[1]), _spans(element))
    if tag == "dl":
        return Pairs(tuple(_pairs(element)), role)
    if tag == "table":
        return _table(element, role)
    return _flow(element)


def _flow(element: HtmlElement) -> Flow:
    tag = str(element.tag)
    if tag == "p":
        return Paragraph(_spans(element), element.get("class") or "")
    if tag in {"ul", "ol"}:
        return Bullets(tuple(_spans(item) for item in _elements(element)), tag == "ol")
    raise UnknownMarkupError(f"letters know no <{tag}>")


def _pairs(element: HtmlElement) -> Iterator[tuple[Spans, Spans]]:
    terms = list(_elements(element))
    return ((_spans(term), _spans(answer)) for term, answer in zip(terms[::2], terms[1::2], strict=True))


def _table(element: HtmlElement, role: str) -> Table:
    header, *rows = [list(_elements(row)) for row in element.iter("tr")]
    return Table(tuple(map(_spans, header)), tuple(tuple(map(_cell, row)) for row in rows), role)


def _cell(element: HtmlElement) -> Cell:
    inside = list(_elements(element))
    if inside and all(child.tag in {"p", "ul", "ol"} for child in inside):
        return tuple(map(_flow, inside))
    return (Paragraph(_spans(element)),)


def _spans(element: HtmlElement) -> Spans:
    """The text of an element; white space as a browser shows it."""
    merged: list[Span] = []
    for span in _runs(element, strong=False):
        if merged and merged[-1].strong == span.strong and "\n" not in (span.text, merged[-1].text):
            merged[-1] = Span(merged[-1].text + span.text, span.strong)
        else:
            merged.append(span)
    return _trimmed(merged)


def _runs(element: HtmlElement, *, strong: bool) -> Iterator[Span]:
    if element.text:
        yield Span(_SPACE.sub(" ", element.text), strong)
    for child in element:
        if child.tag == "br":
            yield Span("\n")
        elif child.tag == "strong":
            yield from _runs(child, strong=True)
        else:
            raise UnknownMarkupError(f"letters know no <{child.tag}> inside a text")
        if child.tail:
            yield Span(_SPACE.sub(" ", child.tail), strong)


def _trimmed(spans: list[Span]) -> Spans:
    """The spans without white space at the ends and around line breaks."""
    tidy = []
    for place, span in enumerate(spans):
        text = span.text
        if text != "\n":
            text = text.lstrip(" ") if place == 0 or spans[place - 1].text == "\n" else text
            text = text.rstrip(" ") if place + 1 == len(spans) or spans[place + 1].text == "\n" else text
        if text:
            tidy.append(Span(text, span.strong))
    return tuple(tidy)
