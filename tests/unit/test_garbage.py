"""The collector is still while a large reply is read, and never left so."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator

import pytest

from runic.ogm.garbage import MANY, still


@pytest.fixture(autouse=True)
def switched_on() -> Iterator[None]:
    assert gc.isenabled()
    yield
    enabled = gc.isenabled()
    gc.enable()
    assert enabled


def test_few_rows_change_nothing() -> None:
    with still(MANY - 1):
        assert gc.isenabled()


def test_many_rows_switch_it_off_and_on_again() -> None:
    with still(MANY):
        assert not gc.isenabled()
    assert gc.isenabled()


def test_inner_one_leaves_it_off() -> None:
    with still(MANY):
        with still(MANY):
            pass
        assert not gc.isenabled()


def test_error_switches_it_on_again() -> None:
    with pytest.raises(ValueError, match="amid"), still(MANY):
        raise ValueError("amid")


def test_collector_that_is_off_stays_off() -> None:
    gc.disable()
    with still(MANY):
        pass
    assert not gc.isenabled()
    gc.enable()


def test_many_threads_leave_it_on() -> None:
    def work() -> None:
        for _ in range(300):
            with still(MANY):
                pass

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
