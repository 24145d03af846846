"""What to do when something is not right: four large choices, one plain answer."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from emgfeedback.home.contact import Advice, Sign, advice_for
from emgfeedback.ui.kit.kit_page import KitButton, KitPage


class Unwell(KitPage):
    """Asks what it is, and says whom to call; it never says what it could mean.

    Signals
    -------
    reported
        The `Sign`, as soon as it was chosen.
    left
        Back to where the patient came from.
    """

    reported = Signal(object)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self.setAccessibleName(self.tr("I feel unwell"))
        self._contact = ""
        self.head, self.words, self.call = self.title(), self.line(), self.line()
        self.call.setProperty("tone", None)
        self.buttons: dict[Sign, KitButton] = {}
        self.choices = QWidget()
        grid = QGridLayout(self.choices)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(24)
        for i, (sign, said, icon) in enumerate(
            (
                (Sign.SWALLOWING, self.tr("Trouble swallowing, speaking or breathing"), "stop"),
                (Sign.WEAKNESS, self.tr("New weakness or numbness"), "quality-check"),
                (Sign.PAIN, self.tr("Much more pain than before"), "heart"),
                (Sign.UNWELL, self.tr("Something else"), "help"),
            )
        ):
            button = self.buttons[sign] = self.button(said, icon)
            button.clicked.connect(lambda _=False, s=sign: self.report(s))
            grid.addWidget(button, i, 0)
        self.back = self.button(self.tr("Back"), "undo")
        self.back.clicked.connect(self.left)
        self.column.addStretch(2)
        for label in (self.head, self.words, self.call):
            self.column.addWidget(label)
        self.column.addSpacing(12)
        self.column.addWidget(self.choices, 0, Qt.AlignmentFlag.AlignHCenter)
        self.column.addSpacing(12)
        self.column.addLayout(self.button_row(self.back))
        self.column.addStretch(3)
        self.ask("")

    def ask(self, contact: str) -> None:
        """Ask what it is; `contact` are the therapist's words on whom to call."""
        self._contact = contact
        self.head.setText(self.tr("What is it?"))
        self.words.setText(self.tr("Nothing is running now. Take your time."))
        self.call.hide()
        self.choices.show()
        self.begin_at(self.hear(self.head, self.words.text()))

    def report(self, sign: Sign) -> None:
        """Answer what was chosen."""
        self.show_advice(advice_for((sign,)))
        self.reported.emit(sign)

    def show_advice(self, advice: Advice, contact: str | None = None) -> None:
        """Say what to do; also after a rise of pain."""
        if contact is not None:
            self._contact = contact
        head, words = {
            Advice.CALL_NOW: (
                self.tr("Call now"),
                self.tr(
                    "Do not wait. Call your clinic now; where nobody answers, call the emergency "
                    "number of your country."
                ),
            ),
            Advice.STOP_AND_CALL: (
                self.tr("Stop for today, and call"),
                self.tr("Do not practise again before you have spoken with your clinic."),
            ),
            Advice.STOP_TODAY: (
                self.tr("Stop for today"),
                self.tr("If it is over tomorrow, go on. If it is not, or comes back, call."),
            ),
            Advice.GO_ON: (self.tr("All right"), self.tr("Go on when you feel like it.")),
        }[advice]
        self.head.setText(head)
        self.words.setText(words)
        self.call.setText(self._contact)
        self.call.setVisible(bool(self._contact) and advice is not Advice.GO_ON)
        self.choices.hide()
        self.begin_at(self.hear(self.head, words, self._contact))

    def not_kept(self) -> None:
        """Say that the report stays on the screen alone; what to do stands as it is."""
        said = self.tr("It could not be written down here: tell your clinic yourself.")
        self.words.setText(f"{self.words.text()} {said}")
        self.begin_at(self.hear(self.head, self.words.text(), self._contact))
