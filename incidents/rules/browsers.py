"""A browser in words: what people recognise of the line by which it names itself."""

import re

_NAMES = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
LONGEST = 60


def browser_words(user_agent: str) -> str:
    """``Firefox, Windows``; the beginning of the line itself where nothing in it is known; empty for none."""
    name = next((words for sign, words in _NAMES if re.search(rf"{sign}[A-Za-z]*/", user_agent)), "")
    system = next((words for sign, words in _SYSTEMS if sign in user_agent), "")
    return ", ".join(filter(None, (name, system))) or user_agent[:LONGEST]
