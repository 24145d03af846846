"""What home mode knows: the plan, what was practised, and how pain went."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from emgfeedback.core.errors import EmgFeedbackError
from emgfeedback.core.files import Files
from emgfeedback.home.contact import Advice, PainRise, advice_on_pain, pain_rise
from emgfeedback.home.plan_file import HomePlan
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.values import RatingGiven, SessionKind
from emgfeedback.training.plan import Plan, load_plan

if TYPE_CHECKING:
    from emgfeedback.people.register import Register

_MOST_SESSIONS = 400


@dataclass(frozen=True, slots=True)
class KitKnown:
    """What the register and the pairing tell.

    Attributes
    ----------
    practice
        The training plan; None: it cannot be run, and `why` tells the reason.
    practised
        Days with practice.
    newest
        Id of the newest practice, or empty.
    rise
        How pain went in it.
    """

    plan: HomePlan
    practice: Plan | None
    why: str
    practised: list[dt.date]
    newest: str
    rise: PainRise

    @property
    def advice(self) -> Advice:
        """What the newest practice asks for."""
        return advice_on_pain(self.rise, self.plan.pain_rise_stop)


def kit_known(register: Register, folder: DataFolder, files: Files) -> KitKnown | None:
    """Return what is known; None: this computer has no plan.

    Raises
    ------
    EmgFeedbackError
        It cannot be read.
    """
    from emgfeedback.home.kit import plan_in_force  # noqa: PLC0415 - loads the database

    plan = plan_in_force(folder, files)
    if plan is None:
        return None
    lines = register.sessions_of(plan.patient_id, _MOST_SESSIONS)
    home = [line for line in lines if line.kind is SessionKind.HOME]
    told: dict[str, dict[str, int]] = {line.id: {} for line in home}
    for rating in register.all_of(RatingGiven, plan.patient_id):
        if rating.key == "pain" and rating.session_id in told and rating.value is not None:
            told[rating.session_id][rating.when] = rating.value
    return KitKnown(
        plan,
        *_practice(plan, folder, files),
        [line.started_utc.astimezone().date() for line in home],
        home[0].id if home else "",
        pain_rise(list(told.values())),
    )


def _practice(plan: HomePlan, folder: DataFolder, files: Files) -> tuple[Plan | None, str]:
    from emgfeedback.home.kit import training_file  # noqa: PLC0415 - loads the database
    from emgfeedback.people.filing import read_content  # noqa: PLC0415 - loads the database

    path = training_file(folder, plan, files)
    try:
        if read_content(path, files) != plan.toml.encode():
            # The signature holds for the plan's own text, not for this copy of it.
            return None, f"{path} was changed. Take your therapist's plan again."
        return load_plan(path, files), ""
    except OSError as error:
        why = error.strerror or error
        return None, f"{path} cannot be read: {why}. Take your therapist's plan again."
    except EmgFeedbackError as error:
        return None, str(error)
