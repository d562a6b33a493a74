"""TLS: a certificate is checked, and the name in it, unless the user says how else."""

from __future__ import annotations

import asyncio
import socket
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from runic.ogm import (
    AsyncSession,
    DatabaseUnavailableError,
    Session,
    create_async_driver,
    create_driver,
)
from tests.faults.proxy import Proxy
from tests.servers.falkordb_tcp import PASSWORD, TcpFalkorServer


class Certificates(NamedTuple):
    authority: Path
    right: Path
    other: Path


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """An authority of our own, and certificates of it for this machine and for another one."""
    folder = tmp_path_factory.mktemp("tls")
    _openssl(folder, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "ca.key", "-out", "ca.pem",
             "-subj", "/CN=authority of the tests", "-days", "2",
             "-addext", "keyUsage=critical,keyCertSign,cRLSign")  # fmt: skip
    for name, host in (("right", "DNS:localhost,IP:127.0.0.1"), ("other", "DNS:elsewhere.example")):
        (folder / f"{name}.ext").write_text(f"subjectAltName={host}\nauthorityKeyIdentifier=keyid\n")
        _openssl(folder, "req", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{name}.key", "-out", f"{name}.csr",
                 "-subj", f"/CN={name}")  # fmt: skip
        _openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                 "-out", f"{name}.crt", "-days", "2", "-extfile", f"{name}.ext")  # fmt: skip
        (folder / f"{name}.pem").write_bytes(
            (folder / f"{name}.key").read_bytes() + (folder / f"{name}.crt").read_bytes()
        )
    return Certificates(folder / "ca.pem", folder / "right.pem", folder / "other.pem")


def _openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


class Secured(Proxy):
    """A proxy that speaks TLS to clients and plain TCP to the server."""

    def __init__(self, connect: Any, certificate: Path) -> None:
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate)
        super().__init__(connect)

    def welcome(self, client: socket.socket) -> socket.socket:
        return self._context.wrap_socket(client, server_side=True)


@pytest.fixture(scope="module")
def server() -> Iterator[TcpFalkorServer]:
    server = TcpFalkorServer()
    yield server
    server.close()


def ask(server: TcpFalkorServer, certificate: Path | None, mode: str, **options: Any) -> Any:
    """Run a statement through a proxy that speaks TLS with a certificate, or plain TCP without one."""

    def connect() -> socket.socket:
        return socket.create_connection(("127.0.0.1", server.port))

    proxy = Proxy(connect) if certificate is None else Secured(connect, certificate)
    url = f"falkordbs://127.0.0.1:{proxy.port}/g"
    options |= {"password": PASSWORD, "socket_connect_timeout": 2}
    try:
        if mode == "async":
            return asyncio.run(_ask(url, options))
        with create_driver(url, **options) as driver, Session(driver) as s:
            return s.execute("RETURN 1 AS one").rows
    finally:
        proxy.close()


async def _ask(url: str, options: dict[str, Any]) -> Any:
    async with create_async_driver(url, **options) as driver, AsyncSession(driver) as s:
        return (await s.execute("RETURN 1 AS one")).rows


both = pytest.mark.parametrize("mode", ["sync", "async"])


@both
def test_known_authority_is_accepted(server: TcpFalkorServer, certificates: Certificates, mode: str) -> None:
    assert ask(server, certificates.right, mode, ssl_ca_certs=str(certificates.authority)) == [(1,)]


@both
def test_unknown_authority_is_refused(server: TcpFalkorServer, certificates: Certificates, mode: str) -> None:
    with pytest.raises(DatabaseUnavailableError) as caught:
        ask(server, certificates.right, mode)
    assert not caught.value.outcome_unknown


@both
def test_name_of_another_machine_is_refused(server: TcpFalkorServer, certificates: Certificates, mode: str) -> None:
    with pytest.raises(DatabaseUnavailableError):
        ask(server, certificates.other, mode, ssl_ca_certs=str(certificates.authority))


@both
def test_unchecked_certificate_must_be_asked_for(
    server: TcpFalkorServer, certificates: Certificates, mode: str
) -> None:
    assert ask(server, certificates.other, mode, ssl_cert_reqs="none", ssl_check_hostname=False) == [(1,)]


@both
def test_plain_server_is_refused(server: TcpFalkorServer, mode: str) -> None:
    with pytest.raises(DatabaseUnavailableError):
        ask(server, None, mode)
