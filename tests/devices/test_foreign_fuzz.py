"""A slice of `python -m tests.fuzz_drivers` for every driver."""

import pytest

from emgfeedback.devices.registry import DRIVERS
from tests.devices.foreign_streams import STREAMS
from tests.fuzz_drivers import fuzz_known, fuzz_unknown

SLICE_BYTES = 300_000


@pytest.mark.parametrize("name", STREAMS)
def test_noise_leads_no_driver_astray_for_more_than_two_samples(name: str) -> None:
    bursts, samples = fuzz_known(name, SLICE_BYTES, seed=20)
    assert bursts > 50
    assert samples >= 10 * bursts


@pytest.mark.parametrize("name", DRIVERS)
def test_noise_is_taken_for_no_board(name: str) -> None:
    fuzz_unknown(name, SLICE_BYTES, seed=21)
