"""ArcadeDB's own SQL over HTTP, for the indexes that cannot be made over Bolt."""

from __future__ import annotations

import json
import ssl
from base64 import b64encode
from typing import TYPE_CHECKING, Any, Final
from urllib.error import HTTPError, URLError
from urllib.parse import parse_qs, quote
from urllib.request import Request, urlopen

from neo4j import Auth

from runic.ogm.cypher.statement import Reply
from runic.ogm.exceptions import DatabaseError, DatabaseUnavailableError, UnsupportedFeatureError

if TYPE_CHECKING:
    from runic.ogm.backends._bolt_url import BoltTarget
    from runic.ogm.cypher.statement import Statement

HTTP_PORT: Final = 2480
SQL: Final = {"language": "sql"}
"""The parameters of a statement that is not Cypher."""
_TIMEOUT: Final = 600.0


def take_http_port(url: str, given: int | None) -> tuple[str, int]:
    """Return a URL without `?http_port=`, and that port; a keyword wins over the URL.

    Raises ValueError if it is no port, or if anything else follows the question mark.
    """
    address, _, query = url.partition("?")
    found = parse_qs(query, keep_blank_values=True)
    if found.keys() - {"http_port"}:
        raise ValueError("a URL of arcadedb knows ?http_port= only; give other options as keywords")
    text = found.get("http_port", [str(HTTP_PORT)])[-1]
    port = given if given is not None else int(text) if text.isdecimal() else text
    if type(port) is not int or not 0 < port < 2**16:
        raise ValueError(f"http_port must be a whole number from 1 to 65535, not {port!r}")
    return address, port


def is_sql(statement: Statement) -> bool:
    """Tell whether a statement goes over HTTP."""
    return statement.origin == "schema" and statement.parameters == SQL


class SqlOverHttp:
    """Sends SQL with the user and password of the Bolt connection, one request a statement."""

    def __init__(self, target: BoltTarget, port: int) -> None:
        scheme, _, rest = target.uri.partition("://")
        secure = "+s" in scheme
        host = rest.rpartition(":")[0]
        database = quote(str(target.session.get("database", "")), safe="")
        self._url = f"http{'s' if secure else ''}://{host}:{port}/api/v1/command/{database}"
        self._where = f"{host}:{port}"
        self._auth: object = target.auth
        self._tls: ssl.SSLContext | None = None
        if secure:
            self._tls = ssl.create_default_context()
            if scheme.endswith("+ssc"):  # the user asked for it: a certificate that nobody vouches for
                self._tls.check_hostname, self._tls.verify_mode = False, ssl.CERT_NONE

    def run(self, statement: Statement) -> Reply:
        """Run one statement; the reply has one column, with a map a row.

        A question is answered with nothing where HTTP cannot be reached: only vector indexes are told by it.
        """
        token = _token(self._auth)
        if token is None:
            return self._without(statement, "needs a user name and password")
        headers = {"Authorization": f"Basic {token}", "Content-Type": "application/json"}
        body = json.dumps(SQL | {"command": statement.text}).encode()
        request = Request(self._url, body, headers)  # noqa: S310 - the scheme is http or https
        try:
            with urlopen(request, timeout=statement.timeout or _TIMEOUT, context=self._tls) as answer:  # noqa: S310
                rows: list[Any] = json.load(answer)["result"]
        except HTTPError as error:
            raise DatabaseError(f"ArcadeDB: {_detail(error)}") from error
        except (URLError, OSError) as error:
            return self._without(statement, f"cannot be reached: {error}", error)
        return Reply([[[row] for row in rows]])

    def _without(self, statement: Statement, why: str, cause: Exception | None = None) -> Reply:
        if not statement.write:
            return Reply([[]])
        text = f"ArcadeDB makes full-text and vector indexes over HTTP, which at {self._where} {why}"
        if cause is None:
            raise UnsupportedFeatureError(text)
        raise DatabaseUnavailableError(f"{text}. Name its port with http_port=") from cause


def _token(auth: object) -> str | None:
    """Return what stands for a user and a password in HTTP; None for other kinds of authentication."""
    match auth:
        case (str(user), str(password)) | Auth(scheme="basic", principal=str(user), credentials=str(password)):
            return b64encode(f"{user}:{password}".encode()).decode()
        case _:
            return None


def _detail(error: HTTPError) -> str:
    text = error.read().decode(errors="replace")
    try:
        return str(json.loads(text)["detail"])
    except (ValueError, KeyError, TypeError):
        return f"{error.code} {error.reason}"
