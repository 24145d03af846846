"""Words about tasks, their holds, and edges that were moved."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from emgfeedback.ui import words
from emgfeedback.ui.assess.edges import SAME_S, START, Bound, EdgeKey, EdgeName, Hold, Holds


def seconds(value_s: float) -> str:
    """Return a time of the recording in seconds, as `31.85 s`."""
    return f"{words.number(value_s, 2)} s"


def hold_words(hold: Hold) -> str:
    """Return a hold by its task, as `Turn left, 2 of 3`."""
    if hold.repeats == 1:
        return hold.title
    said = QCoreApplication.translate("Edges", "%1, %2 of %3").replace("%1", hold.title)
    said = said.replace("%2", words.whole(hold.repeat + 1))
    return said.replace("%3", words.whole(hold.repeats))


def length(hold: Hold) -> str:
    """Return how long it is held, as `hold 5.00 s`."""
    said = QCoreApplication.translate("Edges", "hold %1")
    return said.replace("%1", seconds(hold.end_s - hold.start_s))


def edge_name(hold: Hold, edge: EdgeName) -> str:
    """Return an edge by its hold, as `Turn left, 2 of 3: start of the hold`."""
    said = QCoreApplication.translate("Edges", "%1: end of the hold")
    if edge == START:
        said = QCoreApplication.translate("Edges", "%1: start of the hold")
    return said.replace("%1", hold_words(hold))


def spoken(hold: Hold, edge: EdgeName) -> str:
    """Return an edge and where it stands, for a screen reader."""
    said = QCoreApplication.translate("Edges", "%1, %2 seconds")
    said = said.replace("%1", edge_name(hold, edge))
    return said.replace("%2", words.number(hold.at(edge), 2))


def against_marked(at_s: float, marked_s: float) -> str:
    """Return how far an edge stands from where the marks put it; empty where it stands there."""
    step_s = at_s - marked_s
    if abs(step_s) < SAME_S:
        return ""
    said = QCoreApplication.translate("Edges", "marked at %1 (%2)")
    sign = "+" if step_s > 0 else ""
    return said.replace("%1", seconds(marked_s)).replace("%2", f"{sign}{seconds(step_s)}")


def limits(holds: Holds, key: EdgeKey) -> str:
    """Return how far an edge may go and why, in a sentence."""
    found = holds.limits(key)
    neighbour = QCoreApplication.translate("Edges", "the next hold")
    if key.edge == START:
        neighbour = QCoreApplication.translate("Edges", "the hold before")
    named = {
        Bound.RECORDING: QCoreApplication.translate("Edges", "the recording"),
        Bound.NEIGHBOUR: neighbour,
        Bound.SHORTEST: QCoreApplication.translate("Edges", "a hold lasts 0.5 s or more"),
    }
    said = QCoreApplication.translate("Edges", "May stand from %1 (%2) to %3 (%4).")
    for place, told in (
        ("%1", seconds(found.low_s)),
        ("%2", named[found.low]),
        ("%3", seconds(found.high_s)),
        ("%4", named[found.high]),
    ):
        said = said.replace(place, told)
    return said


def edge_line(holds: Holds, shown: Hold, key: EdgeKey) -> str:
    """Return all there is to say of the edge in hand."""
    at_s = shown.at(key.edge)
    parts = [edge_name(shown, key.edge), seconds(at_s)]
    parts.append(against_marked(at_s, holds.marked_s(key)))
    found = holds.limits(key)
    if min(abs(at_s - found.low_s), abs(at_s - found.high_s)) < SAME_S:
        parts.append(QCoreApplication.translate("Edges", "as far as it goes"))
    return " · ".join(part for part in parts if part)


def hint() -> str:
    """Return how edges are moved."""
    return QCoreApplication.translate(
        "Edges",
        "Drag an edge of a hold. Or press Tab to an edge, then Left and Right: 0.05 s, with "
        "Shift 0.5 s.",
    )


def moved_in(holds: Holds, task: str) -> str:
    """Return how many edges of a task were moved; empty for none."""
    n = sum(key.task == task for key in holds.moved)
    if not n:
        return ""
    if n == 1:
        return QCoreApplication.translate("Edges", "1 edge moved")
    return QCoreApplication.translate("Edges", "%1 edges moved").replace("%1", words.whole(n))


def task_names(holds: Holds) -> dict[str, str]:
    """Return the tasks with their titles and how many edges of each were moved."""
    named = {}
    for task in holds.tasks:
        title, moved = holds.of_task(task)[0].title, moved_in(holds, task)
        named[task] = f"{title} · {moved}" if moved else title
    return named


def task_line(holds: Holds, task: str) -> str:
    """Return a task and how long it was held, as `Turn left · hold 4.50 s, 4.62 s, 4.41 s`."""
    mine = holds.of_task(task)
    if not mine:
        return QCoreApplication.translate("Edges", "No task was held in this recording.")
    held = ", ".join(seconds(hold.end_s - hold.start_s) for hold in mine)
    said = QCoreApplication.translate("Edges", "%1 · held %2")
    return said.replace("%1", mine[0].title).replace("%2", held)
