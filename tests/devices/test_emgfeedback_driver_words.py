"""The driver's words: identity, settings and answers between the wire and the rest."""

import numpy as np
import pytest

from emgfeedback.core.device import DeviceInfo
from emgfeedback.core.errors import SettingsError
from emgfeedback.devices import wire
from emgfeedback.devices.driver import Answer, Misfit, StreamSettings
from emgfeedback.devices.emgfeedback_driver import EmgFeedbackDriver
from tests.devices.wire_streams import assert_true, codes, identity, introduced, packets


def test_the_identity_in_shared_words():
    (info,) = EmgFeedbackDriver().feed(wire.identity_packet(identity())).messages
    assert info == DeviceInfo(
        driver="emgfeedback",
        board="Arduino Uno",
        firmware="1.2.3",
        n_channels=6,
        fs_hz=1000.0,
        full_scale_counts=1024,
        vref_mv=5000.0,
        sensor_gain=1000.0,
        channel_skew_us=28.0,
        max_channels=6,
        loss_proof=EmgFeedbackDriver.loss_proof,
    )


def test_new_settings_change_how_data_are_read():
    driver = introduced()
    assert assert_true(driver.feed(b"".join(packets(3))).frames) == 24
    driver.feed(wire.identity_packet(identity(n_channels=4, full_scale_counts=4096, oversample=4)))
    counts = codes(0, 8, 4) + 3000
    (frame,) = driver.feed(wire.data_packet(0, 0, 0, counts)).frames
    np.testing.assert_array_equal(frame.counts, counts)


@pytest.mark.parametrize(
    "change", [{"n_channels": 0}, {"n_channels": 7}, {"rate_hz": 0}, {"sensor_gain": 0}]
)
def test_an_impossible_identity_is_refused(change):
    driver = EmgFeedbackDriver()
    assert driver.feed(wire.identity_packet(identity(**change))).messages == []
    assert driver.counters.rejected == 1


@pytest.mark.parametrize("length", [5, wire.IDENTITY.size, 60])
def test_another_version_is_told_with_its_remedy(length):
    packet = wire.packet(wire.Packet.IDENTITY, bytes((9,)) + bytes(length - 1))
    (misfit,) = EmgFeedbackDriver().feed(packet).messages
    assert isinstance(misfit, Misfit)
    assert "version 9" in misfit.what
    assert "Flash" in misfit.remedy


def kinds(requests):
    return [(packet[2], packet[4:-2]) for packet in requests]


def test_settings_become_commands():
    wanted = StreamSettings(fs_hz=2000, n_channels=4, oversample=1, test_signal=2)
    assert kinds(EmgFeedbackDriver().settings_requests(wanted)) == [
        (wire.Packet.SET_CHANNELS, b"\x01"),
        (wire.Packet.SET_RATE, wire.SET_RATE.pack(2000, 1)),
        (wire.Packet.SET_CHANNELS, b"\x04"),
        (wire.Packet.SET_TEST, b"\x02"),
    ]


def test_what_is_not_asked_stays_the_boards_own():
    driver = introduced(oversample=4, full_scale_counts=4096)
    assert kinds(driver.settings_requests(StreamSettings(fs_hz=500))) == [
        (wire.Packet.SET_RATE, wire.SET_RATE.pack(500, 4)),
        (wire.Packet.SET_TEST, b"\x00"),
    ]


@pytest.mark.parametrize(
    "wanted",
    [
        StreamSettings(fs_hz=500),
        StreamSettings(fs_hz=70_000, oversample=1),
        StreamSettings(n_channels=300),
    ],
)
def test_settings_that_cannot_be_said_are_refused(wanted):
    with pytest.raises(SettingsError):
        EmgFeedbackDriver().settings_requests(wanted)


def test_an_answer_belongs_to_its_request():
    driver = EmgFeedbackDriver()
    assert driver.answers(Answer(wire.Packet.START, 0), driver.start_request())
    assert not driver.answers(Answer(wire.Packet.STOP, 0), driver.start_request())
