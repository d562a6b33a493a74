"""Text that FalkorDB's indexes cannot hold is refused wherever such an index is, or will be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from runic.ogm import (
    Driver,
    Edge,
    Field,
    FieldValidationError,
    Node,
    Relation,
    SchemaManager,
    Session,
    create_driver,
    select,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Bell(Node, unique_together=[("tower", "place")]):
    id: str
    tone: str | None = Field(default=None, index=True)
    inscription: str | None = Field(default=None, unique=True)
    tower: str | None = None
    place: str | None = None


class Rope(Edge, type="HANGS_ON"):
    knot: str | None = Field(default=None, index=True)


class Ringer(Node):
    id: str
    bells: list[Bell] = Relation(relationship="HANGS_ON", edge_model=Rope)


@pytest.fixture
def driver() -> Iterator[Driver]:
    with create_driver("falkordb+embedded://") as opened:
        yield opened


def store(driver: Driver, *nodes: Node) -> None:
    with Session(driver) as s:
        s.add_all(nodes)


@pytest.mark.parametrize("text", ["", " x", "x\n", "a\x01b", "x" * 5000])
@pytest.mark.parametrize("field", ["inscription", "tower"])
def test_unique_field_never_takes_it(driver: Driver, field: str, text: str) -> None:
    """A unique constraint on such text ends the server, so it is refused before there is any."""
    with pytest.raises(FieldValidationError, match=rf"Bell\.{field}"):
        store(driver, Bell(id="b", **{field: text}))
    SchemaManager(driver).create(Bell)
    with pytest.raises(FieldValidationError, match=rf"Bell\.{field}"):
        store(driver, Bell(id="b", **{field: text}))


def test_indexed_field_takes_it_until_there_is_an_index(driver: Driver) -> None:
    store(driver, Bell(id="a", tone=""))
    with Session(driver) as s:
        assert s.count(select(Bell).where(Bell.tone == "")) == 1
    with pytest.raises(FieldValidationError, match=r"Bell\.tone.*is stored"):
        SchemaManager(driver).create(Bell)
    with Session(driver) as s:
        s.execute("MATCH (n:Bell) SET n.tone = 'c sharp'", write=True)
    SchemaManager(driver).create(Bell)
    with pytest.raises(FieldValidationError, match=r"Bell\.tone"):
        store(driver, Bell(id="b", tone=""))
    with Session(driver) as s, pytest.raises(FieldValidationError, match=r"Bell\.tone"):
        s.execute(select(Bell).update(tone=" "))
    SchemaManager(driver).drop(Bell)
    store(driver, Bell(id="b", tone=""))


def test_changed_value_is_refused(driver: Driver) -> None:
    SchemaManager(driver).create(Bell)
    store(driver, Bell(id="a", tone="c"))
    with Session(driver) as s:
        bell = s.get(Bell, "a")
        assert bell is not None
        bell.tone = "c "
        with pytest.raises(FieldValidationError, match=r"Bell\.tone"):
            s.commit()
        bell.tone = "d"


def test_edge_is_refused(driver: Driver) -> None:
    SchemaManager(driver).create(Rope)
    ringer, bell = Ringer(id="r"), Bell(id="b")
    store(driver, ringer, bell)
    with Session(driver) as s:
        found, other = s.get(Ringer, "r"), s.get(Bell, "b")
        assert found is not None
        assert other is not None
        s.relate(found, Ringer.bells, other, edge=Rope(knot=" round"))
        with pytest.raises(FieldValidationError, match=r"Rope\.knot"):
            s.commit()
        s.rollback()


def test_index_of_another_process_is_noticed(tmp_path: Path) -> None:
    url = f"falkordb+embedded://{tmp_path}/kept"
    with create_driver(url) as first:
        SchemaManager(first).create(Bell)
    with create_driver(url) as second, pytest.raises(FieldValidationError, match=r"Bell\.tone"):
        store(second, Bell(id="b", tone=" c"))
