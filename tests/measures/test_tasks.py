import numpy as np
import pytest

from emgfeedback.core.montage import neck_montage
from emgfeedback.measures.analysis import analyze
from emgfeedback.measures.source import HeldSamples, Stretch
from emgfeedback.measures.tasks import TaskSpan, task_spans, task_table

FS_HZ = 1000.0
MARKS = [
    (0, "task rest-supported 1 hold"),
    (20, "task rest-supported 1 end"),
    (22, "task rotate-left 1 out"),
    (24, "task rotate-left 1 hold"),
    (29, "task rotate-left 1 back"),
    (31, "task rotate-left 1 end"),
    (35, "task rotate-left 2 out"),
    (37, "task rotate-left 2 hold"),
    (42, "task rotate-left 2 back"),
    (44, "task rotate-left 2 end"),
]


def marked(marks=MARKS):
    return [Stretch(at, 0.0, text) for at, text in marks]


def test_each_part_lasts_until_the_next_marker_of_its_repeat():
    assert task_spans(marked())[:4] == [
        TaskSpan("rest-supported", 1, "hold", 0, 20),
        TaskSpan("rotate-left", 1, "out", 22, 24),
        TaskSpan("rotate-left", 1, "hold", 24, 29),
        TaskSpan("rotate-left", 1, "back", 29, 31),
    ]
    assert len(task_spans(marked())) == 7


def test_what_was_begun_anew_or_never_ended_does_not_count():
    again = [*MARKS[:4], (26, "task rotate-left again"), *MARKS[6:8]]
    assert [s.text for s in task_spans(marked(again))] == [
        "task rest-supported 1 hold",
        "task rotate-left 2 out",
    ]


@pytest.mark.parametrize(
    "text", ["task", "task x", "task x y hold", "trial 1", "task x 1 hold more", "TASK x 1 hold"]
)
def test_other_marks_are_passed_over(text):
    assert task_spans(marked([(1, text), (2, text)])) == []


def test_the_table_gives_the_middle_of_the_repeats_and_the_ratio_to_rest():
    rng = np.random.default_rng(1)
    montage = neck_montage(2)
    level = np.full(45_000, 3.0)
    for a, b, uv in ((24, 29, 60.0), (37, 42, 40.0)):
        level[a * 1000 : b * 1000] = uv
    samples = rng.normal(size=(45_000, 2)) * np.column_stack((level, np.full(45_000, 3.0)))
    held = HeldSamples(samples, FS_HZ, montage.channels, annotations=marked())
    segments = analyze(held, filter_choice="none")["segments"]
    assert [s["text"] for s in segments] == [text for _, text in MARKS if "end" not in text]
    table = task_table(segments)
    turned = table["rotate-left"]["SCM L"]
    assert turned.repeats == 2
    assert turned.rms_uv == pytest.approx(50, rel=0.05)
    assert turned.of_rest == pytest.approx(50 / 3, rel=0.07)
    assert table["rotate-left"]["SCM R"].of_rest == pytest.approx(1, rel=0.1)


def test_a_bad_channel_gives_no_number_and_says_why():
    channels = [{"label": "SCM L", "quality": "bad", "rms_uv": 0.2}]
    cell = task_table([{"text": "task neutral 1 hold", "channels": channels}])["neutral"]["SCM L"]
    assert (cell.rms_uv, cell.of_rest, cell.reason) == (None, None, "no usable signal")
