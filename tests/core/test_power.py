"""Battery or mains, from what Linux, Windows and macOS say."""

import pytest

from emgfeedback.core.power import linux_on_mains, mac_on_mains, on_mains, windows_on_mains


@pytest.fixture
def computer(tmp_path):
    def build(chassis=None, **supplies):
        for name, files in supplies.items():
            folder = tmp_path / "power_supply" / name
            folder.mkdir(parents=True)
            for file, content in files.items():
                (folder / file).write_text(content + "\n", encoding="utf-8")
        if chassis is not None:
            (tmp_path / "chassis_type").write_text(f"{chassis}\n", encoding="utf-8")
        return linux_on_mains(tmp_path / "power_supply", tmp_path / "chassis_type")

    return build


FULL = {"type": "Battery", "status": "Full"}
EMPTYING = {"type": "Battery", "status": "Discharging"}
CHARGING = {"type": "Battery", "status": "Charging"}
PLUGGED = {"type": "Mains", "online": "1"}
UNPLUGGED = {"type": "Mains", "online": "0"}
USB_C = {"type": "USB", "online": "1"}
MOUSE = {"type": "Battery", "status": "Discharging", "scope": "Device"}


@pytest.mark.parametrize(
    ("supplies", "expected"),
    [
        ({"AC": PLUGGED, "BAT0": CHARGING}, True),
        ({"AC": UNPLUGGED, "BAT0": EMPTYING}, False),
        ({"AC": UNPLUGGED, "ucsi": USB_C, "BAT0": EMPTYING}, True),
        ({"BAT0": EMPTYING}, False),
        ({"BAT0": FULL}, True),
        ({"BAT0": EMPTYING, "hidpp_battery_0": MOUSE}, False),
        ({"hidpp_battery_0": MOUSE}, None),
        ({}, None),
    ],
)
def test_linux(computer, supplies, expected):
    assert computer(**supplies) is expected


@pytest.mark.parametrize(("chassis", "expected"), [(3, True), (10, None), (9, None), ("x", None)])
def test_a_desktop_has_no_battery(computer, chassis, expected):
    assert computer(chassis) is expected
    assert computer(chassis, AC=UNPLUGGED, BAT0=EMPTYING) is False, "an UPS as big as a battery"


def test_macos_and_windows():
    assert mac_on_mains("Now drawing from 'AC Power'\n -InternalBattery-0 100%") is True
    assert mac_on_mains("Now drawing from 'Battery Power'\n") is False
    assert mac_on_mains("") is None
    assert [windows_on_mains(status) for status in (0, 1, 255)] == [False, True, None]


def test_this_computer_answers():
    assert on_mains() in {True, False, None}
