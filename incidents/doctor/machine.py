"""The machine and the settings: mode, address, sender, key file, disk."""

import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from incidents.base.i18n import msgid
from incidents.base.settings import Settings
from incidents.doctor.findings import Finding, fail, ok, warn

SHORTEST_KEY = 32
FULL, NEARLY_FULL = 200 * 1024**2, 1024**3
LOCAL = {"localhost", "127.0.0.1", "::1"}


def look(settings: Settings) -> Iterator[Finding]:
    """Everything that can be known without asking anybody."""
    yield mode(settings)
    yield address(settings)
    yield sender(settings)
    yield key(settings)
    yield disk(settings.data_dir)


def mode(settings: Settings) -> Finding:
    """Which of the two ways of running it is on."""
    engine = "SQLite" if settings.sqlite else "PostgreSQL"
    if settings.embedded:
        return ok(msgid("mode: one process (web, worker, beat) on {engine}"), engine=engine)
    return ok(msgid("mode: web, worker and beat as processes of their own on {engine}"), engine=engine)


def address(settings: Settings) -> Finding:
    """Whether the links in mails lead anywhere, and over TLS."""
    parts = urlsplit(settings.public_url)
    said = {"address": settings.public_url}
    if parts.hostname in LOCAL:
        return warn(
            msgid("address: links in mails lead to {address}, which works on this machine only"),
            msgid("Set PUBLIC_URL to the https address people open."),
            **said,
        )
    if parts.scheme != "https":
        return warn(
            msgid("address: {address} is not https: passwords and cases travel in the clear"),
            msgid("Put a TLS proxy in front and set PUBLIC_URL to its https address."),
            **said,
        )
    return ok(msgid("address: {address}"), **said)


def sender(settings: Settings) -> Finding:
    """Whether mail servers will believe in the sender."""
    if "@localhost" in settings.mail_from:
        return warn(
            msgid("sender: MAIL_FROM is {sender}; many mail servers refuse such mails"),
            msgid("Set MAIL_FROM to an address of your own domain."),
            sender=settings.mail_from,
        )
    return ok(msgid("sender: {sender}"), sender=settings.mail_from)


def key(settings: Settings) -> Finding:
    """Whether the secret key is long enough and nobody else can read its file."""
    if len(settings.secret_key) < SHORTEST_KEY:
        return fail(
            msgid("key: SECRET_KEY has fewer than {count} characters and can be guessed"),
            msgid("Set one of at least 48 random characters, and keep the old one in OLD_SECRET_KEYS."),
            count=str(SHORTEST_KEY),
        )
    file = settings.data_dir / "secret_key"
    if file.exists() and stat.S_IMODE(file.stat().st_mode) & 0o077:
        return warn(
            msgid("key: other accounts of this machine can read {file}"),
            msgid("Run `chmod 600 {file}`."),
            file=str(file),
        )
    return ok(msgid("key: set, and readable by its owner only"))


def disk(folder: Path) -> Finding:
    """Whether there is room to write."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(there).free
    said = {"free": f"{free / 1024**3:.1f}", "folder": str(folder)}
    way_out = msgid("Make room: a database that cannot write records no report and sends no warning.")
    if free < FULL:
        return fail(msgid("disk: only {free} GB are free in {folder}"), way_out, **said)
    if free < NEARLY_FULL:
        return warn(msgid("disk: only {free} GB are free in {folder}"), way_out, **said)
    return ok(msgid("disk: {free} GB are free in {folder}"), **said)
