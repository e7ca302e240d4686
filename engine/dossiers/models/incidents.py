"""Incidents: steps, and messages sent out, that failed with nobody in front of a screen to be told."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.database import Base, Moment
from engine.dossiers.models.dossier import Dossier
from engine.dossiers.models.messages import Message, OutgoingMessage
from engine.organisation.models import Person
from engine.words import Words


class IncidentCause(Words):
    """What failed: one of the two that move a dossier on by themselves, or the sending of what a step has said."""

    TIMER = "timer", "Đến hạn", "A timer"
    MESSAGE = "message", "Thông điệp đến sớm", "A message that was kept"
    SENDING = "sending", "Gửi thông điệp ra ngoài", "A message that was to leave the house"


class IncidentState(Words):
    """An incident is open until a step goes through or somebody settles it by hand."""

    OPEN = "open", "Chưa xử lý", "Open"
    RESOLVED = "resolved", "Đã xử lý", "Resolved"


class Incident(Base):
    """One thing that cannot be done: how often it was tried, why it failed, and how it was settled."""

    __tablename__ = "incident"

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    cause: Mapped[str] = mapped_column(String(10))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    outgoing_message_id: Mapped[UUID | None] = mapped_column(ForeignKey("outgoing_message.id"))
    element_id: Mapped[str | None] = mapped_column(String(80))
    """Where in the diagram, when the failure says so."""
    reason_vi: Mapped[str]
    reason_en: Mapped[str]
    first_at: Mapped[Moment]
    last_at: Mapped[Moment]
    attempts: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(String(10), default=IncidentState.OPEN)
    resolved_at: Mapped[Moment | None]
    resolved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """Nobody, when a later step went through by itself."""
    resolution: Mapped[str] = mapped_column(default="")

    dossier: Mapped[Dossier] = relationship()
    message: Mapped[Message | None] = relationship()
    outgoing_message: Mapped[OutgoingMessage | None] = relationship()
    resolved_by: Mapped[Person | None] = relationship()

    __table_args__ = (
        Index("ix_incident_open", "first_at", postgresql_where=text("state = 'open'")),
        CheckConstraint("(cause = 'message') = (message_id IS NOT NULL)", name="message"),
        CheckConstraint("(cause = 'sending') = (outgoing_message_id IS NOT NULL)", name="sending"),
    )
