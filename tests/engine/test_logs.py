"""What failed is logged with its place, and without anybody's data."""

from __future__ import annotations

import pytest
import structlog
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from engine.logs import configure_logs


@pytest.fixture
def configured():
    before = structlog.get_config()
    configure_logs()
    yield
    structlog.configure(**before)


def test_a_traceback_shows_the_place_and_no_local_variable(configured, capsys):
    applicant = "Nông Thị Bí Mật"
    try:
        raise LookupError("no such thing")
    except LookupError:
        structlog.get_logger("test").exception("request failed", path="/viec")
    printed = capsys.readouterr().out
    assert "LookupError: no such thing" in printed
    assert "test_logs.py" in printed
    assert applicant not in printed.replace('applicant = "Nông Thị Bí Mật"', "")


def test_an_error_of_the_database_does_not_tell_what_was_being_written(sessions):
    with sessions() as session, pytest.raises(DBAPIError) as failed:
        session.execute(text("SELECT CAST(:name AS integer) FROM nowhere"), {"name": "Nông Thị Bí Mật"})
    assert "Bí Mật" not in str(failed.value)
