"""Rows that are written in one statement are the rows that the session's own flush would have written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, event, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from engine.database.direct import add, unread
from engine.database.writing import write_changes
from engine.dossiers.models import IdempotentAnswer
from engine.organisation.models import ApiToken, Person
from engine.organisation.queries import person_by_username, unit_by_code

pytestmark = pytest.mark.usefixtures("published")

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@contextmanager
def statements(session: Session) -> Iterator[list[str]]:
    """What is sent to the database meanwhile."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        sent.append(statement)

    connection = session.connection()
    event.listen(connection, "before_cursor_execute", note)
    yield sent
    event.remove(connection, "before_cursor_execute", note)


def token(person: Person, label: str = "") -> ApiToken:
    return ApiToken(
        person_id=person.id, name=label, token_hash=uuid4().hex, created_at=NOW, expires_at=NOW + timedelta(days=1)
    )


def test_new_and_changed_rows_of_several_tables_take_one_statement(session: Session) -> None:
    person, unit = person_by_username(session, "bd.lan"), unit_by_code(session, "VHTTDL")
    with statements(session) as sent:
        person.language, unit.name = "en", "Sở khác"
        session.add_all([token(person, "một"), token(person, "hai")])
        write_changes(session, forget=(ApiToken,))
        session.flush()
    assert len(sent) == 1
    session.expire_all()
    assert (person.language, unit.name) == ("en", "Sở khác")
    assert set(session.scalars(select(ApiToken.name).where(ApiToken.person_id == person.id))) >= {"một", "hai"}


@pytest.mark.parametrize("write", [write_changes, Session.flush])
def test_a_row_that_entered_the_session_without_a_look_around_is_written_like_any_other(
    session: Session, write
) -> None:
    person = person_by_username(session, "bd.lan")
    mine = token(person, "ba")
    add(session, mine)
    assert mine in session.new
    write(session)
    session.expire_all()
    assert (mine.name, mine.person_id) == ("ba", person.id)


def test_a_relationship_is_written_as_its_foreign_key(session: Session) -> None:
    unit, parent = unit_by_code(session, "VHTTDL"), unit_by_code(session, "TTPVHCC")
    unit.parent = parent
    write_changes(session)
    assert unit.parent_id == parent.id
    session.expire_all()
    assert unit.parent_id == parent.id
    unit.parent = None
    write_changes(session)
    session.expire_all()
    assert unit.parent is None


def test_a_row_whose_id_the_session_needs_is_left_to_its_flush(session: Session) -> None:
    person = person_by_username(session, "bd.lan")
    mine = token(person)
    session.add(mine)
    person.language = "en"
    write_changes(session)
    assert mine.id is not None
    session.expire_all()
    assert person.language == "en"


def test_a_row_to_be_changed_that_is_gone_is_an_error(session: Session) -> None:
    person = person_by_username(session, "bd.lan")
    mine = token(person)
    session.add(mine)
    session.flush()
    session.execute(delete(ApiToken).where(ApiToken.id == mine.id), execution_options={"synchronize_session": False})
    mine.name = "anders"
    with pytest.raises(StaleDataError):
        write_changes(session)


def test_within_a_savepoint_everything_can_be_taken_back(session: Session) -> None:
    person = person_by_username(session, "bd.lan")
    with pytest.raises(ZeroDivisionError), session.begin_nested():
        person.language = "en"
        write_changes(session)
        raise ZeroDivisionError
    assert person.language == "vi"


def test_a_row_that_breaks_a_rule_of_the_database_says_so_without_its_values(session: Session) -> None:
    unit = unit_by_code(session, "VHTTDL")
    unit.valid_to = date(1900, 1, 1)
    with pytest.raises(DBAPIError, match="period") as refused:
        write_changes(session)
    assert "1900" not in str(refused.value).partition("\n")[0]


def test_nothing_to_write_sends_nothing(session: Session) -> None:
    person = person_by_username(session, "bd.lan")
    with statements(session) as sent:
        person.language = person.language
        write_changes(session)
        session.flush()
    assert sent == []


@pytest.mark.parametrize("write", [write_changes, Session.flush])
@pytest.mark.parametrize("held", [True, False])
def test_a_row_is_deleted_by_its_key_alone_whether_the_session_holds_it_or_not(session: Session, write, held) -> None:
    person = person_by_username(session, "bd.lan")
    kept = IdempotentAnswer(person_id=person.id, key="một", request_digest="", status=200, body={}, created_at=NOW)
    session.add(kept)
    session.flush()
    if not held:
        session.expunge(kept)
    with statements(session) as sent:
        session.delete(unread(session, IdempotentAnswer, person_id=person.id, key="một"))
        write(session)
    assert len(sent) == 1
    assert session.scalars(select(IdempotentAnswer)).all() == []


def test_an_unread_row_that_is_gone_is_an_error(session: Session) -> None:
    person = person_by_username(session, "bd.lan")
    session.delete(unread(session, IdempotentAnswer, person_id=person.id, key="một"))
    with pytest.raises(StaleDataError):
        write_changes(session)


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def _stored(session: Session, way: str, values: dict[str, Any]) -> tuple[Any, ...]:
    """The row of a kept answer as the database has it after it was written, and then changed, in this way."""
    kept = IdempotentAnswer(key=way, **(values | {"body": {}, "created_at": NOW}))
    write = write_changes if way == "one statement" else Session.flush
    session.add(kept)
    write(session)
    kept.body, kept.created_at = values["body"], values["created_at"]
    write(session)
    table = IdempotentAnswer.__table__.c
    columns = (table.person_id, table.request_digest, table.status, table.body, table.created_at)
    return tuple(session.execute(select(*columns).where(table.key == way)).one())


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    digest=TEXT, status=st.integers(-(2**31), 2**31 - 1), body=st.dictionaries(TEXT, JSON, max_size=4), moment=MOMENTS
)
def test_any_value_arrives_as_it_does_by_flush(session: Session, digest, status, body, moment) -> None:
    person = person_by_username(session, "bd.lan")
    values = {"person_id": person.id, "request_digest": digest, "status": status, "body": body, "created_at": moment}
    with session.begin_nested() as both:
        by_flush = _stored(session, "flush", values)
        both.rollback()
    session.expunge_all()
    assert _stored(session, "one statement", values) == by_flush
    session.execute(delete(IdempotentAnswer))
    session.expunge_all()
