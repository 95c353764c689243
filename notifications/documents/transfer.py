"""The transfer sheet: the fields of the authority's form in order, to be carried over by hand or attached as a PDF."""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from incidents.rules.channels import Channel, ChannelAdvice
from incidents.rules.form import EntryMapping, FieldStatus, FilledField, FilledForm, mark
from incidents.rules.vocabulary import Words
from notifications.documents import pdf
from notifications.documents.meta import DocumentMeta

JsonDict: TypeAlias = dict[str, object]

WORDS: Mapping[str, Mapping[str, str]] = {
    "hu": {
        "title": "Átviteli lap adatvédelmi incidens bejelentéséhez",
        "number": "Sor",
        "label": "Mező",
        "answer": "Átviendő válasz",
        "form": "Űrlap",
        "reference": "Hivatkozási szám",
        "meter": "Kötelező mezők",
        "counted": "{mandatory}, ebből kitöltve {filled}, kiderítés alatt {later}, hiányzik {missing}",
        "channels": "A benyújtás módja",
    },
    "en": {
        "title": "Transfer sheet for the notification of a personal data breach",
        "number": "Row",
        "label": "Field",
        "answer": "Answer to carry over",
        "form": "Form",
        "reference": "Reference",
        "meter": "Mandatory fields",
        "counted": "{mandatory}, of which {filled} filled in, {later} to be determined, {missing} missing",
        "channels": "How to submit it",
    },
}


def answer_lines(field: FilledField, lang: str) -> tuple[str, ...]:
    """What is carried over for one field: options with their letter in the form, texts as they stand."""
    values = field.value if isinstance(field.value, list) else [field.value]
    options = [field.spec.options[str(one)] for one in values if str(one) in field.spec.options]
    if not options or not field.answered:
        return field.lines[lang]
    return tuple(f"{option.letter}) {option.label.in_language(lang)}" for option in options)


def write(
    filled: FilledForm,
    meta: DocumentMeta,
    *,
    advice: ChannelAdvice | None = None,
    mapping: EntryMapping | None = None,
) -> bytes:
    """The sheet as a PDF in the language of ``meta``: A4, tagged (PDF/UA-1), page numbers, reference, version, hash.

    With ``mapping`` the fields stand in the order of the authority's own entry, what is unknown of it marked; with
    ``advice`` the ways to submit follow at the end.
    """
    return pdf.compile_document("transfer.typ", _data(filled, meta, advice, mapping), meta)


def _data(
    filled: FilledForm, meta: DocumentMeta, advice: ChannelAdvice | None, mapping: EntryMapping | None
) -> JsonDict:
    lang, words = meta.lang, WORDS[meta.lang]
    notes = [filled.form.status, *([mapping.note] if mapping else [])]
    return {
        "meta": pdf.frame(meta),
        "heading": pdf.showable(meta.title),
        "subtitle": pdf.showable(_kind(filled, lang)),
        "facts": _facts(filled, meta),
        "notes": [note.in_language(lang) for note in notes if note.hu],
        "columns": [words["number"], words["label"], words["answer"]],
        "groups": [_group(title, note, fields, lang) for title, note, fields in _groups(filled, mapping)],
        "channels": _channels(advice, lang),
    }


def _kind(filled: FilledForm, lang: str) -> str:
    roles = ("kind", "completeness")
    return " · ".join(line for role in roles for field in filled.of_role(role) for line in field.lines[lang])


def _facts(filled: FilledForm, meta: DocumentMeta) -> list[list[str]]:
    words, meter = WORDS[meta.lang], filled.meter
    counted = words["counted"].format(
        mandatory=meter.mandatory, filled=meter.filled, later=meter.to_be_determined, missing=meter.missing
    )
    form = filled.form.title.in_language(meta.lang)
    return [[words["reference"], pdf.showable(meta.reference)], [words["form"], form], [words["meter"], counted]]


def _groups(filled: FilledForm, mapping: EntryMapping | None) -> Iterable[tuple[Words, Words, tuple[FilledField, ...]]]:
    if mapping is None:
        return ((section.title, Words("", ""), fields) for section, fields in filled.sections)
    return ((entry.title, _both(entry.article, entry.shown), fields) for entry, fields in mapping.carried(filled))


def _both(one: Words, other: Words) -> Words:
    return Words(f"{one.hu} · {other.hu}", f"{one.en} · {other.en}")


def _group(title: Words, note: Words, fields: tuple[FilledField, ...], lang: str) -> JsonDict:
    return {
        "title": title.in_language(lang),
        "note": pdf.showable(note.in_language(lang)),
        "rows": [_row(field, lang) for field in fields],
    }


def _row(field: FilledField, lang: str) -> JsonDict:
    return {
        "number": str(field.spec.row),
        "label": field.spec.label.in_language(lang),
        "requirement": mark(field.spec.requirement, "requirements").in_language(lang),
        "lines": [pdf.showable(line) for line in answer_lines(field, lang)],
        "state": FieldStatus(field.status).value,
    }


def _channels(advice: ChannelAdvice | None, lang: str) -> JsonDict:
    if advice is None:
        return {"title": "", "reason": "", "notes": [], "items": []}
    warned: set[str] = set()
    return {
        "title": WORDS[lang]["channels"],
        "reason": advice.reason.in_language(lang),
        "notes": [note.in_language(lang) for note in advice.notes],
        "items": [_channel(channel, lang, warned) for channel in advice.channels],
    }


def _channel(channel: Channel, lang: str, warned: set[str]) -> JsonDict:
    """One way to submit; a warning that stands above already (``warned``) is not printed again."""
    warnings = [words.in_language(lang) for words in channel.warnings if words.in_language(lang) not in warned]
    warned.update(warnings)
    details = [
        (f"{one.label.in_language(lang)}: {one.value.in_language(lang)}", one.unfilled) for one in channel.details
    ]
    return {
        "name": channel.name.in_language(lang),
        "verdict": channel.verdict_words.in_language(lang),
        "text": channel.text.in_language(lang),
        "details": [{"text": pdf.showable(text), "unfilled": unfilled} for text, unfilled in details],
        "warnings": warnings,
    }
