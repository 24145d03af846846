"""Settings: the look, what the patient sees and hears, where recordings go, whose reports."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QLabel,
    QScrollArea,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from emgfeedback.sound.wish import SoundMode
from emgfeedback.ui import theme, words
from emgfeedback.ui.clinic_card import ClinicCard
from emgfeedback.ui.look_file import (
    LOUDEST_PCTS,
    ChoiceFile,
    Part,
)
from emgfeedback.ui.notices import Notice
from emgfeedback.ui.patient.look import Place
from emgfeedback.ui.settings_rows import Card, Segments, row_of
from emgfeedback.ui.sound_devices import NOT_INSTALLED
from emgfeedback.ui.sound_output import SoundOutput
from emgfeedback.ui.theme import Scheme
from emgfeedback.ui.widgets.banner import Banner
from emgfeedback.ui.widgets.keyed_button import KeyedButton

_WIDEST_PX = 1000


class SettingsPage(QScrollArea):
    """What the user may set; every change is in force and kept at once.

    Parameters
    ----------
    file
        Holds the choices and keeps them.
    sound
        Plays the sample.
    recordings_folder
        Where recordings go.

    Signals
    -------
    chosen
        The `Choices` in force from now on.
    """

    chosen = Signal(object)

    def __init__(self, file: ChoiceFile, sound: SoundOutput, recordings_folder: Path) -> None:
        super().__init__()
        self._file = file
        self._sound = sound
        self._folder = recordings_folder
        self.banner = Banner()
        self.clinic = ClinicCard(file.choices.clinic)
        self.clinic.chosen.connect(self._choose)
        inner = QWidget()
        inner.setMaximumWidth(_WIDEST_PX)
        inner.setProperty("kind", "page")
        inner.setAccessibleName(self.tr("Settings"))
        self._column = column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 12, 0)
        column.setSpacing(12)
        column.addWidget(self.banner)
        for card in (
            self._make_look(),
            self._make_patient(),
            self._make_sound(),
            self._make_recordings(),
            self.clinic,
        ):
            column.addWidget(card)
        column.addStretch(1)
        self.setWidget(inner)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            for signal in (app.screenAdded, app.screenRemoved):
                signal.connect(lambda _screen: QTimer.singleShot(0, self, self._list_screens))
        sound.state_changed.connect(self._say_sound)
        for control in (self.screen_box, self.mode, self.volume):
            control.installEventFilter(self)
        self._show_trouble()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the wheel scroll the page; it must not change the volume in passing.

        A scroll area filters its own viewport, too, and lives from the wheel there.
        """
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QComboBox | QSlider):
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def showEvent(self, event: QShowEvent) -> None:
        """Look which screens and loudspeakers there are, once the page is painted."""
        super().showEvent(event)
        QTimer.singleShot(0, self, self._list_screens)
        QTimer.singleShot(0, self, self._say_sound)

    def add_card(self, card: Card) -> None:
        """Add a card below the others."""
        self._column.insertWidget(self._column.count() - 1, card)

    # Cards

    def _make_look(self) -> Card:
        look = self._file.choices.look
        self.scheme = Segments(
            self.tr("Colours"),
            (
                (Scheme.SYSTEM, self.tr("As the system")),
                (Scheme.LIGHT, self.tr("Light")),
                (Scheme.DARK, self.tr("Dark")),
            ),
        )
        self.scheme.show_value(look.scheme)
        self.scheme.picked.connect(lambda scheme: self._choose_look(scheme=scheme))
        self.text_size = Segments(
            self.tr("Text size"), tuple((pct, f"{pct} %") for pct in theme.TEXT_PCTS)
        )
        self.text_size.show_value(look.text_pct)
        self.text_size.picked.connect(lambda pct: self._choose_look(text_pct=pct))
        card = Card(self.tr("Look"))
        card.add(
            self.tr("Colours"),
            self.tr("Of this window; the patient's has colours of its own."),
            self.scheme,
        )
        card.add(self.tr("Text size"), self.tr("Of all words, the patient's too."), self.text_size)
        return card

    def _make_patient(self) -> Card:
        card = Card(self.tr("What the patient sees"))
        patient = self._file.choices.patient
        self.place = Segments(
            self.tr("Place of the picture"),
            (
                (Place.LEFT, self.tr("Left")),
                (Place.CENTRE, self.tr("Centre")),
                (Place.RIGHT, self.tr("Right")),
                (Place.UPPER, self.tr("Upper")),
                (Place.LOWER, self.tr("Lower")),
            ),
        )
        self.place.show_value(patient.place)
        self.place.picked.connect(lambda place: self._choose_patient(place=place))
        card.add(
            self.tr("Place of the picture"),
            self.tr("Where a turned head looks with ease; the button goes with it."),
            self.place,
        )
        self.dark = self._pair(self.tr("Colours"), (self.tr("Light"), self.tr("Dark")))
        self.dark.show_value(patient.dark)
        self.dark.picked.connect(lambda dark: self._choose_patient(dark=dark))
        card.add(
            self.tr("Colours"),
            self.tr("Dark is easy on the eyes in a dim room. They change slowly, without a flash."),
            self.dark,
        )
        self.still = self._pair(self.tr("Scenery"), (self.tr("Drifts"), self.tr("Still")))
        self.still.show_value(patient.reduced_motion)
        self.still.picked.connect(lambda still: self._choose_patient(reduced_motion=still))
        card.add(
            self.tr("Scenery"),
            self.tr("Still for whom motion disturbs. What the patient steers moves all the same."),
            self.still,
        )
        self.numbers = self._pair(self.tr("Numbers"), (self.tr("Hidden"), self.tr("Shown")))
        self.numbers.show_value(patient.numbers)
        self.numbers.picked.connect(lambda shown: self._choose_patient(numbers=shown))
        card.add(
            self.tr("Numbers"),
            self.tr("Hidden leaves nothing to decode. Shown, the levels stand over the bars."),
            self.numbers,
        )
        self.screen_box = QComboBox()
        self.screen_box.setAccessibleName(self.tr("Show on"))
        self.screen_box.setMinimumHeight(theme.TARGET_PX)
        self._list_screens()
        self.screen_box.activated.connect(
            lambda number: self._choose_patient(screen=self.screen_box.itemData(number))
        )
        card.add(
            self.tr("Show on"),
            self.tr("Where the patient's window opens. If that screen goes, it comes back here."),
            self.screen_box,
        )
        return card

    def _make_sound(self) -> Card:
        sound = self._file.choices.sound
        self.mode = QComboBox()
        self.mode.setAccessibleName(self.tr("When it sounds"))
        self.mode.setMinimumHeight(theme.TARGET_PX)
        for mode, text in (
            (SoundMode.SILENCE_INSIDE, self.tr("Silent inside the target")),
            (SoundMode.TONE_INSIDE, self.tr("Sounds inside the target")),
            (SoundMode.PROPORTIONAL, self.tr("Sounds always")),
        ):
            self.mode.addItem(text, mode)
        self.mode.setCurrentIndex(self.mode.findData(sound.mode))
        self.mode.activated.connect(
            lambda number: self._choose_sound(mode=self.mode.itemData(number))
        )
        self.loudest = Segments(
            self.tr("Loudest"), tuple((pct, f"{pct} %") for pct in LOUDEST_PCTS)
        )
        self.loudest.show_value(sound.loudest_pct)
        self.loudest.picked.connect(lambda pct: self._choose_sound(loudest_pct=pct))
        card = Card(self.tr("Sound"))
        card.add(
            self.tr("When it sounds"),
            self.tr("Outside the target the pitch rises with the distance, never the loudness."),
            self.mode,
        )
        card.add(
            self.tr("Volume"),
            self.tr("Up to the loudest below; 0 % is silence."),
            self._make_volume(sound.volume_pct),
        )
        card.add(
            self.tr("Loudest"),
            self.tr("Of what this computer can play; never exceeded. Set it together, once."),
            self.loudest,
        )
        card.add_wide(self._make_sample())
        self.voice = self._pair(self.tr("Spoken cues"), (self.tr("Off"), self.tr("On")))
        self.voice.show_value(sound.voice)
        self.voice.picked.connect(lambda on: self._choose_sound(voice=on))
        card.add(
            self.tr("Spoken cues"),
            self.tr("A voice says what to do, where this computer has one; never over a tone."),
            self.voice,
        )
        return card

    def _make_volume(self, volume_pct: int) -> QWidget:
        self.volume = QSlider(Qt.Orientation.Horizontal)
        self.volume.setAccessibleName(self.tr("Volume"))
        self.volume.setRange(0, 100)
        self.volume.setSingleStep(5)
        self.volume.setPageStep(10)
        self.volume.setMinimumWidth(220)
        self.volume.setMinimumHeight(theme.TARGET_PX)
        self.volume.setValue(volume_pct)
        self.volume.valueChanged.connect(lambda pct: self._choose_sound(volume_pct=pct))
        self._volume_words = QLabel()
        theme.set_role(self._volume_words, "body_strong")
        self._volume_words.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._say_volume(volume_pct)
        return row_of(self.volume, self._volume_words, widest=self.volume)

    def _make_sample(self) -> QWidget:
        self.sample_button = KeyedButton(self.tr("Play a sample"), "sound")
        self.sample_button.clicked.connect(self._play_sample)
        self.sound_words = QLabel()
        self.sound_words.setWordWrap(True)
        theme.set_role(self.sound_words, "body")
        return row_of(self.sample_button, self.sound_words, widest=self.sound_words)

    def _make_recordings(self) -> Card:
        path = QLabel(str(self._folder))
        path.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        path.setWordWrap(True)
        theme.set_role(path, "body")
        button = KeyedButton(self.tr("Open folder"), "export")
        button.clicked.connect(self._open_folder)
        card = Card(self.tr("Recordings"))
        card.add_wide(row_of(path, button, widest=path))
        return card

    def _pair(self, name: str, texts: tuple[str, str]) -> Segments:
        return Segments(name, ((False, texts[0]), (True, texts[1])))

    # Choosing

    def grow_text(self) -> None:
        """Choose the next larger text size; after the largest the first."""
        sizes = theme.TEXT_PCTS
        now = self._file.choices.look.text_pct
        larger = next((pct for pct in sizes if pct > now), sizes[0])
        self.text_size.show_value(larger)
        self._choose_look(text_pct=larger)

    def _choose_look(self, **change: Any) -> None:
        self._choose(replace(self._file.choices.look, **change))

    def _choose_patient(self, **change: Any) -> None:
        self._choose(replace(self._file.choices.patient, **change))

    def _choose_sound(self, **change: Any) -> None:
        self._choose(replace(self._file.choices.sound, **change))
        self._say_volume(self._file.choices.sound.volume_pct)

    def _choose(self, part: Part) -> None:
        choices = self._file.keep(part)
        self._show_trouble()
        self.chosen.emit(choices)

    # Telling

    def _show_trouble(self) -> None:
        trouble = self._file.trouble
        self.banner.show_notice(
            None
            if trouble is None
            else Notice(
                "check", self.tr("Settings are not kept"), f"{trouble.what} {trouble.remedy}"
            )
        )

    def _list_screens(self) -> None:
        wanted = self._file.choices.patient.screen
        box = self.screen_box
        box.clear()
        box.addItem(self.tr("The screen beside this one"), "")
        for screen in QGuiApplication.screens():
            size = screen.size() * screen.devicePixelRatio()
            text = self.tr("%1, %2 × %3").replace("%1", screen.name())
            text = text.replace("%2", str(size.width())).replace("%3", str(size.height()))
            box.addItem(text, screen.name())
        if box.findData(wanted) < 0:
            box.addItem(self.tr("%1, not connected").replace("%1", wanted), wanted)
        box.setCurrentIndex(box.findData(wanted))

    def _say_volume(self, pct: int) -> None:
        text = self.tr("%1 %").replace("%1", words.whole(pct))
        self._volume_words.setText(text)
        widest = self._volume_words.fontMetrics().horizontalAdvance("100 %")
        self._volume_words.setMinimumWidth(widest)

    def _say_sound(self, state: str = "") -> None:
        del state
        missing = "" if self._sound.playing else self._sound.missing()
        self.sample_button.setEnabled(not missing)
        missing = missing or self._sound.trouble
        if not missing:
            said = self.tr("The sample lasts five seconds: inside, outside, and back.")
            if self._sound.playing:
                said = self.tr("Sound is on.")
        elif missing == NOT_INSTALLED:
            said = self.tr(
                "No sound: its part of the program is not installed (requirements-sound.txt). "
                "The picture alone carries the exercise."
            )
        else:
            said = self.tr("No sound: %1. The picture alone carries the exercise.")
            said = said.replace("%1", missing)
        self.sound_words.setText(said)

    def _play_sample(self) -> None:
        if not self._sound.play_sample():
            self.sound_words.setText(
                self.tr("The exercise has the sound now. Play the sample before it or after.")
            )

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder)))
