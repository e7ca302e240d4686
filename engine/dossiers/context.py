"""What one step of a dossier works with: who acts, when, on what, and the log that it leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from engine.catalogue.definitions import ProcedureDefinition
from engine.database.direct import add, made
from engine.dossiers.models import Dossier, Event, EventKind, Task, WorkflowState
from engine.organisation.actors import Actor
from engine.organisation.settings import Digests, work_calendar
from engine.worktime import WorkCalendar

LOCAL_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def local_date(moment: datetime) -> date:
    """The calendar date at the office at `moment`."""
    return moment.astimezone(LOCAL_ZONE).date()


@dataclass(slots=True)
class StepContext:
    """One action on one locked dossier; lives for one transaction."""

    session: Session
    dossier: Dossier
    workflow: WorkflowState
    definition: ProcedureDefinition
    now: datetime
    actor: Actor | None = None
    """None when a timer or a message moves the dossier."""
    task: Task | None = None
    """The user task that is being completed."""
    answers: Mapping[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    """What expressions and decisions see; kept true while the step runs."""
    open_tasks: dict[UUID, Task] = field(default_factory=dict)
    """The dossier's open tasks by id, oldest first; kept true while the step is written, so that none is read twice."""
    known_waits: frozenset[UUID] = frozenset()
    """Ids of the waits that were written before this step."""
    calendars: Digests | None = None
    """Which calendars are in force; None if that has not been read with the dossier."""
    _calendar: WorkCalendar | None = None

    @property
    def calendar(self) -> WorkCalendar:
        """The working calendar of the deciding unit, looked up when first asked for."""
        if self._calendar is None:
            self._calendar = work_calendar(self.session, self.dossier.deciding_unit.code, self.calendars)
        return self._calendar

    @property
    def today(self) -> date:
        """The date of the step at the office."""
        return local_date(self.now)

    def renew_facts(self) -> None:
        """Read the facts again after the dossier's entries have changed."""
        self.facts.update(facts_of(self.dossier))

    def log(self, kind: EventKind, *, element_id: str | None = None, path: str = "", **details: Any) -> Event:
        """Append `kind` to the dossier's event log, in the actor's name."""
        values = {
            "dossier_id": self.dossier.id,
            "at": self.now,
            "kind": kind,
            "actor_id": self.actor.id if self.actor else None,
            "actor_name": self.actor.name if self.actor else "",
            "unit_id": self.task.unit_id if self.task else None,
            "task_id": self.task.id if self.task else None,
            "element_id": element_id or (self.task.element_id if self.task else None),
            "path": path or (self.task.path if self.task else ""),
            "details": details,
        }
        event = made(Event, values)
        add(self.session, event)
        return event


def facts_of(dossier: Dossier) -> dict[str, Any]:
    """The dossier's facts as expressions and decisions see them."""
    return {
        "case": "new",
        **dossier.facts,
        "channel": dossier.channel,
        "return_method": dossier.return_method,
        "received_on": local_date(dossier.received_at or dossier.submitted_at),
        "applicant_kind": dossier.applicant.kind,
        "fee_exempt": dossier.fee_exempt,
        "due_at": dossier.due_at,
        "receiving_unit": dossier.counter.code,
        "deciding_unit": dossier.deciding_unit.code,
        "intake_form": "intake",
    }
