"""The code printed on a letter: says on a returned envelope which row it belongs to, and nothing about the person."""

import re
from collections.abc import Iterable

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U, so that nothing is misread."""
LENGTH = 11
_MISREAD = str.maketrans("ILO", "110")
_BLOCK = re.compile(r"[0-9A-Za-z]+")

# Code 128: the widths of bars and gaps of each value in modules, as ISO/IEC 15417 has them.
_TABLE = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 "
    "123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 "
    "232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 "
    "313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 "
    "111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 "
    "111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 "
    "114311 411113 411311 113141 114131 311141 411131 211412 211214 211232"
)
_WIDTHS = _TABLE.split()
_START_B, _STOP = 104, "2331112"


def code(random: int) -> str:
    """The code for a random number of 50 bits: ten signs and one that proves them."""
    signs = [SIGNS[random >> shift & 31] for shift in range(45, -1, -5)]
    return "".join(signs) + _proof(signs)


def shown(made: str) -> str:
    """The code in groups, as it is printed: ``7K3MP-Q9XTB-4``."""
    return f"{made[:5]}-{made[5:10]}-{made[10:]}"


def _proof(signs: Iterable[str]) -> str:
    """One more sign: a single wrong one never fits it, two neighbours exchanged hardly ever."""
    return SIGNS[sum((2 * place + 1) * SIGNS.index(sign) for place, sign in enumerate(signs)) % 32]


def read(text: str) -> tuple[list[str], list[str]]:
    """The codes in a pasted or scanned text, and the words that are none. Each code once, in the order given."""
    good: dict[str, None] = {}
    bad: dict[str, None] = {}
    for word in text.replace("-", "").split():
        for typed in _BLOCK.findall(word):
            made = typed.upper().translate(_MISREAD)
            fits = len(made) == LENGTH and all(sign in SIGNS for sign in made) and _proof(made[:10]) == made[10]
            (good if fits else bad).setdefault(made if fits else typed)
    return list(good), list(bad)


def bars(made: str) -> list[int]:
    """The code as a Code 128 barcode: widths in modules of bars and gaps in turn, beginning and ending with a bar."""
    values = [ord(sign) - 32 for sign in made]
    check = (_START_B + sum(place * value for place, value in enumerate(values, 1))) % 103
    symbols = [_WIDTHS[value] for value in (_START_B, *values, check)]
    return [int(width) for width in "".join(symbols) + _STOP]
