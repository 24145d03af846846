"""The options of `main.py home`."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_options(home: argparse.ArgumentParser) -> None:
    """Give the command `home` its actions and their options."""
    actions = home.add_subparsers(dest="action", metavar="ACTION", required=True)
    make = actions.add_parser("make-plan", help="clinic: write a signed plan for a patient")
    take = actions.add_parser("take-plan", help="patient: take the therapist's plan")
    status = actions.add_parser("status", help="patient: the plan, and what was practised")
    send = actions.add_parser("send", help="patient: write the results into one encrypted file")
    receive = actions.add_parser("receive", help="clinic: take results in")
    forget = actions.add_parser("forget-kit", help="clinic: the patient has a new computer")
    make.add_argument("plan", metavar="PLAN", help="a plan's name or TOML file")
    make.add_argument("--contact", required=True, help="whom to call, and when, in a sentence")
    make.add_argument("--clinic", default="", help="name of the clinic")
    make.add_argument("--greeting", default="", help="first name to greet by; else none")
    make.add_argument("--weeks", type=int, default=4, help="for how long (default 4)")
    make.add_argument("--days", type=int, default=5, help="days a week (default 5)")
    make.add_argument(
        "--pain-rise", type=int, default=3, help="points of 10 that end practice (default 3)"
    )
    take.add_argument("--number", help="of the clinic, as on the therapist's sheet; first plan")
    send.add_argument("--no-signals", action="store_true", help="a small file, for mail")
    for action in (make, forget):
        action.add_argument("--patient", required=True, help="pseudonym or id")
    for action in (take, receive):
        action.add_argument("file", type=Path)
    for action in (make, send):
        action.add_argument("--out", required=True, type=Path, help="the new file")
    for action in (make, take, status, send, receive, forget):
        # Left out here, it stays what was given before the command.
        action.add_argument(
            "--data-dir", type=Path, default=argparse.SUPPRESS, help="folder of the records"
        )
        action.add_argument("--json", action="store_true", help="print JSON")
