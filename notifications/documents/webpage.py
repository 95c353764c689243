"""A letter as a mail that every reader shows, and as a piece of a web page to copy: the same wording, with links."""

import re
from collections.abc import Mapping
from html import escape

from notifications.documents.blocks import Block, Bullets, Flow, Heading, Pairs, Paragraph, Spans, Table, parse, plain
from notifications.documents.meta import printable

_EMAIL = re.compile(r"[^@\s<>\"']+@[^@\s<>\"']+\.[^@\s<>\"'.]+")
_WEB = re.compile(r"https?://[^\s<>\"']+")
_PHONE = re.compile(r"\+?\d[\d ()/-]{6,}\d")

MAIL_STYLES: Mapping[str, str] = {
    "h1": "font-size:22px;line-height:1.3;margin:24px 0 12px",
    "h2": "font-size:18px;line-height:1.3;margin:26px 0 8px",
    "h3": "font-size:16px;line-height:1.4;margin:18px 0 4px",
    "p": "margin:0 0 12px",
    "ul": "margin:0 0 12px;padding-left:22px",
    "ol": "margin:0 0 12px;padding-left:22px",
    "li": "margin:0 0 6px",
    "dl": "margin:0 0 12px",
    "dt": "margin:0;font-size:14px",
    "dd": "margin:0 0 8px",
}
"""Mail readers drop style sheets, so each element carries its own."""

_DARK = (
    "@media (prefers-color-scheme: dark){.sheet,.ground{background:#17222a!important;color:#e8eef1!important}"
    ".soft{color:#a9b8c1!important}.sheet a{color:#8fcbe6!important}}"
)


def mail(html: str, title: str, lang: str) -> str:
    """The letter as the HTML part of a mail: one column, readable from 320 px, light and dark.

    The paragraph that greets keeps its class, so that ``personal`` puts the name into the finished mail.

    Raises:
        UnknownMarkupError: the HTML is not that of a letter.
    """
    body = "\n".join(_block(block, MAIL_STYLES) for block in parse(html))
    return (
        f'<!DOCTYPE html>\n<html lang="{lang}">\n<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
        f"<title>{escape(printable(title))}</title><style>{_DARK}</style></head>\n"
        '<body class="ground" style="margin:0;padding:12px;background:#f2f4f7;color:#1b2430">\n'
        '<div class="sheet" style="max-width:640px;margin:0 auto;padding:20px;background:#ffffff;color:#1b2430;'
        'font-family:Arial,Helvetica,sans-serif;font-size:16px;line-height:1.5;overflow-wrap:anywhere">\n'
        f"{body}\n</div>\n</body>\n</html>\n"
    )


def fragment(html: str) -> str:
    """The wording as a piece of a web page: headings, paragraphs, lists and links, no class and no style.

    Raises:
        UnknownMarkupError: the HTML is not that of a letter.
    """
    return "\n".join(_block(block, {}) for block in parse(html)) + "\n"


def _block(block: Block, styles: Mapping[str, str]) -> str:
    match block:
        case Heading(level, spans):
            return _element(f"h{level}", _text(spans), styles)
        case Pairs(rows):
            pairs = (
                _element("dt", _text(label), styles, "soft") + _element("dd", _linked(answer), styles)
                for label, answer in rows
            )
            return _element("dl", "".join(pairs), styles)
        case Table(_, rows):
            cells = ("".join(_flow(flow, styles) for cell in row for flow in cell) for row in rows)
            return "\n".join(cells)
        case Paragraph() | Bullets():
            return _flow(block, styles)


def _flow(flow: Flow, styles: Mapping[str, str]) -> str:
    match flow:
        case Paragraph(spans, role):
            return _element("p", _text(spans), styles, role if styles and role == "salutation" else "")
        case Bullets(items, ordered):
            inside = "".join(_element("li", _text(item), styles) for item in items)
            return _element("ol" if ordered else "ul", inside, styles)


def _element(tag: str, inside: str, styles: Mapping[str, str], role: str = "") -> str:
    named = f' class="{role}"' if role and styles else ""
    styled = f' style="{styles[tag]}"' if tag in styles else ""
    return f"<{tag}{named}{styled}>{inside}</{tag}>"


def _text(spans: Spans) -> str:
    return "".join(_span(span.text, strong=span.strong) for span in spans)


def _span(text: str, *, strong: bool) -> str:
    if text == "\n":
        return "<br>"
    said = escape(text, quote=False)
    return f"<strong>{said}</strong>" if strong else said


def _linked(spans: Spans) -> str:
    """What stands beside a label: an address to write to, a page or a number to call becomes a link."""
    text = plain(spans)
    if _EMAIL.fullmatch(text):
        return _link(f"mailto:{text}", text)
    if _WEB.fullmatch(text):
        return _link(text, text)
    if _PHONE.fullmatch(text):
        return _link("tel:" + re.sub(r"[^\d+]", "", text), text)
    return _text(spans)


def _link(target: str, text: str) -> str:
    return f'<a href="{escape(target)}">{escape(text)}</a>'
