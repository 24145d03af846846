"""A recording says what its sensor passes, what the board proved and what to keep in mind."""

from __future__ import annotations

from dataclasses import replace

from emgfeedback.core.device import DeviceInfo
from emgfeedback.core.montage import neck_montage
from emgfeedback.devices.cyton import CytonDriver
from emgfeedback.records.header import RecordingFacts, facts_texts, make_header, parse_fact
from emgfeedback.records.tal import MAX_TEXT_BYTES
from tests.records.conftest import neck_facts


def cyton() -> DeviceInfo:
    driver = CytonDriver()
    (info,) = driver.feed(b"OpenBCI V3 8-16 channel\nFirmware: v3.1.2\n$$$").messages
    assert isinstance(info, DeviceInfo)
    return info


def facts() -> RecordingFacts:
    return replace(neck_facts(), device=cyton(), montage=neck_montage(6))


def test_every_fact_fits_into_one_annotation_and_comes_back() -> None:
    texts = facts_texts(facts())
    assert all(len(text.encode()) <= MAX_TEXT_BYTES for text in texts)
    told = [parse_fact(text) for text in texts]
    sensor = [values for subject, values in filter(None, told) if subject == "sensor"]
    cautions = [values["text"] for subject, values in filter(None, told) if subject == "caution"]
    assert sensor == [{"band_hz": [0.0, 65.0], "loss_proof": CytonDriver.loss_proof}]
    assert tuple(cautions) == cyton().cautions


def test_the_header_names_the_band_and_holds_the_codes() -> None:
    header = make_header(facts())
    assert header.signals[0].prefilter.startswith("sensor 0-65 Hz")
    assert header.signals[0].digital_max < 2**23
    scale = header.signals[0]
    lsb_uv = (scale.physical_max - scale.physical_min) / (scale.digital_max - scale.digital_min)
    assert abs(lsb_uv / (2 * 4.5e6 / (2**23 - 1) / 24) - 1) < 1e-6
