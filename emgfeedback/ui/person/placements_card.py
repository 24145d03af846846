"""Where the electrodes stood: site, spacing, sensor, gain, and a picture to find it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QLabel, QWidget

from emgfeedback.core.errors import SettingsError
from emgfeedback.core.montage import MUSCLES, Side
from emgfeedback.people.desk import Desk
from emgfeedback.people.folder import DataFolder
from emgfeedback.people.values import Placement
from emgfeedback.ui import theme, words
from emgfeedback.ui.notices import Notice
from emgfeedback.ui.person import person_words
from emgfeedback.ui.person.fields import DateField, TextField, quiet, read_number, today
from emgfeedback.ui.person.photos import LONGEST_PX, photo_bytes, put_with_photo
from emgfeedback.ui.person.record_card import RecordCard
from emgfeedback.ui.person.table import Column, Row
from emgfeedback.ui.settings_rows import Segments
from emgfeedback.ui.widgets.keyed_button import KeyedButton

_PICTURE_PX = 280


class PlacementsCard(RecordCard[Placement]):
    """The electrode placements of a person."""

    def __init__(self, desk: Desk, folder: DataFolder) -> None:
        self._folder = folder
        self._photo_from: Path | None = None
        super().__init__(
            desk,
            self.tr("Electrodes"),
            self.tr("Note once where the electrodes stand, and the next visit begins alike."),
            self.tr("Add a placement"),
            (
                Column(self.tr("Muscle"), "body_strong"),
                Column(self.tr("Site"), stretch=True),
                Column(self.tr("Spacing"), optional=True),
                Column(self.tr("Sensor"), optional=True),
                Column(self.tr("Gain"), optional=True),
                Column(self.tr("Date")),
                Column(self.tr("Picture"), optional=True),
            ),
        )
        self.picture = QLabel()
        self.picture.setAccessibleName(self.tr("Picture of the electrodes"))
        self.picture.hide()
        self.caption = quiet(role="caption")
        self.caption.hide()
        self.column.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignLeft)
        self.column.addWidget(self.caption)

    def add_fields(self) -> None:
        """Add muscle, side, site, spacing, sensor, gain, date and picture."""
        self.muscle_box = QComboBox()
        for muscle in MUSCLES:
            self.muscle_box.addItem(words.muscle_name(muscle), muscle)
        self.muscle_box.setMinimumHeight(theme.TARGET_PX)
        theme.set_role(self.muscle_box, "body")
        self.side = Segments(
            self.tr("Side"), ((Side.LEFT, self.tr("Left")), (Side.RIGHT, self.tr("Right")))
        )
        self.side.picked.connect(self._pick_side)
        self._side = Side.LEFT
        self.site = TextField(self.tr("Site"), self.tr("lower third, over the sternal head"))
        self.spacing = TextField(self.tr("Spacing, mm"), "20")
        self.sensor = TextField(self.tr("Sensor"))
        self.gain = TextField(self.tr("Gain"))
        self.on = DateField(self.tr("Date of the placement"))
        self.photo_button = KeyedButton(self.tr("Choose a picture"))
        self.photo_button.clicked.connect(self._choose_photo)
        self.photo_line = quiet()
        picture = QWidget()
        row = QHBoxLayout(picture)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self.photo_button)
        row.addWidget(self.photo_line, 1)
        self.form.add(self.tr("Muscle"), self.muscle_box)
        self.form.add(self.tr("Side"), self.side)
        for field in (self.site, self.spacing, self.sensor, self.gain, self.on):
            self.form.add(field.name, field)
        self.form.add(self.tr("Picture"), picture)

    def fill(self, value: Placement | None) -> None:
        """Show a placement, or one of today."""
        shown = value or Placement(patient_id=self.patient_id, on=today(), muscle="scm")
        self.muscle_box.setCurrentIndex(max(0, self.muscle_box.findData(shown.muscle)))
        self._side = shown.side if shown.side is not Side.MIDLINE else Side.LEFT
        self.side.show_value(self._side)
        self.site.setText(shown.site)
        self.spacing.setText(f"{shown.spacing_mm:g}" if shown.spacing_mm is not None else "")
        self.sensor.setText(shown.sensor)
        self.gain.setText(f"{shown.gain:g}" if shown.gain is not None else "")
        self.on.show_date(shown.on)
        self._photo_from = None
        self.photo_line.setText(self.tr("kept") if shown.photo else self.tr("none"))
        self._show_photo_of(value)

    def entered(self) -> Placement:
        """Return the placement entered."""
        on = self.on.date()
        if on is None:
            raise SettingsError(
                self.tr("A placement needs its date."), self.tr("Write it as 2019-05-12.")
            )
        muscle = self.muscle_box.currentData()
        return replace(
            self.before or Placement(patient_id=self.patient_id, on=on, muscle=muscle),
            on=on,
            muscle=muscle,
            side=self._side,
            site=self.site.text().strip(),
            spacing_mm=read_number(self.spacing.text(), self.spacing.name, 1, 200),
            sensor=self.sensor.text().strip(),
            gain=read_number(self.gain.text(), self.gain.name, 0.001, 1_000_000),
        )

    def keep(self, value: Placement) -> None:
        """Put the picture into the folder of photos, then the placement into the register."""
        if self._photo_from is None:
            super().keep(value)
            return
        source, folder, desk = self._photo_from, self._folder, self.asking.desk
        image = QImage(str(source))
        if image.isNull():
            said = self.tr("%1 is no picture that can be read.").replace("%1", source.name)
            self.refuse(f"{said} {self.tr('Choose a JPEG or PNG file.')}")
            return
        if max(image.width(), image.height()) > LONGEST_PX:
            image = image.scaled(
                LONGEST_PX,
                LONGEST_PX,
                Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
        self.asking.ask(
            lambda register: put_with_photo(register, folder, value, image, desk.files),
            lambda _: self.leave_form(),
            changes=True,
            refused=self.refuse,
        )

    def show_entries(self, patient_id: str, values: Sequence[Placement]) -> None:
        """List the placements; show the newest picture."""
        super().show_entries(patient_id, values)
        pictured = next((value for value in values if value.photo), None)
        self._show_photo_of(pictured)

    def row(self, value: Placement) -> Row:
        """Return the row of a placement."""
        spacing = f"{value.spacing_mm:g} mm" if value.spacing_mm is not None else words.DASH
        return Row(
            value.id,
            (
                person_words.place(value.muscle, value.side),
                value.site or words.DASH,
                spacing,
                value.sensor or words.DASH,
                f"{value.gain:g}" if value.gain is not None else words.DASH,
                person_words.day(value.on),
                self.tr("yes") if value.photo else words.DASH,
            ),
        )

    def removed(self, value: Placement) -> str:
        """Say that a placement was removed."""
        said = self.tr("The placement of %1 was removed")
        return said.replace("%1", person_words.place(value.muscle, value.side))

    def _pick_side(self, side: object) -> None:
        self._side = side if isinstance(side, Side) else Side.LEFT

    def _choose_photo(self) -> None:
        pictures = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        chosen, _ = QFileDialog.getOpenFileName(
            self, self.tr("Picture of the electrodes"), pictures, "*.jpg *.jpeg *.png"
        )
        if chosen:
            self.use_photo(Path(chosen))

    def use_photo(self, path: Path) -> None:
        """Take the picture at `path` when the placement is saved."""
        self._photo_from = path
        self.photo_line.setText(path.name)

    def _show_photo_of(self, value: Placement | None) -> None:
        if value is None or not value.photo:
            self.picture.hide()
            self.caption.hide()
            return
        folder, desk, name = self._folder, self.asking.desk, value.photo
        said = f"{person_words.place(value.muscle, value.side)}, {person_words.day(value.on)}"
        self.asking.ask(
            lambda _: photo_bytes(folder, name, desk.files),
            lambda content: self._show_photo(content, said),
            topic="photo",
            refused=lambda why: self.form.banner.show_notice(
                Notice("check", self.tr("The picture cannot be shown"), why)
            ),
        )

    def _show_photo(self, content: bytes, said: str) -> None:
        image = QImage.fromData(content)
        if image.isNull():
            return
        ratio = self.devicePixelRatioF()
        side = round(theme.px(_PICTURE_PX) * ratio)
        pixmap = QPixmap.fromImage(
            image.scaled(
                side,
                side,
                Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
        )
        pixmap.setDevicePixelRatio(ratio)
        self.picture.setPixmap(pixmap)
        self.picture.show()
        self.picture.setAccessibleDescription(said)
        self.caption.setText(said)
        self.caption.show()
