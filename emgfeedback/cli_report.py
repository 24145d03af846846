"""The options of `main.py report`."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_options(report: argparse.ArgumentParser) -> None:
    """Give the command `report` its options."""
    report.add_argument("file", type=Path, help="a recording, or a .session.json")
    report.add_argument("--out", required=True, type=Path, help="the new .pdf or .html file; of a "
                        "recording before injections also .csv or .json")  # fmt: skip
    report.add_argument("--paper", choices=("a4", "letter"), default="a4")
    report.add_argument("--clinic", default="", metavar="NAME", help="name on the page")
    report.add_argument("--logo", type=Path, help="picture on the page (PNG or JPEG)")
    visit = report.add_argument_group("of a recording before injections")
    visit.add_argument("--previous", type=Path, metavar="OLD", help="compare with this recording, "
                       "or with the .json made of it")  # fmt: skip
    visit.add_argument("--posture", action="append", metavar="NAME[:SIDE[:DEGREES]]",
                       help="as torticaput:right:35; may be repeated")  # fmt: skip
    visit.add_argument("--larynx", choices=("midline", "turned"), help="where the larynx stands")
    visit.add_argument("--injected", action="append", metavar="DATE[:WHAT]",
                       help="as 2025-12-18:150 U, L SCM; may be repeated")  # fmt: skip
    visit.add_argument("--heart", metavar="WAY", help="the way around heartbeats, as gate")
