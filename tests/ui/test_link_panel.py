"""The panel behind the link says what the board proves and what to keep in mind, in full."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from emgfeedback.core.device import LinkHealth, LinkState
from emgfeedback.devices.openeeg_p2 import OpenEegP2Driver
from emgfeedback.engine.snapshot import Snapshot
from emgfeedback.ui.theme import Appearance, Scheme
from emgfeedback.ui.widgets.link_chip import LinkPanel
from tests.devices.foreign_streams import codes, p2, stream


@pytest.mark.parametrize("text_pct", [100, 150])
def test_a_foreign_board_is_told_in_full(qtbot, look: Appearance, text_pct: int) -> None:
    look.choose(Scheme.LIGHT, text_pct)
    driver = OpenEegP2Driver()
    driver.feed(stream(p2, codes(20, 6)))
    device = driver.listened(1.0)
    assert device is not None
    host = QWidget()
    qtbot.addWidget(host)
    panel = LinkPanel(host)
    panel.setWindowFlags(Qt.WindowType.Widget)
    link = LinkHealth(state=LinkState.STREAMING, nominal_fs_hz=256.0, measured_fs_hz=249.39)
    panel.show_link(Snapshot(link=link, device=device, port="/dev/ttyUSB0"))
    panel.fit()
    host.show()
    texts = [label.text() for label in panel.findChildren(QLabel)]
    assert device.loss_proof in texts
    assert "\n".join(device.cautions) in texts
    assert {"256 Hz", "249.39 Hz", "openeeg_p2"} <= set(texts)
    for label in panel.findChildren(QLabel):
        assert label.height() >= label.heightForWidth(label.width()), label.text()
