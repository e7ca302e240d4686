"""Tasks and the work list."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from engine.dossiers.models import Task as TaskRow
from engine.dossiers.queues import WorkListTab
from engine.dossiers.work_list import WorkListRow
from web.api.shapes.base import Answer, Cursor, Line, Moment, PageSize, Query, Request, described


class TaskQuery(Query):
    """Which part of the work list is wanted."""

    tab: WorkListTab = described("All tasks, mine, unclaimed, overdue or due soon.", "all", default=WorkListTab.ALL)
    search: Line = described("Dossier number, or part of the applicant's name without accents.", default="")
    after: Cursor | None = described("`next` of the page before.", default=None)
    size: PageSize = described("How many to a page.", 50, default=50)


class Task(Answer):
    """A user task: who may do it, who has it, and until when."""

    id: UUID = described("The task's id.", "1f0e7c1e-5d52-4b43-9a63-6f0e3f3d7c11")
    dossier: str = described("The dossier's number, or its reference before acceptance.", "H37.15-220322-0001")
    element_id: str = described("The user task in the diagram.", "examine")
    name: str = described("Its name.", "Thụ lý hồ sơ")
    name_en: str = described("Its name in English.", "Examine the dossier")
    kind: str = described("The kind of task.", "motcua.process")
    role: str = described("Which role does it.", "officer")
    unit: str = described("In which unit, by code.", "LDTBXH")
    state: str = described("`open`, `completed` or `cancelled`.", "open")
    form: str | None = described("The form whose answers completing it takes.", "examine")
    opened_at: Moment = described("When it was offered.", "2022-03-22T07:00:00Z")
    due_at: Moment | None = described("The step's own limit.", "2022-03-24T02:40:00Z")
    claimed_by: str | None = described("Who has taken it.", "Lý Thị Hường")
    claimed_at: Moment | None = described("When.", "2022-03-22T07:20:00Z")
    completed_by: str | None = described("Who completed it.")
    completed_at: Moment | None = described("When.")


class WorkListItem(Answer):
    """A task on the work list, with what one needs to choose it."""

    id: UUID = described("The task's id.", "1f0e7c1e-5d52-4b43-9a63-6f0e3f3d7c11")
    dossier: str = described("The dossier's number, or its reference before acceptance.", "H37.15-220322-0001")
    procedure: str = described("The procedure's name.", "Khai báo sử dụng máy, thiết bị")
    procedure_en: str = described("Its name in English.", "Declaration of the use of machinery")
    applicant: str = described("The applicant's name.", "Nguyễn Thị Ngọc Yến")
    name: str = described("What is to be done.", "Thụ lý hồ sơ")
    name_en: str = described("The same in English.", "Examine the dossier")
    kind: str = described("The kind of task.", "motcua.process")
    role: str = described("Which role does it.", "officer")
    unit: str = described("In which unit, by name.", "Sở Lao động - Thương binh và Xã hội")
    dossier_state: str = described("The dossier's state.", "examining")
    opened_at: Moment = described("When it was offered.", "2022-03-22T07:00:00Z")
    due_at: Moment | None = described("The step's own limit.", "2022-03-24T02:40:00Z")
    dossier_due_at: Moment | None = described("The dossier's due date.", "2022-03-29T02:40:00Z")
    suspended: bool = described("Whether the dossier's clock stands still.", False)
    claimed_by: str | None = described("Who has taken it.", "Lý Thị Hường")
    claimed_at: Moment | None = described("When.", "2022-03-22T07:20:00Z")


class WorkListPage(Answer):
    """A page of the work list, the most urgent first."""

    items: list[WorkListItem] = described("The tasks.")
    next: str | None = described("The cursor of the next page; null on the last.")


class CompleteTaskRequest(Request):
    """The answers of the task's form."""

    answers: dict[str, Any] = described(
        "By field key, as the form nests them; empty for a task without a form.",
        {"decision": "approve"},
        default_factory=dict,
    )


class ReassignTaskRequest(Request):
    """To whom the task goes."""

    username: Line = described("The user name of another holder of the task's role.", "nv.hoa", min_length=1)


class Completion(Answer):
    """What completing the task led to."""

    task: Task = described("The task, now completed.")
    dossier: str = described("The dossier's number, or its reference before acceptance.", "H37.15-220322-0001")
    dossier_state: str = described("The dossier's state now.", "examining")
    closed_at: Moment | None = described("When the dossier ended, if this was its last task.")
    opened: list[Task] = described("The tasks that this has opened.")


def task_answer(task: TaskRow, dossier: str) -> Task:
    """A task row as answered; its unit and people must be loaded."""
    return Task(
        id=task.id,
        dossier=dossier,
        element_id=task.element_id,
        name=task.name,
        name_en=task.name_en or task.name,
        kind=task.kind,
        role=task.role,
        unit=task.unit.code,
        state=task.state,
        form=task.form,
        opened_at=task.opened_at,
        due_at=task.due_at,
        claimed_by=task.claimed_by.full_name if task.claimed_by else None,
        claimed_at=task.claimed_at,
        completed_by=task.completed_by.full_name if task.completed_by else None,
        completed_at=task.completed_at,
    )


def work_list_item(row: WorkListRow) -> WorkListItem:
    """A row of the work list as answered."""
    due: datetime | None = row.step_due_at
    return WorkListItem(
        id=row.task_id,
        dossier=row.number,
        procedure=row.procedure,
        procedure_en=row.procedure_en,
        applicant=row.applicant_name,
        name=row.name,
        name_en=row.name_en,
        kind=row.kind,
        role=row.role.value,
        unit=row.unit_name,
        dossier_state=row.state,
        opened_at=row.opened_at,
        due_at=due,
        dossier_due_at=row.due_at,
        suspended=row.suspended,
        claimed_by=row.claimed_by,
        claimed_at=row.claimed_at,
    )
