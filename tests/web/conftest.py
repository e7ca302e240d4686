"""The web application on a published system, used as a person uses it: with a cookie, a form and its token."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import CodeType
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from engine.demonstration import PASSWORD
from engine.dossiers.models import Dossier, Task, TaskState
from engine.settings import Settings
from web.application import create_application

MONDAY_MORNING = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
"""09:30 in Vietnam, on the day on which the tests' system was published."""

SAFETY_DECLARATION, GUIDE_CARD = "2.000134", "1.004623"


LIFT = {
    "equipment_name": "Thang máy chở hàng 1.000 kg",
    "quantity": 2,
    "serial_number": "TM-2026-01",
    "place_of_use": "Kho số 3, Đồng Đăng",
    "inspector": "Trung tâm Kiểm định kỹ thuật an toàn",
    "inspection_number": "118/KĐ",
    "inspection_valid_until": "2027-10-01",
}
"""What the dossiers of these tests declare."""


class OfficeClock:
    """The application's clock, moved by the test."""

    def __init__(self) -> None:
        self.now = MONDAY_MORNING

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **amount: float) -> None:
        self.now += timedelta(**amount)


class Browser:
    """Somebody at a screen: follows forms with the token of the page, as a browser does."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, **more)

    def token(self) -> str:
        """The token that this session's pages carry."""
        page = self.client.get("/tra-cuu").text
        token = re.search(r'name="csrf-token" content="([^"]+)"', page)
        assert token, "every page carries a token"
        return token[1]

    def post(self, path: str, fields: dict[str, Any] | None = None, **more: Any) -> TestResponse:
        """Send a form with its token."""
        return self.client.post(path, data={"csrf_token": self.token(), **(fields or {})}, **more)

    def log_in(self, username: str, password: str = PASSWORD) -> TestResponse:
        return self.post("/dang-nhap", {"username": username, "password": password})

    def complete(self, task: Task, **answers: Any) -> TestResponse:
        """Send the task's form."""
        return self.post(f"/viec/{task.id}/hoan-thanh", {"answers": json.dumps(answers)})


class CompiledTemplates(BytecodeCache):
    """Templates compiled once in this process, by name and source; each test's application would do it anew."""

    def __init__(self) -> None:
        self._compiled: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._compiled.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key, bucket.checksum] = bucket.code


@pytest.fixture(scope="session")
def compiled_templates() -> CompiledTemplates:
    return CompiledTemplates()


@pytest.fixture
def office_clock() -> OfficeClock:
    return OfficeClock()


@pytest.fixture
def office(published: Session, office_clock: OfficeClock, compiled_templates: CompiledTemplates) -> Flask:
    """The application; every request has a session of its own inside the test's transaction."""
    connection = published.get_bind()
    made = create_application(Settings(database_url="postgresql://unused/", secret_key="k" * 48), clock=office_clock)
    made.jinja_env.bytecode_cache = compiled_templates
    made.extensions["sessions"] = lambda: Session(
        connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
    )
    return made


@pytest.fixture
def stranger(office: Flask) -> Browser:
    """A browser in which nobody has logged in."""
    return Browser(office.test_client())


@pytest.fixture
def log_in(office: Flask) -> Callable[[str], Browser]:
    """Gives a browser in which this demo person has logged in."""

    def give(username: str) -> Browser:
        browser = Browser(office.test_client())
        answer = browser.log_in(username)
        assert answer.status_code == 303
        return browser

    return give


@pytest.fixture
def clerk(log_in: Callable[[str], Browser]) -> Browser:
    return log_in("bd.lan")


@pytest.fixture
def declaration() -> dict[str, str]:
    """The receiving page's fields for a complete dossier under P02."""
    return {
        "thu_tuc": SAFETY_DECLARATION,
        "applicant.kind": "organisation",
        "applicant.full_name": "Công ty TNHH Cơ khí Đồng Đăng",
        "applicant.identity_number": "0102595740",
        "applicant.phone": "0912345678",
        "applicant.address": "Số 8, đường Trần Hưng Đạo, phường Đông Kinh",
        "applicant.represented_by": "Vi Văn Sỹ",
        "components.declaration.on": "1",
        "components.declaration.originals": "1",
        "components.inspection_result.on": "1",
        "components.inspection_result.copies": "1",
        "answers": json.dumps(LIFT),
        "return_method": "counter",
        "decision": "accept",
    }


@pytest.fixture
def received(clerk: Browser, declaration: dict[str, str]) -> str:
    """The number of a dossier that the clerk has received under P02."""
    answer = clerk.post("/tiep-nhan", declaration)
    assert answer.status_code == 303, answer.text
    return answer.location.split("/ho-so/")[1].split("?")[0]


@pytest.fixture
def open_task(published: Session) -> Callable[[str], Task]:
    """Gives the open task of the dossier with this number (or reference)."""

    def give(number: str) -> Task:
        published.expire_all()
        statement = (
            select(Task)
            .join(Dossier)
            .where((Dossier.number == number) | (Dossier.reference == number), Task.state == TaskState.OPEN)
        )
        return published.scalars(statement).one()

    return give
