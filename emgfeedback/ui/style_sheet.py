"""The style sheet: what ordinary widgets look like, by type and by the property `kind`."""

from __future__ import annotations

import string
from dataclasses import fields

from PySide6.QtGui import QColor

from emgfeedback.ui import icons, theme

_QSS = string.Template("""
QToolTip { background: $raised; color: $ink; border: 1px solid $edge; padding: 4px 8px; }
QFrame[kind="card"] { background: $surface; border: 1px solid $grid; border-radius: 12px; }
QFrame[kind="panel"] { background: $surface; border: 1px solid $edge; border-radius: 12px; }
QFrame[kind="note"] { background: $sunken; border: none; border-radius: 8px; }
QFrame[kind="rail"] { background: $sunken; border: none; }
QFrame[kind="banner-bad"] { background: $badsoft; border: 1px solid $bad; border-radius: 12px; }
QFrame[kind="banner-check"] { background: $sunken; border: 1px solid $warn; border-radius: 12px; }
QFrame[kind="banner-info"] { background: $sunken; border: 1px solid $edge; border-radius: 12px; }
QLabel[tone="second"] { color: $ink2; }
QLabel[tone="quiet"] { color: $ink3; }
QLabel[tone="bad"] { color: $bad; }
QPushButton { background: $raised; color: $ink; border: 1px solid $edge; border-radius: 8px;
  padding: 0 12px; min-height: 34px; }
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $sunken; }
QPushButton:disabled { color: $ink3; border-color: $line; background: transparent; }
QPushButton[kind="primary"] { background: $accent; color: $onaccent; border-color: $accent; }
QPushButton[kind="primary"]:hover { background: $accenthover; }
QPushButton[kind="primary"]:disabled { background: transparent; color: $ink3;
  border-color: $line; }
QPushButton[kind="large"], QPushButton[kind="primary"][large="true"] { min-height: 42px; }
QPushButton[kind="primary"][huge="true"] { min-height: 72px; border-radius: 12px; }
QPushButton[kind="chip"] { background: transparent; border: 1px solid $edge; color: $ink2;
  border-radius: 15px; padding: 0 12px 0 8px; min-height: 28px; }
QPushButton[kind="chip"]:hover { background: $raised; }
QPushButton[kind="flat"] { background: transparent; border: 1px solid transparent; color: $ink2; }
QPushButton[kind="flat"]:hover { background: $raised; }
QPushButton[kind="flat"]:disabled { color: $ink3; }
QPushButton[kind="rating"] { padding: 0; }
QPushButton[kind="offer"] { background: $surface; border-radius: 4px; padding: 0 6px;
  min-height: 20px; }
QPushButton[kind="offer"]:hover { background: $hover; }
QPushButton[kind="segment"] { padding: 0 12px; background: transparent; color: $ink2; }
QPushButton[kind="segment"]:checked { background: $accent; color: $onaccent;
  border-color: $accent; }
QPushButton[kind="segment"][place="first"] { border-top-right-radius: 0;
  border-bottom-right-radius: 0; border-right: none; }
QPushButton[kind="segment"][place="middle"] { border-radius: 0; border-right: none; }
QPushButton[kind="segment"][place="last"] { border-top-left-radius: 0;
  border-bottom-left-radius: 0; }
QFrame[kind="rule"] { background: $grid; border: none; }
QPlainTextEdit { background: $field; color: $ink; border: 1px solid $edge; border-radius: 8px;
  padding: 4px; selection-background-color: $accent; selection-color: $onaccent; }
QTableView { background: transparent; border: none; selection-background-color: $chosen;
  selection-color: $ink; outline: none; }
QTableView::item { padding: 0 8px; border: none; }
QTableView::item:selected { background: $chosen; }
QHeaderView { background: transparent; border: none; }
QHeaderView::section { background: transparent; color: $ink2; border: none;
  border-bottom: 1px solid $line; padding: 6px 11px; }
QComboBox, QDoubleSpinBox, QLineEdit { background: $field; color: $ink; border: 1px solid $edge;
  border-radius: 8px; padding: 0 8px; min-height: 34px;
  selection-background-color: $accent; selection-color: $onaccent; }
QComboBox:disabled, QDoubleSpinBox:disabled, QLineEdit:disabled { color: $ink3;
  border-color: $line; }
QComboBox::drop-down { border: none; width: 26px; }
QComboBox::down-arrow { image: url($chevron_down); width: 12px; height: 12px; }
QComboBox QLineEdit { border: none; min-height: 0; padding: 0; background: transparent; }
QComboBox QAbstractItemView { background: $surface; color: $ink; border: 1px solid $edge;
  selection-background-color: $accent; selection-color: $onaccent; outline: none; }
QDoubleSpinBox QLineEdit { border: none; min-height: 0; padding: 0 4px;
  background: transparent; }
QDoubleSpinBox::up-button, QDoubleSpinBox::down-button { width: 22px; border: none; }
QDoubleSpinBox::up-arrow { image: url($chevron_up); width: 10px; height: 10px; }
QDoubleSpinBox::down-arrow { image: url($chevron_down); width: 10px; height: 10px; }
QCheckBox { spacing: 10px; }
QCheckBox::indicator { width: 18px; height: 18px; background: $field; border: 1px solid $edge;
  border-radius: 4px; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url($check); }
QCheckBox::indicator:disabled { border-color: $line; }
QMenu { background: $surface; color: $ink; border: 1px solid $edge; padding: 4px; }
QMenu::item { padding: 6px 24px 6px 24px; border-radius: 4px; }
QMenu::item:selected { background: $accent; color: $onaccent; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QScrollBar:vertical { background: transparent; width: 12px; margin: 2px; }
QScrollBar::handle:vertical { background: $edge; border-radius: 4px; min-height: 32px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollArea, QScrollArea > QWidget > QWidget[kind="page"] { background: transparent;
  border: none; }
""")


def style_sheet(t: theme.Tokens) -> str:
    """Return the style sheet for `t`."""
    colours = {field.name: getattr(t, field.name) for field in fields(t)}
    names = {name: value.name() for name, value in colours.items() if isinstance(value, QColor)}
    # A style sheet puts back the fonts it met first on widgets that were hidden when the text
    # size changed, so it has to know the roles too.
    roles = "".join(
        f'*[role="{role}"] {{ font-size: {theme.font(role).pixelSize()}px; '
        f"font-weight: {weight}; }}\n"
        for role, (_, weight) in theme.ROLES.items()
    )
    return roles + _QSS.substitute(
        names,
        badsoft=theme.mixed(t.bad, t.surface, 0.12).name(),
        hover=theme.mixed(t.ink, t.raised, 0.08).name(),
        accenthover=theme.mixed(t.ink, t.accent, 0.12).name(),
        chosen=theme.mixed(t.accent, t.surface, 0.14).name(),
        field=(t.sunken if t.dark else t.surface).name(),
        check=icons.asset("icons/check-dark.svg" if t.dark else "icons/check.svg"),
        chevron_up=icons.asset("icons/chevron-up-dark.svg" if t.dark else "icons/chevron-up.svg"),
        chevron_down=icons.asset(
            "icons/chevron-down-dark.svg" if t.dark else "icons/chevron-down.svg"
        ),
    )
