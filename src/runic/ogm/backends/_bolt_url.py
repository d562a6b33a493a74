"""URLs and connection options of the databases that speak Bolt: where a database is, read without touching it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import SplitResult, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

SESSION_OPTIONS: Final = (
    "database",
    "impersonated_user",
    "fetch_size",
    "notifications_min_severity",
    "notifications_disabled_classifications",
)
"""The client takes these for each of its sessions."""
DEFAULTS: Final[dict[str, Any]] = {"telemetry_disabled": True}
SECURITY: Final = ("", "+s", "+ssc")


@dataclass(frozen=True, slots=True)
class BoltTarget:
    """Where a database is: `uri`, `auth` and `options` go to the client, `session` to its sessions.

    `where` may be shown. `routed`: the client asks the server which members of its cluster there are.
    """

    uri: str
    auth: Any
    where: str
    options: dict[str, Any]
    session: dict[str, Any]

    @property
    def routed(self) -> bool:
        """Whether statements go to any member of a cluster."""
        return self.uri.startswith("neo4j")


def read_target(url: str, options: Mapping[str, Any], schemes: Mapping[str, str], port: int = 7687) -> BoltTarget:
    """Return where `url`, or a bare scheme, and keyword options lead; a keyword wins over the URL.

    schemes: the schemes of the database, without `+s` and `+ssc`, and the client's scheme for each.

    Raises ValueError that names what is wrong, without the password.
    """
    scheme, separator, _ = url.partition(":")
    name, plus, suffix = scheme.partition("+")
    if name not in schemes or plus + suffix not in SECURITY:
        known = ", ".join(f"{known}{security}" for known in schemes for security in SECURITY)
        raise ValueError(f"{_masked(url)!r} does not begin with one of {known}")
    found = _read_url(url, scheme, routed=schemes[name] == "neo4j") if separator else {}
    given: dict[str, Any] = DEFAULTS | {"host": "localhost", "port": port} | found | dict(options)
    auth = _take_auth(given)
    where = _address(given.pop("host"), given.pop("port"))
    context = given.pop("context", "")
    session = {name: given.pop(name) for name in SESSION_OPTIONS if given.get(name) is not None}
    return BoltTarget(f"{schemes[name]}{plus}{suffix}://{where}{context}", auth, where, given, session)


def _take_auth(given: dict[str, Any]) -> Any:  # noqa: ANN401 - whatever the client takes
    user, password, auth = given.pop("username", None), given.pop("password", None), given.pop("auth", None)
    if auth is not None:
        return auth
    return None if user is None and password is None else (user or "", password or "")


def _address(host: object, port: object) -> str:
    if not isinstance(host, str) or not host:
        raise ValueError(f"host must be a name or an address, not {host!r}")
    if type(port) is not int or not 0 < port < 2**16:
        raise ValueError(f"port must be a whole number from 1 to 65535, not {port!r}")
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _read_url(url: str, scheme: str, *, routed: bool) -> dict[str, Any]:
    shown = _masked(url)
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise ValueError(f"{shown!r} is no URL: {error}") from None
    if not url.startswith(f"{scheme}://"):
        raise ValueError(f"{shown!r} lacks the two slashes of {scheme}://")
    if parts.fragment:
        raise ValueError(f"{shown!r} holds a '#'; write it as %23")
    if parts.query and not routed:
        raise ValueError(f"{shown!r}: nothing may follow a '?'; give options as keywords")
    context = {"context": f"?{parts.query}"} if parts.query else {}
    return _read_address(parts, shown) | _read_database(parts.path, shown) | context


def _read_address(parts: SplitResult, shown: str) -> dict[str, Any]:
    try:
        port = parts.port
    except ValueError:
        port = -1
    if port == -1:  # not raised above, since that error's context would hold what may be a password
        raise ValueError(
            f"{shown!r}: the port is no number up to 65535 (in a password, write : / @ ? # as %3A %2F %40 %3F %23)"
        )
    found: dict[str, Any] = {} if port is None else {"port": port}
    for name, value in (("host", parts.hostname), ("username", parts.username), ("password", parts.password)):
        if value:
            found[name] = unquote(value)
    return found


def _read_database(path: str, shown: str) -> dict[str, Any]:
    name = path.removeprefix("/")
    if "/" in name:
        raise ValueError(f"{shown!r}: one name of a database follows the host; a slash in it is %2F")
    return {"database": unquote(name)} if name else {}


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
