"""Hungarian is whole: every sentence of pages and errors is translated, and no translation is left over."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from incidents.base import errors
from incidents.base.i18n import catalogue_files, read_catalogue, translator
from tests.processes import ROOT

MARKERS = {"_", "gettext", "ngettext", "msgid"}
CATALOGUES = ROOT / "incidents" / "locale" / "hu"


def _strings(node: ast.AST, constants: dict[str, list[str]]) -> Iterator[str]:
    """The texts an argument stands for: a literal, or a constant of the module."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.Name):
        yield from constants.get(node.id, [])
    elif isinstance(node, ast.IfExp):
        yield from _strings(node.body, constants)
        yield from _strings(node.orelse, constants)


def _called(node: ast.Call) -> str:
    return ast.unparse(node.func).rpartition(".")[2]


@cache
def _modules() -> dict[str, ast.Module]:
    return {
        str(path.relative_to(ROOT)): ast.parse(path.read_text(encoding="utf-8"))
        for package in ("incidents", "notifications", "workers")
        for path in (ROOT / package).rglob("*.py")
    }


@cache
def _error_classes() -> frozenset[str]:
    """The names of IncidentError and of everything that descends from it."""
    known = {"IncidentError"}
    classes = [node for tree in _modules().values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    while found := {one.name for one in classes if {ast.unparse(base) for base in one.bases} & known} - known:
        known |= found
    return frozenset(known)


def _sentences_of(tree: ast.Module) -> Iterator[str]:
    """Every sentence a module shows to a person: marked ones, those of errors and those of faulty fields."""
    constants = {
        target.id: [node.value.value]
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name in _error_classes():
            for line in node.body:
                if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == "message":
                    yield from _strings(line.value, constants)
        elif isinstance(node, ast.Call):
            yield from _said_by(node, constants)


def _said_by(call: ast.Call, constants: dict[str, list[str]]) -> Iterator[str]:
    name = _called(call)
    arguments: list[ast.expr] = []
    if name in MARKERS:
        arguments = call.args[: 2 if name == "ngettext" else 1]
    elif name in {"FieldError", "say"}:
        arguments = [*call.args[2:3], *(key.value for key in call.keywords if key.arg == "message")]
    elif name == "wrong_type":
        arguments = call.args[1:2]
    elif name in _error_classes():
        arguments = call.args[:2]
    for argument in arguments:
        yield from (text for text in _strings(argument, constants) if " " in text or name in MARKERS)


@cache
def used() -> dict[str, str]:
    """Every sentence in use, and one place where it stands."""
    found: dict[str, str] = {}
    for path, tree in _modules().items():
        found |= dict.fromkeys(_sentences_of(tree), path)
    for path in (ROOT / "templates").rglob("*.html"):
        with path.open("rb") as file:
            for _, _, message, _ in babel_extract(file, ["_", "gettext", "ngettext"], [], {"silent": "false"}):
                if message:  # None stands for a sentence that Python names
                    found[message if isinstance(message, str) else message[0]] = str(path.relative_to(ROOT))
    return found


def test_every_sentence_of_pages_and_errors_is_there_in_hungarian() -> None:
    known = translator("hu").catalogue
    assert {sentence: place for sentence, place in used().items() if sentence not in known} == {}


SPEAK_TO_PEOPLE = ("incidents/rules/", "incidents/steps/", "incidents/store/", "incidents/web/")
TO_PROGRAMS = {"incidents/web/health.py", "incidents/rules/assess/schema.py"}
"""Metrics and schemas explain themselves in English only."""
SENTENCE = re.compile(r"[A-Z][a-z]+,? [a-z]")
"""How an English sentence begins, whatever function it is handed to."""


def _unspoken(tree: ast.Module) -> set[int]:
    """The texts nobody reads on a page: docstrings, also those of attributes."""
    bodies = [node.body for node in ast.walk(tree) if isinstance(getattr(node, "body", None), list)]
    lines = [line.value for body in bodies for line in body if isinstance(line, ast.Expr)]
    return {id(value) for value in lines}


def test_a_sentence_handed_through_a_helper_is_there_in_hungarian_as_well() -> None:
    known, lost = translator("hu").catalogue, []
    for path, tree in _modules().items():
        if path.startswith(SPEAK_TO_PEOPLE) and "/migrations/" not in path and path not in TO_PROGRAMS:
            silent = _unspoken(tree)
            texts = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in silent)
            said = {node.value: node.lineno for node in texts if isinstance(node.value, str)}
            lost += [
                f"{path}:{line}: {text}" for text, line in said.items() if SENTENCE.match(text) and text not in known
            ]
    assert lost == []


NAMES = {
    "incidens72",
    "incidens",
    "72",
    "NAIH",
    "GDPR",
    "kB",
    "SHA-256",
    "DOCX",
    "PDF",
    "XLSX",
    "CSV",
    "JSON",
    "T0",
    "T1",
}
NAMES |= {"CSV-ben", "ICS", "QR", "ENISA"}
SAID_BY_TAGS = re.compile(r"""\b(?:title|placeholder|alt|aria-label)="([^"]*)""")


def _spoken(template: str) -> Iterator[str]:
    """The words of a template that stand in it as they are: neither tags nor what Jinja fills in."""
    text = re.sub(r"\{% block (?:main|body)_class %\}.*?\{% endblock %\}", " ", template)
    text = re.sub(r"\{#.*?#\}|\{%-?\s*trans\b.*?endtrans\s*-?%\}|\{%.*?%\}", " ", text, flags=re.DOTALL)
    text = re.sub(r"\{\{.*?\}\}", "§", text, flags=re.DOTALL)
    yield from SAID_BY_TAGS.findall(text)
    yield re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>|&\w+;", " ", text, flags=re.DOTALL)


@pytest.mark.parametrize("folder", ["pages", "parts"])
def test_no_template_says_anything_but_through_the_catalogue(folder: str) -> None:
    lost = []
    for path in sorted((ROOT / "templates" / folder).glob("*.html")):
        for text in _spoken(path.read_text(encoding="utf-8")):
            words = {word.strip(".,:;()–·") for word in text.split() if not re.search(r"[§=/]", word)}
            lost += [f"{path.name}: {word}" for word in sorted(words - NAMES) if re.search(r"[A-Za-zÀ-ž]{2}", word)]
    assert lost == []


def test_no_translation_is_left_over() -> None:
    assert sorted(set(translator("hu").catalogue) - set(used())) == []


def test_no_sentence_is_translated_in_two_files() -> None:
    seen: dict[str, str] = {}
    for name in catalogue_files("hu"):
        for sentence in read_catalogue("hu", name):
            assert sentence not in seen, f"{sentence}: in {seen[sentence]} and {name}"
            seen[sentence] = name


@pytest.mark.parametrize("file", sorted(CATALOGUES.glob("*.po")), ids=lambda path: path.stem)
def test_a_translation_has_the_same_places_as_its_sentence(file: Path) -> None:
    with file.open("rb") as raw:
        for message in read_po(raw, locale="hu"):
            if message.id and isinstance(message.id, str):
                places = [sorted(re.findall(r"%\(\w+\)s|\{\w+\}", text)) for text in (message.id, str(message.string))]
                assert set(places[0]) == set(places[1]), message.id


@pytest.mark.parametrize("file", sorted(CATALOGUES.glob("*.po")), ids=lambda path: path.stem)
def test_no_translation_is_uncertain_or_empty(file: Path) -> None:
    with file.open("rb") as raw:
        assert [one.id for one in read_po(raw, locale="hu") if one.id and (one.fuzzy or not one.string)] == []


def test_hungarian_addresses_people_formally_and_with_hungarian_quotation_marks() -> None:
    texts = [form for forms in translator("hu").catalogue.values() for form in forms]
    assert [text for text in texts if re.search(r'["“]\w', text)] == []
    assert [text for text in texts if re.search(r"\b(te|neked|téged|kattints|add meg)\b", text, re.IGNORECASE)] == []


def test_english_needs_no_catalogue_and_an_unknown_language_is_hungarian() -> None:
    assert translator("en")(errors.NotFound.message) == errors.NotFound.message
    assert translator("xx")("Password") == "Jelszó"


def test_named_places_are_filled_in_both_languages() -> None:
    sentence = "The password must have at least {count} characters. Several words in a row are easy to remember."
    assert translator("hu")(sentence, count="12").startswith("A jelszó legalább 12 karakterből álljon.")
    assert translator("en")(sentence, count="12").startswith("The password must have at least 12 characters.")
