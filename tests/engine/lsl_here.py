"""LSL inside this process: no network, no other program's streams."""

from __future__ import annotations

import os
from types import ModuleType

import pytest

CONFIG = """
[ports]
IPv6 = disable
[multicast]
ResolveScope = machine
AddressesOverride = {{127.0.0.1}}
[lab]
KnownPeers = {{127.0.0.1}}
SessionID = emgfeedback-{pid}
[log]
level = -2
"""
FOUND_S = 20.0


def lsl_here() -> ModuleType:
    """Return pylsl bound to this machine; its configuration is read once a process."""
    pylsl: ModuleType = pytest.importorskip("pylsl", reason="LSL is an extra")
    pylsl.set_config_content(CONFIG.format(pid=os.getpid()))
    return pylsl


def inlet(pylsl: ModuleType, name: str):
    """Return an open inlet of the stream of that name."""
    found = pylsl.resolve_byprop("name", name, timeout=FOUND_S)
    assert [stream.name() for stream in found] == [name]
    opened = pylsl.StreamInlet(found[0], recover=False, as_numpy=True)
    opened.open_stream(timeout=FOUND_S)
    return opened


def pull(opened, n: int):
    """Return `n` samples and their times."""
    samples, times_s = opened.pull_chunk(timeout=FOUND_S, max_samples=n)
    assert len(times_s) == n
    return samples, times_s
