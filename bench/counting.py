"""Counts what SQLAlchemy sends to the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine, event


@dataclass
class Spent:
    """Statements and commits."""

    statements: int = 0
    commits: int = 0


@contextmanager
def counted(engine: Engine) -> Iterator[Spent]:
    """Count within the block, over all connections of the engine; BEGIN and the pool's ping are not statements."""
    spent = Spent()

    def statement(*_arguments: object) -> None:
        spent.statements += 1

    def commit(*_arguments: object) -> None:
        spent.commits += 1

    event.listen(engine, "before_cursor_execute", statement)
    event.listen(engine, "commit", commit)
    try:
        yield spent
    finally:
        event.remove(engine, "before_cursor_execute", statement)
        event.remove(engine, "commit", commit)
