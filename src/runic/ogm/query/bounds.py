"""The bound in seconds that a statement, a session or a driver may be given."""

from __future__ import annotations


def checked_timeout(value: object) -> float | None:
    """Return a bound in seconds, or None; raises TypeError or ValueError for what is neither."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"timeout must be a number of seconds or None, not {value!r}")
    if not value > 0:
        raise ValueError(f"timeout must be a positive number of seconds, not {value!r}")
    return float(value)
