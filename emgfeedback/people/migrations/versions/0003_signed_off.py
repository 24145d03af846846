"""Who has signed off an assessment."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

ID = sa.String(32)
UTC = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make one table; what is kept stays as it is."""
    op.create_table(
        "signed_off",
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("patient_id", ID, nullable=True),
        sa.Column("session_id", ID, nullable=False),
        sa.Column("signed_at", UTC, nullable=False),
        sa.Column("signed_by", sa.Text(), nullable=False),
        sa.Column("seal", sa.Text(), nullable=False),
        sa.Column("added", sa.BigInteger(), nullable=False),
        sa.Column("changed_utc", UTC, nullable=False),
        sa.Column("deleted_utc", UTC, nullable=True),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name="fk_signed_off_patient_id"),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name="fk_signed_off_session_id"),
        sa.PrimaryKeyConstraint("id", name="pk_signed_off"),
    )
    op.create_index("ix_signed_off_patient_id", "signed_off", ["patient_id"])
    op.create_index("ix_signed_off_session_id", "signed_off", ["session_id"])
