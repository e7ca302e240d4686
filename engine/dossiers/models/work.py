"""What people do with a dossier: tasks, waits, hand-overs, supplements and opinions."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.database import Base, Moment, Snapshot
from engine.dossiers.models.dossier import Dossier
from engine.organisation.models import Person, Unit
from engine.words import Words


class TaskState(Words):
    """A task is open until it is completed, or cancelled because the workflow went another way."""

    OPEN = "open", "Đang chờ", "Open"
    COMPLETED = "completed", "Đã hoàn thành", "Completed"
    CANCELLED = "cancelled", "Đã hủy", "Cancelled"


class Task(Base):
    """A user task of the diagram, offered to the people who hold its role in its unit."""

    __tablename__ = "task"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    """The workflow's own id of the ready task."""
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    element_id: Mapped[str] = mapped_column(String(80))
    path: Mapped[str] = mapped_column(default="")
    """Call activities and sub-processes around it, outermost first, joined by `/`."""
    name: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    kind: Mapped[str] = mapped_column(String(30))
    role: Mapped[str] = mapped_column(String(30))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    form: Mapped[str | None] = mapped_column(String(80))
    inputs: Mapped[Snapshot] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(String(10), default=TaskState.OPEN)
    opened_at: Mapped[Moment]
    due_at: Mapped[Moment | None]
    """The step's own limit."""
    urgent_at: Mapped[Moment]
    """The earlier of the step's and the dossier's limit, by which work lists are sorted; far away without either."""
    claimed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    claimed_at: Mapped[Moment | None]
    completed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    completed_at: Mapped[Moment | None]
    answers: Mapped[Snapshot | None]

    dossier: Mapped[Dossier] = relationship()
    unit: Mapped[Unit] = relationship()
    claimed_by: Mapped[Person | None] = relationship(foreign_keys=[claimed_by_id])
    completed_by: Mapped[Person | None] = relationship(foreign_keys=[completed_by_id])

    __table_args__ = (
        Index(
            "ix_task_work_list",
            "unit_id",
            "role",
            "urgent_at",
            "id",
            postgresql_include=["dossier_id", "claimed_by_id"],
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_task_dossier_id_state", "dossier_id", "state"),
        Index("ix_task_unit_id_dossier_id", "unit_id", "dossier_id"),
        Index("ix_task_claimed", "claimed_by_id", "unit_id", "role", postgresql_where=text("state = 'open'")),
        CheckConstraint("state <> 'completed' OR completed_at IS NOT NULL", name="completed"),
    )


class Wait(Base):
    """A place where the workflow waits for a message or a date and nobody has a task for it."""

    __tablename__ = "wait"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    element_id: Mapped[str] = mapped_column(String(80))
    name: Mapped[str]
    """The reason, in the diagram's words."""
    path: Mapped[str] = mapped_column(default="")
    kind: Mapped[str] = mapped_column(String(10))
    message: Mapped[str | None] = mapped_column(String(80))
    attached_to: Mapped[str | None] = mapped_column(String(80))
    since: Mapped[Moment]
    due_at: Mapped[Moment | None]


class HandOver(Base):
    """A row of the control slip: who gave the dossier to whom, when, and how it was taken over."""

    __tablename__ = "hand_over"

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    from_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    to_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    given_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    given_at: Mapped[Moment]
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    taken_at: Mapped[Moment | None]
    accepted: Mapped[bool | None]
    """False when the receiver sent it back; that counts as an error at the counter."""
    note: Mapped[str] = mapped_column(default="")


class Supplement(Base):
    """One request for papers after acceptance; at most one a dossier unless overridden with a reason (domain 2.3)."""

    __tablename__ = "supplement"

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    ordinal: Mapped[int]
    content: Mapped[str]
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    requested_at: Mapped[Moment]
    answered_at: Mapped[Moment | None]
    expired_at: Mapped[Moment | None]
    due_before: Mapped[Moment | None]
    due_after: Mapped[Moment | None]


class RequestedPaper(Base):
    """One row of a request for papers, made at the counter or after acceptance: which one, and what it lacks."""

    __tablename__ = "requested_paper"

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    asked_at: Mapped[Moment]
    """When it was asked for: the moment of the request's event in the log, which holds number and reason."""
    code: Mapped[str] = mapped_column(String(60))
    """Of the component on the published list."""
    name: Mapped[str]
    """As it was called then."""
    wanted: Mapped[str] = mapped_column(default="")
    """What is missing or has to be mended; empty when the paper was not handed in at all."""
    originals: Mapped[int] = mapped_column(default=0)
    certified_copies: Mapped[int] = mapped_column(default=0)
    copies: Mapped[int] = mapped_column(default=0)


class Opinion(Base):
    """What one consulted unit was asked and what it said; silence is a row too, a late answer is kept apart."""

    __tablename__ = "opinion"

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    asked_at: Mapped[Moment]
    verdict: Mapped[str | None] = mapped_column(String(40))
    """`agree`, `disagree`, or `silence` (counts as agreement when the procedure says so)."""
    content: Mapped[str] = mapped_column(default="")
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[Moment | None]
    late: Mapped[bool] = mapped_column(default=False)
