"""A rotating log file in the platform's log folder, uncaught errors included."""

from __future__ import annotations

import logging
import logging.handlers
import sys
import threading
from pathlib import Path
from types import TracebackType

from platformdirs import user_log_path

MAX_BYTES = 1_000_000
KEPT_FILES = 5


def log_folder() -> Path:
    """Return the folder of the log files."""
    return user_log_path("emgfeedback", appauthor=False)


def set_up_logging(folder: Path | None = None) -> Path | None:
    """Log everything of this app to `emgfeedback.log` in `folder`; return its path.

    Returns None where no log can be written (read-only home): the app runs all the same.
    """
    root = logging.getLogger("emgfeedback")
    root.setLevel(logging.INFO)
    root.propagate = False
    folder = folder or log_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handler = logging.handlers.RotatingFileHandler(
            folder / "emgfeedback.log", maxBytes=MAX_BYTES, backupCount=KEPT_FILES, encoding="utf-8"
        )
    except OSError:
        root.addHandler(logging.NullHandler())
        return None
    handler.setFormatter(
        logging.Formatter("%(asctime)s %(levelname)s %(threadName)s %(name)s: %(message)s")
    )
    root.addHandler(handler)
    sys.excepthook = _log_uncaught
    threading.excepthook = _log_uncaught_in_thread
    return folder / "emgfeedback.log"


def _log_uncaught(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    logging.getLogger("emgfeedback").critical("uncaught", exc_info=(kind, error, trace))


def _log_uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None:
        _log_uncaught(args.exc_type, args.exc_value, args.exc_traceback)
