"""Settings: whose reports these are, and on what paper."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget

from emgfeedback.core.errors import FileFormatError
from emgfeedback.reports.clinic import read_logo
from emgfeedback.ui import theme
from emgfeedback.ui.look_file import LONGEST_CLINIC_NAME, ClinicChoice
from emgfeedback.ui.notices import Notice
from emgfeedback.ui.settings_rows import Card, Segments, column_of, paragraph, row_of
from emgfeedback.ui.widgets.banner import Banner
from emgfeedback.ui.widgets.keyed_button import KeyedButton

_NAME_PX = 260


class ClinicCard(Card):
    """Name, logo and paper of the reports.

    Signals
    -------
    chosen
        The `ClinicChoice` from now on.
    """

    chosen = Signal(object)

    def __init__(self, choice: ClinicChoice) -> None:
        super().__init__(self.tr("Clinic"))
        self._choice = choice
        self.name_field = QLineEdit(choice.name)
        self.name_field.setAccessibleName(self.tr("Name of the clinic"))
        self.name_field.setMaxLength(LONGEST_CLINIC_NAME)
        self.name_field.setMinimumHeight(theme.TARGET_PX)
        self.name_field.setMinimumWidth(_NAME_PX)
        theme.set_role(self.name_field, "body")
        self.name_field.editingFinished.connect(self._keep_name)
        self.paper = Segments(
            self.tr("Paper"), (("a4", self.tr("A4")), ("letter", self.tr("Letter")))
        )
        self.paper.show_value(choice.paper)
        self.paper.picked.connect(lambda paper: self._choose(paper=paper))
        self.add(self.tr("Name"), self.tr("Stands at the head of every report."), self.name_field)
        self.add(self.tr("Paper"), self.tr("Of the reports that are written as PDF."), self.paper)
        self.add_wide(self._make_logo())
        self._show_logo()

    def _make_logo(self) -> QWidget:
        self.logo_words = paragraph("")
        self.logo_banner = Banner()
        self.logo_button = KeyedButton(self.tr("Choose a logo …"), "report")
        self.logo_button.clicked.connect(self._ask_logo)
        self.no_logo_button = KeyedButton(self.tr("Remove the logo"), "skip")
        self.no_logo_button.clicked.connect(lambda: self._take_logo(""))
        return column_of(
            self.logo_words, self.logo_banner, row_of(self.logo_button, self.no_logo_button)
        )

    def choose_logo(self, path: Path) -> None:
        """Put the picture in `path` on the reports, or say why it cannot be."""
        if why := _why_not(path):
            self._refuse(why)
        else:
            self._take_logo(str(path.absolute()))

    def _ask_logo(self) -> None:
        kinds = self.tr("Pictures (*.png *.jpg *.jpeg)")
        told, _ = QFileDialog.getOpenFileName(self, self.tr("Logo"), str(Path.home()), kinds)
        if told:
            self.choose_logo(Path(told))

    def _take_logo(self, logo: str) -> None:
        self._choose(logo=logo)
        self._show_logo()

    def _keep_name(self) -> None:
        name = " ".join(self.name_field.text().split())
        if name != self._choice.name:
            self._choose(name=name)

    def _choose(self, **change: Any) -> None:
        self._choice = replace(self._choice, **change)
        self.chosen.emit(self._choice)

    def _show_logo(self) -> None:
        logo = self._choice.logo
        said = self.tr("No logo. A PNG or JPEG of at most 2 MB can stand beside the name.")
        if logo:
            said = self.tr("Logo: %1").replace("%1", logo)
        self.logo_words.setText(said)
        self.no_logo_button.setVisible(bool(logo))
        why = _why_not(Path(logo)) if logo else ""
        self.logo_banner.show_notice(None)
        if why:
            self._refuse(why)

    def _refuse(self, why: str) -> None:
        self.logo_banner.show_notice(Notice("check", self.tr("This logo cannot be used"), why))


def _why_not(path: Path) -> str:
    try:
        read_logo(path)
    except FileFormatError as error:
        return str(error)
    return ""
