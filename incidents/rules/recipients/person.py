"""One person to write to, and how it is kept: only what the letter needs."""

import json
from dataclasses import asdict, dataclass, fields


@dataclass(frozen=True)
class Person:
    """Who is told, where and how. Empty means: the list does not say."""

    name: str = ""
    email: str = ""
    postcode: str = ""
    town: str = ""
    street: str = ""
    country: str = ""
    language: str = "hu"
    salutation: str = ""
    channel: str = "none"

    @property
    def postable(self) -> bool:
        """Whether a letter can be addressed: somebody, a street and a town; at home also the postcode."""
        return bool(self.street and self.town and (self.postcode or self.country))

    @property
    def address_lines(self) -> tuple[str, ...]:
        """The lines of the address as the Hungarian post wants them: name, town, street, postcode, country.

        A letter abroad has the postcode before the town.
        """
        if self.country:
            lines = (self.name, self.street, f"{self.postcode} {self.town}".strip(), self.country.upper())
        else:
            lines = (self.name, self.town, self.street, self.postcode)
        return tuple(line for line in lines if line)

    def packed(self) -> bytes:
        """The person as bytes, to be sealed."""
        said = {key: value for key, value in asdict(self).items() if value}
        return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()

    @classmethod
    def unpacked(cls, content: bytes) -> "Person":
        """The person again."""
        known = {field.name for field in fields(cls)}
        return cls(**{key: str(value) for key, value in json.loads(content).items() if key in known})
