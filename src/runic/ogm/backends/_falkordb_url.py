"""FalkorDB's URLs and connection options: where a database is, read without touching it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from runic.ogm.exceptions import QueryError
from runic.ogm.identifiers import check_name

TCP: Final = "falkordb"
TLS: Final = "falkordbs"
UNIX: Final = "falkordb+unix"
EMBEDDED: Final = "falkordb+embedded"
SCHEMES: Final = (TCP, TLS, UNIX, EMBEDDED)
DEFAULTS: Final[dict[str, Any]] = {
    "decode_responses": True,
    "protocol": 2,  # nothing in FalkorDB's replies needs RESP3, whose handshake costs a round trip
    "socket_timeout": None,  # a statement may take its time; redis-py would give up after 5 seconds
    "socket_connect_timeout": 10.0,
}


@dataclass(frozen=True, slots=True)
class Target:
    """Where a graph is: `kind` is one of SCHEMES, `options` go to redis-py's pool, `where` may be shown."""

    kind: str
    graph: str
    where: str
    options: dict[str, Any]
    directory: str | None = None
    durability: str | None = None


def read_target(url: str, options: dict[str, Any]) -> Target:
    """Return where `url`, or a bare scheme, and keyword options lead; a keyword wins over the URL.

    Raises ValueError that names what is wrong, without the password.
    """
    scheme, separator, _ = url.partition(":")
    if scheme not in SCHEMES:
        raise ValueError(f"{_masked(url)!r} does not begin with one of {', '.join(SCHEMES)}")
    found = _read_url(url, scheme) if separator else {}
    given = DEFAULTS | found | options
    graph = _checked_graph(given.pop("graph", "runic"))
    directory = given.pop("directory", None)
    durability = given.pop("durability", None)
    if "pool_timeout" in given:
        given["timeout"] = given.pop("pool_timeout")  # as redis-py calls it
    if durability is not None and scheme != EMBEDDED:
        raise ValueError(f"durability is an option of falkordb+embedded, not of {scheme}")
    if scheme == EMBEDDED:
        where = "a throw-away embedded server" if directory is None else f"the embedded server of {str(directory)!r}"
        return Target(scheme, graph, where, given, None if directory is None else str(directory), durability)
    if scheme == UNIX:
        if not given.get("path"):
            raise ValueError("falkordb+unix needs the socket's path: falkordb+unix:///run/falkordb.sock?graph=name")
        return Target(scheme, graph, str(given["path"]), given)
    given = {"host": "localhost", "port": 6379, "socket_keepalive": True} | given
    return Target(scheme, graph, f"{given['host']}:{given['port']}", given)


def _read_url(url: str, scheme: str) -> dict[str, Any]:
    shown = _masked(url)
    try:
        parts = urlsplit(url)
    except ValueError:  # whose text may hold a part of the password
        raise ValueError(f"{shown!r} is no URL; in a password brackets are %5B and %5D") from None
    if not url.startswith(f"{scheme}://"):
        raise ValueError(f"{shown!r} lacks the two slashes of {scheme}://")
    if parts.fragment:
        raise ValueError(f"{shown!r} holds a '#'; write it as %23")
    found = _read_query(parts.query, shown, scheme)
    if scheme in (TCP, TLS):
        return found | _read_address(parts, shown) | _read_graph(parts.path, shown, found)
    if parts.netloc:
        raise ValueError(f"{shown!r}: the path is absolute, so three slashes follow {scheme}:")
    path = unquote(parts.path)
    if "\0" in path or path == "/":
        raise ValueError(
            f"{shown!r}: {path!r} is no path of a {'socket' if scheme == 'falkordb+unix' else 'directory'}"
        )
    if path:
        found["path" if scheme == UNIX else "directory"] = path
    return found


def _read_query(query: str, shown: str, scheme: str) -> dict[str, Any]:
    known = ("graph", "durability") if scheme == EMBEDDED else ("graph",)
    found: dict[str, Any] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name not in known or name in found:
            # The name may be the end of a password that holds a question mark, so it is not shown.
            raise ValueError(
                f"{shown!r}: after '?' stands {' or '.join(known)}, once, and nothing else (in a password write %3F)"
            )
        found[name] = value
    return found


def _read_address(parts: SplitResult, shown: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    try:
        port = parts.port
    except ValueError:
        raise ValueError(
            f"{shown!r}: the port is no number up to 65535 (in a password, write : / @ ? # as %3A %2F %40 %3F %23)"
        ) from None
    if port is not None:
        found["port"] = port
    if parts.hostname:
        found["host"] = unquote(parts.hostname)
    if parts.username:
        found["username"] = unquote(parts.username)
    if parts.password:
        found["password"] = unquote(parts.password)
    return found


def _read_graph(path: str, shown: str, found: dict[str, Any]) -> dict[str, Any]:
    name = path.removeprefix("/")
    if "@" in name:  # all before it may be a password that holds a slash
        raise ValueError(f"{shown!r}: in a password a slash is %2F, and in a graph's name an @ is %40")
    if "/" in name:
        raise ValueError(f"{shown!r}: one name of a graph follows the host; a slash in it is %2F")
    if not name:
        return {}
    if "graph" in found:
        raise ValueError(f"{shown!r} names the graph twice")
    return {"graph": unquote(name)}


def _checked_graph(graph: object) -> str:
    try:
        return check_name(graph, "graph")
    except QueryError as error:
        raise ValueError(str(error)) from None


def _masked(url: str) -> str:
    """Return the URL without what may be a password, even where it is malformed."""
    head, slashes, rest = url.partition("://")
    before, at, after = rest.rpartition("@")
    user, colon, _ = before.partition(":")
    if at:
        return f"{head}{slashes}{user}{colon}{'***' if colon else ''}@{after}"
    # Without @ the text after a colon may be a password whose end is not to be seen, but not if it is a port.
    host, colon, port = rest.partition(":")
    return url if not colon or port.partition("/")[0].isdecimal() else f"{head}{slashes}{host}:***"
