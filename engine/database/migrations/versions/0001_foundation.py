"""The foundation: the organisation and the catalogue of procedures.

Revision: 0001, after nothing.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the tables, those first that others point at."""
    create_login_failure()
    create_person()
    create_procedure()
    create_setting()
    create_unit()
    create_administration_event()
    create_api_token()
    create_membership()
    create_procedure_version()
    create_reception_assignment()
    create_unit_identifier()
    create_unit_succession()
    create_procedure_file()


def create_login_failure() -> None:
    """Create the table login_failure."""
    op.create_table(
        "login_failure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("username_digest", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_failure")),
    )
    op.create_index(op.f("ix_login_failure_at"), "login_failure", ["at"], unique=False)
    op.create_index("ix_login_failure_username_digest_at", "login_failure", ["username_digest", "at"], unique=False)


def create_person() -> None:
    """Create the table person."""
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(length=60), nullable=False),
        sa.Column("full_name", sa.String(), nullable=False),
        sa.Column("folded_name", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("session_epoch", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("username", name=op.f("uq_person_username")),
    )
    op.create_index(op.f("ix_person_folded_name"), "person", ["folded_name"], unique=False)


def create_procedure() -> None:
    """Create the table procedure."""
    op.create_table(
        "procedure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("folder", sa.String(length=120), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure")),
        sa.UniqueConstraint("folder", name=op.f("uq_procedure_folder")),
    )
    op.create_index(op.f("ix_procedure_code"), "procedure", ["code"], unique=False)


def create_setting() -> None:
    """Create the table setting."""
    op.create_table(
        "setting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setting")),
    )
    op.create_index(op.f("ix_setting_name"), "setting", ["name"], unique=False)


def create_unit() -> None:
    """Create the table unit."""
    op.create_table(
        "unit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_unit_period")),
        sa.ForeignKeyConstraint(["parent_id"], ["unit.id"], name=op.f("fk_unit_parent_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("code", name=op.f("uq_unit_code")),
    )


def create_administration_event() -> None:
    """Create the table administration_event."""
    op.create_table(
        "administration_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_administration_event_actor_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_administration_event")),
    )
    op.create_index(op.f("ix_administration_event_at"), "administration_event", ["at"], unique=False)


def create_api_token() -> None:
    """Create the table api_token."""
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_api_token_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )
    op.create_index(op.f("ix_api_token_person_id"), "api_token", ["person_id"], unique=False)


def create_membership() -> None:
    """Create the table membership."""
    op.create_table(
        "membership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_membership_person_id_person")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_membership_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
        sa.UniqueConstraint(
            "person_id", "unit_id", "role", "valid_from", name=op.f("uq_membership_person_id_unit_id_role_valid_from")
        ),
    )
    op.create_index(op.f("ix_membership_person_id"), "membership", ["person_id"], unique=False)
    op.create_index("ix_membership_unit_role", "membership", ["unit_id", "role"], unique=False)


def create_procedure_version() -> None:
    """Create the table procedure_version."""
    op.create_table(
        "procedure_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("procedure_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("folded_name", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("legal_basis", sa.String(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_to", sa.Date(), nullable=True),
        sa.Column("properties", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["procedure_id"], ["procedure.id"], name=op.f("fk_procedure_version_procedure_id_procedure")
        ),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["person.id"], name=op.f("fk_procedure_version_published_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure_version")),
        sa.UniqueConstraint("procedure_id", "number", name=op.f("uq_procedure_version_procedure_id_number")),
    )
    op.create_index(op.f("ix_procedure_version_procedure_id"), "procedure_version", ["procedure_id"], unique=False)


def create_reception_assignment() -> None:
    """Create the table reception_assignment."""
    op.create_table(
        "reception_assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("deciding_unit_id", sa.Integer(), nullable=False),
        sa.Column("counter_id", sa.Integer(), nullable=False),
        sa.Column("operator", sa.String(length=20), nullable=False),
        sa.Column("procedure_code", sa.String(length=40), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("decision", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["counter_id"], ["unit.id"], name=op.f("fk_reception_assignment_counter_id_unit")),
        sa.ForeignKeyConstraint(
            ["deciding_unit_id"], ["unit.id"], name=op.f("fk_reception_assignment_deciding_unit_id_unit")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reception_assignment")),
    )
    op.create_index(op.f("ix_reception_assignment_counter_id"), "reception_assignment", ["counter_id"], unique=False)
    op.create_index(
        op.f("ix_reception_assignment_deciding_unit_id"), "reception_assignment", ["deciding_unit_id"], unique=False
    )


def create_unit_identifier() -> None:
    """Create the table unit_identifier."""
    op.create_table(
        "unit_identifier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("identifier", sa.String(length=40), nullable=False),
        sa.Column("number_pattern", sa.String(length=80), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_identifier_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_identifier")),
        sa.UniqueConstraint("unit_id", "valid_from", name=op.f("uq_unit_identifier_unit_id_valid_from")),
    )
    op.create_index(op.f("ix_unit_identifier_unit_id"), "unit_identifier", ["unit_id"], unique=False)


def create_unit_succession() -> None:
    """Create the table unit_succession."""
    op.create_table(
        "unit_succession",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("old_unit_id", sa.Integer(), nullable=False),
        sa.Column("new_unit_id", sa.Integer(), nullable=False),
        sa.Column("procedure_code", sa.String(length=40), nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("decision", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["new_unit_id"], ["unit.id"], name=op.f("fk_unit_succession_new_unit_id_unit")),
        sa.ForeignKeyConstraint(["old_unit_id"], ["unit.id"], name=op.f("fk_unit_succession_old_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_succession")),
    )
    op.create_index(op.f("ix_unit_succession_old_unit_id"), "unit_succession", ["old_unit_id"], unique=False)


def create_procedure_file() -> None:
    """Create the table procedure_file."""
    op.create_table(
        "procedure_file",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["procedure_version.id"], name=op.f("fk_procedure_file_version_id_procedure_version")
        ),
        sa.PrimaryKeyConstraint("version_id", "name", name=op.f("pk_procedure_file")),
    )
