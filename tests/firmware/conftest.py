"""Fixtures for all that runs compiled firmware; skipped only where a Debian package is missing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.firmware.sim import build_firmware, missing_packages

_EMG = Path(__file__).resolve().parents[1] / "data" / "emg"
PIN_MIDDLE_V = 2.5
PIN_VOLTS_PER_MV = 1.2
"""Puts the +-1.5 mV of the recorder within 0.7 to 4.3 V at the pin, as an amplifier would."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = missing_packages()
    if missing:
        skip = pytest.mark.skip(reason=f"needs apt-get install {missing}")
        for item in items:
            if item.get_closest_marker("avr"):
                item.add_marker(skip)


@pytest.fixture(scope="session")
def uno() -> Path:
    """The firmware of the Uno."""
    return build_firmware("uno")


@pytest.fixture(scope="session")
def recorded_volts() -> NDArray[np.float32]:
    """Voltages of six sensors, `(n_samples, 6)` at 1000 Hz: real biceps EMG, shifted."""
    with np.load(_EMG / "biceps_bursts_1k16.npz") as fixture:
        millivolts = (fixture["adc"].astype(np.float64) / 65536 - 0.5) * 3
    columns = [np.roll(millivolts, -4000 * channel) for channel in range(6)]
    volts = PIN_MIDDLE_V + PIN_VOLTS_PER_MV * np.stack(columns, axis=1)
    return volts.astype(np.float32)


@pytest.fixture(scope="session")
def recorded_pins(
    recorded_volts: NDArray[np.float32], tmp_path_factory: pytest.TempPathFactory
) -> dict[int | str, str]:
    """The `adc` of a board whose pins 0 to 5 see `recorded_volts`."""
    path = tmp_path_factory.mktemp("pins") / "recorded.f32"
    recorded_volts.tofile(path)
    return {channel: f"file:{path},1000,6,{channel}" for channel in range(6)}
