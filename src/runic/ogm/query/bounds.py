"""Bounds that a user gives: seconds that something may take, numbers of rows and of hops."""

from __future__ import annotations

from math import inf

MAX_BOUND = 2**63 - 1
MOST_HOPS = 2**31 - 1
LONGEST = 10**9
"""More seconds than a clock of a client can count to."""


def checked_timeout(value: object) -> float | None:
    """Return a bound in seconds, or None; raises TypeError or ValueError for what is neither."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"timeout must be a number of seconds or None, not {value!r}")
    if not value > 0:
        raise ValueError(f"timeout must be a positive number of seconds, not {value!r}")
    if LONGEST < value < inf:
        raise ValueError(f"timeout must be at most {LONGEST} seconds, or math.inf for no bound, not {value!r}")
    return float(value)


def checked_bound(value: object, argument: str) -> int:
    """Return a whole number that is not negative, as pages and hops are counted in; TypeError or ValueError else."""
    if type(value) is not int:
        raise TypeError(f"{argument} takes an int, not a {type(value).__name__}")
    if not 0 <= value <= MAX_BOUND:
        raise ValueError(f"{argument} takes a number from 0 to {MAX_BOUND}, not {value}")
    return value


def bounded_hops(high: int | None) -> int | None:
    """Return an upper bound of hops, or None for one that no way comes to and some databases cannot count to."""
    return None if high is None or high > MOST_HOPS else high
