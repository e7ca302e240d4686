"""Every setting of the system, read from the environment once at the edge and passed on as one value."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from engine.refusals import Invalid

PROJECT = Path(__file__).resolve().parent.parent
"""The folder that holds engine/, web/ and processes/."""

MEGABYTE = 1024 * 1024


class WrongSetting(Invalid):
    """An environment variable holds something that cannot be used."""

    vi = "Biến môi trường {name} không dùng được: {reason}."
    en = "The environment variable {name} cannot be used: {reason}."
    remedy_vi = "Hãy sửa hoặc bỏ biến {name} rồi chạy lại."
    remedy_en = "Correct or unset {name} and start again."


@dataclass(frozen=True, slots=True)
class Settings:
    """What differs from machine to machine; secrets come from the environment, never from a committed file."""

    database_url: str = ""
    """`MOTCUA_DATABASE_URL`: a PostgreSQL >= 14, `postgresql://user:password@host/name`; empty = the embedded one."""
    secret_key: str = ""
    """`MOTCUA_SECRET_KEY`: signs sessions and forms; the same for all web processes of one installation."""
    host: str = "127.0.0.1"
    """`MOTCUA_HOST`: the address the web server listens on; `0.0.0.0` behind a proxy on another machine."""
    port: int = 8000
    """`PORT`: the port the web server listens on."""
    processes: Path = PROJECT / "processes"
    """`MOTCUA_PROCESSES`: the folder of diagrams, forms, organisation and calendars to publish."""
    var: Path = PROJECT / "var"
    """`MOTCUA_VAR`: where the embedded database, the generated secret and other things of this machine are kept."""
    max_body: int = 25 * MEGABYTE
    """`MOTCUA_MAX_BODY`: the largest request body in bytes; anything larger is answered with 413."""
    web_workers: int = 2
    """`MOTCUA_WEB_WORKERS`: web processes started by `run` and `serve`."""
    web_threads: int = 8
    """`MOTCUA_WEB_THREADS`: threads of each web process; each needs a database connection while it works."""
    worker_concurrency: int = 4
    """`MOTCUA_WORKER_CONCURRENCY`: jobs that one background worker runs at the same time."""
    secure_cookies: bool = False
    """`MOTCUA_SECURE_COOKIES`: `1` where the system is reached over HTTPS, so that cookies never travel without it."""
    trusted_proxies: int = 0
    """`MOTCUA_TRUSTED_PROXIES`: how many reverse proxies stand in front and set X-Forwarded-For and -Proto."""
    public_url: str = ""
    """`MOTCUA_PUBLIC_URL`: the address printed in QR codes, `https://motcua.example.vn`; empty: see operations.md."""
    mail_server: str = ""
    """`MOTCUA_MAIL_SERVER`: where messages to applicants leave, `smtp://user:password@host:587`; empty = nowhere."""
    mail_sender: str = ""
    """`MOTCUA_MAIL_SENDER`: the address from which they are sent, `motcua@example.vn`."""
    outgoing_url: str = ""
    """`MOTCUA_OUTGOING_URL`: where messages of the diagrams are POSTed, `https://trao-doi.example.vn/motcua`."""
    outgoing_secret: str = ""
    """`MOTCUA_OUTGOING_SECRET`: signs those messages; needed with the address, at least 16 characters."""

    @property
    def secret_file(self) -> Path:
        """Where a generated secret key is kept when the environment names none."""
        return self.var / "secret_key"

    @property
    def cluster(self) -> Path:
        """The folder of the embedded PostgreSQL."""
        return self.var / "postgres"

    def with_secret(self) -> Settings:
        """These settings with a secret key: the environment's, or one generated once for this machine (mode 0600)."""
        return self if self.secret_key else replace(self, secret_key=_kept_secret(self.secret_file))


VARIABLES = {
    "MOTCUA_DATABASE_URL": "database_url",
    "MOTCUA_SECRET_KEY": "secret_key",
    "MOTCUA_HOST": "host",
    "PORT": "port",
    "MOTCUA_PROCESSES": "processes",
    "MOTCUA_VAR": "var",
    "MOTCUA_MAX_BODY": "max_body",
    "MOTCUA_WEB_WORKERS": "web_workers",
    "MOTCUA_WEB_THREADS": "web_threads",
    "MOTCUA_WORKER_CONCURRENCY": "worker_concurrency",
    "MOTCUA_SECURE_COOKIES": "secure_cookies",
    "MOTCUA_TRUSTED_PROXIES": "trusted_proxies",
    "MOTCUA_PUBLIC_URL": "public_url",
    "MOTCUA_MAIL_SERVER": "mail_server",
    "MOTCUA_MAIL_SENDER": "mail_sender",
    "MOTCUA_OUTGOING_URL": "outgoing_url",
    "MOTCUA_OUTGOING_SECRET": "outgoing_secret",
}
"""Which environment variable fills which setting."""

RANGES = {
    "port": (1, 65535),
    "max_body": (MEGABYTE, 1024 * MEGABYTE),
    "web_workers": (1, 64),
    "web_threads": (1, 64),
    "worker_concurrency": (1, 64),
    "trusted_proxies": (0, 8),
}


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process. Raises WrongSetting naming the variable that cannot be used.

    An empty variable counts as not set, because that is how shells and service files unset one.
    """
    given = os.environ if environment is None else environment
    values = {field: _read(name, given[name], field) for name, field in VARIABLES.items() if given.get(name)}
    return replace(Settings(), **values)  # type: ignore[arg-type]


def _read(name: str, text: str, field: str) -> str | int | bool | Path:
    kind = type(getattr(Settings(), field))
    if issubclass(kind, Path):
        return Path(text).expanduser().absolute()
    if kind is bool:
        return _read_switch(name, text)
    if kind is int:
        return _read_number(name, text, *RANGES[field])
    return text


def _read_switch(name: str, text: str) -> bool:
    if text not in ("0", "1"):
        raise WrongSetting(name=name, reason="it must be 0 or 1")
    return text == "1"


def _read_number(name: str, text: str, smallest: int, largest: int) -> int:
    if not text.isascii() or not text.isdigit() or not smallest <= int(text) <= largest:
        raise WrongSetting(name=name, reason=f"it must be a whole number from {smallest} to {largest}")
    return int(text)


def _kept_secret(file: Path) -> str:
    """The secret in `file`; made on first use. Created exclusively, so that two starts agree on one secret."""
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        kept = file.read_text().strip()
        if len(kept) < 32:
            raise WrongSetting(name="MOTCUA_SECRET_KEY", reason=f"{file} holds no usable secret; delete it") from None
        return kept
    with os.fdopen(descriptor, "w") as stream:
        stream.write(secrets.token_urlsafe(48))
    return file.read_text().strip()
