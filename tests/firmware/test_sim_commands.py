"""Every command and every refusal of the firmware, on the simulated board."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from emgfeedback.devices import wire
from tests.firmware.sim import Stream, build_firmware, packets, run_board, send
from tests.firmware.sim.stream import Packet

pytestmark = pytest.mark.avr
_K = wire.Packet
_STEP_S = 0.02
_CODE = {code.name: code.code for code in wire.codes().values()}


def _rate(rate_hz: int, oversample: int = 1) -> tuple[wire.Packet, bytes]:
    return _K.SET_RATE, wire.SET_RATE.pack(rate_hz, oversample)


def _channels(n: int) -> tuple[wire.Packet, bytes]:
    return _K.SET_CHANNELS, bytes([n])


def _test(signal: int) -> tuple[wire.Packet, bytes]:
    return _K.SET_TEST, bytes([signal])


def _converse(
    program: Path, folder: Path, *requests: wire.Packet | tuple[wire.Packet, bytes] | bytes,
    mcu: str = "atmega328p",
) -> list[Packet]:  # fmt: skip
    """Send the requests one after the other, bytes as they are; return all that came back."""
    at = []
    for i, request in enumerate(requests):
        text = f"send {request.hex()}" if isinstance(request, bytes) else send(request)
        at.append((0.01 + _STEP_S * i, text))
    seconds = 0.01 + _STEP_S * (len(requests) + 1)
    return packets(run_board(program, folder, seconds=seconds, at=at, mcu=mcu).output)


def _answers(found: list[Packet]) -> list[tuple[str, str]]:
    """Return the acknowledged commands by name with the names of their codes."""
    acks = [one.message for one in found if one.kind is _K.ACK]
    return [(_K(ack.command).name, wire.codes()[ack.code].name)
            for ack in acks if isinstance(ack, wire.Ack)]  # fmt: skip


def _identity(found: list[Packet]) -> wire.Identity:
    last = [one.message for one in found if one.kind is _K.IDENTITY][-1]
    assert isinstance(last, wire.Identity)
    return last


def test_silent_until_asked(uno: Path, tmp_path: Path) -> None:
    run = run_board(uno, tmp_path, seconds=5, at=[(2, "send 00ffa55aa5"), (3, "send 3f0d0a")])
    assert run.sent == b""
    assert len(run.conversions) == 0, "it samples before anyone asked"


def test_identity_tells_the_board_and_its_defaults(uno: Path, tmp_path: Path) -> None:
    identity = _identity(_converse(uno, tmp_path, _K.IDENTIFY))
    assert identity.protocol_version == wire.PROTOCOL_VERSION
    assert wire.BOARDS[identity.board_id] == "Arduino Uno"
    assert (identity.n_channels, identity.max_channels) == (6, 6)
    assert (identity.rate_hz, identity.oversample, identity.full_scale_counts) == (1000, 1, 1024)
    assert (identity.vref_mv, identity.baud) == (5000, 500_000)
    assert (identity.streaming, identity.test_signal) == (0, 0)
    assert identity.samples_per_frame >= 1


@pytest.mark.parametrize(
    ("board", "mcu", "name", "n_pins"),
    [
        ("nano", "atmega328p", "Arduino Nano", 8),
        ("mega", "atmega2560", "Arduino Mega 2560", 8),
    ],
)
def test_other_boards_know_their_name_and_pins(
    tmp_path: Path, board: str, mcu: str, name: str, n_pins: int
) -> None:
    found = _converse(build_firmware(board), tmp_path, _channels(n_pins), _channels(n_pins + 1),
                      _K.IDENTIFY, mcu=mcu)  # fmt: skip
    assert _answers(found) == [("SET_CHANNELS", "OK"), ("SET_CHANNELS", "BAD_CHANNELS")]
    identity = _identity(found)
    assert wire.BOARDS[identity.board_id] == name
    assert identity.n_channels == identity.max_channels == n_pins


@pytest.mark.parametrize(("rate_hz", "oversample"), [(250, 1), (500, 1), (1000, 1), (2000, 1),
                                                     (250, 4), (500, 4), (1000, 4)])  # fmt: skip
def test_settings_are_taken_and_told(
    uno: Path, tmp_path: Path, rate_hz: int, oversample: int
) -> None:
    found = _converse(uno, tmp_path, _channels(4), _rate(rate_hz, oversample), _test(2),
                      _K.IDENTIFY)  # fmt: skip
    assert _answers(found) == [("SET_CHANNELS", "OK"), ("SET_RATE", "OK"), ("SET_TEST", "OK")]
    told = _identity(found)
    assert (told.rate_hz, told.oversample, told.n_channels) == (rate_hz, oversample, 4)
    assert told.full_scale_counts == 1024 * oversample
    assert told.test_signal == 2


@pytest.mark.parametrize(("request_", "code"), [
    (_rate(0), "BAD_RATE"), (_rate(999), "BAD_RATE"), (_rate(4000), "BAD_RATE"),
    (_rate(65535), "BAD_RATE"), (_rate(1000, 0), "BAD_OVERSAMPLE"),
    (_rate(1000, 2), "BAD_OVERSAMPLE"), (_rate(1000, 255), "BAD_OVERSAMPLE"),
    (_channels(0), "BAD_CHANNELS"), (_channels(7), "BAD_CHANNELS"),
    (_channels(255), "BAD_CHANNELS"), (_rate(2000, 4), "BURST_TOO_LONG"),
    (_test(3), "BAD_TEST_SIGNAL"), (_test(255), "BAD_TEST_SIGNAL"),
    ((_K.SET_RATE, b"\xe8\x03"), "BAD_LENGTH"), ((_K.SET_CHANNELS, b""), "BAD_LENGTH"),
    ((_K.SET_TEST, b"\x00\x00"), "BAD_LENGTH"), ((_K.IDENTIFY, b"\x00"), "BAD_LENGTH"),
    ((_K.START, b"\x01"), "BAD_LENGTH"), ((_K.STOP, b"\x01"), "BAD_LENGTH"),
    ((_K.GET_STATUS, b"\x01"), "BAD_LENGTH"), ((_K.GET_JITTER, b"\x01"), "BAD_LENGTH"),
])  # fmt: skip
def test_what_cannot_be_is_refused_and_changes_nothing(
    uno: Path, tmp_path: Path, request_: tuple[wire.Packet, bytes], code: str
) -> None:
    found = _converse(uno, tmp_path, _K.IDENTIFY, request_, _K.IDENTIFY)
    assert _answers(found) == [(request_[0].name, code)]
    before, after = [one.message for one in found if one.kind is _K.IDENTITY]
    assert before == after


def test_an_unknown_command_is_answered_as_such(uno: Path, tmp_path: Path) -> None:
    body = bytes([0x7F, 0])
    unknown = wire.SYNC + body + wire.crc16(body).to_bytes(2, "little")
    (answer,) = _converse(uno, tmp_path, unknown)
    assert answer.message == wire.Ack(0x7F, _CODE["UNKNOWN_COMMAND"])


def test_what_the_slower_link_cannot_carry_is_refused(tmp_path: Path) -> None:
    slow = build_firmware("uno", baud=250_000)
    found = _converse(slow, tmp_path, _rate(2000), _channels(4), _rate(2000), _channels(6),
                      _K.IDENTIFY)  # fmt: skip
    assert _answers(found) == [
        ("SET_RATE", "LINK_TOO_SLOW"),
        ("SET_CHANNELS", "OK"),
        ("SET_RATE", "OK"),
        ("SET_CHANNELS", "LINK_TOO_SLOW"),
    ]
    told = _identity(found)
    assert (told.baud, told.rate_hz, told.n_channels) == (250_000, 2000, 4)


def test_settings_are_locked_while_it_streams(uno: Path, tmp_path: Path) -> None:
    found = _converse(uno, tmp_path, _K.START, _rate(500), _channels(2), _test(1), _K.IDENTIFY,
                      _K.STOP, _rate(500), _K.IDENTIFY)  # fmt: skip
    assert _answers(found) == [
        ("START", "OK"),
        ("SET_RATE", "STREAMING"),
        ("SET_CHANNELS", "STREAMING"),
        ("SET_TEST", "STREAMING"),
        ("STOP", "OK"),
        ("SET_RATE", "OK"),
    ]
    told = [one.message for one in found if one.kind is _K.IDENTITY]
    assert [(one.streaming, one.rate_hz) for one in told if isinstance(one, wire.Identity)] == [
        (1, 1000),
        (0, 500),
    ]


def test_identify_in_the_stream_disturbs_no_sample(uno: Path, tmp_path: Path) -> None:
    at = [(0.05, send(_K.START))] + [(0.1 + 0.037 * i, send(_K.IDENTIFY)) for i in range(25)]
    run = run_board(uno, tmp_path, seconds=1.2, at=[*at, (1.1, send(_K.STOP))])
    stream = Stream.of(run.output)
    assert len(stream.only(wire.Identity)) == 25
    assert (stream.seq[1:] - stream.seq[:-1] == 1).all()
    assert len(stream.seq) > 1040


def test_commands_in_one_go_are_answered_in_order(uno: Path, tmp_path: Path) -> None:
    requests = [_channels(3), _rate(500), _test(1), _K.GET_STATUS, _K.GET_JITTER, _K.IDENTIFY]
    run = run_board(uno, tmp_path, seconds=0.2, at=[(0.01, send(*requests))])
    kinds = [one.kind for one in packets(run.output)]
    assert kinds == [_K.ACK, _K.ACK, _K.ACK, _K.STATUS, _K.JITTER, _K.IDENTITY]
    assert run.stats["rx_overruns"] == 0


def test_stop_is_answered_after_the_last_sample(uno: Path, tmp_path: Path) -> None:
    found = _converse(uno, tmp_path, _K.START, _K.STOP, _K.STOP, _K.GET_STATUS)
    last_data = max(i for i, one in enumerate(found) if one.kind is _K.DATA)
    stops = [i for i, one in enumerate(found) if one.message == wire.Ack(_K.STOP, 0)]
    assert len(stops) == 2, "a second STOP is fine, too"
    assert min(stops) > last_data


def test_status_comes_every_second_and_when_asked(uno: Path, tmp_path: Path) -> None:
    run = run_board(uno, tmp_path, seconds=5.5,
                    at=[(0.05, send(_K.START)), (2.5, send(_K.GET_STATUS))])  # fmt: skip
    told = Stream.of(run.output).only(wire.BoardStatus)
    assert [one.next_seq // 100 for one in told] == [10, 20, 24, 30, 40, 50]
    assert all(one.free_stack_bytes > 100 for one in told)


def test_damaged_commands_are_counted_and_do_nothing(uno: Path, tmp_path: Path) -> None:
    good = wire.packet(_K.SET_CHANNELS, b"\x02")
    damaged = good[:-1] + bytes([good[-1] ^ 0x10])
    found = _converse(uno, tmp_path, damaged, _K.IDENTIFY, _K.GET_STATUS)
    assert _answers(found) == []
    assert _identity(found).n_channels == 6
    status = found[-1].message
    assert isinstance(status, wire.BoardStatus)
    assert status.bad_commands == 1


@pytest.mark.parametrize("before", [b"\xa5", b"\xa5\x5a", b"\xa5\xa5\x5a", b"\xa5\x5a\x45",
                                    b"\xa5\x5a\x44\x03\xe8", b"\xa5\x5a\x42", b"\x00" * 100,
                                    struct.pack("100B", *range(100))])  # fmt: skip
def test_a_command_behind_rubbish_is_found(uno: Path, tmp_path: Path, before: bytes) -> None:
    """Right away, or once the next command comes: what was cut off may claim its bytes first."""
    found = _converse(uno, tmp_path, before + wire.packet(_K.IDENTIFY), _K.IDENTIFY)
    assert [one.kind for one in found] == [_K.IDENTITY, _K.IDENTITY]
