"""The dossier itself, who applies, what was handed in, and where its workflow stands."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, String, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.catalogue.models import ProcedureVersion
from engine.database import Base, Moment, Snapshot
from engine.dossiers.models.words import DossierState
from engine.organisation.models import Unit

__all__ = ["Component", "Dossier", "DossierState", "NumberSeries", "Party", "WorkflowState"]


class Dossier(Base):
    """One applicant's request under one procedure version."""

    __tablename__ = "dossier"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    """What it is called before it has a number; never re-used."""
    number: Mapped[str | None] = mapped_column(String(60), unique=True)
    """Mã số hồ sơ, allotted at acceptance (domain 4)."""
    lookup_code: Mapped[str] = mapped_column(String(12))
    """Printed on the receipt; opens the public tracking page together with the number."""
    version_id: Mapped[int] = mapped_column(ForeignKey("procedure_version.id"), index=True)
    channel: Mapped[str] = mapped_column(String(10))
    return_method: Mapped[str] = mapped_column(String(10))
    return_address: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(String(24))
    counter_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    """Where received."""
    deciding_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    """Who decides."""
    helped_at_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    """Where the applicant was helped to file, when that was elsewhere."""
    applicant_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    submitter_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"))
    """Who handed it in for the applicant, when another person did."""
    applicant_name: Mapped[str]
    folded_name: Mapped[str]
    """The applicant's folded name, copied here so that a list or a search reads one table."""
    name_beginnings: Mapped[list[str]] = mapped_column(
        ARRAY(Text), Computed("word_beginnings((folded_name)::text)", persisted=True), deferred=True
    )
    """All beginnings of the words of that name, kept by the database: whole entries of an index, which are found
    together in a tenth of the time that it takes to gather everything that begins like each of the words asked for."""
    summary: Mapped[str] = mapped_column(default="")
    """Trích yếu: what is asked for."""
    facts: Mapped[Snapshot] = mapped_column(default=dict)
    """Answers of the procedure's intake form; what expressions and decisions may see."""
    fee_exempt: Mapped[bool] = mapped_column(default=False)
    submitted_at: Mapped[Moment]
    received_at: Mapped[Moment | None]
    """When accepted; the law's clock starts here."""
    limit_amount: Mapped[str | None] = mapped_column(String(12))
    limit_unit: Mapped[str | None] = mapped_column(String(20))
    limit_basis: Mapped[str | None]
    original_due_at: Mapped[Moment | None]
    """As fixed at acceptance; never changed."""
    due_at: Mapped[Moment | None]
    """The due date after lawful suspensions."""
    promised_at: Mapped[Moment | None]
    """A later date promised in an apology; never makes a late dossier on time."""
    suspended_at: Mapped[Moment | None]
    """Since when the clock stands still; none while it runs."""
    signed_at: Mapped[Moment | None]
    processing_ended_at: Mapped[Moment | None]
    """When the result was issued; lateness is judged by this (domain 9)."""
    returned_at: Mapped[Moment | None]
    closed_at: Mapped[Moment | None]
    """When the workflow ended, however it did."""
    receipt_number: Mapped[str | None] = mapped_column(String(40))
    book_entry: Mapped[int | None]
    """Số thứ tự in the agency's register of the year."""
    result_number: Mapped[str | None] = mapped_column(String(80))
    result_kind: Mapped[str | None] = mapped_column(String(20))
    """`approval` or `refusal`."""

    version: Mapped[ProcedureVersion] = relationship()
    counter: Mapped[Unit] = relationship(foreign_keys=[counter_id])
    deciding_unit: Mapped[Unit] = relationship(foreign_keys=[deciding_unit_id])
    applicant: Mapped[Party] = relationship(foreign_keys=[applicant_id])
    submitter: Mapped[Party | None] = relationship(foreign_keys=[submitter_id])
    components: Mapped[list[Component]] = relationship(order_by="Component.id")

    __table_args__ = (
        Index("ix_dossier_beginnings", "name_beginnings", postgresql_using="gin"),
        Index(
            "ix_dossier_open_beginnings",
            "name_beginnings",
            postgresql_using="gin",
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index("ix_dossier_counter_id_id", "counter_id", "id"),
        Index("ix_dossier_deciding_unit_id_id", "deciding_unit_id", "id"),
        Index(
            "ix_dossier_open_due",
            "due_at",
            "id",
            postgresql_where=text("closed_at IS NULL AND processing_ended_at IS NULL"),
        ),
        CheckConstraint("received_at IS NULL OR number IS NOT NULL", name="number_at_acceptance"),
    )


class Party(Base):
    """A person or organisation as they were when they handed the dossier in; never shared between dossiers."""

    __tablename__ = "party"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(14))
    full_name: Mapped[str]
    identity_kind: Mapped[str] = mapped_column(String(16))
    """`citizen_id`, `old_id`, `passport` or `tax_code`."""
    identity_number: Mapped[str] = mapped_column(String(30))
    born_on: Mapped[date | None]
    phone: Mapped[str] = mapped_column(String(20), default="")
    email: Mapped[str] = mapped_column(String(200), default="")
    address: Mapped[str] = mapped_column(default="")
    represented_by: Mapped[str] = mapped_column(default="")


class Component(Base):
    """Thành phần hồ sơ: one paper of the published list, as handed in; a supplement adds rows, never overwrites."""

    __tablename__ = "component"

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    code: Mapped[str] = mapped_column(String(60))
    name: Mapped[str]
    required: Mapped[bool]
    originals: Mapped[int] = mapped_column(default=0)
    copies: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(default="")
    supplement: Mapped[int] = mapped_column(default=0)
    """0 at reception; n for the n-th supplement."""
    handed_in_at: Mapped[Moment]


class WorkflowState(Base):
    """Where the dossier's workflow stands: opaque bytes of engine.workflow, and when it must be woken."""

    __tablename__ = "workflow_state"

    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), primary_key=True)
    state: Mapped[bytes]
    next_due_at: Mapped[Moment | None]
    """The earliest timer; none while the workflow waits for people or messages alone."""
    steps: Mapped[int] = mapped_column(default=0)
    kept_messages: Mapped[int] = mapped_column(default=0, server_default="0")
    """Messages that came early and are tried again after every step; here, so that a step need not look for them."""
    halted: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Whether a due timer failed: no worker wakes the dossier until the incident is settled."""

    __table_args__ = (Index("ix_workflow_state_due", "next_due_at", postgresql_where=text("NOT halted")),)


class NumberSeries(Base):
    """The last serial given out: per agency identifier and day for dossiers, per unit and year for books."""

    __tablename__ = "number_series"

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    last: Mapped[int]
