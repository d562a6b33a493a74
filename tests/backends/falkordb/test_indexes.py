"""What FalkorDB's indexes cannot tell apart, which `index_flaw` foretells; a newer FalkorDB may do better."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runic.ogm.backends._falkordb_parameters import index_flaw
from runic.ogm.backends.falkordb import FalkorDBBackend, connect
from runic.ogm.cypher.dialect import Dialect
from runic.ogm.exceptions import ConstraintViolationError, DatabaseUnavailableError

from .conftest import eventually, statement, value, write

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
LONG = ["a" * 4095, "é" * 2047, "a" * 4096, "é" * 2048]


def index(backend: FalkorDBBackend) -> None:
    write(backend, "CREATE INDEX FOR (n:A) ON (n.id)")
    text = "CALL db.indexes() YIELD status RETURN status"
    assert eventually(lambda: value(backend, text) == "OPERATIONAL")


def found(backend: FalkorDBBackend, given_value: Any) -> list[Any]:
    rows = backend.execute(statement("MATCH (n:A {id: $id}) RETURN n.id", id=given_value)).tables[0]
    return [row[0] for row in rows]


def test_sound_text_is_found_exactly(backend: FalkorDBBackend) -> None:
    index(backend)

    @settings(deadline=None, max_examples=200)
    @given(st.lists(texts.filter(lambda text: index_flaw(text) is None) | st.sampled_from(LONG[:2]), unique=True))
    def check(values: list[str]) -> None:
        write(backend, "MATCH (n) DELETE n")
        write(backend, "UNWIND $rows AS row CREATE (:A {id: row[0]})", rows=[[text] for text in values])
        assert [found(backend, text) for text in values] == [[text] for text in values]

    check()


@pytest.mark.parametrize("text", ["", " a", "a\n", "\t", "a\x01b"], ids=ascii)
def test_flawed_text_is_not_found(backend: FalkorDBBackend, text: str) -> None:
    assert index_flaw(text)
    index(backend)
    write(backend, "CREATE (:A {id: $id})", id=text)
    assert found(backend, text) == []


def test_flawed_text_is_found_as_another(backend: FalkorDBBackend) -> None:
    index(backend)
    write(backend, "CREATE (:A {id: ' a'}), (:A {id: $id})", id="a\x01b")
    assert sorted(found(backend, "a")) == [" a", "a\x01b"]


def test_long_text_is_found_by_its_beginning(backend: FalkorDBBackend) -> None:
    index(backend)
    write(backend, "UNWIND $rows AS row CREATE (:A {id: row})", rows=["a" * 4095, "a" * 4096, "a" * 4097])
    assert found(backend, "a" * 4095) == ["a" * 4095]
    assert len(found(backend, "a" * 4096)) == 2
    assert found(backend, "a" * 4097) == []


def test_large_integers_are_found_exactly_but_not_in_lists(backend: FalkorDBBackend) -> None:
    index(backend)
    numbers = [2**53, 2**53 + 1, 2**63 - 1, 2**63 - 2, -(2**60), 1 - 2**60]
    write(backend, "UNWIND $rows AS row CREATE (:A {id: row})", rows=numbers)
    assert [found(backend, number) for number in numbers] == [[number] for number in numbers]
    assert found(backend, 2**53 + 2) == []
    assert value(backend, "MATCH (n:A) WHERE n.id IN [$id] RETURN count(n)", id=2**53) == 2


def unique(backend: FalkorDBBackend) -> None:
    index(backend)
    arguments = ["UNIQUE", "NODE", "A", "PROPERTIES", 1, "id"]
    backend.execute(statement("GRAPH.CONSTRAINT CREATE", write=True, arguments=arguments))
    assert eventually(lambda: value(backend, "CALL db.constraints() YIELD status RETURN status") == "OPERATIONAL")


def test_unique_large_integers_clash_with_neighbours(backend: FalkorDBBackend) -> None:
    unique(backend)
    write(backend, "CREATE (:A {id: $id})", id=2**53)
    with pytest.raises(ConstraintViolationError):
        write(backend, "CREATE (:A {id: $id})", id=2**53 + 1)


def test_unique_flawed_text_ends_server() -> None:
    backend = connect("falkordb+embedded://", Dialect())
    unique(backend)
    write(backend, "CREATE (:A {id: 'a'})")
    with pytest.raises(DatabaseUnavailableError, match="embedded server has ended"):
        write(backend, "CREATE (:A {id: $id})", id="")
    backend.close()
