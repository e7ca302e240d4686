"""A published system with its web application, called as a program calls it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_schema_validator import OAS31Validator
from werkzeug.test import TestResponse

from engine.database import Base
from engine.organisation.operations import create_token
from engine.organisation.queries import actor_for, local_day, person_by_username
from engine.settings import Settings
from tests.web.conftest import LIFT
from web.api.document import document
from web.application import create_application

MONDAY_MORNING = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
"""09:30 in Vietnam, on the day on which the tests' system was published."""

SAFETY_DECLARATION = "2.000134"


GUIDE_CARD_PAPERS = ("application", "curriculum_vitae", "health_certificate", "diploma", "photographs")
"""What a new domestic card needs."""


class Clock:
    """The application's clock, moved by the test."""

    def __init__(self) -> None:
        self.now = MONDAY_MORNING

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **amount: float) -> None:
        """Let time pass."""
        self.now += timedelta(**amount)


def assert_as_documented(answer: TestResponse) -> TestResponse:
    """Every answer that a test gets is held against what the OpenAPI document says of it."""
    described = document()
    for path, item in described["paths"].items():
        operation = item.get(answer.request.method.lower())
        if operation and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path), answer.request.path):
            expected = operation["responses"][str(answer.status_code)]
            if "$ref" in expected:
                expected = described["components"]["responses"][expected["$ref"].rpartition("/")[2]]
            schema = expected["content"][answer.mimetype]["schema"]
            OAS31Validator({**schema, "components": described["components"]}).validate(answer.json)
    return answer


class Caller:
    """Somebody who calls the interface with a token."""

    def __init__(self, client: FlaskClient, token: str | None = None) -> None:
        self.client = client
        self.token = token

    def headers(self, more: dict[str, str] | None = None) -> dict[str, str]:
        """The request's headers."""
        return {**({"Authorization": f"Bearer {self.token}"} if self.token else {}), **(more or {})}

    def get(self, path: str, headers: dict[str, str] | None = None) -> TestResponse:
        """GET below /api/v1."""
        return assert_as_documented(self.client.get("/api/v1" + path, headers=self.headers(headers)))

    def post(self, path: str, body: Any = None, headers: dict[str, str] | None = None, **more: Any) -> TestResponse:
        """POST a JSON body below /api/v1."""
        content = {"json": body} if body is not None else {}
        return assert_as_documented(
            self.client.post("/api/v1" + path, headers=self.headers(headers), **content, **more)
        )


@pytest.fixture
def clock() -> Clock:
    """The clock that the application reads."""
    return Clock()


@pytest.fixture
def database_url(database_server: Any, published_template: str) -> Iterator[str]:
    """The address of a published system of this test's own."""
    name = database_server.scratch(published_template)
    yield database_server.url(name)
    database_server.drop(name)


@pytest.fixture
def application(database_url: str, clock: Clock) -> Iterator[Flask]:
    """The whole web application on the test's database."""
    made = create_application(Settings(database_url=database_url, secret_key="k" * 48), clock=clock)
    yield made
    made.extensions["sessions"].kw["bind"].dispose()


@pytest.fixture
def anybody(application: Flask) -> Caller:
    """A caller without a token."""
    return Caller(application.test_client())


@pytest.fixture
def log_in(application: Flask) -> Callable[[str], Caller]:
    """Gives a caller with a token of this user name, without the slow look at the password."""

    def give(username: str) -> Caller:
        with application.extensions["sessions"].begin() as session:
            person = person_by_username(session, username)
            actor = actor_for(session, person, local_day(MONDAY_MORNING))
            _, secret = create_token(session, actor, MONDAY_MORNING, person, "test")
        return Caller(application.test_client(), secret)

    return give


@pytest.fixture
def clerk(log_in: Callable[[str], Caller]) -> Caller:
    """A post clerk at the counter."""
    return log_in("bd.lan")


@pytest.fixture
def declaration() -> dict[str, Any]:
    """A complete dossier under P02, to be accepted."""
    return {
        "procedure": SAFETY_DECLARATION,
        "applicant": {
            "kind": "organisation",
            "full_name": "Công ty TNHH Cơ khí Đồng Đăng",
            "identity_kind": "tax_code",
            "identity_number": "0102595740",
            "phone": "0912345678",
            "address": "Khu 1, thị trấn Đồng Đăng, tỉnh Lạng Sơn",
            "represented_by": "Vi Văn Sỹ",
        },
        "components": [
            {"code": "declaration", "originals": 1},
            {"code": "inspection_result", "copies": 1},
        ],
        "facts": dict(LIFT),
    }


@pytest.fixture
def guide_card() -> dict[str, Any]:
    """A complete dossier under P05, whose fee is to be paid first."""
    return {
        "procedure": "1.004623",
        "applicant": {
            "kind": "person",
            "full_name": "Nông Thị Hướng",
            "identity_kind": "citizen_id",
            "identity_number": "020185001234",
            "address": "Phường Kỳ Lừa",
        },
        "components": [{"code": code, "originals": 1} for code in GUIDE_CARD_PAPERS],
        "facts": {"case": "new", "card_type": "domestic", "health_certificate_on": "2026-11-01", "photos": 2},
    }


@pytest.fixture
def contents(database_url: str, application: Flask) -> Callable[[], dict[str, tuple[int, str]]]:
    """Gives number and digest of the rows of every table, to see that nothing was changed."""
    tables = [table.name for table in Base.metadata.sorted_tables]

    def look() -> dict[str, tuple[int, str]]:
        digest = "SELECT count(*), coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM {} t"
        with psycopg.connect(database_url) as connection:
            return {name: connection.execute(digest.format(name)).fetchone() for name in tables}

    return look
