"""Every statement that Memgraph's dialect can give is read by a grammar, since no program of it can be asked."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from graphglot.dialect.base import Dialect as Grammar

from runic.ogm.backends.memgraph_dialect import MemgraphDialect
from runic.ogm.bulk import load_edges, load_nodes
from runic.ogm.cypher.dialect import Dialect
from runic.ogm.cypher.keyset import compile_keyset, plan_keyset
from runic.ogm.cypher.rows import compile_rows
from runic.ogm.cypher.select import compile_count, compile_exists
from runic.ogm.cypher.statement import Reply
from runic.ogm.cypher.writes import compile_write
from runic.ogm.exceptions import OGMError, QueryError, UnsupportedFeatureError
from runic.ogm.inspection import inspect_graph
from runic.ogm.mapping.mapper import Mapper
from runic.ogm.model.base import Edge, Node
from runic.ogm.model.fields import Field, Relation
from runic.ogm.query.functions import count
from runic.ogm.query.references import ref
from runic.ogm.session.select import select
from runic.ogm.session.session import Session
from runic.ogm.types import Vector
from tests.unit.cypher import test_clause_text as clauses
from tests.unit.cypher import test_language_text as language
from tests.unit.cypher import test_select_text as pages
from tests.unit.cypher import test_where_text as conditions
from tests.unit.fake import Database, Half
from tests.unit.sky import Body, Lens, Star, Watcher

GRAMMAR = Grammar.get_or_raise("neo4j")
PREFIXES = ("render_", "ddl_")
REFUSED = {"render_fulltext", "render_vector"}
"""Searches, which this dialect does not have."""
UNUSED = {"render_unindexed"}
"""Only used where an index takes neighbouring integers for one another (`indexes_integers_below`)."""
SCHEMA = {"ddl_class", "ddl_drop", "ddl_first_use", "ddl_key", "ddl_make"}
"""Statements of the schema have a grammar of their own in Memgraph; `test_bolt_text` pins each."""


class Berth(Edge, type="MOORED_AT"):
    """Parallel edges, told apart by their key, and guarded by a version."""

    number: int = Field(primary_key=True)
    fee: float | None = None
    sketch: Vector | None = None
    version: int | None = Field(default=None, version=True)


class Mole(Node):
    id: str = Field(primary_key=True)
    plan: str | None = Field(default=None, index_type="FULLTEXT")
    outline: Vector | None = Field(default=None, index_type="VECTOR", dimensions=1)


class Ketch(Node):
    id: str = Field(primary_key=True)
    name: str | None = None
    shape: Vector | None = None
    version: int | None = Field(default=None, version=True)
    moles: list[Mole] = Relation(relationship="MOORED_AT", target="Mole", edge_model=Berth)
    near: list[Ketch] = Relation(relationship="ALONGSIDE", target="Ketch", direction="BOTH")


class Yawl(Ketch):
    masts: int = 2


class Recorder:
    """A database that answers as if all was written, and knows which methods of its dialect were called."""

    def __init__(self) -> None:
        self.reached: set[str] = set()
        names = [name for name in dir(MemgraphDialect) if name.startswith(PREFIXES)]
        kind: Any = type("Recorded", (MemgraphDialect,), {name: self._noting(name) for name in names})
        self.database = Database(kind())
        self.database.answers["RETURN i, detail"] = Reply([[]])
        self.driver = Half(is_async=False).driver(self.database)
        self.texts: list[str] = []

    def _noting(self, name: str) -> Callable[..., Any]:
        method = getattr(MemgraphDialect, name)

        @functools.wraps(method)
        def noting(dialect: Any, *args: Any, **options: Any) -> Any:
            self.reached.add(name)
            return method(dialect, *args, **options)

        return noting

    @contextmanager
    def session(self) -> Iterator[Session]:
        with Session(self.driver) as session:
            yield session

    def sent(self) -> list[str]:
        """Return all statements but those about the schema."""
        return [*self.texts, *(one.text for one in self.database.sent if one.origin != "schema")]


def write(recorder: Recorder) -> None:
    with recorder.session() as s:
        yawl = Yawl(id="y", shape=Vector([1.0, 2.0]))
        s.add_all([yawl, mole := Mole(id="m")])
        s.merge(Ketch(id="k", shape=Vector([0.5])))
        s.relate(yawl, Yawl.moles, mole, edge=Berth(number=1, sketch=Vector([1.0])))
        s.relate(yawl, Yawl.near, s.reference(Ketch, "other"))
        s.commit()
        yawl.name = "Y"
        edge = next(iter(s._unit.identity.edges.values()))
        vars(edge)["fee"] = 2.5
        s.commit()
        s.unrelate(yawl, Yawl.near, s.reference(Ketch, "other"))
        s.commit()
        s.delete(edge)
        yawl.moles = [mole]
        s.commit()
        s.delete(yawl)


def read(recorder: Recorder) -> None:
    with recorder.session() as s:
        s.get(Ketch, "k", fetch=["moles", "near.moles"])
        s.get_many(Ketch, ["a", "b"], fetch=["near"])
        s.edges(s.reference(Ketch, "k"), Ketch.moles)
        s.load(s.reference(Ketch, "k"), Ketch.near)
        s.scalars(select(Ketch).fetch(Ketch.near, order_by="name", limit=2))
        s.all_with_edges(select(Ketch).traverse(Ketch.moles, edge_alias="e", optional=True))
        s.all_with_edges(select(Ketch).traverse(Ketch.near, edge_alias="e"))
        list(s.stream(select(Ketch).order_by(Ketch.name), batch=2))


def fail(recorder: Recorder) -> None:
    """A batch that reaches too few rows is asked which."""
    answers = recorder.database.answers
    for part in ("CREATE", "MERGE (a)", "SET n.", "DELETE", "MERGE (n"):
        recorder.database.answers = {**answers, part: Reply([[[0]]])}
        with pytest.raises(OGMError), recorder.session() as s:
            s.merge(Mole(id="m"))
            s.add(ketch := Ketch(id="k"))
            s.relate(ketch, Ketch.moles, s.reference(Mole, "n"), edge=Berth(number=1))
            s.relate(ketch, Ketch.near, s.reference(Ketch, "l"))
            s.delete(s.reference(Mole, "gone"))
            s.commit()
            ketch.name = "K"
    recorder.database.answers = answers


def load(recorder: Recorder) -> None:
    load_nodes(recorder.driver, Yawl, [{"id": "a", "masts": 2}, {"id": "b", "masts": 3}])
    with suppress(OGMError):  # the database says of all rows that they are stored
        load_nodes(recorder.driver, Yawl, [{"id": "a", "masts": 2}], mode="create")
    load_edges(recorder.driver, Ketch.moles, [{"source": "a", "target": "m", "number": 1}])
    load_edges(recorder.driver, Ketch.near, [{"source": "a", "target": "b"}])


def run_once(recorder: Recorder) -> None:
    recorder.driver.run(lambda s: s.add(Mole(id="m")), exactly_once=True)


def inspect(recorder: Recorder) -> None:
    inspect_graph(recorder.driver)


def find_duplicates(recorder: Recorder) -> None:
    dialect = recorder.database.dialect
    recorder.texts.append(dialect.duplicates_statement(dialect.key_item(Ketch.__meta__)).text)


def condition_text(condition: Callable[[], Any], dialect: Dialect) -> str:
    """Return a statement with a condition, about the first class that has such fields."""
    for subject in (Body, Star, Watcher, Lens):
        with suppress(QueryError):
            return compile_count(select(subject).where(condition()).selection, dialect).text
    raise AssertionError(f"{condition()!r} is about no class")


def ask(recorder: Recorder) -> None:
    """All questions of the tables of statements."""
    dialect = recorder.database.dialect
    tables: list[dict[str, Any]] = [clauses.COUNTED, language.STATEMENTS, pages.CASES]
    for build, *_ in (case for table in tables for case in table.values()):
        recorder.texts.append(compile_count(build().selection, dialect).text)
    recorder.texts.append(compile_exists(select(Lens).selection, dialect).text)
    for condition, *_ in conditions.CASES.values():
        recorder.texts.append(condition_text(condition, dialect))
    for build, *_ in [*clauses.ROWS.values(), *language.ROWS.values()]:
        recorder.texts.append(compile_rows(build().selection, dialect, Mapper(dialect)).text)
    for build, *_ in clauses.CHANGES.values():
        recorder.texts.append(compile_write(build().selection, dialect).text)
    of_floats = (lambda: select(Body).order_by(Body.mass), [1.5, "a"], {})
    for build, values, _ in [*language.KEYSETS.values(), of_floats]:
        plan = plan_keyset(build().selection, dialect)
        recorder.texts.append(compile_keyset(plan, values, 5, dialect, Mapper(dialect)).text)
    counted = select(Watcher).alias("w").traverse("bodies").with_("w", count().as_("n"))
    carried = counted.project(ref("n")).order_by(ref("n"))
    recorder.texts.append(compile_rows(carried.selection, dialect, Mapper(dialect)).text)
    repeated = select(Watcher).traverse("tutor").alias("t").repeat("tutor", 0, 2)
    recorder.texts.append(repeated.build(dialect)[0])


STEPS: dict[str, Callable[[Recorder], None]] = {
    step.__name__: step for step in (write, read, fail, load, run_once, inspect, find_duplicates, ask)
}


@pytest.mark.slow  # the grammar takes a tenth of a second a statement
@pytest.mark.parametrize("step", list(STEPS))
def test_grammar_reads_what_memgraph_is_told(step: str) -> None:
    """Its breadth-first search is no part of the grammar, and stands for a path of any length."""
    recorder = Recorder()
    STEPS[step](recorder)
    assert recorder.sent()
    for text in sorted(set(recorder.sent())):
        GRAMMAR.parse(text.replace(" *BFS ", "*"))


def test_each_method_of_the_dialect_is_reached() -> None:
    recorder = Recorder()
    for step in STEPS.values():
        step(recorder)
    own = {name for name in dir(MemgraphDialect) if name.startswith(PREFIXES)}
    assert own - recorder.reached - SCHEMA == REFUSED | UNUSED


def test_what_is_refused_is_refused_before_anything_is_sent() -> None:
    recorder = Recorder()
    with recorder.session() as s:
        with pytest.raises(UnsupportedFeatureError, match="full"):
            s.fulltext_search(Mole, query="x").all()
        with pytest.raises(UnsupportedFeatureError, match="vector"):
            s.vector_search(Mole, field="outline", vector=[1.0]).all()
    assert recorder.sent() == []
