from __future__ import annotations

import numpy as np
import pytest

from emgfeedback.records.edf import pack_samples, unpack_samples
from emgfeedback.records.tal import (
    MAX_TEXT_BYTES,
    Tal,
    clean_text,
    decode_area,
    encode_area,
    join_parts,
    split_text,
    starts_record,
)


def test_texts_come_back():
    tals = [
        Tal(250_000, 0, ""),
        Tal(0, 0, "Kopf nach links — größer ✓"),
        Tal(1, 99_999_999_999_999, "lang"),
        Tal(-1_500_000, 500, "before"),
    ]
    area = encode_area(tals, 540)
    assert len(area) == 540
    assert decode_area(area) == tals
    assert area.startswith(b"+0.25\x14\x14\x00")


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="do not fit"):
        encode_area([Tal(0, 0, "x" * 541)], 540)


@pytest.mark.parametrize("cut", range(1, 30))
def test_damaged_areas_give_what_is_whole(cut):
    area = encode_area([Tal(0, 0, ""), Tal(5, 7, "täxt"), Tal(6, 0, "z")], 60)
    assert set(decode_area(area[:cut])) <= {Tal(0, 0, ""), Tal(5, 7, "täxt"), Tal(6, 0, "z")}


def test_noise_is_no_annotation():
    noise = np.random.default_rng(1).integers(0, 256, 50_000, dtype=np.uint8).tobytes()
    assert len(decode_area(noise)) < 5
    assert not starts_record(decode_area(bytes(540)))


@pytest.mark.parametrize("text", ["x" * 5000, "ü€✓" * 400, "(1/2) sly", "kurz"])
def test_long_texts_are_split_and_joined(text):
    parts = split_text(clean_text(text))
    assert max(len(part.encode()) for part in parts) <= MAX_TEXT_BYTES
    tals = [Tal(7, 3, part) for part in parts]
    other = Tal(9, 0, "other")
    assert join_parts([other, tals[0], other, *tals[1:]])[:2] == [other, Tal(7, 3, text)]


@pytest.mark.parametrize("text", ["(1/1) a", "(1/2) a", "(2/2) a", "(0/0) a", "(1/0) a"])
def test_own_numbering_of_others_stays(text):
    assert join_parts([Tal(0, 0, text), Tal(1, 0, "(2/2) b")]) == [
        Tal(0, 0, text),
        Tal(1, 0, "(2/2) b"),
    ]


def test_control_characters_cannot_break_a_record():
    assert clean_text(" a\x14b\x15c\x00d\ne\ud800 ") == "a b c d e"
    with pytest.raises(ValueError, match="needs a text"):
        clean_text("\x00 \x14")


@pytest.mark.parametrize(("n_bytes", "low", "high"), [(2, -(2**15), 2**15), (3, -(2**23), 2**23)])
def test_samples_come_back_exactly(n_bytes, low, high):
    rows = np.random.default_rng(2).integers(low, high, (77, 5), dtype=np.int32)
    rows[0], rows[1] = low, high - 1
    data = np.frombuffer(pack_samples(rows, n_bytes), dtype=np.uint8)
    assert np.array_equal(unpack_samples(data, n_bytes).reshape(5, 77).T, rows)
    assert int.from_bytes(data[:n_bytes].tobytes(), "little", signed=True) == low


@pytest.mark.parametrize(("n_bytes", "value"), [(2, 2**15), (3, -(2**23) - 1)])
def test_a_sample_that_does_not_fit_is_refused(n_bytes, value):
    with pytest.raises(ValueError, match="does not fit"):
        pack_samples(np.array([[value]], dtype=np.int32), n_bytes)
