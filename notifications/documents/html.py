"""The wording: one Jinja2 template per document and language makes the HTML every other format is made from."""

import hashlib
from functools import cache
from typing import Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from incidents.base.hungarian import with_article
from incidents.rules.draft import AuthorityDraft, LetterContent
from incidents.rules.draft.frontdesk import FrontDesk
from notifications.documents.meta import TEMPLATES, printable

Kind = Literal["authority", "subjects", "frontdesk"]


def _finalize(value: object) -> object:
    """Every value a template prints passes here: what people typed is data and never markup."""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES / "letters"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["with_article"] = with_article
    return environment


def render(kind: Kind, lang: str, draft: AuthorityDraft | LetterContent | FrontDesk) -> str:
    """The document as HTML of the small set that ``blocks.parse`` knows; safe to show in a page as it is.

    Raises:
        jinja2.TemplateNotFound: there is no such document in that language.
        jinja2.UndefinedError: the template asks for something the draft does not have.
    """
    return _environment().get_template(f"{lang}/{kind}.html").render(draft=draft)


def digest(html: str) -> str:
    """The SHA-256 of the wording, in hexadecimal: what a frozen version is known by."""
    return hashlib.sha256(html.encode()).hexdigest()
