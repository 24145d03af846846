"""Drivers by name."""

import pytest

from emgfeedback.core.errors import UsageError
from emgfeedback.devices.driver import Driver
from emgfeedback.devices.registry import DRIVERS, make_driver


@pytest.mark.parametrize("name", DRIVERS)
def test_each_name_makes_its_driver_anew(name):
    driver = make_driver(name)
    assert isinstance(driver, Driver)
    assert driver.name == name
    assert driver.bauds
    assert driver.seq_modulus > 1
    assert make_driver(name) is not driver


def test_a_slip_gives_the_nearest_name():
    with pytest.raises(UsageError, match="Did you mean 'emgfeedback'"):
        make_driver("EMG-feedback")


def test_a_strange_name_gives_all_names():
    with pytest.raises(UsageError, match=r"'xyz'.*There are: .*emgfeedback"):
        make_driver("xyz")
