"""A short help beside each legal term: none unused, none missing on the pages of those who decide."""

import re
from functools import cache

import pytest

from incidents.base.dated import every
from incidents.rules.terms import terms
from tests.processes import ROOT

TEMPLATES = ROOT / "templates"
PAGES = (
    "assess",
    "case",
    "clock",
    "decide",
    "draft",
    "duties",
    "form",
    "letters",
    "notice",
    "register",
    "result",
    "send",
    "sign_off",
)
"""The pages of the data protection officer and the manager."""
SENTENCE = re.compile(r"""_\(\s*"((?:[^"\\]|\\.)*)"|_\(\s*'((?:[^'\\]|\\.)*)'""")


@cache
def page(name: str) -> str:
    return (TEMPLATES / "pages" / f"{name}.html").read_text(encoding="utf-8")


def helped(text: str) -> set[str]:
    """The terms a template gives help for."""
    return {code for call in re.findall(r"legal\.terms?\(([^)]*)\)", text) for code in re.findall(r'"(\w+)"', call)}


@pytest.mark.parametrize("name", PAGES)
def test_each_legal_word_of_a_page_has_its_help_there(name: str) -> None:
    sentences = " / ".join(first or second for first, second in SENTENCE.findall(page(name)))
    used = {code for code, term in terms().items() if re.search(term.said, sentences, re.IGNORECASE)}
    assert used - helped(page(name)) == set()


def test_no_help_is_left_over_and_none_is_made_up() -> None:
    given = set().union(*(helped(page(name)) for name in PAGES))
    assert given == set(terms())


def test_each_term_says_what_it_means_in_both_languages_and_where_that_comes_from() -> None:
    for term in terms().values():
        for words in (term.word, term.help, term.source):
            assert words.hu
            assert words.en
            assert words.hu != words.en
        assert 40 <= len(term.help.hu) <= 260
    (data,) = (one for one in every("vocabulary") if one["id"] == "terms")
    assert data["sources"]
