"""Messages that came from outside for a dossier, and those that a dossier sends out."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Moment, Snapshot
from engine.words import Words


class MessageState(Words):
    """What became of a message: nothing is lost, and nothing is delivered twice."""

    KEPT = "kept", "Giữ lại, chưa có bước nào chờ", "Kept, nothing waits for it yet"
    DELIVERED = "delivered", "Đã chuyển tới hồ sơ", "Delivered"
    REFUSED = "refused", "Bị từ chối", "Refused"
    FAILED = "failed", "Gặp sự cố khi xử lý", "Failed, an incident says why"


class Message(Base):
    """A message to one dossier: payment confirmed, letter delivered, an answer from another body."""

    __tablename__ = "message"

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    name: Mapped[str] = mapped_column(String(80))
    addressee: Mapped[str | None] = mapped_column(String(80))
    """The element that it is for, when the sender named one."""
    key: Mapped[str | None] = mapped_column(String(120))
    """The sender's own name of the message: a second one with the same key is the same message."""
    payload: Mapped[Snapshot] = mapped_column(default=dict)
    sender_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    received_at: Mapped[Moment]
    state: Mapped[str] = mapped_column(String(10))
    delivered_at: Mapped[Moment | None]
    reason_vi: Mapped[str] = mapped_column(default="")
    """Why it was refused."""
    reason_en: Mapped[str] = mapped_column(default="")

    __table_args__ = (
        Index("uq_message_dossier_id_key", "dossier_id", "key", unique=True),
        Index("ix_message_kept", "dossier_id", "id", postgresql_where=text("state = 'kept'")),
    )


class OutgoingState(Words):
    """Whether a message has left the house."""

    WAITING = "waiting", "Chờ gửi", "Waiting to be sent"
    SENT = "sent", "Đã gửi", "Sent"
    FAILED = "failed", "Không gửi được", "Could not be sent, an incident says why"
    NO_ADDRESS = "no_address", "Chưa gửi: chưa cấu hình địa chỉ nhận", "Not sent: no address"


class OutgoingMessage(Base):
    """A message that a dossier's diagram has sent; written by the step itself and sent by a job afterwards."""

    __tablename__ = "outgoing_message"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    """Travels with the message, so that the receiver knows a repetition."""
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    payload: Mapped[Snapshot] = mapped_column(default=dict)
    created_at: Mapped[Moment]
    state: Mapped[str] = mapped_column(String(10), default=OutgoingState.WAITING)
    sent_at: Mapped[Moment | None]

    __table_args__ = (Index("ix_outgoing_message_unsent", "created_at", postgresql_where=text("state <> 'sent'")),)
