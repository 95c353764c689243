"""A letter for one person: the greeting with the name in place of the one for everybody (GDPR Art. 34(1))."""

import re
from html import escape

_PARAGRAPH = re.compile(r'(<p class="salutation"[^<>]*>)(.*?)(</p>)', re.DOTALL)
_LINE = re.compile(r"^(?:Tisztelt [^\n]*!|Dear [^\n]*,)$", re.MULTILINE)
_GREETS = {"hu": ("tisztelt ", "kedves ", "mélyen tisztelt ", "igen tisztelt "), "en": ("dear ",)}
_TITLES = {
    "hu": frozenset({"dr.", "prof.", "ifj.", "id.", "özv."}),
    "en": frozenset({"mr", "ms", "mrs", "miss", "mx", "dr", "prof", "mr.", "ms.", "mrs.", "dr.", "prof."}),
}
_ENDS = ".,!;: "
_SIGN = {"hu": "!", "en": ","}


def greeting(name: str, salutation: str, lang: str) -> str:
    """How a letter in ``hu`` or ``en`` greets: ``Tisztelt Minta Anna!``, without a name ``Tisztelt Ügyfelünk!``.

    ``salutation`` is what the list of recipients says about it: a whole greeting (``Kedves Anna``), what follows
    «Tisztelt» (``Doktornő``), or a title that stands before the name (``dr.``). Line breaks and signs that cannot be
    seen are taken out: the greeting is one line.
    """
    called, said = _one_line(name), _one_line(salutation)
    if said.lower() in _TITLES[lang]:
        called, said = f"{said} {called}" if called else "", ""
    said = said.rstrip(_ENDS)
    if said.lower().startswith(_GREETS[lang]):
        return f"{said}{_SIGN[lang]}"
    whom = said or called.rstrip(",!;: ") or {"hu": "Ügyfelünk", "en": "Customer"}[lang]
    return f"{'Tisztelt' if lang == 'hu' else 'Dear'} {whom}{_SIGN[lang]}"


def personal(document_html: str, name: str, salutation: str, lang: str) -> str:
    """The wording of a letter with the greeting of one person; the name is text there and never markup.

    Only the paragraph of the class ``salutation`` changes: without a name and a salutation, or in a public notice,
    the wording stays as it was frozen. Nothing a person typed is run as a template.
    """
    said = _chosen(name, salutation, lang)
    if not said:
        return document_html
    return _PARAGRAPH.sub(lambda found: f"{found[1]}{escape(said)}{found[3]}", document_html, count=1)


def personal_text(document_text: str, name: str, salutation: str, lang: str) -> str:
    """The plain text of a letter with the greeting of one person in place of its first line that greets."""
    said = _chosen(name, salutation, lang)
    return _LINE.sub(lambda _: said, document_text, count=1) if said else document_text


def _chosen(name: str, salutation: str, lang: str) -> str:
    """The greeting of this person; empty when the list says nothing, so that the letter keeps its own."""
    return greeting(name, salutation, lang) if _one_line(name) or _one_line(salutation) else ""


def _one_line(text: str) -> str:
    """The text on one line, without signs that cannot be seen."""
    return " ".join("".join(sign for sign in part if sign.isprintable()) for part in text.split()).strip()
