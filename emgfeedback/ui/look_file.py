"""The user's colours and text size, kept between runs."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from pathlib import Path

from emgfeedback.ui.theme import TEXT_PCTS, Scheme

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LookChoice:
    """Colour scheme and text size (percent)."""

    scheme: Scheme = Scheme.SYSTEM
    text_pct: int = 100


def load(path: Path | None) -> LookChoice:
    """Read the choice from `path`; whatever cannot be read is the default."""
    if path is None or not path.is_file():
        return LookChoice()
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        choice = LookChoice(Scheme(held["scheme"]), int(held["text_pct"]))
    except (OSError, ValueError, KeyError, TypeError) as error:
        _log.warning("%s cannot be read (%s); the default look is used", path, error)
        return LookChoice()
    return choice if choice.text_pct in TEXT_PCTS else LookChoice(choice.scheme)


def save(path: Path | None, choice: LookChoice) -> None:
    """Write the choice to `path`; a failure is logged, because a look is not worth a message."""
    if path is None:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        held = {"scheme": choice.scheme.value, "text_pct": choice.text_pct}
        path.write_text(json.dumps(held), encoding="utf-8")
    except OSError as error:
        _log.warning("%s cannot be written: %s", path, error)
