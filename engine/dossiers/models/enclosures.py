"""Scans handed in and documents made: their contents live in the database, inside the same transaction."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Moment
from engine.words import Words


class DocumentKind(Words):
    """The papers of a dossier; form numbers are not used because they changed meaning in 2025 (domain 1.2)."""

    RECEIPT = "receipt", "Giấy tiếp nhận hồ sơ và hẹn trả kết quả", "Receipt"
    SUPPLEMENT_REQUEST = "supplement_request", "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ", "Supplement request"
    REFUSAL = "refusal", "Phiếu từ chối tiếp nhận giải quyết hồ sơ", "Refusal"
    APOLOGY = "apology", "Văn bản xin lỗi và hẹn lại ngày trả kết quả", "Apology with a new date"
    CONTROL_SLIP = "control_slip", "Phiếu kiểm soát quá trình giải quyết hồ sơ", "Control slip"
    RESULT = "result", "Kết quả giải quyết", "Result"


class Attachment(Base):
    """A file that somebody uploaded: a scan of a component, a draft, a result."""

    __tablename__ = "attachment"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    component_id: Mapped[int | None] = mapped_column(ForeignKey("component.id"))
    task_id: Mapped[UUID | None] = mapped_column(ForeignKey("task.id"))
    file_name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(deferred=True)
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    uploaded_at: Mapped[Moment]
    published: Mapped[bool] = mapped_column(default=False)
    """Whether the applicant may see it."""


class Document(Base):
    """A paper that the system has made, as it was handed out: the same bytes at every later print."""

    __tablename__ = "document"

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    kind: Mapped[str] = mapped_column(String(24))
    number: Mapped[str | None] = mapped_column(String(80))
    content: Mapped[bytes] = mapped_column(deferred=True)
    made_at: Mapped[Moment]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    published: Mapped[bool] = mapped_column(default=True)
