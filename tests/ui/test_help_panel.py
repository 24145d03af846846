"""The help can be read whole at every text size."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from emgfeedback.ui import theme
from emgfeedback.ui.theme import TEXT_PCTS, Scheme
from emgfeedback.ui.widgets.help_panel import HelpPanel

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")


@pytest.mark.parametrize("text_pct", TEXT_PCTS)
def test_no_line_of_the_help_is_cut(qtbot, look, text_pct: int) -> None:
    look.choose(Scheme.LIGHT, text_pct)
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1280, 800)
    panel = HelpPanel(window)
    wide = theme.px(380)
    panel.setGeometry(1260 - wide, 72, wide, 712)
    with qtbot.waitExposed(window):
        window.show()
    panel.toggle()
    QApplication.processEvents()
    labels = panel.findChildren(QLabel)
    assert any("Assess" in label.text() for label in labels)
    for label in labels:
        room = label.width()
        assert label.height() >= label.heightForWidth(room), label.text()
        if not label.wordWrap():
            assert room >= label.sizeHint().width(), label.text()
