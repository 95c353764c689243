"""Which way a notification may go to the authority: who must use the electronic way, what the wrong one risks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias

from incidents.base.dated import in_force
from incidents.rules.draft.case import ControllerProfile
from incidents.rules.vocabulary import Words

Law: TypeAlias = Mapping[str, Any]
UNKNOWN_KIND = "unknown"


@dataclass(frozen=True)
class ChannelDetail:
    """One thing the channel needs, such as the KRID; ``unfilled`` when nobody has entered it: then a mark stands."""

    name: str
    label: Words
    value: Words
    unfilled: bool


@dataclass(frozen=True)
class Channel:
    """One way to the authority (codes of rules/send), for one kind of controller.

    ``verdict`` is proper, allowed (only for those without the electronic duty), emergency or never.
    """

    id: str
    name: Words
    verdict: str
    verdict_words: Words
    text: Words
    details: tuple[ChannelDetail, ...]
    warnings: tuple[Words, ...]


@dataclass(frozen=True)
class ChannelAdvice:
    """What a kind of controller should know before it files: its duty with the reason, and every channel."""

    kind: str
    label: Words
    obliged: bool
    reason: Words
    channels: tuple[Channel, ...]
    notes: tuple[Words, ...]
    version: str

    def channel(self, channel_id: str) -> Channel:
        """The advice on one channel.

        Raises:
            KeyError: there is no such channel.
        """
        return {one.id: one for one in self.channels}[channel_id]


def kinds_of_controller(on: date) -> dict[str, Words]:
    """The kinds of controller to choose from, with their names.

    Raises:
        NoSuchLawError: no rule applies on that day.
    """
    return {kind["id"]: _words(kind["label"]) for kind in in_force("channels", "naih", on)["kinds"]}


def likely_kind(profile: ControllerProfile) -> str:
    """The kind a profile suggests; unknown where it does not tell a company from an association."""
    return "public_body" if profile.is_public_body else "company" if profile.company_number else UNKNOWN_KIND


def channel_advice(kind: str, on: date, entered: Mapping[str, str] | None = None) -> ChannelAdvice:
    """Advice on every channel to NAIH for one kind of controller, as of a day (Dáptv. 19. §, Infotv. 25/J. §).

    Addresses and the KRID come from the dated record of the authority; ``entered`` are the operator's own values
    (``krid``, ``epapir_topic``), which come first. What nobody has entered is marked and never guessed.

    Raises:
        NoSuchLawError: no rule applies on that day.
        KeyError: there is no such kind.
    """
    law = in_force("channels", "naih", on)
    found = {one["id"]: one for one in law["kinds"]}[kind]
    record = {**in_force("authorities", "naih", on), **(entered or {})}
    notes = [name for name, counts in (("mailbox", found["obliged"]), ("classified", "only" in found)) if counts]
    return ChannelAdvice(
        kind=kind,
        label=_words(found["label"]),
        obliged=found["obliged"],
        reason=_words(found["reason"]),
        channels=tuple(_channel(law, one, found, record) for one in law["channels"]),
        notes=tuple(_words(law["warnings"][name]) for name in notes),
        version=law["version"],
    )


def _words(data: Mapping[str, str]) -> Words:
    return Words(data["hu"], data["en"])


def _verdict(channel: Law, kind: Law) -> str:
    verdict = str(channel["obliged" if kind["obliged"] else "free"])
    return "never" if verdict == "proper" and channel["id"] not in kind.get("only", [channel["id"]]) else verdict


def _channel(law: Law, channel: Law, kind: Law, record: Law) -> Channel:
    verdict = _verdict(channel, kind)
    risks = [
        name
        for name, runs in (
            ("invalid", kind["obliged"] and verdict in {"emergency", "never"}),
            ("plain_email", channel["id"] == "email"),
        )
        if runs
    ]
    return Channel(
        id=channel["id"],
        name=_words(channel["name"]),
        verdict=verdict,
        verdict_words=_words(law["verdicts"][verdict]),
        text=_words(channel["text"]),
        details=tuple(_detail(law, name, record) for name in channel["needs"]),
        warnings=tuple(_words(law["warnings"][name]) for name in risks),
    )


def _detail(law: Law, name: str, record: Law) -> ChannelDetail:
    value = str(record.get(name, "")).strip()
    mark = _words(law["unfilled"].get(name, law["unfilled"]["any"]))
    return ChannelDetail(name, _words(law["details"][name]), Words(value, value) if value else mark, not value)
