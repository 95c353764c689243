"""Backup of the embedded database: a consistent copy while the service runs (PostgreSQL has pg_dump for this)."""

import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url


class NotAFileError(ValueError):
    """The database is not a SQLite file; the sentence names the way out."""


def _database_file(url: str) -> Path:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        raise NotAFileError("this copies the embedded SQLite database; for PostgreSQL use pg_dump and pg_restore")
    return Path(parsed.database)


def _copy(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(target)) as write:
        read.backup(write)
        if (found := write.execute("PRAGMA integrity_check").fetchone()[0]) != "ok":
            raise NotAFileError(f"the copy is damaged: {found}")


def backup(url: str, target: Path) -> None:
    """Copy the database into a new file, consistent although the service may be writing.

    Raises:
        NotAFileError: not a SQLite database, or the copy is damaged.
        FileExistsError: the target exists; a backup never overwrites another.
    """
    source = _database_file(url)
    if target.exists():
        raise FileExistsError(target)
    _copy(source, target)


def restore(url: str, source: Path) -> None:
    """Lay a backup back as the database; an existing database is kept beside it with the ending ``.before-restore``.

    The service must be stopped.

    Raises:
        NotAFileError: not a SQLite database, or the copy is damaged.
        FileNotFoundError: there is no such backup.
    """
    target = _database_file(url)
    if not source.is_file():
        raise FileNotFoundError(source)
    fresh = target.with_name(f"{target.name}.restoring")
    fresh.unlink(missing_ok=True)
    _copy(source, fresh)
    if target.exists():
        target.replace(target.with_name(f"{target.name}.before-restore"))
    for leftover in ("-wal", "-shm"):
        target.with_name(target.name + leftover).unlink(missing_ok=True)
    fresh.replace(target)
