"""Which filters: a purpose and the mains, from short lists."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLabel, QVBoxLayout, QWidget

from emgfeedback.dsp.settings import ChainSettings
from emgfeedback.ui import theme

_MAINS_HZ = (None, 50.0, 60.0)


class FilterChoice(QWidget):
    """Two lists under a word.

    Parameters
    ----------
    may_be_none
        Whether "no filter" is offered.

    Signals
    -------
    changed
        After another choice.
    """

    changed = Signal()

    def __init__(self, title: str, *, may_be_none: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        label = QLabel(title)
        theme.set_role(label, "second_strong")
        self.purpose, self.mains = QComboBox(), QComboBox()
        self.purpose.addItem(self.tr("Rest, from 30 Hz"), "rest")
        self.purpose.addItem(self.tr("Activation, from 20 Hz"), "activation")
        if may_be_none:
            self.purpose.addItem(self.tr("No filter"), "")
        self.purpose.setAccessibleName(self.tr("%1: filter").replace("%1", title))
        for hz in _MAINS_HZ:
            text = self.tr("Mains filter off")
            if hz is not None:
                text = self.tr("Mains filter %1 Hz").replace("%1", f"{hz:g}")
            self.mains.addItem(text, hz)
        self.mains.setAccessibleName(self.tr("%1: mains filter").replace("%1", title))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for widget in (label, self.purpose, self.mains):
            column.addWidget(widget)
        self.purpose.currentIndexChanged.connect(self._chosen)
        self.mains.currentIndexChanged.connect(self._chosen)

    def settings(self, fs_hz: float) -> ChainSettings | None:
        """Return the filters at a rate; None for no filter.

        Raises
        ------
        SettingsError
            For a rate too low for them.
        """
        purpose = str(self.purpose.currentData())
        if not purpose:
            return None
        return ChainSettings.for_purpose(purpose, fs_hz, notch_hz=self.mains.currentData())

    def _chosen(self) -> None:
        self.mains.setEnabled(bool(self.purpose.currentData()))
        self.changed.emit()
