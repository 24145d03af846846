"""What a plan for home asks of the therapist."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QCheckBox, QPlainTextEdit

from emgfeedback.core.errors import SettingsError
from emgfeedback.home.plan_file import CHANGES, DAYS, PAIN_RISE, WEEKS, HomePlan
from emgfeedback.ui import theme
from emgfeedback.ui.person.fields import Form, TextField, quiet, read_number
from emgfeedback.ui.widgets.painted import FollowsLook

_TO_FILL = "____"
_USUAL_WEEKS, _USUAL_DAYS, _USUAL_RISE = 4, 5, 3


class ContactField(FollowsLook, QPlainTextEdit):
    """Three lines for a sentence."""

    def __init__(self) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        theme.set_role(self, "body")
        self.look_changed()

    def look_changed(self) -> None:
        """Keep room for three lines."""
        self.setFixedHeight(theme.px(72))


class HomeForm(Form):
    """Whom to call, how often and how long, and when practice ends."""

    def __init__(self) -> None:
        super().__init__("", 4)
        self.save_button.say(self.tr("Write the plan's file …"), "export")
        self.contact = ContactField()
        self.greeting = TextField(self.tr("First name to greet by"), self.tr("none"))
        self.weeks = TextField(self.tr("Weeks"))
        self.days = TextField(self.tr("Days a week"))
        self.pain_rise = TextField(self.tr("Stops at pain rise of"), self.tr("points of 10"))
        self.pain_rise.setAccessibleDescription(
            self.tr("Practice ends, and the patient is told to call, where pain rose by so many "
                    "points of 10")
        )  # fmt: skip
        self.may_skip = QCheckBox(self.tr("The patient may go past a step"))
        theme.set_role(self.may_skip, "body")
        self.training = quiet()
        self.add(self.tr("Whom to call, and when: it stands on the patient's screen"),
                 self.contact, span=4)  # fmt: skip
        for field in (self.greeting, self.weeks, self.days, self.pain_rise):
            self.add(field.name, field)
        self.add(self.tr("Changes"), self.may_skip, span=2)
        self.add(self.tr("Training"), self.training, span=2)
        whole = self.layout()
        assert whole is not None
        whole.addWidget(
            quiet(
                self.tr("Signed, not encrypted: who finds the stick can read code and first name.")
            )
        )

    def fill(self, plan: HomePlan | None, clinic: str, training: str) -> None:
        """Show the wishes of the plan before, or what a first one begins with."""
        self.banner.show_notice(None)
        self.save_button.setEnabled(True)
        self.contact.setPlainText(plan.contact if plan is not None else self._usual_words(clinic))
        self.greeting.setText(plan.greeting if plan is not None else "")
        weeks = ((plan.last_day - plan.first_day).days + 1) // 7 if plan else _USUAL_WEEKS
        self.weeks.setText(str(max(weeks, 1)))
        self.days.setText(str(plan.days_per_week if plan else _USUAL_DAYS))
        self.pain_rise.setText(str(plan.pain_rise_stop if plan else _USUAL_RISE))
        self.may_skip.setChecked(plan is None or bool(plan.may_change))
        self.training.setText(training)
        self._select_gap()

    def entered(self, clinic: str) -> dict[str, Any]:
        """Return the fields of `home.give.Wishes`. Raises SettingsError where one cannot be."""
        contact = " ".join(self.contact.toPlainText().split())
        if not contact or _TO_FILL in contact:
            self._select_gap()
            self.contact.setFocus()
            raise SettingsError(
                self.tr("The plan names nobody to call."),
                self.tr("Write the telephone number that the patient should call."),
            )
        return {
            "contact": contact,
            "clinic": clinic,
            "greeting": self.greeting.text().strip(),
            "weeks": _whole(self.weeks, WEEKS),
            "days_per_week": _whole(self.days, DAYS),
            "pain_rise_stop": _whole(self.pain_rise, PAIN_RISE),
            "may_change": CHANGES if self.may_skip.isChecked() else (),
        }

    def _usual_words(self, clinic: str) -> str:
        said = self.tr(
            "Call %1, telephone %2, if pain stays worse than before or something new worries you. "
            "Call at once if swallowing, speaking or breathing gets hard; if nobody answers, call "
            "the emergency number."
        )
        return said.replace("%1", clinic or self.tr("the clinic")).replace("%2", _TO_FILL)

    def _select_gap(self) -> None:
        """Mark what is still to be filled in, so that typing replaces it."""
        at = self.contact.toPlainText().find(_TO_FILL)
        if at < 0:
            return
        cursor = self.contact.textCursor()
        cursor.setPosition(at)
        cursor.setPosition(at + len(_TO_FILL), QTextCursor.MoveMode.KeepAnchor)
        self.contact.setTextCursor(cursor)


def _whole(field: TextField, limits: tuple[int, int]) -> int:
    """Return the whole number entered. Raises SettingsError where it is none of `limits`."""
    value = read_number(field.text(), field.name, *limits)
    if value is None or value != int(value):
        said = QCoreApplication.translate("HomeCard", "%1: enter a whole number.")
        raise SettingsError(said.replace("%1", field.name), "")
    return int(value)
