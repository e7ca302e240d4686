"""Refunds are rows: a part of a payment may go back, and the three moneys are kept apart there, too.

Revision: 0011, after 0010.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

WHOLE_PAYMENTS = """
INSERT INTO refund (payment_id, kind, amount, refunded_at)
SELECT payment.id, charge.kind, sum(charge.amount), payment.refunded_at
FROM payment JOIN charge ON charge.payment_id = payment.id
WHERE payment.refunded_at IS NOT NULL
GROUP BY payment.id, charge.kind
HAVING sum(charge.amount) > 0
"""


def upgrade() -> None:
    """Create the table refund, and move there what the payments say of themselves."""
    op.create_table(
        "refund",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("payment_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("refunded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_refund_something")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_refund_payment_id_payment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund")),
    )
    op.create_index(op.f("ix_refund_payment_id"), "refund", ["payment_id"], unique=False)
    op.execute(WHOLE_PAYMENTS)
    op.drop_column("payment", "refunded_at")
