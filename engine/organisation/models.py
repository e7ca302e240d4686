"""Units, people and who holds which role where, each for a period of time."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.database import Base, Moment, Snapshot
from engine.words import Words


class UnitKind(Words):
    """What a unit is in the one-stop arrangement."""

    COMMITTEE = "committee", "Ủy ban nhân dân", "People's committee"
    AGENCY = "agency", "Sở, ban, ngành", "Provincial agency"
    CENTRE = "centre", "Trung tâm Phục vụ hành chính công", "Public service centre"
    POST = "post", "Bưu điện", "Post office"
    COUNTER = "counter", "Quầy tiếp nhận", "Counter"
    OTHER = "other", "Cơ quan phối hợp", "Consulted body"


class Role(Words):
    """What a person may do in a unit (domain 2.5); the value is what diagrams name as candidate group."""

    POST_CLERK = "post_clerk", "Nhân viên bưu điện", "Post clerk"
    DIVISION_HEAD = "division_head", "Lãnh đạo phòng", "Division head"
    OFFICER = "officer", "Chuyên viên", "Officer"
    LEADER = "leader", "Lãnh đạo cơ quan", "Leader"
    RECORDS_CLERK = "records_clerk", "Văn thư", "Records clerk"
    CENTRE_MANAGER = "centre_manager", "Quản lý trung tâm", "Centre manager"
    PROCESS_DESIGNER = "process_designer", "Người thiết kế quy trình", "Process designer"
    ADMINISTRATOR = "administrator", "Quản trị hệ thống", "Administrator"


class Unit(Base):
    """A body, office or counter between two dates; a successor is another row, never a rename."""

    __tablename__ = "unit"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str]
    name_en: Mapped[str]
    kind: Mapped[str] = mapped_column(String(20))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    """The last day on which the unit exists; none while it has no end."""

    parent: Mapped[Unit | None] = relationship(remote_side=[id])

    __table_args__ = (CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="period"),)


class UnitIdentifier(Base):
    """The electronic identifier of a unit (`H37.15`, before that `000.00.15.H37`) and its number pattern, by period."""

    __tablename__ = "unit_identifier"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    identifier: Mapped[str] = mapped_column(String(40))
    number_pattern: Mapped[str] = mapped_column(String(80), default="{identifier}-{yymmdd}-{serial:04d}")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    __table_args__ = (UniqueConstraint("unit_id", "valid_from"),)


class UnitSuccession(Base):
    """From `effective_on`, `new_unit` decides what `old_unit` decided; for one procedure, or (none) for all others."""

    __tablename__ = "unit_succession"

    id: Mapped[int] = mapped_column(primary_key=True)
    old_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    new_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    procedure_code: Mapped[str | None] = mapped_column(String(40))
    effective_on: Mapped[date]
    decision: Mapped[str]


class ReceptionAssignment(Base):
    """At `counter`, the staff of `operator` receive for `deciding_unit`, under `decision`, between two dates."""

    __tablename__ = "reception_assignment"

    id: Mapped[int] = mapped_column(primary_key=True)
    deciding_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    counter_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    operator: Mapped[str] = mapped_column(String(20))
    """`post` or `civil`: who staffs the counter for this unit."""
    procedure_code: Mapped[str | None] = mapped_column(String(40))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    decision: Mapped[str]


class Person(Base):
    """Somebody who can log in; never deleted, only switched off."""

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(60), unique=True)
    full_name: Mapped[str]
    folded_name: Mapped[str] = mapped_column(index=True)
    password_hash: Mapped[str]
    language: Mapped[str] = mapped_column(String(2), default="vi")
    active: Mapped[bool] = mapped_column(default=True)
    session_epoch: Mapped[int] = mapped_column(default=0)
    """Raised to end every open session of this person."""
    created_at: Mapped[Moment]

    memberships: Mapped[list[Membership]] = relationship(back_populates="person")


class Membership(Base):
    """A person holds a role in a unit between two dates."""

    __tablename__ = "membership"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    role: Mapped[str] = mapped_column(String(30))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    person: Mapped[Person] = relationship(back_populates="memberships")
    unit: Mapped[Unit] = relationship()

    __table_args__ = (
        Index("ix_membership_unit_role", "unit_id", "role"),
        UniqueConstraint("person_id", "unit_id", "role", "valid_from"),
    )


class ApiToken(Base):
    """A bearer token of a person for the API; only its SHA-256 is kept."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    revoked_at: Mapped[Moment | None]


class LoginFailure(Base):
    """One wrong password; kept only as long as it counts towards the throttle, and without the name that was typed."""

    __tablename__ = "login_failure"

    id: Mapped[int] = mapped_column(primary_key=True)
    username_digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the folded user name: people do type passwords into the wrong field."""
    network_digest: Mapped[str | None] = mapped_column(String(64))
    """SHA-256 of the network that it came from, where that is known."""
    at: Mapped[Moment] = mapped_column(index=True)

    __table_args__ = (
        Index("ix_login_failure_username_digest_at", "username_digest", "at"),
        Index("ix_login_failure_network_digest_at", "network_digest", "at"),
    )


class AdministrationEventKind(Words):
    """The verbs of the administration log."""

    UNIT_CHANGED = "unit_changed", "Cập nhật đơn vị", "Unit changed"
    IDENTIFIER_CHANGED = "identifier_changed", "Cập nhật mã định danh", "Identifier changed"
    SUCCESSION_CHANGED = "succession_changed", "Cập nhật kế thừa thẩm quyền", "Succession changed"
    RECEPTION_CHANGED = "reception_changed", "Cập nhật phân công tiếp nhận", "Reception assignment changed"
    SETTING_PUBLISHED = "setting_published", "Ban hành cấu hình", "Setting published"
    PROCEDURE_PUBLISHED = "procedure_published", "Ban hành phiên bản thủ tục", "Procedure version published"
    PERSON_CREATED = "person_created", "Tạo tài khoản", "Person created"
    ROLE_GRANTED = "role_granted", "Giao vai trò", "Role granted"
    ROLE_REVOKED = "role_revoked", "Thu hồi vai trò", "Role revoked"
    ACCOUNT_CLOSED = "account_closed", "Khóa tài khoản", "Account closed"
    PASSWORD_CHANGED = "password_changed", "Đổi mật khẩu", "Password changed"
    TOKEN_CREATED = "token_created", "Cấp mã truy cập", "Token created"
    TOKEN_REVOKED = "token_revoked", "Thu hồi mã truy cập", "Token revoked"
    DUE_DATES_RECALCULATED = "due_dates_recalculated", "Tính lại hạn trả các hồ sơ", "Due dates recalculated"


class AdministrationEvent(Base):
    """One change to organisation, rights, settings or catalogue: who, when, what. Append-only; dossiers have their own.

    Never holds a password, a token or anything derived from one.
    """

    __tablename__ = "administration_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[Moment] = mapped_column(index=True)
    kind: Mapped[str] = mapped_column(String(24))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    actor_name: Mapped[str] = mapped_column(default="")
    """As it was then; empty when the command line or the start-up acted."""
    subject: Mapped[str] = mapped_column(String(200))
    """What was changed, by its code: a unit, a user name, a procedure's folder."""
    details: Mapped[Snapshot] = mapped_column(default=dict)


class Setting(Base):
    """Effective-dated data that is not a table of its own (office hours, calendars, status wordings), as published."""

    __tablename__ = "setting"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60), index=True)
    """`calendar/2026`, `office_hours`, `national_status`, ...; of several rows with one name the newest is in force."""
    digest: Mapped[str] = mapped_column(String(64))
    content: Mapped[str]
    published_at: Mapped[Moment]

    def __repr__(self) -> str:
        return f"Setting({self.name!r}, {self.digest[:8]})"
