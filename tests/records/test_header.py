from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from emgfeedback.core.errors import FileFormatError, SettingsError
from emgfeedback.records.edf import decode_header, encode_header, number_text
from emgfeedback.records.header import (
    ascii_text,
    exact_scale,
    facts_texts,
    make_header,
    parse_fact,
    record_layout,
)


def test_one_count_of_the_usual_board_is_4_8828_microvolts(make_facts):
    header = make_header(make_facts(gain=1000.0))
    signal = header.signals[0]
    assert (signal.digital_min, signal.digital_max) == (0, 1024)
    assert (signal.physical_min, signal.physical_max) == (-2500.0, 2500.0)
    assert signal.lsb == 4.8828125


@pytest.mark.parametrize("full", [256, 1024, 4096, 65536, 2**20])
@pytest.mark.parametrize("lsb_uv", [5e6 / 1024 / 201, 3.3e6 / 4096 / 1009, 0.013, 1e6 / 7919])
def test_any_scale_is_exact_to_a_millionth_and_zero_stays_zero(full, lsb_uv):
    lsb_uv *= 1024 / full
    scale = exact_scale(full, lsb_uv)
    texts = [number_text(end) for end in (-scale.physical_uv, scale.physical_uv)]
    low, high = (float(text) for text in texts)
    written = (high - low) / (scale.digital_max - scale.digital_min)
    assert max(map(len, texts)) <= 8
    assert written == pytest.approx(lsb_uv, rel=1e-6)
    assert scale.digital_min <= 0
    assert scale.digital_max >= full
    middle = low + (full / 2 - scale.digital_min) * written
    assert abs(middle) < 1e-6 * lsb_uv


@pytest.mark.parametrize(("full", "lsb_uv"), [(2**24, 1.0), (1024, 1e9), (1024, 0.0), (1, 1.0)])
def test_a_scale_no_file_can_hold_is_refused(full, lsb_uv):
    with pytest.raises(SettingsError, match=r"cannot be recorded \(limit"):
        exact_scale(full, lsb_uv)


@pytest.mark.parametrize("fs_hz", [250, 500, 1000, 1200, 2000, 990, 990.5, 977, 1041.67, 15625])
def test_records_last_a_quarter_second_and_keep_the_rate(fs_hz):
    n, record_us = record_layout(fs_hz)
    assert n * 1e6 / record_us == pytest.approx(fs_hz, rel=4e-6)
    assert 0.1 <= record_us / 1e6 <= 0.5 or n * 10**6 % Decimal(str(fs_hz)) == 0
    assert len(number_text(Decimal(record_us) / 10**6)) <= 8


@pytest.mark.parametrize(("fs_hz", "n"), [(250, 62), (500, 125), (1000, 250), (2000, 500)])
def test_usual_rates_are_exact(fs_hz, n):
    samples, record_us = record_layout(fs_hz)
    assert abs(samples - n) <= 1
    assert samples * 10**6 == record_us * fs_hz


@pytest.mark.parametrize("fs_hz", [0.0, -5.0, float("nan"), 1e9])
def test_impossible_rate_is_refused(fs_hz):
    with pytest.raises(SettingsError, match="cannot be recorded"):
        record_layout(fs_hz)


def test_header_survives_encoding(make_facts):
    header = make_header(make_facts(subject="P 017", gain=201.0, vref_mv=3300.0))
    data = encode_header(header)
    assert len(data) == header.header_bytes
    assert decode_header(data, "x.bdf") == header
    assert data[8:88].rstrip() == b"P_017 X X X"
    assert all(32 <= byte < 127 for byte in data[8:])


def test_a_clock_before_1985_still_records(make_facts):
    facts = make_facts()
    object.__setattr__(facts, "started_utc", facts.started_utc.replace(year=1971))
    assert make_header(facts).start == datetime(1985, 1, 1)
    assert "1971-03-09T08:07:06.543" in facts_texts(facts)[0]


def test_facts_can_be_parsed_again(make_facts):
    facts = make_facts(calibration={"SCM L": {"rvc_uv": 120.5, "wann": "März"}}, subject="Zoë")
    parsed = [parse_fact(text) for text in facts_texts(facts)]
    assert [subject for subject, _ in parsed] == ["recording", *["channel"] * 6, "calibration"]
    assert parsed[0][1]["full_scale_counts"] == 1024
    assert parsed[0][1]["subject"] == "Zoë"
    assert parsed[2][1]["label"] == "SCM R"
    assert parsed[2][1]["lsb_uv"] == 4.8828125
    assert parsed[-1][1] == facts.calibration


@pytest.mark.parametrize(
    "text", ["", "emgfeedback", "emgfeedback x {", "emgfeedback x []", "a b c"]
)
def test_other_texts_are_no_facts(text):
    assert parse_fact(text) is None


def test_ascii_keeps_what_it_can():
    assert ascii_text("Zoë – Straße\n", 20) == "Zoe ? Stra?e"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (4.8828125, "4.882812"),
        (-2500.0, "-2500"),
        (0.1 + 0.2, "0.3"),
        (-1e-9, "0"),
        (1e7, "10000000"),
    ],
)
def test_numbers_fit_eight_characters(value, text):
    assert number_text(value) == text


def test_a_number_too_long_is_refused():
    with pytest.raises(ValueError, match="does not fit"):
        number_text(1e9)


@pytest.mark.parametrize(
    ("place", "field", "words"),
    [
        (184, b"99999999", "header length"),
        (236, b"-7      ", "number of records of -7"),
        (236, b"NaN     ", "number of records of NaN"),
        (244, b"-1      ", "record duration of -1"),
        (244, b"Infinity", "record duration of Infinity"),
        (252, b"9999", "number of signals of 9999"),
        (252, b"0   ", "number of signals of 0"),
        (252, b"abcd", "no number"),
        (256 + 7 * (16 + 80), b"uV      " * 7 + b"nan     ", "physical minimum of nan"),
        (256 + 7 * (16 + 80 + 8 + 8 + 8), b"1024    ", "no usable scale"),
        (256 + 7 * (16 + 80 + 8 * 5 + 80), b"99999999", "samples per record"),
        (256 + 7 * (16 + 80 + 8 * 5 + 80), b"9999999 ", "claims records of"),
        (0, b"\x89PNG\r\n\x1a\n", "is no EDF or BDF"),
    ],
)
def test_hostile_header_is_refused_in_one_line(make_facts, place, field, words):
    data = bytearray(encode_header(make_header(make_facts())))
    data[place : place + len(field)] = field
    with pytest.raises(FileFormatError, match=words) as caught:
        decode_header(bytes(data), "x.bdf")
    assert "\n" not in str(caught.value)


def test_header_cut_anywhere_is_refused(make_facts):
    data = encode_header(make_header(make_facts()))
    for length in range(len(data)):
        with pytest.raises(FileFormatError):
            decode_header(data[:length], "x.bdf")
