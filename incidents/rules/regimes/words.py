"""The words for why a report is due when it is."""

from incidents.base.dated import of_version

VERSION = "1"


def code_words(code: str, lang: str) -> str:
    """The sentence for a code of ``DueReport.why`` or ``warnings``, in ``hu`` or ``en``.

    Raises:
        LookupError: there is no such code.
    """
    words: str = of_version("texts", "deadlines", VERSION)["codes"][code][lang]
    return words
