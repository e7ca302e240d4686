"""Published procedures: every version whole, with all of its files, so that a dossier keeps the one it started on."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.database import Base, Moment, Snapshot


class Procedure(Base):
    """An administrative procedure, known by its folder and its national code."""

    __tablename__ = "procedure"

    id: Mapped[int] = mapped_column(primary_key=True)
    folder: Mapped[str] = mapped_column(String(120), unique=True)
    """`labour/safety_declaration`, below processes/."""
    code: Mapped[str] = mapped_column(String(40), index=True)
    """The national code, `2.000134`."""

    versions: Mapped[list[ProcedureVersion]] = relationship(
        back_populates="procedure", order_by="ProcedureVersion.number"
    )


class ProcedureVersion(Base):
    """One published version of a procedure; never changed afterwards."""

    __tablename__ = "procedure_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    procedure_id: Mapped[int] = mapped_column(ForeignKey("procedure.id"), index=True)
    number: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 over names and contents of all files."""
    name: Mapped[str]
    name_en: Mapped[str]
    folded_name: Mapped[str]
    field: Mapped[str]
    legal_basis: Mapped[str]
    effective_from: Mapped[date]
    effective_to: Mapped[date | None]
    properties: Mapped[Snapshot]
    """The process's camunda:properties as published."""
    published_at: Mapped[Moment]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    procedure: Mapped[Procedure] = relationship(back_populates="versions")
    files: Mapped[list[ProcedureFile]] = relationship(cascade="all")

    __table_args__ = (UniqueConstraint("procedure_id", "number"),)


class ProcedureFile(Base):
    """A file of a version: a diagram, a decision table or a form, its own or a shared one."""

    __tablename__ = "procedure_file"

    version_id: Mapped[int] = mapped_column(ForeignKey("procedure_version.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    """`procedure.bpmn`, `fees.dmn`, `examine.form`, `shared/intake.bpmn`."""
    content: Mapped[bytes]
