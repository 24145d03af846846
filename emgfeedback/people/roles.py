"""Who uses the register."""

from __future__ import annotations

from enum import Enum


class Role(Enum):
    """What a person may do."""

    CLINICIAN = "clinician"
    """Everything."""
    PATIENT = "patient"
    """See what is their own; add check-ins, ratings and home sessions."""
