"""Bringing a database to the tables that this version of the system needs."""

from __future__ import annotations

import importlib
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, text

from engine.database.base import Base

ENGINE = Path(__file__).resolve().parent.parent
MIGRATIONS = Path(__file__).resolve().parent / "migrations"
ONE_AT_A_TIME = 4_071_702
"""Key of the advisory lock: several machines may start at the same moment, one of them migrates."""


def migrate(engine: Engine) -> None:
    """Bring the database to the newest revision, whole or not at all; does nothing when it is there already."""
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
        command.upgrade(alembic_config(connection), "head")


def expected_revision() -> str:
    """The revision that this version of the system needs; a database at another one must be migrated first."""
    head = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    assert head is not None
    return head


def alembic_config(connection: Connection) -> Config:
    """Alembic's configuration for an open connection; there is no alembic.ini, and no second place for an address."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config


def all_tables() -> MetaData:
    """The tables of every room: each `models` module below engine/ is imported, so that no room is named here."""
    for file in sorted([*ENGINE.glob("**/models.py"), *ENGINE.glob("**/models/__init__.py")]):
        module = file.parent if file.name == "__init__.py" else file.with_suffix("")
        importlib.import_module(".".join(["engine", *module.relative_to(ENGINE).parts]))
    return Base.metadata


def is_ours(object_: object, name: str | None, kind: str, reflected: bool, other: object) -> bool:
    """Whether Alembic should compare this object: procrastinate's tables have their own owner."""
    table = getattr(object_, "table", None)
    owner = name if kind == "table" else getattr(table, "name", None)
    return not str(owner or "").startswith("procrastinate_")
