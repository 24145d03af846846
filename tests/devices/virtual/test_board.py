"""The virtual board speaks as the firmware does."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from emgfeedback.core.errors import SettingsError
from emgfeedback.devices import wire
from emgfeedback.devices.virtual.board import VirtualBoard
from emgfeedback.devices.virtual.faults import FaultPlan
from emgfeedback.devices.virtual.limits import Code
from emgfeedback.devices.virtual.played import PlayedCounts, PlayedSignal
from emgfeedback.devices.virtual.signal import NeckSignal
from emgfeedback.devices.virtual.source import Adc
from emgfeedback.devices.wire import Packet
from tests.devices.virtual.wire_reading import Heard, hear


def ask(board: VirtualBoard, kind: int, payload: bytes = b"") -> wire.Message:
    board.receive(wire.packet(kind, payload))
    (answer,) = hear(board.advance(board.now_s), board.settings.n_channels).packets
    return answer


def set_rate(board: VirtualBoard, rate_hz: int, oversample: int) -> int:
    answer = ask(board, Packet.SET_RATE, wire.SET_RATE.pack(rate_hz, oversample))
    assert isinstance(answer, wire.Ack)
    assert answer.command == Packet.SET_RATE
    return answer.code


def stream(board: VirtualBoard, seconds: float, step_s: float = 0.02) -> Heard:
    board.receive(wire.packet(Packet.START))
    start_s, sent = board.now_s, b""
    for i in range(round(seconds / step_s) + 1):
        sent += board.advance(start_s + i * step_s)
    heard = hear(sent, board.settings.n_channels)
    assert heard.packets[0] == wire.Ack(Packet.START, 0)
    return heard


def numbered(n_channels: int, n: int = 5000) -> PlayedCounts:
    counts = (np.arange(n)[:, None] * 7 + np.arange(n_channels) * 301) % 4096
    return PlayedCounts(counts, 1000.0)


def expected(n: int, n_channels: int, first: int = 0) -> NDArray:
    return (np.arange(first, first + n)[:, None] % 5000 * 7 + np.arange(n_channels) * 301) % 4096


def test_silent_until_asked() -> None:
    board = VirtualBoard(NeckSignal())
    assert board.advance(100.0) == b""
    assert board.due_s == float("inf")


def test_identity_says_what_it_is() -> None:
    identity = ask(VirtualBoard(NeckSignal()), Packet.IDENTIFY)
    assert isinstance(identity, wire.Identity)
    assert wire.BOARDS[identity.board_id] == "Virtual board"
    assert (identity.protocol_version, identity.n_channels, identity.max_channels) == (1, 6, 8)
    assert (identity.rate_hz, identity.oversample, identity.samples_per_frame) == (1000, 4, 4)
    assert (identity.full_scale_counts, identity.vref_mv, identity.sensor_gain) == (
        4096,
        5000,
        2000,
    )
    assert (identity.adc_clock_khz, identity.baud, identity.streaming) == (500, 500_000, 0)


def test_first_bytes_are_the_wires_own_encodings() -> None:
    board = VirtualBoard(numbered(3))
    board.receive(wire.packet(Packet.START))
    flags = (wire.Flag.FIRST, 0, 0)
    expected_bytes = wire.ack_packet(wire.Ack(Packet.START, 0)) + b"".join(
        wire.data_packet(4 * i, 4000 * i, flag, expected(4, 3, 4 * i))
        for i, flag in enumerate(flags)
    )
    assert board.advance(0.011) == expected_bytes
    assert board.advance(0.0149) == b""
    assert len(board.advance(0.015)) == 16 + 4 * 3 * 2


@pytest.mark.parametrize("rate_hz", [250, 500, 1000, 2000])
@pytest.mark.parametrize("n_channels", [1, 6, 8])
def test_every_sample_arrives_in_place(rate_hz: int, n_channels: int) -> None:
    board = VirtualBoard(
        PlayedCounts(expected(5000, n_channels), rate_hz),
        adc=Adc(oversample=1, bits=12),
    )
    heard = stream(board, 3.0)
    taken = 3 * rate_hz + (rate_hz == 250)
    np.testing.assert_array_equal(heard.numbers, np.arange(taken))
    np.testing.assert_array_equal(heard.counts, expected(taken, n_channels))
    assert {len(p.counts) for p in heard.data} == {rate_hz // 250}
    assert [p.device_us for p in heard.data] == [p.seq * 1_000_000 // rate_hz for p in heard.data]
    assert [p.flags for p in heard.data] == [wire.Flag.FIRST] + [0] * (len(heard.data) - 1)
    assert [s.next_seq for s in heard.of(wire.BoardStatus)] == [rate_hz, 2 * rate_hz, 3 * rate_hz]


@pytest.mark.parametrize("step_s", [0.0011, 0.004, 0.0333, 0.7])
def test_how_time_is_cut_changes_nothing(step_s: float) -> None:
    def board() -> VirtualBoard:
        faults = ["drop=1e-3", "flip=1e-3", "gap=37@0.5", "loose=2@0.4+0.5", "loose=3@0.2"]
        board = VirtualBoard(NeckSignal(), faults=FaultPlan([*faults, "rate=0.99@0.3+1"]))
        board.receive(wire.packet(Packet.START))
        return board

    whole, cut = board(), board()
    sent = b"".join(cut.advance(min(i * step_s, 2.0)) for i in range(int(2 / step_s) + 2))
    assert sent == whole.advance(2.0)
    assert len(sent) > 30_000


def test_start_again_numbers_anew() -> None:
    board = VirtualBoard(numbered(6))
    stream(board, 1.0)
    heard = stream(board, 0.5)
    np.testing.assert_array_equal(heard.numbers, np.arange(500))
    np.testing.assert_array_equal(heard.counts, expected(500, 6))
    assert heard.data[0].flags == wire.Flag.FIRST


def test_stop_sends_what_was_taken_and_then_answers() -> None:
    board = VirtualBoard(numbered(6))
    board.receive(wire.packet(Packet.START))
    first = board.advance(0.0105)
    board.receive(wire.packet(Packet.STOP))
    heard = hear(first + board.advance(5.0), 6)
    np.testing.assert_array_equal(heard.numbers, np.arange(11))
    assert [len(p.counts) for p in heard.data] == [4, 4, 3]
    assert heard.packets[-1] == wire.Ack(Packet.STOP, 0)
    assert not board.streaming
    status = ask(board, Packet.GET_STATUS)
    assert isinstance(status, wire.BoardStatus)
    assert status.next_seq == 11
    assert ask(board, Packet.STOP) == wire.Ack(Packet.STOP, 0)


def test_status_and_jitter_on_request_while_streaming() -> None:
    board = VirtualBoard(numbered(6))
    assert ask(board, Packet.GET_JITTER) == wire.JitterReport(0, 0, 0, 0, 0)
    board.receive(wire.packet(Packet.START))
    board.advance(0.5005)
    status = ask(board, Packet.GET_STATUS)
    assert isinstance(status, wire.BoardStatus)
    assert (status.next_seq, status.dropped_samples, status.overruns) == (501, 0, 0)
    jitter = ask(board, Packet.GET_JITTER)
    assert isinstance(jitter, wire.JitterReport)
    assert jitter.ticks == 501
    assert 0 < jitter.burst_cycles < 16_000


@pytest.mark.parametrize("signal", list(wire.TestSignal))
@pytest.mark.parametrize("oversample", [1, 4])
def test_test_signals(signal: wire.TestSignal, oversample: int) -> None:
    board = VirtualBoard(PlayedSignal(np.zeros((10, 6)), 1000.0))
    assert set_rate(board, 1000, oversample) == Code.OK
    assert ask(board, Packet.SET_TEST, bytes([signal])) == wire.Ack(Packet.SET_TEST, 0)
    identity = ask(board, Packet.IDENTIFY)
    assert isinstance(identity, wire.Identity)
    assert identity.test_signal == signal
    heard = stream(board, 5.0)
    full = 1024 * oversample
    for c in range(6):
        wanted = {
            wire.TestSignal.OFF: [full // 2] * 5000,
            wire.TestSignal.RAMP: [(n + 97 * c) % full for n in range(5000)],
            wire.TestSignal.SQUARE: [
                full // 2 + 32 * (c + 1) * (1 if n // 50 % 2 else -1) for n in range(5000)
            ],
        }[signal]
        assert heard.counts[:, c].tolist() == wanted
    flagged = all(p.flags & wire.Flag.TEST_SIGNAL for p in heard.data)
    assert flagged == (signal is not wire.TestSignal.OFF)


@pytest.mark.parametrize(
    ("rate_hz", "oversample", "n_channels", "code"),
    [
        (250, 4, 8, Code.OK),
        (1000, 4, 6, Code.OK),
        (2000, 1, 6, Code.OK),
        (2000, 1, 8, Code.OK),
        (999, 1, 6, Code.BAD_RATE),
        (0, 1, 6, Code.BAD_RATE),
        (1000, 2, 6, Code.BAD_OVERSAMPLE),
        (1000, 0, 6, Code.BAD_OVERSAMPLE),
        (2000, 4, 6, Code.BURST_TOO_LONG),
        (1000, 4, 8, Code.BURST_TOO_LONG),
        (500, 4, 8, Code.OK),
    ],
)
def test_rates_are_taken_or_refused(
    rate_hz: int, oversample: int, n_channels: int, code: Code
) -> None:
    board = VirtualBoard(NeckSignal(), n_channels=n_channels, fs_hz=250)
    before = board.settings
    assert set_rate(board, rate_hz, oversample) == code
    identity = ask(board, Packet.IDENTIFY)
    assert isinstance(identity, wire.Identity)
    if code is Code.OK:
        assert (identity.rate_hz, identity.oversample) == (rate_hz, oversample)
        assert identity.full_scale_counts == 1024 * oversample
    else:
        assert board.settings == before


def test_slow_line_refuses_what_it_cannot_carry() -> None:
    board = VirtualBoard(NeckSignal(), baud=250_000)
    assert set_rate(board, 2000, 1) == Code.LINK_TOO_SLOW
    assert set_rate(board, 1000, 1) == Code.OK


@pytest.mark.parametrize(("n", "code"), [(0, 4), (1, 0), (6, 0), (8, 5), (9, 4), (255, 4)])
def test_channels_are_taken_or_refused(n: int, code: int) -> None:
    board = VirtualBoard(NeckSignal())
    assert ask(board, Packet.SET_CHANNELS, bytes([n])) == wire.Ack(Packet.SET_CHANNELS, code)
    assert board.settings.n_channels == (n if code == 0 else 6)
    heard = stream(board, 0.1)
    assert heard.counts.shape == (100, board.settings.n_channels)


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        (Packet.SET_RATE, b"\xe8\x03\x01"),
        (Packet.SET_CHANNELS, b"\x04"),
        (Packet.SET_TEST, b"\x63"),
    ],
)
def test_settings_stand_while_streaming(kind: Packet, payload: bytes) -> None:
    board = VirtualBoard(NeckSignal())
    stream(board, 0.1)
    assert ask(board, kind, payload) == wire.Ack(kind, Code.STREAMING)


def test_other_refusals() -> None:
    board = VirtualBoard(NeckSignal())
    assert ask(board, Packet.SET_TEST, b"\x03") == wire.Ack(Packet.SET_TEST, Code.BAD_TEST_SIGNAL)
    assert ask(board, 0x7F) == wire.Ack(0x7F, Code.UNKNOWN_COMMAND)
    assert ask(board, Packet.START, b"\x00") == wire.Ack(Packet.START, Code.BAD_LENGTH)
    assert ask(board, Packet.SET_RATE, b"\x00") == wire.Ack(Packet.SET_RATE, Code.BAD_LENGTH)


def test_codes_are_those_of_the_firmware() -> None:
    assert {code.value: code.name for code in Code} == {
        number: code.name for number, code in wire.codes().items()
    }


def test_commands_are_found_in_noise_and_bad_ones_counted() -> None:
    board = VirtualBoard(NeckSignal())
    damaged = bytearray(wire.packet(Packet.SET_CHANNELS, b"\x02"))
    damaged[4] ^= 1
    from_board = wire.ack_packet(wire.Ack(1, 0))
    too_long = wire.SYNC + b"\x41\xff"
    board.receive(b"\x00\xa5\xa5" + bytes(damaged) + from_board + too_long)
    for byte in wire.packet(Packet.IDENTIFY):
        board.receive(bytes([byte]))
    (identity,) = hear(board.advance(0.0), 6).packets
    assert isinstance(identity, wire.Identity)
    assert identity.n_channels == 6
    status = ask(board, Packet.GET_STATUS)
    assert isinstance(status, wire.BoardStatus)
    assert status.bad_commands == 3


def test_power_on_settings_follow_the_source_and_are_checked() -> None:
    rng = np.random.default_rng(1)
    board = VirtualBoard(PlayedSignal(rng.uniform(-400, 400, (100, 2)), 4000.0))
    assert (board.settings.rate_hz, board.settings.n_channels) == (2000, 2)
    assert board.adc.gain == 5000
    assert VirtualBoard(NeckSignal(), fs_hz=2000).settings.oversample == 1
    with pytest.raises(SettingsError, match="9 channels"):
        VirtualBoard(NeckSignal(), n_channels=9)
    with pytest.raises(SettingsError, match="1234 Hz"):
        VirtualBoard(NeckSignal(), fs_hz=1234)


def test_unheard_time_passes_and_counts() -> None:
    board = VirtualBoard(numbered(6))
    stream(board, 0.1)
    board.pass_unheard(1.102)
    heard = hear(board.advance(1.3), 6)
    first = heard.data[0].seq
    assert first == 1100
    np.testing.assert_array_equal(heard.counts, expected(len(heard.counts), 6, first))


def test_unheard_time_leaves_the_board_as_heard_time_does() -> None:
    listened, ignored = VirtualBoard(numbered(6)), VirtualBoard(numbered(6))
    for board in (listened, ignored):
        board.receive(wire.packet(Packet.START))
        board.advance(0.0201)
    listened.advance(7.0033)
    ignored.pass_unheard(7.0033)
    assert listened.advance(9.1) == ignored.advance(9.1)
