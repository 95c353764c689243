"""What a sentence needs in Hungarian, with its English counterpart: articles, dates, numbers, hours, lists."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from incidents.base.time import BUDAPEST, utc, zone

NBSP = "\u00a0"

_OPENING = "\"'„”“‚’‘«»([{<*_ \t\n" + NBSP
_HEAD = re.compile(r"\d+|[^\W\d_]+")
_ROMAN = re.compile(r"([IVXLC]+)\.(?!\w)")
_ROMAN_WITH_AZ = re.compile(r"I|V|L(?:I{1,3}|IV|VI{0,3}|IX)?")
_DIGRAPH = "Sz|Cs|Gy|Ly|Ny|Ty|Zs"
_ABBREVIATION = re.compile(rf"(?:{_DIGRAPH}|[A-ZÁÉÍÓÖŐÚÜŰ]){{2,6}}")
_READ_AS_WORD = re.compile(rf"(?:{_DIGRAPH.upper()}|[^AEIOU])[AEIOU]\w")
_NAMED_WITH_VOWEL = frozenset("aeiouflmnrsxy")

_MONTHS = {
    "hu": "január február március április május június július augusztus szeptember október november december",
    "en": "January February March April May June July August September October November December",
}
_REPEATED_HOUR = {"hu": ("téli idő", "nyári idő"), "en": ("winter time", "summer time")}


def _plain(text: str) -> str:
    """The text without its accents: ``Ű`` becomes ``U``."""
    return "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))


def _number_has_az(digits: str) -> bool:
    """Whether a number is said with a vowel first: öt…, ötven…, egy, ezer…, egymillió…"""
    return digits[0] == "5" or (digits[0] == "1" and len(digits) % 3 == 1)


def _is_spelled(token: str) -> bool:
    """Whether it is said letter by letter: single letters, MNB, NBSz; but NAIH, MÁV and SZÉP are read as words."""
    if len(token) <= 1 or not _ABBREVIATION.fullmatch(token):
        return len(token) == 1
    return len(token) == 2 or not _READ_AS_WORD.match(_plain(token).upper())


def _has_az(text: str) -> bool:
    head = _HEAD.match(text)
    if not head:
        return False
    token = head.group()
    if token.isdigit():
        return _number_has_az(token)
    if roman := _ROMAN.match(text):
        return _ROMAN_WITH_AZ.fullmatch(roman.group(1)) is not None
    first = _plain(token)[0].lower()
    return first in (_NAMED_WITH_VOWEL if _is_spelled(token) else "aeiou")


def article(word: str, *, capital: bool = False) -> str:
    """The definite article a word takes by its sound: ``a`` or ``az``.

    Numbers are taken as said (az 5., a 6., az 1000, a 100), abbreviations by the name of their first letter
    (az MNB, az SMS) unless read as a word (a NAIH). Opening quotes and brackets are skipped.
    """
    text = "az" if _has_az(word.lstrip(_OPENING)) else "a"
    return text.capitalize() if capital else text


def with_article(word: str, *, capital: bool = False) -> str:
    """The word after its definite article: ``az incidens``, ``A NAIH``."""
    return f"{article(word, capital=capital)} {word}"


def _local(instant: datetime, zone_name: str) -> datetime:
    return utc(instant).astimezone(zone(zone_name))


def _repeated_hour_mark(local: datetime, lang: str) -> str:
    """Says which of the two equal readings of the autumn night is meant; empty at every other time."""
    if local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset():
        return ""
    return f" ({_REPEATED_HOUR[lang][bool(local.dst())]})"


def format_date(day: date, lang: str = "hu", zone_name: str = BUDAPEST) -> str:
    """``2026. november 20.`` or ``20 November 2026``; an instant is read in the zone first.

    Raises:
        NaiveDatetimeError: a datetime without an offset.
    """
    day = _local(day, zone_name) if isinstance(day, datetime) else day
    month = _MONTHS[lang].split()[day.month - 1]
    return f"{day.year}. {month} {day.day}." if lang == "hu" else f"{day.day} {month} {day.year}"


def format_datetime(instant: datetime, lang: str = "hu", zone_name: str = BUDAPEST) -> str:
    """An instant for running text, in the zone: ``2026. november 20. 17:50`` or ``20 November 2026, 17:50``.

    Raises:
        NaiveDatetimeError: the datetime has no offset.
    """
    local = _local(instant, zone_name)
    comma = "" if lang == "hu" else ","
    hour = f"{local.hour}:{local:%M}" if lang == "hu" else f"{local:%H:%M}"
    return f"{format_date(instant, lang, zone_name)}{comma} {hour}{_repeated_hour_mark(local, lang)}"


def format_table_datetime(instant: datetime, lang: str = "hu", zone_name: str = BUDAPEST) -> str:
    """An instant for tables, in the zone: ``2026.11.20. 17:50`` or ``2026-11-20 17:50``.

    Raises:
        NaiveDatetimeError: the datetime has no offset.
    """
    local = _local(instant, zone_name)
    dot, end = (".", ".") if lang == "hu" else ("-", "")
    day = f"{local.year}{dot}{local.month:02}{dot}{local.day:02}{end}"
    return f"{day} {local.hour:02}:{local.minute:02}{_repeated_hour_mark(local, lang)}"


def format_number(number: int, lang: str = "hu") -> str:
    """``120 000`` with no-break spaces (four digits stay together: ``1733``), or ``120,000``."""
    if lang != "hu":
        return f"{number:,}"
    return f"{number:,}".replace(",", NBSP) if abs(number) >= 10_000 else str(number)


def _duration(hours: int, minutes: int, lang: str) -> str:
    """Hours and minutes without the zeros; empty below one minute."""
    if lang == "hu":
        units = ((hours, "óra"), (minutes, "perc"))
    else:
        units = ((hours, "hour" + "s" * (hours != 1)), (minutes, "minute" + "s" * (minutes != 1)))
    return " ".join(f"{format_number(count, lang)} {unit}" for count, unit in units if count)


def _overdue(text: str, lang: str) -> str:
    if lang != "hu":
        return f"overdue by {text}" if text else "has just expired"
    if not text:
        return "most járt le"
    return f"{text}e lejárt" if text.endswith("perc") else f"{text.removesuffix('a')}ája lejárt"


def hours_in_words(remaining: timedelta, lang: str = "hu") -> str:
    """Time left on a clock, in hours and minutes and never in days: ``71 óra 20 perc``, ``71 hours 20 minutes``.

    Whole minutes, rounded down. Below zero it says how long ago: ``3 órája lejárt``, ``overdue by 3 hours``.
    """
    hours, minutes = divmod(abs(remaining) // timedelta(minutes=1), 60)
    text = _duration(hours, minutes, lang)
    if remaining < timedelta(0):
        return _overdue(text, lang)
    return text or ("kevesebb mint 1 perc" if lang == "hu" else "less than 1 minute")


def join_words(words: Sequence[str], lang: str = "hu") -> str:
    """A list as a sentence says it: ``a, b és c``, ``a, b and c``; empty for none."""
    *head, last = words or [""]
    return f"{', '.join(head)} {'és' if lang == 'hu' else 'and'} {last}" if head else last
