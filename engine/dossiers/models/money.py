"""Money: what a dossier costs and what was paid. Whole VND; fee, charge and postage never mix."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.database import Base, Moment
from engine.words import Words


class ChargeKind(Words):
    """Three different moneys (domain 8)."""

    FEE = "phi", "Phí", "Fee"
    CHARGE = "le_phi", "Lệ phí", "Charge"
    POSTAGE = "cuoc", "Cước bưu chính", "Postage"


class PaymentMethod(Words):
    """How money came in; exempt is a way of collection too and is left out of payment statistics."""

    CASH = "cash", "Tiền mặt", "Cash"
    TRANSFER = "transfer", "Chuyển khoản, mã QR", "Transfer"
    PORTAL = "portal", "Cổng Dịch vụ công quốc gia", "National portal"
    EXEMPT = "exempt", "Được miễn", "Exempt"


class Charge(Base):
    """One line of what is to be paid."""

    __tablename__ = "charge"

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    code: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    """Empty where the table of fees gave none."""
    unit_amount: Mapped[int] = mapped_column(BigInteger)
    quantity: Mapped[int]
    amount: Mapped[int] = mapped_column(BigInteger)
    legal_basis: Mapped[str] = mapped_column(default="")
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payment.id"))

    __table_args__ = (CheckConstraint("amount >= 0 AND quantity >= 0", name="not_negative"),)


class Payment(Base):
    """Money that was taken (or waived), with the receipt that was given for it."""

    __tablename__ = "payment"

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier_id: Mapped[int] = mapped_column(ForeignKey("dossier.id"), index=True)
    method: Mapped[str] = mapped_column(String(10))
    amount: Mapped[int] = mapped_column(BigInteger)
    receipt_number: Mapped[str] = mapped_column(String(40), unique=True)
    collected_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    """Nobody where a message said that the money came, or where it was waived with nobody acting."""
    collected_at: Mapped[Moment]


class Refund(Base):
    """Money of a payment that went back to the applicant: all of it, or what was more than is due."""

    __tablename__ = "refund"

    id: Mapped[int] = mapped_column(primary_key=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payment.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    amount: Mapped[int] = mapped_column(BigInteger)
    refunded_at: Mapped[Moment]

    payment: Mapped[Payment] = relationship()

    __table_args__ = (CheckConstraint("amount > 0", name="something"),)
