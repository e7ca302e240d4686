"""The migrations make exactly the tables that the models describe, and the event logs can only grow."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine.database.migrating import all_tables, is_ours, migrate


def test_models_and_migrations_describe_the_same_tables(session: Session) -> None:
    options = {"include_object": is_ours, "compare_type": True, "compare_server_default": True}
    context = MigrationContext.configure(session.connection(), opts=options)
    assert compare_metadata(context, all_tables()) == []


def test_every_room_with_tables_is_found() -> None:
    assert {"person", "procedure_version", "dossier", "event", "workflow_state"} <= set(all_tables().tables)


def test_migrating_twice_changes_nothing(sessions) -> None:
    engine = sessions.kw["bind"]
    with sessions() as session:
        before = session.scalars(text("SELECT version_num FROM alembic_version")).all()
    migrate(engine)
    with sessions() as session:
        assert session.scalars(text("SELECT version_num FROM alembic_version")).all() == before


@pytest.mark.parametrize("log", ["event", "administration_event"])
@pytest.mark.parametrize(
    "statement",
    ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"],
    ids=["update", "delete", "truncate"],
)
def test_nobody_can_change_what_was_logged(session: Session, log: str, statement: str) -> None:
    with pytest.raises(IntegrityError, match="append-only"):
        session.execute(text(statement.format(log)))


def test_the_queue_of_background_jobs_is_there(session: Session) -> None:
    assert session.scalar(select(func.count()).select_from(text("procrastinate_jobs"))) == 0
