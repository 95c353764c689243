"""Which column of a list means what: guesses from Hungarian and English headings, and what a choice must contain."""

import unicodedata
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from incidents.base.errors import FieldError

FIELDS = (
    "name",
    "family_name",
    "given_name",
    "email",
    "postcode",
    "town",
    "street",
    "country",
    "language",
    "salutation",
    "channel",
)
_HEADINGS: Mapping[str, str] = {
    "name": "nev teljesnev ugyfelneve ugyfelnev nevtitulussal cimzett cimzettneve erintettneve viselnev name fullname",
    "family_name": "vezeteknev csaladinev csaladnev familyname lastname surname",
    "given_name": "keresztnev utonev givenname firstname forename",
    "email": "email emailcim emailcime elektronikuscim elektronikuslevelcim mail mailcim emailaddress",
    "postcode": "iranyitoszam irsz irszam postairanyitoszam postcode postalcode zip zipcode",
    "town": "varos telepules telepulesnev helyseg helysegnev town city",
    "street": "cim utca utcahazszam lakcim levelezesicim kozterulet utcacim postacim postaicim cimsor street address "
    "addressline streetaddress postaladdress",
    "country": "orszag orszagnev orszagkod country",
    "language": "nyelv nyelvkod levelezesnyelve language lang",
    "salutation": "megszolitas titulus udvozles salutation greeting title",
    "channel": "csatorna kuldesmodja kezbesitesmodja ertesitesmodja channel delivery",
}
_BY_HEADING: Mapping[str, str] = MappingProxyType(
    {heading: field for field, headings in _HEADINGS.items() for heading in headings.split()}
)


def bare(text: str) -> str:
    """A text as it is compared: small letters and digits without accents, nothing else."""
    plain = text.casefold() if text.isascii() else unicodedata.normalize("NFD", text.casefold())
    return "".join(filter(str.isalnum, plain))


def guess(headings: Sequence[str]) -> dict[str, int]:
    """The column of each field that a heading names; the first one wins. Columns nobody names are not imported."""
    found: dict[str, int] = {}
    for place, heading in enumerate(headings):
        if field := _BY_HEADING.get(bare(heading)):
            found.setdefault(field, place)
    return found


def column_faults(columns: Mapping[str, int], width: int) -> list[FieldError]:
    """What is wrong with a choice of columns: an address is needed, a column can mean one thing only."""
    taken: dict[int, str] = {}
    errors = []
    for field, place in columns.items():
        if not 0 <= place < width:
            errors.append(FieldError(f"column.{field}", "no-such-column", "The file has no such column."))
        elif place in taken:
            errors.append(
                FieldError(f"column.{field}", "twice", "This column is chosen twice: a column can mean one thing only.")
            )
        taken.setdefault(place, field)
    if "email" not in columns and not {"town", "street"} <= columns.keys():
        errors.append(
            FieldError("column.email", "required", "Choose the e-mail address, or the town and the street, or both.")
        )
    return errors
