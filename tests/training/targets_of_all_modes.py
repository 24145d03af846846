"""One target of each mode, in microvolts, that the scripted patient can reach."""

from __future__ import annotations

from emgfeedback.training.now import Mode
from emgfeedback.training.plan_target import TargetPlan

TARGETS = {
    "relax": TargetPlan(
        mode=Mode.RELAX, quiet=("trapezius left", "trapezius right"), below="60 uV"
    ),
    "activate": TargetPlan(mode=Mode.ACTIVATE, main=("scm left",), above="20 uV"),
    "band": TargetPlan(mode=Mode.BAND, main=("scm left",), low="10 uV", high="300 uV"),
    "trajectory": TargetPlan(
        mode=Mode.TRAJECTORY, main=("scm left",), low="10 uV", high="60 uV", period_s=10
    ),
    "contrast": TargetPlan(
        mode=Mode.CONTRAST, main=("scm left",), quiet=("scm right",), above="20 uV", below="60 uV"
    ),
    "balance": TargetPlan(mode=Mode.BALANCE, muscle="trapezius", movement="midline"),
}
