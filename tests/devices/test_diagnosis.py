"""Each cause is named from what is there: USB trees as the kernel builds them, ports, errors."""

import os
from pathlib import Path

import pytest
from serial.tools.list_ports_common import ListPortInfo

from emgfeedback.core.errors import (
    BoardRefused,
    BoardRestarts,
    BoardSilent,
    ForeignBoard,
    LinkError,
    LinkLost,
    PortBusy,
    PortForbidden,
    PortMissing,
)
from emgfeedback.devices import port_errors, ports
from emgfeedback.devices.diagnosis import Cause, Evidence, why_no_board, why_refused
from emgfeedback.devices.latency import settle_latency
from emgfeedback.devices.ports import PortInfo
from emgfeedback.devices.usb import brltty_runs, devices_of_windows, usb_devices

CH340, FTDI, CP210X, UNO = (0x1A86, 0x7523), (0x0403, 0x6001), (0x10C4, 0xEA60), (0x2341, 0x0043)
PATH = "/dev/ttyUSB0"


class Bus:
    """The folder of the kernel's USB devices."""

    def __init__(self, root):
        self.root = root / "usb"
        self.root.mkdir()

    def plug(self, name, ids, product="", driver=None, tty=None):
        device = self.root / name
        interface = device / f"{name}:1.0"
        interface.mkdir(parents=True)
        for file, value in zip(("idVendor", "idProduct"), ids, strict=True):
            (device / file).write_text(f"{value:04x}\n", encoding="ascii")
        if product:
            (device / "product").write_text(product + "\n", encoding="utf-8")
        if driver:
            target = self.root.parent / "drivers" / driver
            target.mkdir(parents=True, exist_ok=True)
            (interface / "driver").symlink_to(target)
        if tty:
            folder = interface / "tty" / tty if tty.startswith("ttyACM") else interface / tty
            folder.mkdir(parents=True)


@pytest.fixture
def bus(tmp_path):
    bus = Bus(tmp_path)
    bus.plug("usb1", (0x1D6B, 0x0002), "xHCI Host Controller", "usb")
    bus.plug("1-3", (0x046D, 0xC52B), "USB Receiver", "usbhid")
    return bus


def causes(bus, ports=(), **options):
    return why_no_board(ports, usb_devices(bus.root), **options)


def test_nothing_but_a_mouse_is_a_cable_that_only_charges(bus):
    [found] = causes(bus)
    assert found.cause is Cause.NO_BOARD
    assert "2 USB devices" in found.what
    assert "carries data" in found.remedy


@pytest.mark.parametrize(
    ("ids", "module"), [(CH340, "ch341"), (FTDI, "ftdi_sio"), (CP210X, "cp210x"), (UNO, "cdc_acm")]
)
def test_an_adapter_without_a_port_lacks_its_driver(bus, ids, module):
    bus.plug("1-4", ids)
    [found] = causes(bus)
    assert found.cause is Cause.DRIVER_MISSING
    assert f"modprobe {module}" in found.remedy
    assert f"{ids[0]:04x}:{ids[1]:04x}" in found.what


@pytest.mark.parametrize("driver", ["ch341", "cdc_acm"])
def test_an_adapter_with_a_port_is_no_cause(bus, driver):
    tty = "ttyACM0" if driver == "cdc_acm" else "ttyUSB0"
    bus.plug("1-4", UNO if driver == "cdc_acm" else CH340, "USB Serial", driver, tty)
    [device] = [one for one in usb_devices(bus.root) if one.adapter]
    assert device.ports == (tty,)
    assert device.drivers == (driver,)
    assert causes(bus, [PortInfo(f"/dev/{tty}", "", likely="Arduino")]) == []


@pytest.mark.parametrize("seen_by", ["driver", "process"])
def test_brltty_takes_a_ch340(bus, tmp_path, seen_by):
    (tmp_path / "77").mkdir()
    (tmp_path / "77" / "comm").write_text("brltty\n" if seen_by == "process" else "bash\n")
    bus.plug("1-4", CH340, "USB Serial", "usbfs" if seen_by == "driver" else None)
    [found] = causes(bus, brltty=brltty_runs(tmp_path))
    assert found.cause is Cause.TAKEN_BY_BRLTTY
    assert "apt remove brltty" in found.remedy


@pytest.mark.parametrize(("system", "where"), [("win32", "Device Manager"), ("darwin", "System")])
def test_where_usb_is_not_shown_every_driver_is_named(system, where):
    [found] = why_no_board([], None, system=system)
    assert found.cause is Cause.NO_BOARD
    for word in (where, "CH340", "CP210x", "FTDI", "carries data"):
        assert word in found.remedy


WINDOWS_SAYS = """\
USB\\VID_046D&PID_C52B\\5&2A8E6F9&0&2|OK|USB Receiver
USB\\VID_1A86&PID_7523\\5&2A8E6F9&0&3|Error|USB2.0-Serial

USB\\ROOT_HUB30\\4&1|OK|USB Root Hub
"""


def test_windows_tells_a_device_without_a_driver():
    devices = devices_of_windows(WINDOWS_SAYS)
    assert [(device.vid, device.works) for device in devices] == [(0x046D, True), (0x1A86, False)]
    [found] = why_no_board([], devices, system="win32")
    assert found.cause is Cause.DRIVER_MISSING
    assert "USB2.0-Serial (1a86:7523)" in found.what
    assert "CH340 driver from WCH" in found.remedy
    works = devices_of_windows(WINDOWS_SAYS.replace("Error", "OK"))
    assert [cause.cause for cause in why_no_board([], works, system="win32")] == [Cause.NO_BOARD]


def test_a_system_without_the_folder_shows_nothing(tmp_path):
    assert usb_devices(tmp_path / "none") is None


def adapter(device, hwid="", **ids):
    port = ListPortInfo(device)
    port.hwid = hwid
    port.vid, port.pid = ids.get("vid"), ids.get("pid")
    return port


def test_bluetooth_ports_come_last_and_are_not_asked(monkeypatch):
    there = [
        adapter("COM3", "BTHENUM\\{00001101-0000-1000-8000-00805F9B34FB}_LOCALMFG"),
        adapter("/dev/cu.Bluetooth-Incoming-Port"),
        adapter("/dev/rfcomm0"),
        adapter("COM12", "USB VID:PID=1A86:7523", vid=0x1A86, pid=0x7523),
    ]
    monkeypatch.setattr(ports, "comports", lambda: there)
    listed = ports.list_ports()
    assert [port.bluetooth for port in listed] == [False, True, True, True]
    assert listed[0].path == "COM12"
    found = why_no_board(listed, None)
    assert [one.cause for one in found] == [Cause.BLUETOOTH] * 3
    assert {one.port for one in found} == {port.path for port in listed if port.bluetooth}


@pytest.mark.parametrize(
    ("kind", "cause"),
    [
        (PortMissing, Cause.PORT_MISSING),
        (PortBusy, Cause.PORT_BUSY),
        (PortForbidden, Cause.PORT_FORBIDDEN),
        (LinkLost, Cause.PORT_GONE),
        (BoardRestarts, Cause.RESTARTS),
        (ForeignBoard, Cause.OTHER_FIRMWARE),
        (BoardSilent, Cause.SILENT),
        (LinkError, Cause.PORT_FAILS),
    ],
)
def test_an_error_keeps_its_words(kind, cause):
    found = why_refused(PATH, kind("What.", "Remedy."))
    assert (found.cause, found.what, found.remedy, found.port) == (cause, "What.", "Remedy.", PATH)


def test_a_refusal_keeps_its_words():
    found = why_refused(PATH, BoardRefused(6, "Too slow.", "Fewer."))
    assert (found.cause, found.what, found.remedy) == (Cause.REFUSES, "Too slow.", "Fewer.")


NOISE = bytes(range(128, 256))


@pytest.mark.parametrize(
    ("error", "heard", "boot_loader", "cause", "word"),
    [
        (ForeignBoard, {9600: NOISE, 38_400: b"Hello from my sketch\r\n"}, "",
         Cause.OTHER_FIRMWARE, "at 38400 baud it sends text such as 'Hello"),
        (ForeignBoard, {9600: NOISE, 115_200: NOISE}, None, Cause.WRONG_BAUD, "9600 to 115200"),
        (ForeignBoard, {9600: NOISE}, "ATmega328P", Cause.OTHER_FIRMWARE, "ATmega328P"),
        (BoardSilent, {9600: b""}, "ATmega2560", Cause.NO_FIRMWARE, "ATmega2560"),
        (BoardSilent, {9600: b"\x00"}, "", Cause.SILENT, "no boot loader"),
        (BoardSilent, {9600: b""}, None, Cause.SILENT, "What"),
    ],
)  # fmt: skip
def test_evidence_names_the_cause(error, heard, boot_loader, cause, word):
    found = why_refused(PATH, error("What.", "Remedy."), Evidence(heard, boot_loader))
    assert found.cause is cause
    assert word in found.what


def test_permission_names_the_ports_own_group(tmp_path, monkeypatch):
    grp = pytest.importorskip("grp", reason="groups are a POSIX thing")
    port = tmp_path / "ttyUSB0"
    port.touch()
    gid = port.stat().st_gid
    row = grp.struct_group(("uucp", "x", 4711, ["somebody"]))
    real = Path.stat

    class Seen:
        st_gid = 4711

    monkeypatch.setattr(grp, "getgrgid", {4711: row}.__getitem__)
    monkeypatch.setattr(Path, "stat", lambda path: Seen if path == port else real(path))

    def remedy():
        return port_errors.why_not_opened(str(port), PermissionError(13, "denied")).remedy

    assert "usermod -aG uucp $USER" in remedy()
    monkeypatch.setattr(port_errors.getpass, "getuser", lambda: "somebody")
    assert "put into the group uucp lately: log out" in remedy()
    monkeypatch.setattr(os, "getgroups", lambda: [gid, 4711])
    assert "70-emgfeedback.rules" in remedy()
    Seen.st_gid = 0
    monkeypatch.setattr(
        port_errors, "comports", lambda: [adapter(str(port), vid=0x1A86, pid=0x7523)]
    )
    assert 'ATTRS{idVendor}=="1a86", MODE="0660", GROUP="dialout"' in remedy()


class TestLatency:
    @pytest.fixture
    def timer(self, tmp_path):
        folder = tmp_path / "ttyUSB0"
        folder.mkdir()
        timer = folder / "latency_timer"
        timer.write_text("16\n")
        return timer

    def test_it_is_set_where_it_may_be(self, tmp_path, timer):
        found = settle_latency(PATH, 0x0403, tmp_path)
        assert (found.ms, found.was_ms, found.remedy) == (1, 16, "")
        assert int(timer.read_text()) == 1
        assert settle_latency(PATH, 0x0403, tmp_path).was_ms is None

    def test_where_it_may_not_the_rule_is_told(self, tmp_path, timer, monkeypatch):
        def refuse(*_, **__):
            raise PermissionError(13, "denied")

        monkeypatch.setattr(Path, "write_text", refuse)
        found = settle_latency(PATH, 0x0403, tmp_path)
        assert found.ms == 16
        assert 'ATTR{latency_timer}="1"' in found.remedy

    def test_other_adapters_have_none(self, tmp_path):
        assert settle_latency("/dev/ttyACM0", 0x2341, tmp_path) is None

    @pytest.mark.parametrize(("system", "word"), [("win32", "Device Manager"), ("darwin", "16 ms")])
    def test_elsewhere_it_is_told(self, monkeypatch, system, word):
        monkeypatch.setattr("emgfeedback.devices.latency.sys.platform", system)
        assert word in settle_latency("COM12", 0x0403).remedy
        assert settle_latency("COM12", 0x1A86) is None
