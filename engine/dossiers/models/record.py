"""What happened, for ever: the append-only event log; and answers kept for repeated requests."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.database import Base, Moment, Snapshot
from engine.words import Words


class EventKind(Words):
    """The verbs of the event log."""

    SUBMITTED = "submitted", "Nộp hồ sơ", "Submitted"
    RECEIVED = "received", "Tiếp nhận hồ sơ", "Received"
    INCOMPLETE = "incomplete", "Hướng dẫn hoàn thiện hồ sơ", "Asked to complete"
    REJECTED = "rejected", "Từ chối tiếp nhận", "Rejected"
    TASK_OPENED = "task_opened", "Mở công việc", "Task opened"
    TASK_CLAIMED = "task_claimed", "Nhận việc", "Task claimed"
    TASK_RELEASED = "task_released", "Trả lại việc", "Task released"
    TASK_REASSIGNED = "task_reassigned", "Chuyển người thụ lý", "Task re-assigned"
    HOLDER_GONE = "holder_gone", "Việc chờ người nhận", "Task waits for a holder"
    TASK_COMPLETED = "task_completed", "Hoàn thành công việc", "Task completed"
    TASK_CANCELLED = "task_cancelled", "Hủy công việc", "Task cancelled"
    PASSED = "passed", "Qua bước", "Passed"
    STATE_CHANGED = "state_changed", "Chuyển trạng thái", "State changed"
    HANDED_OVER = "handed_over", "Bàn giao", "Handed over"
    TAKEN_OVER = "taken_over", "Nhận bàn giao", "Taken over"
    SENT_BACK = "sent_back", "Trả lại quầy", "Sent back to the counter"
    CHARGED = "charged", "Tính phí, lệ phí", "Charged"
    PAID = "paid", "Thu phí, lệ phí", "Paid"
    OVERPAID = "overpaid", "Đã thu thừa phí, lệ phí", "More was paid than is due"
    REFUNDED = "refunded", "Hoàn phí", "Refunded"
    CLOCK_STOPPED = "clock_stopped", "Tạm dừng thời hạn", "Clock stopped"
    CLOCK_RESUMED = "clock_resumed", "Tính tiếp thời hạn", "Clock resumed"
    SUPPLEMENT_REQUESTED = "supplement_requested", "Yêu cầu bổ sung", "Supplement requested"
    REQUEST_ALLOWED = "request_allowed", "Cho phép yêu cầu bổ sung thêm", "Further supplement request allowed"
    SUPPLEMENT_RECEIVED = "supplement_received", "Nhận giấy tờ bổ sung", "Supplement received"
    SUPPLEMENT_EXPIRED = "supplement_expired", "Hết hạn bổ sung", "Supplement expired"
    OPINION_REQUESTED = "opinion_requested", "Gửi lấy ý kiến", "Opinion requested"
    OPINION_GIVEN = "opinion_given", "Nhận ý kiến", "Opinion given"
    OPINION_SILENT = "opinion_silent", "Hết hạn lấy ý kiến", "No opinion in time"
    OPINION_LATE = "opinion_late", "Ý kiến gửi sau hạn", "Opinion after the limit"
    SIGNED = "signed", "Ký duyệt", "Signed"
    ISSUED = "issued", "Phát hành kết quả", "Issued"
    TIMER_FIRED = "timer_fired", "Đến hạn", "Timer fired"
    MESSAGE_RECEIVED = "message_received", "Nhận thông điệp", "Message received"
    MESSAGE_KEPT = "message_kept", "Giữ thông điệp đến sớm", "Early message kept"
    MESSAGE_REFUSED = "message_refused", "Từ chối thông điệp", "Message refused"
    MESSAGE_SENT = "message_sent", "Gửi thông điệp", "Message sent"
    INCIDENT_OPENED = "incident_opened", "Phát sinh sự cố", "Incident"
    INCIDENT_RETRIED = "incident_retried", "Thử lại sau sự cố", "Tried again after an incident"
    INCIDENT_RESOLVED = "incident_resolved", "Xử lý sự cố", "Incident resolved"
    DUE_RECALCULATED = "due_recalculated", "Tính lại hạn trả", "Due date recalculated"
    WITHDRAWAL_REQUESTED = "withdrawal_requested", "Yêu cầu rút hồ sơ", "Withdrawal requested"
    STOPPED = "stopped", "Dừng giải quyết", "Stopped"
    NOTIFIED = "notified", "Thông báo cho người nộp", "Applicant notified"
    NOTED = "noted", "Ghi nhận", "Noted"
    FILE_ADDED = "file_added", "Thêm tệp", "File added"
    PAPER_MADE = "paper_made", "In giấy tờ", "Paper made"
    IDENTITY_READ = "identity_read", "Xem số định danh", "Identity number read"
    RETURNED = "returned", "Trả kết quả", "Returned"
    UNIT_SUCCEEDED = "unit_succeeded", "Chuyển đơn vị kế thừa", "Passed to the successor"
    APOLOGISED = "apologised", "Xin lỗi, hẹn lại ngày trả", "Apology and new date"
    TRANSFERRED = "transferred", "Chuyển đến cơ quan có thẩm quyền", "Passed to the competent agency"
    CLOSED = "closed", "Kết thúc", "Closed"


class Event(Base):
    """One thing that happened to a dossier. A database trigger refuses to change or delete rows."""

    __tablename__ = "event"

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"))
    at: Mapped[Moment]
    kind: Mapped[str] = mapped_column(String(24))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    actor_name: Mapped[str] = mapped_column(default="")
    """As it was then; empty when nobody acted (a timer, a message)."""
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    task_id: Mapped[UUID | None]
    element_id: Mapped[str | None] = mapped_column(String(80))
    path: Mapped[str] = mapped_column(default="")
    details: Mapped[Snapshot] = mapped_column(default=dict)

    __table_args__ = (Index("ix_event_dossier_id_id", "dossier_id", "id"), Index("ix_event_at", "at"))


class IdempotentAnswer(Base):
    """The first answer to a request that carried an `Idempotency-Key`, given again when it is repeated."""

    __tablename__ = "idempotent_answer"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    request_digest: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    body: Mapped[Snapshot]
    created_at: Mapped[Moment]
