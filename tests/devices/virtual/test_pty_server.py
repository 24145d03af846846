"""The pseudo-terminal, opened as any program opens a serial port."""

from __future__ import annotations

import os
import queue
import select
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from emgfeedback.core.errors import UsageError
from emgfeedback.devices import wire
from emgfeedback.devices.virtual.board import VirtualBoard
from emgfeedback.devices.virtual.faults import FaultPlan
from emgfeedback.devices.virtual.played import PlayedCounts
from emgfeedback.devices.virtual.pty_server import UNREAD_BYTES, PtyPort, serve_pty
from tests.devices.virtual.wire_reading import hear

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no ptys")

RAMP = np.arange(4000)[:, None] + np.arange(2)
START = wire.packet(wire.Packet.START)
PATIENCE_S = 20.0


class Served:
    """A board served by a thread."""

    def __init__(self, link: Path | None, *faults: str, seconds: float | None = None) -> None:
        self.ready: queue.Queue[str] = queue.Queue()
        self.stop = threading.Event()
        self.board = VirtualBoard(PlayedCounts(RAMP, 1000.0), faults=FaultPlan(faults))
        self.thread = threading.Thread(
            target=serve_pty,
            args=(self.board,),
            kwargs={
                "link_path": link,
                "seconds": seconds,
                "on_ready": self.ready.put,
                "stop": self.stop,
            },
        )
        self.thread.start()

    def path(self) -> str:
        return self.ready.get(timeout=PATIENCE_S)

    def end(self) -> None:
        self.stop.set()
        self.thread.join(PATIENCE_S)
        assert not self.thread.is_alive()


Serve = Callable[..., Served]


@pytest.fixture
def serve() -> Iterator[Serve]:
    running: list[Served] = []

    def start(*args: object, **kwargs: object) -> Served:
        running.append(Served(*args, **kwargs))
        return running[-1]

    yield start
    for served in running:
        served.end()


class Client:
    """A program with the port open."""

    def __init__(self, path: str) -> None:
        self.fd = os.open(path, os.O_RDWR | os.O_NOCTTY)
        self.heard = b""

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *exception: object) -> None:
        os.close(self.fd)

    def write(self, data: bytes) -> None:
        os.write(self.fd, data)

    def read_until(self, enough: Callable[[bytes], bool]) -> bytes:
        deadline_s = time.monotonic() + PATIENCE_S
        while not enough(self.heard):
            left_s = deadline_s - time.monotonic()
            assert left_s > 0, f"only {len(self.heard)} bytes came"
            if select.select([self.fd], [], [], left_s)[0]:
                self.heard += os.read(self.fd, 65_536)
        return self.heard


def whole(data: bytes, n_channels: int = 2) -> bytes:
    """Cut off the packet at the end that is not complete."""
    at = 0
    while at + 6 <= len(data) and at + 6 + data[at + 3] <= len(data):
        at += 6 + data[at + 3]
    return data[:at]


def test_commands_and_samples_pass_unchanged_in_real_time(serve: Serve) -> None:
    served = serve(None)
    with Client(served.path()) as client:
        client.write(wire.packet(wire.Packet.IDENTIFY))
        identity = wire.identity_packet(served.board.identity())
        assert client.read_until(lambda b: len(b) >= len(identity)) == identity
        client.heard = b""
        client.write(START)
        data = client.read_until(lambda b: len(b) > 250 * 32)
    heard = hear(whole(data), 2)
    assert heard.packets[0] == wire.Ack(wire.Packet.START, 0)
    np.testing.assert_array_equal(heard.numbers, np.arange(len(heard.numbers)))
    np.testing.assert_array_equal(heard.counts, RAMP[: len(heard.counts)])
    assert len(heard.counts) >= 980


def test_survives_close_and_reopen(serve: Serve) -> None:
    path = serve(None).path()
    for _ in range(3):
        with Client(path) as client:
            client.write(wire.packet(wire.Packet.STOP) + wire.packet(wire.Packet.IDENTIFY))
            client.read_until(lambda b: wire.SYNC + bytes([wire.Packet.IDENTITY]) in b)
            client.write(START)
            ack = wire.ack_packet(wire.Ack(wire.Packet.START, 0))
            client.read_until(lambda b, ack=ack: ack in b and len(b.split(ack)[-1]) > 200)


def test_unplug_takes_port_and_link_away_and_brings_them_back(serve: Serve, tmp_path: Path) -> None:
    link = tmp_path / "ttyEMG"
    served = serve(link, "unplug@0.2+0.3")
    assert served.path() == str(link)
    first = link.readlink()
    with Client(str(link)) as client:
        client.write(START)
        with pytest.raises(OSError, match="Input/output"):  # noqa: PT012 - reads until it is gone
            while True:
                select.select([client.fd], [], [], PATIENCE_S)
                if not os.read(client.fd, 65_536):
                    raise OSError(5, "Input/output error")
        assert served.path() == str(link)
        assert link.readlink() != first
    with Client(str(link)) as client:
        client.write(START)
        data = client.read_until(lambda b: len(b) > 1000)
    heard = hear(whole(data), 2)
    assert heard.packets[0] == wire.Ack(wire.Packet.START, 0)
    assert heard.numbers[0] == 0
    assert heard.counts[0, 0] >= 500, "the signal went on meanwhile"


def test_ends_by_itself_and_takes_the_link_away(serve: Serve, tmp_path: Path) -> None:
    link = tmp_path / "port"
    served = serve(link, seconds=0.1)
    served.path()
    served.thread.join(PATIENCE_S)
    assert not served.thread.is_alive()
    assert not os.path.lexists(link)
    assert served.board.now_s >= 0.1


def serve_at(link: Path) -> None:
    stop = threading.Event()
    board = VirtualBoard(PlayedCounts(RAMP, 1000.0))
    serve_pty(board, link_path=link, on_ready=lambda _: stop.set(), stop=stop)


def test_never_replaces_what_is_not_a_dead_link_to_a_terminal(tmp_path: Path) -> None:
    file = tmp_path / "precious"
    file.write_text("data")
    alive = tmp_path / "alive"
    alive.symlink_to(file)
    dead_elsewhere = tmp_path / "dead"
    dead_elsewhere.symlink_to(tmp_path / "nowhere")
    for path in (file, alive, dead_elsewhere, tmp_path):
        with pytest.raises(UsageError, match=r"already is something at .*--link"):
            serve_at(path)
    assert file.read_text() == "data"
    assert alive.readlink() == file
    with pytest.raises(UsageError, match="No such file"):
        serve_at(tmp_path / "no" / "folder")


def test_replaces_a_dead_link_to_a_terminal(tmp_path: Path) -> None:
    link = tmp_path / "ours"
    link.symlink_to("/dev/pts/999999")
    serve_at(link)
    assert not os.path.lexists(link)


def test_windows_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(UsageError, match="Windows"):
        serve_at(Path("port"))


def test_a_program_that_does_not_read_loses_whole_packets_only() -> None:
    packets = [wire.data_packet(i, i, 0, RAMP[:1]) for i in range(20_000)]
    with PtyPort(None) as port, Client(port.path) as client:
        assert port.opened
        for packet in packets:
            port.send(packet)
        last = wire.ack_packet(wire.Ack(wire.Packet.STOP, 0))
        data = b""
        while not data.endswith(last):
            assert select.select([client.fd], [], [], PATIENCE_S)[0]
            data += os.read(client.fd, 65_536)
            port.send(last if len(data) > UNREAD_BYTES // 2 else b"")
    before, _, after = data.partition(last)
    kept = len(before) // len(packets[0])
    assert UNREAD_BYTES // len(packets[0]) <= kept < len(packets)
    assert before == b"".join(packets[:kept])
    assert not after.replace(last, b"")
