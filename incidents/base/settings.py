"""Every setting, once. The only file that reads the environment; secrets may come from files (NAME_FILE)."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit


class SettingsError(ValueError):
    """A setting is missing or contradicts another; the sentence names it and the way out."""


@dataclass(frozen=True)
class Settings:
    """One frozen object; each field says its meaning and its variable."""

    data_dir: Path
    """Where the embedded default keeps its database, key and demo mailbox (INCIDENTS72_DATA)."""
    database_url: str
    """SQLAlchemy URL; ``sqlite:///…`` is the embedded default (DATABASE_URL)."""
    redis_url: str
    """Broker of the scaled-out mode; empty means ``memory://`` in the web process (REDIS_URL)."""
    public_url: str
    """The address people open; links in mails start with it (PUBLIC_URL)."""
    secret_key: str
    """Signs links and CSRF tokens (SECRET_KEY or SECRET_KEY_FILE; else made once in the data folder)."""
    old_secret_keys: tuple[str, ...]
    """Keys replaced by SECRET_KEY that still open what they sealed, newest first, comma-separated (OLD_SECRET_KEYS)."""
    smtp_url: str
    """``smtp://user:password@host:587?starttls=required`` or ``smtps://…``; empty: no mail can leave (SMTP_URL)."""
    mail_from: str
    """Sender address of every mail (MAIL_FROM)."""
    sweep_seconds: float
    """Seconds between two looks for due stages (SWEEP_SECONDS)."""
    deliver_seconds: float
    """Seconds between two looks into the outbox (DELIVER_SECONDS)."""
    web_host: str = "127.0.0.1"
    """Address the web server listens on (WEB_HOST)."""
    web_port: int = 8072
    """Port the web server listens on; 0 lets the machine choose (WEB_PORT)."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses and networks of our own proxies, comma-separated: X-Forwarded-For and -Proto count from these only;
    empty: from nobody (TRUSTED_PROXIES)."""
    bounce_address: str = ""
    """Mailbox that collects bounces; each mail's return address is this one with a tag (BOUNCE_ADDRESS)."""
    bounce_mailbox: str = ""
    """Where that mailbox is read: ``maildir:/path``; empty: nobody reads it (BOUNCE_MAILBOX)."""
    webhooks_private: bool = False
    """Whether webhooks may go to private addresses and, there, without TLS (WEBHOOKS_PRIVATE=1)."""
    metrics_token: str = ""
    """Whoever asks for /metrics must bring it as a bearer token; empty: only this machine may ask (METRICS_TOKEN)."""
    deadman_url: str = ""
    """Asked for (GET) after a sweep, at most once a minute: who watches there misses it when we stop (DEADMAN_URL)."""
    log_format: str = ""
    """``json`` or ``console``; empty: console on a terminal, else JSON lines (LOG_FORMAT)."""
    session_hours: float = 12
    """Hours after which everybody signs in anew (SESSION_HOURS)."""
    session_idle_minutes: float = 120
    """Minutes without a click after which one signs in anew (SESSION_IDLE_MINUTES)."""
    second_step: str = ""
    """Who must have a second step beside those a controller names: ``operators``, ``everyone`` (SECOND_STEP)."""
    oidc_issuer: str = ""
    """Address of the organisation's own sign-in service, OpenID Connect; empty: there is none (OIDC_ISSUER)."""
    oidc_client_id: str = ""
    """How that service knows this one (OIDC_CLIENT_ID)."""
    oidc_client_secret: str = ""
    """What this service proves itself with there (OIDC_CLIENT_SECRET)."""
    oidc_name: str = ""
    """What people call that service, for the button on the sign-in page (OIDC_NAME)."""
    demo: bool = False
    """Demo mode: fictional controllers and the built-in mailbox page (set by ``demo`` only)."""

    @property
    def embedded(self) -> bool:
        """Whether web, worker and beat share one process."""
        return not self.redis_url

    @property
    def sqlite(self) -> bool:
        """Whether the database is a SQLite file."""
        return self.database_url.startswith("sqlite")

    @property
    def secure_cookies(self) -> bool:
        """Whether cookies may only travel over TLS: wherever the public address is https."""
        return urlsplit(self.public_url).scheme == "https"


def _secret(env: Mapping[str, str], name: str, default: str = "") -> str:
    """A value from NAME, or from the file named by NAME_FILE (container secrets)."""
    if file := env.get(f"{name}_FILE"):
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise SettingsError(f"{name}_FILE names {file}, which cannot be read") from error
    return env.get(name, default)


def _own_secret_key(data_dir: Path) -> str:
    """The key kept in the data folder, made at first use and readable by its owner only."""
    path = data_dir / "secret_key"
    data_dir.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="utf-8").strip()
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(key := secrets.token_urlsafe(48))
    return key


def _seconds(env: Mapping[str, str], name: str, default: float) -> float:
    try:
        value = float(env.get(name, default))
    except ValueError as error:
        raise SettingsError(f"{name} must be a number of seconds") from error
    if not 0.05 <= value <= 60:
        raise SettingsError(f"{name} must lie between 0.05 and 60 seconds")
    return value


def _port(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name, str(default))
    if not text.isdecimal() or int(text) > 65535:
        raise SettingsError(f"{name} must be a port number between 0 and 65535")
    return int(text)


BOUNCE_NAME_LENGTH = 20
"""Signs before the @: the tag of a mail has to fit behind them (notifications/verp.py)."""


def _bounce_address(env: Mapping[str, str]) -> str:
    address = env.get("BOUNCE_ADDRESS", "").strip()
    local, _, domain = address.rpartition("@")
    if address and not (local.isascii() and 0 < len(local) <= BOUNCE_NAME_LENGTH and domain and " " not in address):
        raise SettingsError("BOUNCE_ADDRESS must be an address with at most 20 plain letters before the @")
    return address


def _choice(env: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    value = env.get(name, "")
    if value and value not in choices:
        raise SettingsError(f"{name} must be {' or '.join(choices)}")
    return value


def _deadman_url(env: Mapping[str, str]) -> str:
    """An address to ping: over TLS, or on this machine."""
    url = _secret(env, "DEADMAN_URL")
    parts = urlsplit(url)
    local = parts.scheme == "http" and parts.hostname in {"localhost", "127.0.0.1", "::1"}
    if url and not (parts.hostname and (parts.scheme == "https" or local)):
        raise SettingsError("DEADMAN_URL must start with https://, or with http:// on this machine")
    return url


def _proxies(env: Mapping[str, str]) -> tuple[str, ...]:
    named = tuple(one.strip() for one in env.get("TRUSTED_PROXIES", "").split(",") if one.strip())
    for one in named:
        try:
            everybody = ip_network(one).prefixlen == 0
        except ValueError as error:
            raise SettingsError(f"TRUSTED_PROXIES must name addresses or networks; {one} is neither") from error
        if everybody:
            raise SettingsError("TRUSTED_PROXIES must not name everybody: then anybody could say to be somebody else")
    return named


def _number(env: Mapping[str, str], name: str, default: float, least: float, most: float) -> float:
    try:
        value = float(env.get(name, default))
    except ValueError as error:
        raise SettingsError(f"{name} must be a number") from error
    if not least <= value <= most:
        raise SettingsError(f"{name} must lie between {least:g} and {most:g}")
    return value


def _oidc(env: Mapping[str, str]) -> dict[str, str]:
    """The sign-in service of the organisation: whole, over TLS or on this machine, or none."""
    names = ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")
    given = {name.lower(): _secret(env, name).strip() for name in names}
    if any(given.values()) and not all(given.values()):
        raise SettingsError("OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET belong together: set all or none")
    issuer = urlsplit(given["oidc_issuer"])
    local = issuer.scheme == "http" and issuer.hostname in {"localhost", "127.0.0.1", "::1"}
    if given["oidc_issuer"] and not (issuer.hostname and (issuer.scheme == "https" or local)):
        raise SettingsError("OIDC_ISSUER must start with https://, or with http:// on this machine")
    return given | {"oidc_name": env.get("OIDC_NAME", "").strip()}


def _bounce_mailbox(env: Mapping[str, str]) -> str:
    mailbox = env.get("BOUNCE_MAILBOX", "").strip()
    if mailbox and not (mailbox.startswith("maildir:") and Path(mailbox.removeprefix("maildir:")).is_absolute()):
        raise SettingsError("BOUNCE_MAILBOX must look like maildir:/path/to/folder")
    if mailbox and not env.get("BOUNCE_ADDRESS", "").strip():
        raise SettingsError("BOUNCE_MAILBOX needs BOUNCE_ADDRESS: without it no bounce can be told apart")
    return mailbox


def load_settings(env: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process.

    Raises:
        SettingsError: a value cannot be used; the sentence names the variable.
    """
    env = os.environ if env is None else env
    data_dir = Path(env.get("INCIDENTS72_DATA", "var")).resolve()
    database_url = _secret(env, "DATABASE_URL") or f"sqlite:///{data_dir / 'incidents72.db'}"
    if not database_url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise SettingsError("DATABASE_URL must start with sqlite:/// or postgresql+psycopg://")
    redis_url = _secret(env, "REDIS_URL")
    if redis_url and database_url.startswith("sqlite"):
        raise SettingsError("REDIS_URL needs a PostgreSQL DATABASE_URL: SQLite serves one host and one process")
    web_port = _port(env, "WEB_PORT", 8072)
    return Settings(
        data_dir=data_dir,
        database_url=database_url,
        redis_url=redis_url,
        public_url=env.get("PUBLIC_URL", f"http://127.0.0.1:{web_port}").rstrip("/"),
        secret_key=_secret(env, "SECRET_KEY") or _own_secret_key(data_dir),
        old_secret_keys=tuple(key for key in _secret(env, "OLD_SECRET_KEYS").split(",") if key),
        smtp_url=_secret(env, "SMTP_URL"),
        mail_from=env.get("MAIL_FROM", "incidens72@localhost"),
        sweep_seconds=_seconds(env, "SWEEP_SECONDS", 30.0),
        deliver_seconds=_seconds(env, "DELIVER_SECONDS", 15.0),
        web_host=env.get("WEB_HOST", "127.0.0.1"),
        web_port=web_port,
        trusted_proxies=_proxies(env),
        bounce_address=_bounce_address(env),
        bounce_mailbox=_bounce_mailbox(env),
        webhooks_private=env.get("WEBHOOKS_PRIVATE", "") == "1",
        metrics_token=_secret(env, "METRICS_TOKEN"),
        deadman_url=_deadman_url(env),
        log_format=_choice(env, "LOG_FORMAT", ("json", "console")),
        session_hours=_number(env, "SESSION_HOURS", 12, 0.25, 168),
        session_idle_minutes=_number(env, "SESSION_IDLE_MINUTES", 120, 5, 1440),
        second_step=_choice(env, "SECOND_STEP", ("operators", "everyone")),
        **_oidc(env),
        demo=env.get("INCIDENTS72_DEMO", "") == "1",
    )
