"""Whose visit it is, always in sight: the pseudonym, and the way to let go."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from emgfeedback.ui import icons, theme


class VisitChip(QPushButton):
    """The pseudonym of the person of the visit; press for more.

    Signals
    -------
    open_asked, end_asked
        To see the person's page; to end the visit.
    """

    open_asked = Signal()
    end_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "chip")
        theme.set_role(self, "second_strong")
        menu = QMenu(self)
        self.open_action = menu.addAction(self.tr("Open the page"))
        self.open_action.triggered.connect(self.open_asked)
        self.end_action = menu.addAction(self.tr("End the visit"))
        self.end_action.triggered.connect(self.end_asked)
        self.setMenu(menu)
        self.hide()

    def show_pseudonym(self, pseudonym: str) -> None:
        """Show whose visit it is; empty for nobody's."""
        self.setText(pseudonym)
        self.setAccessibleName(self.tr("Visit of %1").replace("%1", pseudonym))
        self.setToolTip(self.tr("What is recorded now is kept for %1").replace("%1", pseudonym))
        self.setVisible(bool(pseudonym))
        self._draw_icon()

    def _draw_icon(self) -> None:
        self.setIcon(icons.icon("patients", theme.tokens().accent))

    def changeEvent(self, event: QEvent) -> None:
        """Recolour the icon in a new look."""
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self._draw_icon()
        super().changeEvent(event)
