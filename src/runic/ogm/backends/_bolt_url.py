"""URLs and connection options of the databases that speak Bolt: where a database is, read without touching it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from runic.ogm.backends._url import masked, read_address, read_name, split

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
        raise ValueError(f"{masked(url)!r} does not begin with one of {known}")
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
    parts = split(url, scheme)
    if parts.query and not routed:
        raise ValueError(f"{masked(url)!r}: nothing may follow a '?'; give options as keywords")
    database = read_name(url, parts, "database")
    found = read_address(url, parts) | ({"database": database} if database else {})
    return found | ({"context": f"?{parts.query}"} if parts.query else {})
