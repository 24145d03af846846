"""What our firmware's messages mean in the words every driver shares, and the other way round."""

from __future__ import annotations

from emgfeedback.core.device import DeviceInfo
from emgfeedback.core.errors import SettingsError
from emgfeedback.devices import wire
from emgfeedback.devices.driver import BoardReport, Misfit, StreamSettings

LOSS_PROOF = (
    "Every lost sample is counted: 32-bit numbers, a CRC on each packet, the board's clock."
)
UNTRIED = (
    "This board's program was tested against models on a PC only, never on such hardware: "
    "check its levels and rate with a known signal."
)
_STACK_NOT_WATCHED = 0xFFFF
_MESSAGE_LENGTHS: dict[int, int] = {
    wire.Packet.ACK: wire.ACK.size,
    wire.Packet.STATUS: wire.STATUS.size,
    wire.Packet.JITTER: wire.JITTER.size,
}


def is_possible(kind: int, length: int) -> bool:
    """Tell whether a packet of this type can have this length, before waiting for all of it."""
    if kind == wire.Packet.DATA:
        return length > wire.DATA_HEAD.size and length % 2 == 0
    if kind == wire.Packet.IDENTITY:
        # Another version of the protocol may have another length; its first byte says so.
        return length > 0
    return _MESSAGE_LENGTHS.get(kind) == length


def is_believable(identity: wire.Identity) -> bool:
    """Tell whether the numbers of an identity can be worked with."""
    return (
        1 <= identity.n_channels <= identity.max_channels
        and identity.rate_hz > 0
        and identity.oversample > 0
        and identity.full_scale_counts > identity.oversample
        and identity.vref_mv > 0
        and identity.sensor_gain > 0
    )


def device_info(identity: wire.Identity) -> DeviceInfo:
    """Return the identity in the words every driver shares."""
    version = (identity.firmware_major, identity.firmware_minor, identity.firmware_patch)
    return DeviceInfo(
        driver="emgfeedback",
        board=wire.BOARDS.get(identity.board_id, f"Board type {identity.board_id}"),
        firmware=".".join(map(str, version)),
        n_channels=identity.n_channels,
        fs_hz=float(identity.rate_hz),
        full_scale_counts=identity.full_scale_counts,
        vref_mv=float(identity.vref_mv),
        sensor_gain=float(identity.sensor_gain),
        channel_skew_us=identity.skew_tenth_us / 10,
        max_channels=identity.max_channels,
        oversample=identity.oversample,
        loss_proof=LOSS_PROOF,
        cautions=(UNTRIED,) if identity.board_id in wire.UNTRIED else (),
    )


def board_report(status: wire.BoardStatus) -> BoardReport:
    """Return the board's own counts in the words every driver shares."""
    watched = status.free_stack_bytes != _STACK_NOT_WATCHED
    stack = f"{status.free_stack_bytes} bytes" if watched else "not watched"
    return BoardReport(
        status.dropped_samples,
        status.overruns,
        f"ring high water {status.ring_high_water} samples, bad commands {status.bad_commands}, "
        f"free stack {stack}",
    )


def other_version(version: int) -> Misfit:
    """Return the word on a board that speaks another version of the protocol."""
    return Misfit(
        f"The board speaks version {version} of the protocol; "
        f"this app speaks version {wire.PROTOCOL_VERSION}.",
        "Flash the firmware that came with this app.",
    )


def settings_packets(settings: StreamSettings, identity: wire.Identity | None) -> list[bytes]:
    """Return the commands that bring the board to `settings`, in order.

    Raises
    ------
    SettingsError
        If only one of rate and oversampling is given and the board's own is not known,
        or a number is out of the range of its field.
    """
    requests = []
    channels = settings.n_channels
    if settings.fs_hz is not None or settings.oversample is not None:
        if channels is not None:
            # Some pairs of old and new settings are impossible in either order; with one
            # channel any rate is possible.
            requests.append(wire.packet(wire.Packet.SET_CHANNELS, b"\x01"))
        payload = wire.SET_RATE.pack(*_rate_and_oversample(settings, identity))
        requests.append(wire.packet(wire.Packet.SET_RATE, payload))
    if channels is not None:
        requests.append(wire.packet(wire.Packet.SET_CHANNELS, _one_byte(channels)))
    requests.append(wire.packet(wire.Packet.SET_TEST, _one_byte(settings.test_signal)))
    return requests


def _rate_and_oversample(
    settings: StreamSettings, identity: wire.Identity | None
) -> tuple[int, int]:
    """Return both numbers of SET_RATE, the board's own where none is asked for."""
    fs_hz, oversample = settings.fs_hz, settings.oversample
    if identity is not None:
        fs_hz = identity.rate_hz if fs_hz is None else fs_hz
        oversample = identity.oversample if oversample is None else oversample
    if fs_hz is None or oversample is None:
        raise SettingsError(
            "Rate and oversampling go to the board together and one of them is not known.",
            "Give both, or identify the board first.",
        )
    if not (1 <= fs_hz <= 0xFFFF and 1 <= oversample <= 0xFF):
        raise SettingsError(
            f"{fs_hz} Hz with {oversample} conversions per sample cannot be asked of a board.",
            "Use 1 to 65535 Hz and 1 to 255 conversions.",
        )
    return fs_hz, oversample


def _one_byte(number: int) -> bytes:
    """Return `number` as one byte.

    Raises
    ------
    SettingsError
        If it does not fit.
    """
    if not 0 <= number <= 0xFF:
        raise SettingsError(f"{number} cannot be asked of a board.", "Use 0 to 255.")
    return bytes((number,))
