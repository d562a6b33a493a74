"""FalkorDB's URLs and connection options: where a database is, read without touching it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, unquote

from runic.ogm.backends._url import checked_wait, masked, read_address, read_name, split
from runic.ogm.exceptions import QueryError
from runic.ogm.identifiers import check_name

if TYPE_CHECKING:
    from urllib.parse import SplitResult

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
        raise ValueError(f"{masked(url)!r} does not begin with one of {', '.join(SCHEMES)}")
    found = _read_url(url, scheme) if separator else {}
    given = DEFAULTS | found | options
    graph = _checked_graph(given.pop("graph", "runic"))
    directory, durability = _take_storage(given, scheme)
    if "pool_timeout" in given:
        given["timeout"] = checked_wait(given.pop("pool_timeout"))  # as redis-py calls it
    if scheme == EMBEDDED:
        where = "a throw-away embedded server" if directory is None else f"the embedded server of {directory!r}"
        return Target(scheme, graph, where, given, directory, durability)
    if scheme == UNIX:
        if not given.get("path"):
            raise ValueError("falkordb+unix needs the socket's path: falkordb+unix:///run/falkordb.sock?graph=name")
        return Target(scheme, graph, str(given["path"]), given)
    given = {"host": "localhost", "port": 6379, "socket_keepalive": True} | given
    host, port = given["host"], given["port"]
    if not isinstance(host, str) or not host:
        raise ValueError(f"host must be a name or an address, not {host!r}")
    if type(port) is not int or not 0 < port < 2**16:
        raise ValueError(f"port must be a whole number from 1 to 65535, not {port!r}")
    return Target(scheme, graph, f"{host}:{port}", given)


def _take_storage(given: dict[str, Any], scheme: str) -> tuple[str | None, Any]:
    """Take the directory and the durability of an embedded server out of the options."""
    directory, durability = given.pop("directory", None), given.pop("durability", None)
    for name, value in (("directory", directory), ("durability", durability)):
        if value is not None and scheme != EMBEDDED:
            raise ValueError(f"{name} is an option of falkordb+embedded, not of {scheme}")
    if directory is not None and not isinstance(directory, str | Path):
        raise TypeError(f"directory must be a path, as a str or a Path, not {directory!r}")
    return None if directory is None else str(directory), durability


def _read_url(url: str, scheme: str) -> dict[str, Any]:
    shown, parts = masked(url), split(url, scheme)
    found = _read_query(parts.query, shown, scheme)
    if scheme in (TCP, TLS):
        return found | read_address(url, parts) | _read_graph(url, parts, found)
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


def _read_graph(url: str, parts: SplitResult, found: dict[str, Any]) -> dict[str, Any]:
    name = read_name(url, parts, "graph")
    if name is None:
        return {}
    if "graph" in found:
        raise ValueError(f"{masked(url)!r} names the graph twice")
    return {"graph": name}


def _checked_graph(graph: object) -> str:
    try:
        return check_name(graph, "graph")
    except QueryError as error:
        raise ValueError(str(error)) from None
