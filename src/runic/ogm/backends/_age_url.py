"""URLs and connection options of Apache AGE: where a graph is, read without touching it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

from runic.ogm.backends._url import checked_wait, masked, read_address, read_name, split
from runic.ogm.exceptions import QueryError
from runic.ogm.identifiers import check_name

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEME: Final = "age"
POOL_OPTIONS: Final = ("min_size", "max_size", "pool_timeout", "max_waiting", "max_lifetime", "max_idle",
                       "reconnect_timeout", "num_workers")  # fmt: skip
"""psycopg_pool takes these; all other options go to psycopg.connect, and so to libpq."""
NUMBERS: Final = frozenset({*POOL_OPTIONS, "port", "connect_timeout", "prepare_threshold"})
# A plan that was made before a label was there finds nothing of it ever after: nothing is prepared on the server.
DEFAULTS: Final[dict[str, Any]] = {"prepare_threshold": None, "connect_timeout": 10, "application_name": "runic.ogm"}
POOL_DEFAULTS: Final[dict[str, Any]] = {"min_size": 0, "max_size": 20}
NAMES: Final = {"database": "dbname", "username": "user"}
GRAPH_SIZES: Final = (3, 63)


@dataclass(frozen=True, slots=True)
class AgeTarget:
    """Where a graph is: `options` go to psycopg.connect, `pool` to its pool, `where` may be shown.

    `given` names the options that are not just defaults.
    """

    graph: str
    where: str
    options: dict[str, Any]
    pool: dict[str, Any]
    given: frozenset[str] = frozenset()


def read_target(url: str, options: Mapping[str, Any]) -> AgeTarget:
    """Return where `url`, or the bare scheme, and keyword options lead; a keyword wins over the URL.

    Raises ValueError that names what is wrong, without the password.
    """
    scheme, separator, _ = url.partition(":")
    if scheme != SCHEME:
        raise ValueError(f"{masked(url)!r} does not begin with {SCHEME}://")
    found = _read_url(url) if separator else {}
    given = found | {NAMES.get(name, name): value for name, value in options.items()}
    graph = _checked_graph(given.pop("graph", "runic"))
    names = frozenset(given)
    pool = POOL_DEFAULTS | {name: given.pop(name) for name in POOL_OPTIONS if given.get(name) is not None}
    _check_address(given)
    if "pool_timeout" in pool:
        pool["timeout"] = checked_wait(pool.pop("pool_timeout"))
    where = f"{given.get('host') or 'localhost'}:{given.get('port') or 5432}"
    return AgeTarget(graph, where, DEFAULTS | given, pool, names)


def _read_url(url: str) -> dict[str, Any]:
    parts = split(url, SCHEME)
    database = read_name(url, parts, "database")
    found = read_address(url, parts, user="user") | ({"dbname": database} if database else {})
    return found | _read_query(parts.query, masked(url))


def _read_query(query: str, shown: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name in found:
            raise ValueError(f"{shown!r} gives {name!r} twice")
        found[name] = _number(name, value, shown) if name in NUMBERS else value
    return found


def _number(name: str, value: str, shown: str) -> float:
    try:
        return int(value) if value.isdecimal() else float(value)
    except ValueError:
        raise ValueError(f"{shown!r}: {name} is no number") from None


def _check_address(given: Mapping[str, Any]) -> None:
    """Raise ValueError for a host or port that libpq cannot take; it takes several of them, too, as one text."""
    host, port = given.get("host"), given.get("port")
    if host is not None and not (isinstance(host, str) and host):
        raise ValueError(f"host must be a name or an address, not {host!r}")
    ports = port.split(",") if isinstance(port, str) else [str(port)]
    numbers = port is None or (
        isinstance(port, int | str)
        and not isinstance(port, bool)
        and all(one.isdecimal() and 0 < int(one) < 2**16 for one in ports)
    )
    if not numbers:
        raise ValueError(f"port must be a whole number from 1 to 65535, not {port!r}")


def _checked_graph(graph: object) -> str:
    low, high = GRAPH_SIZES
    try:
        name = check_name(graph, "graph")
    except QueryError as error:
        raise ValueError(str(error)) from None
    plain = name.isascii() and name.replace("_", "a").replace("-", "a").replace(".", "a").isalnum()
    if not plain or not low <= len(name) <= high or not (name[0].isalpha() or name[0] == "_"):
        raise ValueError(
            f"graph {name!r}: Apache AGE wants {low} to {high} letters, digits or any of _ - . with a letter or _ first"
        )
    return name
