"""What a recording before injections adds: posture, the way around the heart, moved edges."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

ID = sa.String(32)
UTC = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make three tables; what is kept stays as it is."""
    _examination()
    _heart_choice()
    _moved_edge()


def _identity() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
    )


def _history() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("added", sa.BigInteger(), nullable=False),
        sa.Column("changed_utc", UTC, nullable=False),
        sa.Column("deleted_utc", UTC, nullable=True),
    )


def _examination() -> None:
    op.create_table(
        "examination",
        *_identity(),
        sa.Column("patient_id", ID, nullable=False),
        sa.Column("session_id", ID, nullable=True),
        sa.Column("examined_on", sa.Date(), nullable=False),
        sa.Column("larynx", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        *_history(),
        sa.Column("postures", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name="fk_examination_patient_id"),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name="fk_examination_session_id"),
        sa.PrimaryKeyConstraint("id", name="pk_examination"),
    )
    op.create_index("ix_examination_patient_id", "examination", ["patient_id"])
    op.create_index("ix_examination_session_id", "examination", ["session_id"])


def _heart_choice() -> None:
    op.create_table(
        "heart_choice",
        *_identity(),
        sa.Column("patient_id", ID, nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("chosen_at", UTC, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        *_history(),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name="fk_heart_choice_patient_id"),
        sa.PrimaryKeyConstraint("id", name="pk_heart_choice"),
    )
    op.create_index("ix_heart_choice_patient_id", "heart_choice", ["patient_id"])


def _moved_edge() -> None:
    op.create_table(
        "moved_edge",
        *_identity(),
        sa.Column("patient_id", ID, nullable=True),
        sa.Column("session_id", ID, nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("repeat", sa.BigInteger(), nullable=False),
        sa.Column("edge", sa.Text(), nullable=False),
        sa.Column("at_s", sa.Double(), nullable=False),
        sa.Column("was_s", sa.Double(), nullable=False),
        *_history(),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name="fk_moved_edge_patient_id"),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name="fk_moved_edge_session_id"),
        sa.PrimaryKeyConstraint("id", name="pk_moved_edge"),
    )
    op.create_index("ix_moved_edge_patient_id", "moved_edge", ["patient_id"])
    op.create_index("ix_moved_edge_session_id", "moved_edge", ["session_id"])
