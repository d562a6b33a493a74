"""What the URLs of all databases share: they are taken apart, and shown, without a word of a password."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import SplitResult, unquote, urlsplit

_SECRET: Final = re.compile(r"([?&;][^=&]*(?:pass|pwd|secret|token)[^=&]*=)[^&;]*", re.IGNORECASE)


def masked(url: str) -> str:
    """Return the URL without what may be a password, even where it is malformed."""
    url = _SECRET.sub(r"\1***", url)
    head, slashes, rest = url.partition("://" if "://" in url else ":")
    before, at, after = rest.rpartition("@")
    user, colon, _ = before.partition(":")
    if at:
        return f"{head}{slashes}{user}{colon}{'***' if colon else ''}@{after}"
    # Without @ the text after a colon may be a password whose end is not to be seen, but not if it is a port.
    host, colon, port = rest.partition(":")
    return url if not colon or port.partition("/")[0].isdecimal() else f"{head}{slashes}{host}:***"


def split(url: str, scheme: str) -> SplitResult:
    """Return the parts of a URL; ValueError for one that is malformed, or whose password is not quoted."""
    shown, parts = masked(url), _split(url)
    if parts is None:
        raise ValueError(f"{shown!r} is no URL; in a password brackets are %5B and %5D")
    if not url.startswith(f"{scheme}://"):
        raise ValueError(f"{shown!r} lacks the two slashes of {scheme}://")
    if parts.fragment:
        raise ValueError(f"{shown!r} holds a '#'; write it as %23")
    if parts.netloc and "@" in parts.path + parts.query:  # all before it may be the end of a password
        raise ValueError(f"{shown!r}: in a password a slash is %2F and a question mark %3F; after the host an @ is %40")
    return parts


def _split(url: str) -> SplitResult | None:
    """Return the parts, or None: the error's own text, which holds the password, is no context of another then."""
    try:
        return urlsplit(url)
    except ValueError:
        return None


def read_address(url: str, parts: SplitResult, *, user: str = "username") -> dict[str, Any]:
    """Return `host`, `port`, the name of the user under `user`, and `password`, as far as they are given."""
    port = _port(parts)
    if port == -1:
        raise ValueError(
            f"{masked(url)!r}: the port is no number up to 65535 "
            "(in a password, write : / @ ? # as %3A %2F %40 %3F %23)"
        )
    found: dict[str, Any] = {} if port is None else {"port": port}
    for name, value in (("host", parts.hostname), (user, parts.username), ("password", parts.password)):
        if value:
            found[name] = unquote(value)
    return found


def _port(parts: SplitResult) -> int | None:
    """Return the port, None if there is none, -1 if it is no number: the error's own text may hold a password."""
    try:
        return parts.port
    except ValueError:
        return -1


def read_name(url: str, parts: SplitResult, what: str) -> str | None:
    """Return the one name that follows the host, that of a `what` such as "database", or None."""
    name = parts.path.removeprefix("/")
    if "@" in parts.path + parts.query:  # a password with its user's name, of which one begins with a slash
        raise ValueError(f"{masked(url)!r}: an @ behind the host is %40; in a user's name a slash is %2F")
    if "/" in name:
        raise ValueError(f"{masked(url)!r}: one name of a {what} follows the host; a slash in it is %2F")
    return unquote(name) or None


def checked_wait(value: object) -> float | None:
    """Return a `pool_timeout`, None if there is no bound; TypeError or ValueError for what is no number of seconds."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"pool_timeout must be a number of seconds, not {value!r}")
    if not value >= 0:
        raise ValueError(f"pool_timeout must be a number of seconds that is not negative, not {value!r}")
    return value
