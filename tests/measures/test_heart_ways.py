"""Ways around heartbeats in an assessment: what each makes of a rest of known level."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from emgfeedback.core.block import Gap, GapReason
from emgfeedback.core.errors import UsageError
from emgfeedback.core.montage import neck_montage
from emgfeedback.dsp.design import butter_sos
from emgfeedback.dsp.iir import BlockIir
from emgfeedback.dsp.zero_phase import zero_phase
from emgfeedback.measures.assessment import assess
from emgfeedback.measures.assessment_values import Assessment
from emgfeedback.measures.heart_ways import HEART_WAYS, heart_way
from emgfeedback.measures.source import HeldSamples, Stretch
from emgfeedback.training.movements import MOVEMENTS

FS_HZ = 1000.0
ECG = Path(__file__).parents[1] / "data" / "emg" / "ecg_lead2_1k16.npz"
CHANNELS = neck_montage(4).channels
REST_UV, HEART_UV = 3.0, 100.0
LEFT = ("SCM L", "UT L")
"""The heart is on the left alone."""
REST_S, HOLD_S, HELD_UV = (4.0, 28.0), (32.0, 35.0), 12.0
TAKE_S = (36.0, 42.0)
SECONDS = 44


@cache
def muscle_uv() -> NDArray[np.float64]:
    """Muscle alone: 3 uV at rest, 12 in a hold of 3 s, 100 in the reference contraction."""
    rng = np.random.default_rng(5)
    noise = rng.normal(size=(SECONDS * round(FS_HZ), len(CHANNELS)))
    muscle = zero_phase(butter_sos(2, "band", (40.0, 250.0), FS_HZ), noise)
    level = np.full(len(noise), REST_UV)
    for (start_s, end_s), uv in ((HOLD_S, HELD_UV), (TAKE_S, 100.0)):
        level[round(start_s * FS_HZ) : round(end_s * FS_HZ)] = uv
    return muscle / muscle.std(axis=0) * level[:, None]


@cache
def source() -> HeldSamples:
    with np.load(ECG) as data:
        heart = np.asarray(data[data.files[0]], dtype=float).ravel()
    heart = np.resize(heart - np.median(heart), SECONDS * round(FS_HZ))
    heart = HEART_UV * heart / np.percentile(np.abs(heart), 99.8)
    on_left = np.array([channel.label in LEFT for channel in CHANNELS])
    marks = [
        *(Stretch(at_s, 0.0, f"task rest-supported 1 {part}")
          for at_s, part in zip(REST_S, ("hold", "end"), strict=True)),
        *(Stretch(at_s, 0.0, f"task let-go 1 {part}")
          for at_s, part in zip(HOLD_S, ("hold", "end"), strict=True)),
        Stretch(TAKE_S[0], 0.0, "calibration rvc_test take 1 start"),
        Stretch(TAKE_S[1], 0.0, "calibration rvc_test end"),
        *(Stretch(TAKE_S[1], 0.0, f"calibration rvc_test {c.label} 100.00 uV") for c in CHANNELS),
    ]  # fmt: skip
    samples = muscle_uv() + heart[:, None] * on_left
    return HeldSamples(samples, FS_HZ, CHANNELS, annotations=marks)


@cache
def under(way: str) -> Assessment:
    return assess(source(), MOVEMENTS, heart=way)


def level_uv(told: Assessment, task: str, label: str, name: str = "rms_uv") -> float:
    found = told.tasks[task].muscles[label][name]
    assert found.value is not None, found.reason
    return found.value


def true_uv(way: str, span_s: tuple[float, float], label: str) -> float:
    """Return the RMS of the muscle alone, through the filters of a way."""
    sos = heart_way(way).settings(FS_HZ).band_sos(FS_HZ)
    filtered = BlockIir(sos, len(CHANNELS)).process(muscle_uv())
    part = filtered[round(span_s[0] * FS_HZ) : round(span_s[1] * FS_HZ)]
    column = [channel.label for channel in CHANNELS].index(label)
    return float(np.sqrt(np.mean(part[:, column] ** 2)))


@pytest.mark.parametrize("way", HEART_WAYS)
def test_what_is_offered_is_what_one_gets(way: str) -> None:
    """The level at rest told beside each way is the one an assessment with it has."""
    for label, offered in under("gate").heart_ways.items():
        assert level_uv(under(way), "rest-supported", label) == pytest.approx(
            offered[way].rest_uv.value, rel=1e-3
        )


@pytest.mark.parametrize("way", HEART_WAYS)
def test_every_assessment_offers_all_ways_alike(way: str) -> None:
    for label, offered in under(way).heart_ways.items():
        before = offered["as-recorded"].rest_uv.value
        assert before is not None
        assert set(offered) == set(HEART_WAYS)
        for key, told in offered.items():
            first = under("gate").heart_ways[label][key]
            assert told.rest_uv.value == pytest.approx(first.rest_uv.value, rel=1e-3)
            assert told.rest_uv.value is not None
            assert told.change_uv.value == pytest.approx(told.rest_uv.value - before)


@pytest.mark.parametrize(
    ("way", "within"),
    [("highpass-50", 0.3), ("highpass-100", 0.05), ("gate", 0.1), ("template", 0.25)],
)
def test_the_heart_goes_and_the_muscle_stays(way: str, within: float) -> None:
    """As recorded the heart more than doubles the left at rest; each way gives the muscle back."""
    for label in LEFT:
        truth = true_uv(way, REST_S, label)
        assert level_uv(under("as-recorded"), "rest-supported", label) > 2 * truth
        assert level_uv(under(way), "rest-supported", label) == pytest.approx(truth, rel=within)
    for label in ("SCM R", "UT R"):
        truth = true_uv(way, REST_S, label)
        assert level_uv(under(way), "rest-supported", label) == pytest.approx(truth, rel=0.03)


def test_a_higher_high_pass_takes_more() -> None:
    offered = under("gate").heart_ways["UT L"]
    levels = [offered[f"highpass-{hz}"].rest_uv.value for hz in (30, 50, 100)]
    levels.insert(0, offered["as-recorded"].rest_uv.value)
    assert levels == sorted(levels, key=lambda level: -(level or 0))
    assert (levels[0] or 0) > 1.4 * (levels[1] or 0)


@pytest.mark.parametrize("way", ["gate", "template"])
def test_a_hold_too_short_for_beats_of_its_own(way: str) -> None:
    """Three seconds have three or four beats: the average one of rest serves."""
    for label in LEFT:
        truth = true_uv(way, HOLD_S, label)
        assert level_uv(under(way), "let-go", label) == pytest.approx(truth, rel=0.12)


def test_the_reference_goes_through_the_same_filters() -> None:
    """Where a high-pass takes a third of hold and reference alike, the share stays."""
    for label in ("SCM R", "UT R"):
        shares = [level_uv(under(way), "let-go", label, "of_reference_pct") for way in HEART_WAYS]
        assert shares == pytest.approx([shares[0]] * len(shares), rel=0.05)
    reference = {c.label: c.reference_uv.value for c in under("highpass-100").channels}
    assert all(60 < (uv or 0) < 90 for uv in reference.values())


def test_a_reference_without_its_takes_is_missing_under_another_high_pass() -> None:
    told = assess(source(), MOVEMENTS, heart="highpass-50", references={"SCM R": 80.0})
    assert told.channels[1].reference_uv.value is not None
    held = source()
    marks = [mark for mark in held.annotations if "take" not in mark.text]
    bare = HeldSamples(held.samples_uv, FS_HZ, CHANNELS, annotations=marks)
    found = assess(bare, MOVEMENTS, heart="highpass-50").channels[1].reference_uv
    assert (found.value, found.reason) == (
        None, "the reference contraction was taken with other filters",
    )  # fmt: skip


def test_the_way_is_named_and_what_looks_ahead_too() -> None:
    for key, way in HEART_WAYS.items():
        told = under(key)
        assert told.heart_way == key
        assert way.words in told.filters
        assert told.filters.startswith(way.settings(FS_HZ).facts())
        assert "causal" in told.filters
        assert "zero-phase: envelopes" in told.filters
    with pytest.raises(UsageError, match="'guess' is unknown"):
        assess(source(), MOVEMENTS, heart="guess")


def test_a_slow_recording_has_no_band_above_100_hz() -> None:
    held = source()
    slow = HeldSamples(held.samples_uv[::5], FS_HZ / 5, CHANNELS, annotations=held.annotations)
    offered = assess(slow, MOVEMENTS).heart_ways["SCM R"]
    assert offered["highpass-100"].rest_uv.value is None
    assert "leaves no band" in offered["highpass-100"].rest_uv.reason
    assert offered["highpass-50"].rest_uv.value is not None


def test_without_rest_every_way_says_so() -> None:
    held = source()
    marks = [mark for mark in held.annotations if "rest" not in mark.text]
    told = assess(HeldSamples(held.samples_uv, FS_HZ, CHANNELS, annotations=marks), MOVEMENTS)
    for offered in told.heart_ways.values():
        assert {(o.rest_uv.value, o.change_uv.reason) for o in offered.values()} == {
            (None, "no rest to look at")
        }


@pytest.mark.parametrize("way", ["gate", "highpass-50"])
def test_filters_without_delay_are_named_and_give_the_same_muscle(way: str) -> None:
    """Both ways the attenuation is twice that of one: levels are those of that filter."""
    told = assess(source(), MOVEMENTS, heart=way, phase="zero")
    assert "zero-phase: both ways, no delay, twice the attenuation" in told.filters
    assert "causal" not in told.filters
    sos = heart_way(way).settings(FS_HZ).band_sos(FS_HZ)
    first, end = (round(s * FS_HZ) for s in REST_S)
    truth = zero_phase(sos, muscle_uv())[first:end]
    for label in ("SCM R", "UT R"):
        column = [channel.label for channel in CHANNELS].index(label)
        level = float(np.sqrt(np.mean(truth[:, column] ** 2)))
        assert level_uv(told, "rest-supported", label) == pytest.approx(level, rel=0.03)
        assert level < true_uv(way, REST_S, label)
        share = level_uv(under(way), "let-go", label, "of_reference_pct")
        assert level_uv(told, "let-go", label, "of_reference_pct") == pytest.approx(share, rel=0.02)
        offered = told.heart_ways[label][way].rest_uv.value
        assert offered == pytest.approx(level_uv(told, "rest-supported", label), rel=1e-3)


def test_without_delay_an_onset_is_earlier_by_the_filter_s_delay() -> None:
    """A burst through the causal filters comes late, both ways it does not."""
    held = source()
    marks = [
        *(mark for mark in held.annotations if "rest" in mark.text),
        Stretch(TAKE_S[0] - 1.0, 0.0, "task rotate-left 1 out"),
        Stretch(TAKE_S[0] + 0.5, 0.0, "task rotate-left 1 hold"),
        Stretch(TAKE_S[1] - 0.5, 0.0, "task rotate-left 1 back"),
        Stretch(TAKE_S[1] + 0.5, 0.0, "task rotate-left 1 end"),
    ]
    moved = HeldSamples(held.samples_uv, FS_HZ, CHANNELS, annotations=marks)
    onsets = [
        level_uv(assess(moved, MOVEMENTS, phase=phase), "rotate-left", "SCM R", "onset_s")
        for phase in ("causal", "zero")
    ]
    assert onsets == pytest.approx([1.0, 1.0], abs=0.06)
    assert onsets[1] <= onsets[0]


def test_a_gap_is_no_step_for_filters_both_ways() -> None:
    held = source()
    offset = np.where(np.arange(len(held.samples_uv)) < 20_000, 0.0, 500.0)[:, None]
    gap = Gap(19_500, 700, GapReason.RECONNECT)
    broken = HeldSamples(held.samples_uv + offset, FS_HZ, CHANNELS, (gap,), held.annotations)
    told = assess(broken, MOVEMENTS, phase="zero")
    whole = assess(held, MOVEMENTS, phase="zero")
    for label in ("SCM R", "UT R"):
        level = level_uv(whole, "rest-supported", label)
        assert level_uv(told, "rest-supported", label) == pytest.approx(level, rel=0.02)
