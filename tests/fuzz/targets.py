"""What is fuzzed: each target is a function of bytes that raises where a promise is broken."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from decimal import Decimal
from importlib import import_module
from typing import Any

from runic.ogm import DatabaseError, OGMError, create_driver

Target = Callable[[bytes], None]


class Bytes:
    """Reads values of all kinds from bytes."""

    def __init__(self, data: bytes) -> None:
        self.data, self.place = data, 0

    def byte(self) -> int:
        self.place += 1
        return self.data[self.place - 1] if self.place <= len(self.data) else 0

    def take(self, count: int) -> bytes:
        found = self.data[self.place : self.place + count]
        self.place += count
        return found

    def text(self) -> str:
        return self.take(self.byte()).decode("utf-8", "surrogatepass" if self.byte() % 2 else "replace")

    def value(self, depth: int = 0) -> Any:
        """Return a value of any type, also of types that no database has."""
        kind = self.byte() % 10
        if kind == 0:
            return [None, True, False, 2**63, -(2**63), b"bytes", Decimal("1.5"), object()][self.byte() % 8]
        if kind <= 3 or depth > 4:
            return self.safe_text()
        if kind == 4:
            return int.from_bytes(self.take(self.byte() % 10), "big", signed=True)
        if kind == 5:
            return struct.unpack("<d", self.take(8).ljust(8, b"\0"))[0]
        if kind == 6:
            return {self.safe_text(): self.value(depth + 1) for _ in range(self.byte() % 4)}
        return [self.value(depth + 1) for _ in range(self.byte() % 5)]

    def safe_text(self) -> str:
        try:
            return self.text()
        except UnicodeDecodeError:
            return "?"


def identifiers() -> Target:
    """A name that is let through is one token between back-ticks."""
    module = import_module("runic.ogm.identifiers")

    def fuzz(data: bytes) -> None:
        name = Bytes(data).safe_text() or data.decode("latin-1")
        try:
            module.check_name(name, "name")
        except OGMError:
            return
        quoted = module.quote(name)
        assert quoted[0] == quoted[-1] == "`"
        assert "`" not in quoted[1:-1]
        assert quoted[1:-1] == name
        assert all(character.isprintable() for character in name)
        quoted.encode()

    return fuzz


def parameters() -> Target:
    """What FalkorDB would read in a parameter's place is the value, and ends where it ends."""
    module = import_module("runic.ogm.backends._falkordb_parameters")
    statement = import_module("runic.ogm.cypher.statement").Statement

    def fuzz(data: bytes) -> None:
        value = Bytes(data).value()
        try:
            text = module.spell_statement(statement("RETURN $p", {"p": value}))
        except OGMError:
            return
        head, tail = b"CYPHER `p`=", b" RETURN $p"
        assert text.startswith(head)
        assert text.endswith(tail)
        assert b"\0" not in text
        reader = Literal(text[len(head) : -len(tail)].decode())
        found = reader.value()
        assert reader.place == len(reader.text), f"{value!r} goes on after its end: {text!r}"
        assert same(found, value), f"{value!r} became {found!r}"

    return fuzz


class Literal:
    """A strict reader of Cypher's literals."""

    def __init__(self, text: str) -> None:
        self.text, self.place = text, 0

    def value(self) -> Any:
        start = self.text[self.place]
        if start == '"':
            return self.string()
        if start in "[{":
            return self.several("]" if start == "[" else "}", keyed=start == "{")
        end = self.place
        while end < len(self.text) and self.text[end] not in ",]}":
            end += 1
        word, self.place = self.text[self.place : end], end
        constants = {"null": None, "true": True, "false": False}
        if word in constants:
            return constants[word]
        return float(word) if set(word) & set(".eE") else int(word)

    def string(self) -> str:
        found, place = "", self.place + 1
        while self.text[place] != '"':
            character = self.text[place]
            if character == "\\":
                place += 1
                character = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}.get(
                    self.text[place], self.text[place]
                )
                assert self.text[place] in 'ntrbf"\\/', f"escape {self.text[place]!r}"
            found, place = found + character, place + 1
        self.place = place + 1
        return found

    def several(self, end: str, *, keyed: bool) -> Any:
        items: list[Any] = []
        self.place += 1
        while self.text[self.place] != end:
            key = None
            if keyed:
                close = self.text.index("`", self.place + 1)
                assert self.text[self.place] == "`"
                assert self.text[close + 1] == ":"
                key, self.place = self.text[self.place + 1 : close], close + 2
            items.append((key, self.value()) if keyed else self.value())
            if self.text[self.place] == ",":
                self.place += 1
        self.place += 1
        return dict(items) if keyed else items


def same(found: Any, value: Any) -> bool:
    """Tell whether a value came through; lists and tuples are one."""
    if isinstance(value, (list, tuple)):
        return isinstance(found, list) and len(found) == len(value) and all(map(same, found, value))
    if isinstance(value, dict):
        return isinstance(found, dict) and found.keys() == value.keys() and all(same(found[k], value[k]) for k in value)
    if isinstance(value, float):
        close = math.isclose(found, value, rel_tol=1e-15, abs_tol=0.0)
        return close or (math.isnan(found) and math.isnan(value))
    return type(found) is type(value) and bool(found == value)


def age_parameters() -> Target:
    """What Apache AGE gets for parameters is one map of agtype that reads back as the values."""
    module = import_module("runic.ogm.backends._age_parameters")
    parse = import_module("runic.ogm.backends._agtype").parse
    statement = import_module("runic.ogm.cypher.statement").Statement

    def fuzz(data: bytes) -> None:
        value = Bytes(data).value()
        try:
            text = module.spell_parameters(statement("RETURN $p", {"p": value}))
        except OGMError:
            return
        found = parse(text.encode())["p"]
        assert same(found, value), f"{value!r} became {found!r}"

    return fuzz


def agtype() -> Target:
    """Whatever a server sends is a value or a DatabaseError."""
    parse = import_module("runic.ogm.backends._agtype").parse

    def fuzz(data: bytes) -> None:
        try:
            parse(data)
        except (DatabaseError, UnicodeDecodeError):
            return

    return fuzz


def urls() -> Target:
    """A URL of any database is read, or refused with a ValueError; nobody tells the password."""
    schemes = ("falkordb", "falkordbs", "neo4j", "bolt+s", "memgraph", "arcadedb", "age")

    def fuzz(data: bytes) -> None:
        source = Bytes(data)
        secret = f"{source.safe_text()}s3cr3t{source.safe_text()}"
        user, host = (source.safe_text().replace("s3cr3t", "") for _ in range(2))
        url = f"{schemes[source.byte() % len(schemes)]}://{user}:{secret}@{host}"
        try:
            with create_driver(url) as driver:
                shown = repr(driver)
        except (ValueError, OGMError) as error:
            shown = f"{error!r} {error}"
        if "s3cr3t" in shown:
            raise AssertionError(shown)

    return fuzz


TARGETS: dict[str, Callable[[], Target]] = {
    "age-parameters": age_parameters,
    "agtype": agtype,
    "identifiers": identifiers,
    "parameters": parameters,
    "urls": urls,
}
