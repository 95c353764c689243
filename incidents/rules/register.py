"""The register of Art. 33(5): the chain that proves nothing was changed later."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from incidents.base.dated import of_version
from incidents.base.time import utc

GENESIS = "0" * 64
"""What the first entry of a chain points back to."""


class Entry(NamedTuple):
    """One entry of a controller's event log as it goes into the hash."""

    controller_id: str
    seq: int
    incident_id: str
    at: datetime
    actor: str
    kind: str
    data: Mapping[str, Any]
    previous: str


@dataclass(frozen=True)
class Break:
    """A place where the chain does not hold, and what is wrong there."""

    seq: int
    problem: str


_SPELLING = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def canonical(data: object) -> bytes:
    """The one spelling of a JSON value: sorted keys, no spaces, UTF-8."""
    return _SPELLING.encode(data).encode()


def digest(data: object) -> str:
    """SHA-256 over the canonical spelling."""
    return hashlib.sha256(canonical(data)).hexdigest()


def entry_hash(entry: Entry) -> str:
    """The hash of an entry: over all it says and the hash of the one before."""
    return digest(
        [
            entry.controller_id,
            entry.seq,
            entry.incident_id,
            utc(entry.at).isoformat(timespec="microseconds"),
            entry.actor,
            entry.kind,
            entry.data,
            entry.previous,
        ]
    )


def verify_chain(entries: Iterable[tuple[Entry, str]], head_seq: int, head_hash: str) -> list[Break]:
    """Every break of a chain: altered, removed or reordered entries, and a cut-off end.

    Args:
        entries: each entry with the hash stored beside it, in stored order.
        head_seq: the number of the newest entry as kept apart from the log.
        head_hash: its hash.
    """
    breaks: list[Break] = []
    seq, previous = 0, GENESIS
    for entry, stored in entries:
        if entry.seq != seq + 1:
            breaks.append(Break(entry.seq, f"entry {seq + 1} should stand here"))
        if entry.previous != previous:
            breaks.append(Break(entry.seq, "does not follow the entry before it"))
        if entry_hash(entry) != stored:
            breaks.append(Break(entry.seq, "was altered after it was written"))
        seq, previous = entry.seq, stored
    if (seq, previous) != (head_seq, head_hash):
        breaks.append(Break(head_seq, "the end of the log is missing or was replaced"))
    return breaks


def event_label(kind: str, language: str) -> str:
    """The words for a kind of event in a language; the code word itself when there are none."""
    labels = of_version("vocabulary", "events", "1")["kinds"].get(kind, {})
    return str(labels.get(language, kind))
