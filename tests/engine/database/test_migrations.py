"""The migrations make exactly the tables that the models describe, and the event logs can only grow."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from engine.database.migrating import MIGRATIONS, alembic_config, all_tables, is_ours, migrate
from engine.dossiers.models import NumberSeries
from engine.organisation.models import Unit


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


def test_what_payments_said_of_refunds_is_moved_kind_by_kind(session: Session) -> None:
    connection = session.connection()
    connection.execute(text("DROP TABLE refund"))
    connection.execute(text("ALTER TABLE payment ADD COLUMN refunded_at timestamptz"))
    connection.execute(text("SET LOCAL session_replication_role = replica"))  # Rows without the rest of a dossier.
    connection.execute(
        text(
            "INSERT INTO payment (id, dossier_id, method, amount, receipt_number, collected_by_id, collected_at,"
            " refunded_at) VALUES (1, 1, 'cash', 80, 'A', 1, now(), '2026-03-10T02:00Z'),"
            " (2, 1, 'exempt', 0, 'B', 1, now(), NULL)"
        )
    )
    connection.execute(
        text(
            "INSERT INTO charge"
            " (dossier_id, code, kind, name, name_en, unit_amount, quantity, amount, legal_basis, payment_id)"
            " VALUES (1, 'a', 'phi', 'a', '', 20, 1, 20, '', 1), (1, 'b', 'phi', 'b', '', 30, 1, 30, '', 1),"
            " (1, 'c', 'cuoc', 'c', '', 30, 1, 30, '', 1), (1, 'd', 'phi', 'd', '', 90, 1, 90, '', 2)"
        )
    )
    with Operations.context(MigrationContext.configure(connection)):
        ScriptDirectory.from_config(alembic_config(connection)).get_revision("0011").module.upgrade()
    moved = connection.execute(text("SELECT payment_id, kind, amount, refunded_at FROM refund ORDER BY kind"))
    day = datetime(2026, 3, 10, 2, tzinfo=UTC)
    assert moved.all() == [(1, "cuoc", 30, day), (1, "phi", 50, day)]


def test_a_centres_receipts_go_on_behind_the_highest_number_of_its_counters(session: Session) -> None:
    centre = Unit(code="TT", name="Trung tâm", name_en="Centre", kind="centre", valid_from=date(2026, 1, 1))
    counters = [
        Unit(code=code, name=code, name_en=code, kind="counter", parent=centre, valid_from=date(2026, 1, 1))
        for code in ("Q1", "Q2")
    ]
    session.add_all(counters)
    names = {"receipt/Q1/2026": 7, "receipt/Q2/2026": 12, "receipt/Q1/2025": 90, "book/Q1/2026": 3}
    session.add_all(NumberSeries(name=name, last=last) for name, last in names.items())
    session.flush()
    connection = session.connection()
    with Operations.context(MigrationContext.configure(connection)):
        ScriptDirectory.from_config(alembic_config(connection)).get_revision("0006").module.upgrade()
    series = {row.name: row.last for row in session.execute(text("SELECT name, last FROM number_series"))}
    assert series == {"receipt/TT/2026": 12, "receipt/TT/2025": 90, "book/Q1/2026": 3}


def test_the_migrations_are_one_line_of_numbers(session: Session) -> None:
    """Two that were written side by side may both follow the same one; whoever comes second takes the next number."""
    revisions = list(ScriptDirectory.from_config(alembic_config(session.connection())).walk_revisions())
    numbers = [int(revision.revision) for revision in reversed(revisions)]
    files = sorted(path.name for path in (MIGRATIONS / "versions").glob("0*.py"))
    assert [int(name[:4]) for name in files] == numbers == list(range(1, len(numbers) + 1))
