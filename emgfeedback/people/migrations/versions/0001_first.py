"""The first form of the register."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

ID = sa.String(32)
WORD = sa.String(16)
UTC = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make every table."""
    _audit()
    _patient()
    _check_in()
    _factor_chart()
    _given_plan()
    _injection()
    _placement()
    _session()
    _calibration_result()
    _measure_taken()
    _position_error()
    _rating_given()
    _recording_file()
    _scale_score()
    _trial_result()


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


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("operation", sa.BigInteger(), nullable=False),
        sa.Column("at_utc", UTC, nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("role", WORD, nullable=False),
        sa.Column("action", WORD, nullable=False),
        sa.Column("kind", ID, nullable=False),
        sa.Column("value_id", ID, nullable=False),
        sa.Column("patient_id", ID, nullable=False),
        sa.Column("undoes", sa.BigInteger(), nullable=True),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_audit"),
    )
    op.create_index("ix_audit_operation", "audit", ["operation"])
    op.create_index("ix_audit_patient_id_number", "audit", ["patient_id", "number"])
    op.create_index("ix_audit_undoes", "audit", ["undoes"])
    op.create_index("ix_audit_value_id_number", "audit", ["value_id", "number"])


def _patient() -> None:
    op.create_table(
        "patient",
        *_identity(),
        sa.Column("pseudonym", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("birth_year", sa.BigInteger(), nullable=True),
        sa.Column("posture", sa.Text(), nullable=False),
        sa.Column("posture_side", WORD, nullable=True),
        sa.Column("onset", sa.Date(), nullable=True),
        sa.Column("trauma", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        *_history(),
        sa.Column("search", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_patient"),
    )
    op.create_index("ix_patient_pseudonym", "patient", ["pseudonym"])


def _check_in() -> None:
    op.create_table(
        "check_in",
        *_identity(),
        sa.Column("patient_id", ID, nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("pain", sa.BigInteger(), nullable=True),
        sa.Column("sleep", sa.BigInteger(), nullable=True),
        sa.Column("stress", sa.BigInteger(), nullable=True),
        sa.Column("activity", sa.BigInteger(), nullable=True),
        sa.Column("practised", sa.Boolean(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        *_history(),
        sa.Column("triggers", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name="fk_check_in_patient_id"),
        sa.PrimaryKeyConstraint("id", name="pk_check_in"),
    )
    op.create_index("ix_check_in_patient_id", "check_in", ["patient_id"])


def _factor_chart() -> None:
    op.create_table(
        "factor_chart",
        *_identity(),
        sa.Column("patient_id", ID, nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        *_history(),
        sa.Column("factors", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name="fk_factor_chart_patient_id"),
        sa.PrimaryKeyConstraint("id", name="pk_factor_chart"),
    )
    op.create_index("ix_factor_chart_patient_id", "factor_chart", ["patient_id"])


def _given_plan() -> None:
    op.create_table(
        "given_plan",
        *_identity(),
        sa.Column("patient_id", ID, nullable=False),
        sa.Column("from_date", sa.Date(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("where", sa.Text(), nullable=False),
        sa.Column("toml", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        *_history(),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name="fk_given_plan_patient_id"),
        sa.PrimaryKeyConstraint("id", name="pk_given_plan"),
    )
    op.create_index(
        "ix_given_plan_patient_id_deleted_utc_from_date",
        "given_plan",
        ["patient_id", "deleted_utc", "from_date"],
    )


def _injection() -> None:
    op.create_table(
        "injection",
        *_identity(),
        sa.Column("patient_id", ID, nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("muscles", sa.Text(), nullable=False),
        sa.Column("units", sa.Double(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        *_history(),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name="fk_injection_patient_id"),
        sa.PrimaryKeyConstraint("id", name="pk_injection"),
    )
    op.create_index(
        "ix_injection_patient_id_deleted_utc_on", "injection", ["patient_id", "deleted_utc", "on"]
    )


def _placement() -> None:
    op.create_table(
        "placement",
        *_identity(),
        sa.Column("patient_id", ID, nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("muscle", sa.Text(), nullable=False),
        sa.Column("side", WORD, nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("spacing_mm", sa.Double(), nullable=True),
        sa.Column("sensor", sa.Text(), nullable=False),
        sa.Column("gain", sa.Double(), nullable=True),
        sa.Column("photo", sa.Text(), nullable=False),
        *_history(),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name="fk_placement_patient_id"),
        sa.PrimaryKeyConstraint("id", name="pk_placement"),
    )
    op.create_index("ix_placement_patient_id", "placement", ["patient_id"])


def _session() -> None:
    op.create_table(
        "session",
        *_identity(),
        sa.Column("patient_id", ID, nullable=True),
        sa.Column("started_utc", UTC, nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("plan_title", sa.Text(), nullable=False),
        sa.Column("duration_s", sa.Double(), nullable=True),
        sa.Column("finished", sa.Boolean(), nullable=False),
        sa.Column("success_pct", sa.Double(), nullable=True),
        sa.Column("fixed_pct", sa.Double(), nullable=True),
        sa.Column("excluded_pct", sa.Double(), nullable=True),
        sa.Column("setup", sa.Text(), nullable=False),
        sa.Column("app_version", sa.Text(), nullable=False),
        sa.Column("firmware", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        *_history(),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("summary", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name="fk_session_patient_id"),
        sa.PrimaryKeyConstraint("id", name="pk_session"),
    )
    op.create_index(
        "ix_session_patient_id_deleted_utc_started_utc_id",
        "session",
        ["patient_id", "deleted_utc", "started_utc", "id"],
    )
    op.create_index(
        "ix_session_search_deleted_utc_patient_id",
        "session",
        ["search", "deleted_utc", "patient_id"],
    )
    op.create_index("ix_session_started_utc_id", "session", ["started_utc", "id"])


def _calibration_result() -> None:
    op.create_table(
        "calibration_result",
        *_identity(),
        sa.Column("patient_id", ID, nullable=True),
        sa.Column("session_id", ID, nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("muscle", sa.Text(), nullable=False),
        sa.Column("side", WORD, nullable=False),
        sa.Column("value_uv", sa.Double(), nullable=True),
        sa.Column("posture", sa.Text(), nullable=False),
        sa.Column("head_support", sa.Boolean(), nullable=True),
        *_history(),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name="fk_calibration_result_patient_id"
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name="fk_calibration_result_session_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_calibration_result"),
    )
    op.create_index("ix_calibration_result_patient_id", "calibration_result", ["patient_id"])
    op.create_index("ix_calibration_result_session_id", "calibration_result", ["session_id"])


def _measure_taken() -> None:
    op.create_table(
        "measure_taken",
        *_identity(),
        sa.Column("patient_id", ID, nullable=True),
        sa.Column("session_id", ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("muscle", sa.Text(), nullable=False),
        sa.Column("side", WORD, nullable=False),
        sa.Column("posture", sa.Text(), nullable=False),
        sa.Column("value", sa.Double(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("conditions", sa.Text(), nullable=False),
        *_history(),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name="fk_measure_taken_patient_id"),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name="fk_measure_taken_session_id"),
        sa.PrimaryKeyConstraint("id", name="pk_measure_taken"),
    )
    op.create_index(
        "ix_measure_taken_patient_id_key_muscle", "measure_taken", ["patient_id", "key", "muscle"]
    )
    op.create_index("ix_measure_taken_session_id", "measure_taken", ["session_id"])


def _position_error() -> None:
    op.create_table(
        "position_error",
        *_identity(),
        sa.Column("patient_id", ID, nullable=False),
        sa.Column("session_id", ID, nullable=True),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("movement", sa.Text(), nullable=False),
        sa.Column("distance_mm", sa.Double(), nullable=False),
        *_history(),
        sa.Column("offsets_mm", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name="fk_position_error_patient_id"
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name="fk_position_error_session_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_position_error"),
    )
    op.create_index("ix_position_error_patient_id", "position_error", ["patient_id"])
    op.create_index("ix_position_error_session_id", "position_error", ["session_id"])


def _rating_given() -> None:
    op.create_table(
        "rating_given",
        *_identity(),
        sa.Column("patient_id", ID, nullable=True),
        sa.Column("session_id", ID, nullable=False),
        sa.Column("when", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=True),
        *_history(),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name="fk_rating_given_patient_id"),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name="fk_rating_given_session_id"),
        sa.PrimaryKeyConstraint("id", name="pk_rating_given"),
    )
    op.create_index("ix_rating_given_patient_id", "rating_given", ["patient_id"])
    op.create_index("ix_rating_given_session_id", "rating_given", ["session_id"])


def _recording_file() -> None:
    op.create_table(
        "recording_file",
        *_identity(),
        sa.Column("patient_id", ID, nullable=True),
        sa.Column("session_id", ID, nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("started_utc", UTC, nullable=False),
        sa.Column("fs_hz", sa.Double(), nullable=True),
        sa.Column("n_samples", sa.BigInteger(), nullable=False),
        sa.Column("lost", sa.BigInteger(), nullable=False),
        *_history(),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("left_out", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patient.id"], name="fk_recording_file_patient_id"
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name="fk_recording_file_session_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_recording_file"),
    )
    op.create_index("ix_recording_file_patient_id", "recording_file", ["patient_id"])
    op.create_index("ix_recording_file_session_id", "recording_file", ["session_id"])


def _scale_score() -> None:
    op.create_table(
        "scale_score",
        *_identity(),
        sa.Column("patient_id", ID, nullable=False),
        sa.Column("session_id", ID, nullable=True),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("scale", sa.Text(), nullable=False),
        sa.Column("total", sa.Double(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        *_history(),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name="fk_scale_score_patient_id"),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name="fk_scale_score_session_id"),
        sa.PrimaryKeyConstraint("id", name="pk_scale_score"),
    )
    op.create_index("ix_scale_score_patient_id", "scale_score", ["patient_id"])
    op.create_index("ix_scale_score_session_id", "scale_score", ["session_id"])


def _trial_result() -> None:
    op.create_table(
        "trial_result",
        *_identity(),
        sa.Column("patient_id", ID, nullable=True),
        sa.Column("session_id", ID, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("success_pct", sa.Double(), nullable=True),
        sa.Column("fixed_pct", sa.Double(), nullable=True),
        sa.Column("scored_s", sa.Double(), nullable=True),
        sa.Column("excluded_s", sa.Double(), nullable=True),
        *_history(),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patient.id"], name="fk_trial_result_patient_id"),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name="fk_trial_result_session_id"),
        sa.PrimaryKeyConstraint("id", name="pk_trial_result"),
    )
    op.create_index("ix_trial_result_patient_id", "trial_result", ["patient_id"])
    op.create_index("ix_trial_result_session_id", "trial_result", ["session_id"])
