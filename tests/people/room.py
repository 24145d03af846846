"""One room of a clinic: a process that writes to the register beside others.

`python -m tests.people.room DATA_DIR URL WHO PATIENT_ID TIMES` waits for a line on its standard
input, then adds TIMES check-ins and counts up the patient's birth year as often, reading again
where somebody else was faster. It prints how often it was told of that.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import sys
from pathlib import Path

from emgfeedback.core.errors import ConflictError
from emgfeedback.people.database import Database
from emgfeedback.people.register import Register
from emgfeedback.people.roles import Role
from emgfeedback.people.values import CheckIn, Patient


def main() -> None:
    """Open, wait, write."""
    data_dir, url, who, patient_id, times = sys.argv[1:]
    told = 0
    with Database.open(Path(data_dir), url=url or None) as database:
        register = Register(database, who=who, role=Role.CLINICIAN)
        known = register.get(Patient, patient_id)
        print("ready", flush=True)
        sys.stdin.readline()
        for number in range(int(times)):
            register.put(CheckIn(patient_id=patient_id, on=dt.date(2026, 1, 1), note=f"{number}"))
            while True:
                assert known.birth_year is not None
                try:
                    known = register.put(
                        dataclasses.replace(known, birth_year=known.birth_year + 1, name=who)
                    )
                    break
                except ConflictError:
                    told += 1
                    known = register.get(Patient, patient_id)
    print(told)


if __name__ == "__main__":
    main()
