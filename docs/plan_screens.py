"""Run a training plan whole, in real time, on a screen, and keep a picture of every step.

    python -m docs.plan_screens PLAN [--out docs/images/plans]

PLAN is the name of a shipped plan, or a file. The window, the chain, the recording and the
summary are the real ones; the board is the demo board with a patient behind it who does what
is asked, with a lapse in every trial. Somebody presses the same buttons as a therapist and a
patient would. Prints one line of JSON; the exit code is 1 where anything was not as it should.

Needs a screen of 2360x800 (`Xvfb :9 -screen 0 2360x800x24`, then `DISPLAY=:9`) and ImageMagick.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from docs.plan_album import CONSOLE, Album
from docs.plan_faults import Faults, judge
from docs.plan_operator import Operator
from docs.plan_patient import Patient
from emgfeedback.engine.connect import DemoConnector
from emgfeedback.engine.station import Station
from emgfeedback.training.plan import PLANS, load_plan
from emgfeedback.ui.main_window import open_window

TICK_MS = 50


def main(arguments: list[str]) -> int:
    """Run one plan; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("plan", help="name of a shipped plan, or a file")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "images" / "plans")
    options = parser.parse_args(arguments)
    shipped = PLANS / f"{options.plan}.toml"
    path = shipped if shipped.exists() else Path(options.plan)
    plan = load_plan(path)
    faults = Faults()
    app = QApplication(["emgfeedback"])
    sys.setswitchinterval(0.0005)
    faults.watch()
    started_s = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="emgfeedback-") as folder:
        data = Path(folder)
        if path is not shipped:
            (data / "plans").mkdir()
            shutil.copy(path, data / "plans")
        patient = Patient()
        connector = DemoConnector(patient.board)
        station = Station(data / "recordings", connector_of=lambda port, driver: connector)
        window = open_window(station)
        window.setGeometry(CONSOLE)
        window.show()
        album = Album(options.out / plan.name)
        operator = Operator(window, station, patient, plan, album, faults)
        timer = QTimer(interval=TICK_MS)
        timer.timeout.connect(operator.tick)
        timer.start()
        app.exec()
        timer.stop()
        window.close()
        station.close()
        album.close()
        found = judge(data / "recordings", plan, album.names, faults)
    result = {
        "plan": plan.name,
        "ok": not faults.told,
        "planned_s": round(60 * plan.minutes),
        "took_s": round(time.monotonic() - started_s, 1),
        "samples": operator.samples,
        **found,
        "pictures": len(album.names),
        "longest_stall_ms": round(1000 * operator.longest_tick_s - TICK_MS),
        "faults": faults.told,
    }
    print(json.dumps(result, ensure_ascii=False))
    return 1 if faults.told else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
