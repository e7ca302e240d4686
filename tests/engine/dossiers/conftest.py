"""An office to test in: people by user name, dossiers by a few factory functions, real PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session, sessionmaker

from bench.office import BOILER
from engine.dossiers.finishing import Completion
from engine.dossiers.models import Dossier, Task
from engine.dossiers.operations import complete_task, preview_reception, receive_dossier
from engine.dossiers.queries import open_tasks
from engine.dossiers.reception import HandedIn, PartyDetails, Reception
from engine.organisation.actors import Actor
from engine.organisation.queries import actor_for, local_day, person_by_username

OFFICE = ZoneInfo("Asia/Ho_Chi_Minh")

APPLICANT = PartyDetails(
    kind="organisation",
    full_name="Công ty TNHH Cơ khí Đồng Đăng",
    identity_kind="tax_code",
    identity_number="0102595740",
    phone="0912 345 678",
    email="lien.he@example.org",
    address="Số 5, đường Trần Đăng Ninh, phường Lương Văn Tri",
)

DECLARATION = Reception(procedure_code="2.000134", applicant=APPLICANT, facts=BOILER)

LABEL = [{"component": "inspection_result", "wanted": "Thiếu ảnh tem kiểm định"}]
"""What an agency asks an applicant for."""


def at(text: str) -> datetime:
    """A moment on the office's wall: `2022-03-22 09:40`."""
    return datetime.fromisoformat(text).replace(tzinfo=OFFICE)


@dataclass
class Office:
    """The published system seen by its people; every verb takes the user name of who acts."""

    session: Session

    def actor(self, username: str, now: datetime) -> Actor:
        """The person with the rights in force on that day."""
        person = person_by_username(self.session, username)
        assert person is not None
        return actor_for(self.session, person, local_day(now))

    def complete_reception(self, now: datetime, reception: Reception = DECLARATION) -> Reception:
        """The reception with every component of the published list handed in as one original."""
        preview = preview_reception(self.session, self.actor("bd.lan", now), now, reception)
        return replace(reception, components=tuple(HandedIn(part.code, originals=1) for part in preview.components))

    def receive(self, now: datetime, reception: Reception = DECLARATION, by: str = "bd.lan") -> Dossier:
        """A dossier received whole at the counter."""
        whole = self.complete_reception(now, reception)
        return receive_dossier(self.session, self.actor(by, now), now, whole)

    def task(self, dossier: Dossier, element_id: str) -> Task:
        """The dossier's open task of this element."""
        return next(task for task in open_tasks(self.session, dossier.id) if task.element_id == element_id)

    def do(
        self, dossier: Dossier, element_id: str, by: str, now: datetime, answers: Mapping[str, Any] | None = None
    ) -> Completion:
        """Complete the dossier's open task of this element."""
        return self.complete(self.task(dossier, element_id), by, now, answers or {})

    def complete(self, task: Task, by: str, now: datetime, answers: Mapping[str, Any]) -> Completion:
        """Complete this task."""
        return complete_task(self.session, self.actor(by, now), now, task.id, answers)

    def examine(self, now: datetime, reception: Reception = DECLARATION) -> Dossier:
        """A dossier on the officer's desk: received, handed over, taken and assigned to nv.hoa, all at `now`."""
        dossier = self.receive(now, reception)
        self.do(dossier, "give", "bd.lan", now, {"packets": 1})
        self.do(dossier, "take", "nv.mai", now, {"accepted": True})
        self.do(dossier, "assign", "nv.son", now, {"officer": "nv.hoa"})
        return dossier

    def ask_for_papers(
        self,
        dossier: Dossier,
        now: datetime,
        papers: Sequence[Mapping[str, Any]] = LABEL,
        reason: str = "Chưa thấy tem",
    ) -> None:
        """The agency asks the applicant of an examined dossier for papers, all at `now`."""
        refusal = {"decision": "supplement", "inspection_valid": False, "reason": "Thiếu tem kiểm định"}
        self.do(dossier, "examine", "nv.hoa", now, refusal)
        self.do(dossier, "draft_supplement", "nv.hoa", now, {"papers": list(papers), "reason": reason})
        self.do(dossier, "approve_supplement", "nv.son", now, {"decision": "approve"})

    def return_result(self, dossier: Dossier, now: datetime) -> None:
        """Take an examined dossier to its end, all at `now`."""
        self.do(dossier, "examine", "nv.hoa", now, {"decision": "approve", "inspection_valid": True})
        self.do(dossier, "review", "nv.son", now, {"decision": "approve"})
        self.do(dossier, "sign", "nv.thang", now, {"decision": "sign"})
        self.do(dossier, "issue", "nv.mai", now, {"document_number": "12/GXN-SNV", "document_date": f"{now:%Y-%m-%d}"})
        self.do(dossier, "take_result", "bd.lan", now, {"packets": 1})
        answers = {"method": "counter", "recipient_name": "Lương Văn Tài", "recipient_identity": "020085001234"}
        self.do(dossier, "return_to_applicant", "bd.lan", now, answers)


@pytest.fixture
def office(published: Session) -> Office:
    """The published system with its demo people, on a session that is rolled back."""
    return Office(published)


@pytest.fixture
def committed_office(
    published: Session, sessions: sessionmaker[Session]
) -> Iterator[tuple[Office, sessionmaker[Session]]]:
    """An office whose work is really committed, on a scratch database of its own, with the factory of its sessions."""
    with sessions() as session:
        yield Office(session), sessions


@pytest.fixture
def moment() -> Callable[[str], datetime]:
    """Reads a moment on the office's wall."""
    return at
